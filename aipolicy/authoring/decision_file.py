"""A decision record in a file that people write in as well: what stands between the markers is ours, the rest is theirs."""

from __future__ import annotations

import os

from aipolicy.errors import UsageError
from aipolicy.files.atomic_write import write_whole
from aipolicy.source.regular_file import read_regular_file, reason_of
from aipolicy.source.text import shown

BEGIN, END = "<!-- aipolicy: from here on generated -->", "<!-- aipolicy: up to here generated -->"
_SUFFIX = ".md"


def between_markers(record: str) -> str:
    """Return a record between its markers, ending with a newline."""
    return f"{BEGIN}\n\n{record}\n{END}\n"


def write_record(path: str, head: str, record: str) -> None:
    """Write a record anew, or between the markers of the file that is there; raises `UsageError` where they are damaged.

    What stands outside of the markers stays as it is, byte for byte.
    """
    if not path.endswith(_SUFFIX):
        raise UsageError(f"`--write` takes a file that ends in `{_SUFFIX}`, found `{shown(path)}`")
    before = _read(path)
    text = head + between_markers(record) if before is None else _rewritten(before, record, path)
    try:
        write_whole(path, [text.encode("utf-8", "backslashreplace")])
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot write `{shown(path)}`: {error}") from None


def _read(path: str) -> str | None:
    if not os.path.lexists(path):
        return None
    try:
        return read_regular_file(path).decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"`{shown(path)}` is not UTF-8; it is left as it is") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read `{shown(path)}`: {reason_of(error)}") from None


def _rewritten(text: str, record: str, path: str) -> str:
    lines = text.splitlines(keepends=True)
    begins = [number for number, line in enumerate(lines) if line.strip() == BEGIN]
    ends = [number for number, line in enumerate(lines) if line.strip() == END]
    if len(begins) != 1 or len(ends) != 1 or begins[0] > ends[0] or _mentions(lines) != 2:
        raise UsageError(
            f"the markers of `{shown(path)}` are damaged, and it is left as it is: it needs one line `{BEGIN}` "
            f"and, below it, one line `{END}`"
        )
    newline = "\r\n" if lines[begins[0]].endswith("\r\n") else "\n"
    last = lines[ends[0]]
    block = between_markers(record).replace("\n", newline)
    if not last.endswith(("\n", "\r")):
        block = block.removesuffix(newline)
    return "".join(lines[: begins[0]]) + block + "".join(lines[ends[0] + 1 :])


def _mentions(lines: list[str]) -> int:
    """Return how many lines look like a marker, whole or damaged."""
    return sum("<!-- aipolicy:" in line for line in lines)
