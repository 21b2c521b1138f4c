"""A section of several catalog files in, the entries that hold on a day out: later files win, and own units are checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from aipolicy.catalog.entries import Dated, layered
from aipolicy.catalog.unit_checks import refuse_far_off
from aipolicy.source.records import Record
from aipolicy.source.text import shown

T = TypeVar("T")


def read_section(files: Sequence[Record], name: str, read: Callable[[Record], T], key: Callable[[T], object],
                 dated: Callable[[T], Dated], as_of: date, *, strict: bool = False,
                 alike: Callable[[T], object] | None = None) -> tuple[T, ...]:  # fmt: skip
    """Return the entries of a section that hold on the day; a figure far from the one that it replaces is a mistake.

    Entries whose figures are compared are of one key, or alike by another one that is given.
    """
    of_one_kind = key if alike is None else alike
    earlier: dict[object, T] = {}
    read_files: list[list[T]] = []
    for file in files:
        entries = []
        seen = set[tuple[object, date]]()
        for record in file.records(name):
            entry = read(record)
            _refuse_second(record, (key(entry), dated(entry).effective_from), seen)
            refuse_far_off(record, entry, earlier.get(of_one_kind(entry)))
            record.finish()
            entries.append(entry)
        earlier.update((of_one_kind(entry), entry) for entry in entries)
        read_files.append(entries)
    return layered(read_files, key, dated, as_of, strict=strict)


def _refuse_second(record: Record, identity: tuple[object, date], seen: set[tuple[object, date]]) -> None:
    """Note an entry that says anew, in the same file, what another says from the same day."""
    key, day = identity
    parts = key if isinstance(key, tuple) else (key,)
    words = ", ".join(f"`{shown(str(part))}`" for part in parts if part)
    # NOTE: what has no name is told already.
    if identity in seen and words:
        record.mistake(f"a second entry of {words} from {day}; append one with its own day")
    seen.add(identity)
