"""Pages and the folder that holds them: what is out of date, missing or left over, and how it is put right."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress

from aipolicy.errors import UsageError
from aipolicy.files.atomic_write import write_whole
from aipolicy.report.packs.pack_pages import MARKER
from aipolicy.source.regular_file import read_regular_file, reason_of
from aipolicy.value import NamedTuple

_ENDING = ".md"
_MARK = f"{MARKER}\n".encode()


class StalePages(NamedTuple):
    """Paths of pages within the folder, with `/`, by what is wrong with them."""

    out_of_date: tuple[str, ...]
    missing: tuple[str, ...]
    left_over: tuple[str, ...]
    """Pages of an earlier run that nothing is written to any more."""
    in_the_way: tuple[str, ...]
    """What stands where a page belongs and was not made by us."""

    @property
    def is_current(self) -> bool:
        """Return whether nothing is wrong."""
        return not any(self)


def standing(folder: str, pages: Mapping[str, str]) -> StalePages:
    """Return how a folder differs from the pages that belong into it; raises `UsageError` where it cannot be read."""
    if os.path.lexists(folder) and not os.path.isdir(folder):
        raise UsageError("is no folder; name one for the pages", path=folder)
    states = {path: _state(folder, path, text) for path, text in sorted(pages.items())}
    left_over = sorted(path for path in pages_made(folder) if path not in pages)
    out_of_date, missing, in_the_way = (
        tuple(path for path, state in states.items() if state == word) for word in ("stale", "missing", "foreign")
    )
    return StalePages(out_of_date, missing, tuple(left_over), in_the_way)


def put_right(folder: str, pages: Mapping[str, str], found: StalePages) -> None:
    """Write pages that are out of date or missing, whole, and remove those that are left over.

    Raises `UsageError` before anything is written when something is in the way, or for what the system refuses.
    """
    if found.in_the_way:
        raise UsageError("was not made by `aipolicy docs` and is not replaced; move it, or name another folder",
                         path=_below(folder, found.in_the_way[0]))  # fmt: skip
    target = folder
    try:
        for path in (*found.out_of_date, *found.missing):
            target = _below(folder, path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            write_whole(target, pages[path].encode(), durable=False)
        for path in found.left_over:
            target = _below(folder, path)
            os.unlink(target)
            if "/" in path:
                with suppress(OSError):  # something else is in the folder
                    os.rmdir(os.path.dirname(target))
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot write: {reason_of(error)}", path=target) from error


def _below(folder: str, path: str) -> str:
    return os.path.join(folder, *path.split("/"))


def _state(folder: str, path: str, text: str) -> str:
    target = _below(folder, path)
    # NOTE: through a link we would write to a place that nobody named.
    if os.path.islink(target) or (os.path.islink(os.path.dirname(target)) and "/" in path):
        return "foreign"
    try:
        data = _read(target)
    except FileNotFoundError:
        return "missing"
    except (OSError, ValueError):  # a folder, a pipe, or a file where a folder belongs
        return "foreign"
    if data == text.encode():
        return "current"
    return "stale" if data.startswith(_MARK) else "foreign"


def _read(path: str) -> bytes:
    # NOTE: git may have made the line ends those of Windows.
    return read_regular_file(path).replace(b"\r\n", b"\n")


def pages_made(folder: str) -> Iterator[str]:
    """Yield the path of every page that carries the marker, in the folder and in folders directly in it."""
    for name, entry in _entries(folder):
        if entry.is_dir(follow_symlinks=False):
            yield from (f"{name}/{page_name}" for page_name, page in _entries(entry.path) if _is_marked(page))
        elif _is_marked(entry):
            yield name


def _entries(folder: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    if os.path.isdir(folder):
        try:
            with os.scandir(folder) as entries:
                yield from sorted((entry.name, entry) for entry in entries)
        except OSError as error:
            raise UsageError(f"cannot be read: {reason_of(error)}", path=folder) from error


def _is_marked(entry: os.DirEntry[str]) -> bool:
    if not entry.name.endswith(_ENDING) or not entry.is_file(follow_symlinks=False):
        return False
    try:
        return _read(entry.path).startswith(_MARK)
    except OSError as error:
        raise UsageError(f"cannot be read: {reason_of(error)}", path=entry.path) from error
