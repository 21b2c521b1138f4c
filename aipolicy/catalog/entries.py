"""What every catalog entry has in common: a source, the day it was checked, and the day from which it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeVar

from aipolicy.files.shipped import is_shipped_catalog
from aipolicy.source.records import Record
from aipolicy.value import Frozen


class Dated(Frozen):
    """Where a fact comes from and since when it holds; `verified` is false where nobody says that it was read."""

    source: str
    checked_on: date
    effective_from: date
    verified: bool
    note: str = ""
    own: bool = False
    """Whether a file of the organisation says so, which knows what it pays and measures."""

    def has_begun(self, as_of: date) -> bool:
        """Return whether what an organisation states holds; of what is shipped the date says since when it is proven."""
        return not self.own or self.effective_from <= as_of


def read_dated(record: Record) -> Dated:
    """Return the provenance of a catalog entry."""
    return Dated(
        source=record.said("source"),
        checked_on=record.day("checked_on"),
        effective_from=record.day("effective_from"),
        verified=record.flag("verified", default=False),
        note=record.text("note", ""),
        own=not is_shipped_catalog(record.document.source.path),
    )


T = TypeVar("T")


def in_force(entries: Iterable[T], key: Callable[[T], object], dated: Callable[[T], Dated], as_of: date,
             *, strict: bool) -> tuple[T, ...]:  # fmt: skip
    """Return for every key the entry that holds on the day: the newest that has begun.

    Where none has begun, a strict reading has no entry (a price that nobody knew); otherwise the earliest stands in,
    because its date only says since when the fact can be proven. Of entries of one day the last holds.
    """
    chosen: dict[object, T] = {}
    for entry in entries:
        current = chosen.get(key(entry))
        begun = dated(entry).effective_from <= as_of
        if current is None:
            if begun or not strict:
                chosen[key(entry)] = entry
            continue
        current_from = dated(current).effective_from
        entry_from = dated(entry).effective_from
        newer = entry_from >= current_from
        if (begun and (newer or current_from > as_of)) or (not begun and current_from > as_of and not newer):
            chosen[key(entry)] = entry
    return tuple(chosen.values())


def layered(files: Iterable[Iterable[T]], key: Callable[[T], object], dated: Callable[[T], Dated], as_of: date,
            *, strict: bool) -> tuple[T, ...]:  # fmt: skip
    """Return for every key the entry that holds on the day, of files from the first to the last.

    A later file wins whatever its dates: an organisation's own is read after the shipped ones, and it knows what it
    pays and measures. Only an entry that has not begun leaves the field to an earlier file.
    """
    held: dict[object, T] = {}
    for entries in files:
        for entry in in_force(entries, key, dated, as_of, strict=strict):
            if key(entry) not in held or dated(entry).effective_from <= as_of:
                held[key(entry)] = entry
    return tuple(held.values())
