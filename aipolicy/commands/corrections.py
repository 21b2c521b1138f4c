"""Misspelt words in manifests and in packs: corrected in their files, or shown as what would be corrected."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence

from aipolicy.discovery.find import STDIN_SHOWN
from aipolicy.errors import UsageError
from aipolicy.files.atomic_write import write_whole
from aipolicy.files.cache import Cache, cache_folder
from aipolicy.manifest.fixes import FixedFile, fixed_file
from aipolicy.run.evaluated_file import evaluate_file
from aipolicy.run.inputs import RunInputs
from aipolicy.run.policy import load_policy
from aipolicy.source.text import escaped, shown

_CR = "\r"


def fixed_files(inputs: RunInputs, *, unsafe: bool) -> tuple[FixedFile, ...]:
    """Return every manifest file with its corrections; raises `UsageError` for standard input, which cannot be rewritten."""
    if any(file.path == STDIN_SHOWN for file in inputs.files):
        raise UsageError("standard input cannot be corrected; name a file")
    policy = load_policy(inputs.settings, Cache(cache_folder()), inputs.policy_files)
    return tuple(
        fixed_file(file, lambda corrected: evaluate_file((corrected,), policy).findings, unsafe=unsafe)
        for file in inputs.files
    )


def write_fixed(fixed: Sequence[FixedFile]) -> Iterator[str]:
    """Write the manifests of which something was corrected, and yield a line for each correction once it is written."""
    for file in (file for file in fixed if file.corrections):
        # NOTE: a link is followed, so that it stays one.
        corrections = ((correction.line, correction.old, correction.new) for correction in file.corrections)
        yield from written_corrections(file.path, os.path.realpath(file.path), file.after, corrections)


def with_content(inputs: RunInputs, fixed: Sequence[FixedFile]) -> RunInputs:
    """Return what a run reads once its manifests are corrected."""
    files = tuple(file._replace(data=after.after) for file, after in zip(inputs.files, fixed, strict=True))
    return inputs._replace(manifests=inputs.manifests._replace(files=files))


def written_corrections(path: str, target: str, content: bytes,
                        corrections: Iterable[tuple[int, str, str]]) -> Iterator[str]:  # fmt: skip
    """Write a corrected file whole or not at all, and yield a line for each correction; raises `UsageError`.

    `path` is how the file is shown; a correction is a line, the word that was there and the word that is.
    """
    try:
        write_whole(target, content)
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot write `{shown(path)}`: {error}") from None
    for line, old, new in corrections:
        yield f"fixed {escaped(path)}:{line}: `{shown(old)}` is now `{shown(new)}`"


def difference(fixed: Sequence[FixedFile]) -> str:
    """Return a unified diff of what would be corrected; empty for nothing."""
    from difflib import unified_diff

    lines: list[str] = []
    for file in (file for file in fixed if file.corrections):
        name = escaped(file.path)
        before, after = (data.decode("utf-8-sig").split("\n") for data in (file.before, file.after))
        lines += unified_diff(before, after, f"a/{name}", f"b/{name}", lineterm="")
    return "".join(f"{escaped(line.rstrip(_CR))}{_CR if line.endswith(_CR) else ''}\n" for line in lines)
