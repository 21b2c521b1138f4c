"""`aipolicy check --fix`: corrects misspelt words in manifests before they are checked, or shows what it would correct."""

from __future__ import annotations

import os
from collections.abc import Sequence

import click

from aipolicy.config.settings import PolicySettings
from aipolicy.discovery.find import STDIN_SHOWN
from aipolicy.errors import UsageError
from aipolicy.files.atomic_write import write_whole
from aipolicy.files.cache import Cache, cache_folder
from aipolicy.manifest.fixes import FixedFile, fixed_file
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.policy.sources.locate import PolicyFiles
from aipolicy.run.evaluated_file import evaluate_file
from aipolicy.run.policy import load_policy
from aipolicy.source.text import escaped, shown

_CR = "\r"


def fixed_files(files: Sequence[ManifestFile], settings: PolicySettings, policy_files: PolicyFiles, *,
                unsafe: bool) -> tuple[FixedFile, ...]:  # fmt: skip
    """Return every file with its corrections; raises `UsageError` for standard input, which cannot be rewritten."""
    if any(file.path == STDIN_SHOWN for file in files):
        raise UsageError("standard input cannot be corrected; name a file")
    policy = load_policy(settings, Cache(cache_folder()), policy_files)
    return tuple(
        fixed_file(file, lambda corrected: evaluate_file((corrected,), policy).findings, unsafe=unsafe)
        for file in files
    )


def write_fixed(fixed: Sequence[FixedFile]) -> tuple[bytes, ...]:
    """Write what was corrected, tell it on standard error, and return the content of every file."""
    for file in (file for file in fixed if file.corrections):
        try:
            # NOTE: a link is followed, so that it stays one.
            write_whole(os.path.realpath(file.path), file.after)
        except (OSError, ValueError) as error:
            raise UsageError(f"cannot write `{shown(file.path)}`: {error}") from None
        for correction in file.corrections:
            place = f"{escaped(file.path)}:{correction.line}"
            click.echo(f"fixed {place}: `{shown(correction.old)}` is now `{shown(correction.new)}`", err=True)
    return tuple(file.after for file in fixed)


def difference(fixed: Sequence[FixedFile]) -> str:
    """Return a unified diff of what would be corrected; empty for nothing."""
    from difflib import unified_diff

    lines: list[str] = []
    for file in (file for file in fixed if file.corrections):
        name = escaped(file.path)
        before, after = (data.decode("utf-8-sig").split("\n") for data in (file.before, file.after))
        lines += unified_diff(before, after, f"a/{name}", f"b/{name}", lineterm="")
    return "".join(f"{escaped(line.rstrip(_CR))}{_CR if line.endswith(_CR) else ''}\n" for line in lines)
