"""Reports that go to files beside the one on standard output: `--output FORMAT=PATH`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

from aipolicy.errors import UsageError
from aipolicy.files.atomic_write import write_whole
from aipolicy.report.formats.registry import FORMATS
from aipolicy.source.text import shown
from aipolicy.value import NamedTuple

STEP_SUMMARY = "GITHUB_STEP_SUMMARY"


class ReportFile(NamedTuple):
    """A format and the file that it is written to; a file that is shared with others is appended to."""

    format: str
    path: str
    append: bool = False


def read_outputs(words: Sequence[str], stdout_format: str, environment: Mapping[str, str],
                 formats: Iterable[str] = FORMATS) -> tuple[ReportFile, ...]:  # fmt: skip
    """Return what `--output` asks for, and the step summary of GitHub Actions where annotations are written.

    Raises `UsageError` for an unknown format, a path that is named twice, and a place that cannot be written to.
    """
    names = tuple(formats)
    outputs: list[ReportFile] = []
    for word in words:
        name, equals, path = word.partition("=")
        if not equals or not path:
            raise UsageError(
                f"`{shown(word)}` is no output; write `--output FORMAT=PATH`, such as `sarif=report.sarif`"
            )
        if name not in names:
            from aipolicy.source.suggest import did_you_mean

            raise UsageError(f"unknown format `{shown(name)}`{did_you_mean(name, names)} (one of {', '.join(names)})")
        if path == "-":
            raise UsageError(f"`--output {name}=-` would mix with standard output; use `--format {name}`")
        if any(os.path.realpath(path) == os.path.realpath(output.path) for output in outputs):
            raise UsageError(f"two outputs go to `{shown(path)}`; give each its own file")
        refuse_unwritable(path)
        outputs.append(ReportFile(name, path))
    all_formats = (stdout_format, *(output.format for output in outputs))
    if environment.get(STEP_SUMMARY) and "github" in all_formats:
        outputs.append(ReportFile("markdown", environment[STEP_SUMMARY], append=True))
    return tuple(outputs)


def write_outputs(outputs: Sequence[ReportFile], texts: Sequence[Iterable[str]]) -> None:
    """Write every report to its file, whole or not at all, from the pieces of its text; raises `UsageError`."""
    for output, text in zip(outputs, texts, strict=True):
        pieces = (piece.encode("utf-8", "backslashreplace") for piece in text)
        try:
            if output.append:
                with open(output.path, "ab") as stream:
                    stream.writelines(pieces)
            else:
                write_whole(output.path, pieces)
        except (OSError, ValueError) as error:
            raise UsageError(f"cannot write `{shown(output.path)}`: {error}") from None


def refuse_unwritable(path: str) -> None:
    """Raise `UsageError` for a place that cannot be written to, before anything is worked out."""
    folder = os.path.dirname(path) or "."
    if os.path.isdir(path):
        raise UsageError(f"`{shown(path)}` is a folder; name a file")
    if not os.path.isdir(folder):
        raise UsageError(f"there is no folder `{shown(folder)}` for `{shown(path)}`; make it first")
    if not os.access(folder, os.W_OK):
        raise UsageError(f"`{shown(folder)}` cannot be written to")
