"""Classes of data: what is a kind of what, how sensitive, and under which regimes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aipolicy.catalog.entries import Dated, read_dated
from aipolicy.source.records import Record
from aipolicy.source.suggest import did_you_mean
from aipolicy.value import Frozen


class DataClass(Frozen):
    """One class; a class belongs to everything that its parents belong to."""

    id: str
    name: str
    parents: tuple[str, ...]
    level: int
    regimes: tuple[str, ...]
    fides: tuple[str, ...]
    description: str
    dated: Dated
    also: tuple[str, ...] = ()
    """Words by which people call it: suggested where they write one, never read as the class."""


class DataClasses(Frozen):
    """All classes."""

    by_id: Mapping[str, DataClass]

    def kinds(self, classes: Iterable[str]) -> tuple[str, ...]:
        """Return the classes and all their ancestors, sorted."""
        kinds: set[str] = set()
        waiting = [name for name in classes if name in self.by_id]
        while waiting:
            name = waiting.pop()
            if name not in kinds:
                kinds.add(name)
                waiting.extend(self.by_id[name].parents)
        return tuple(sorted(kinds))

    def level(self, classes: Iterable[str]) -> float:
        """Return the highest level among the classes and their ancestors."""
        return float(max((self.by_id[name].level for name in self.kinds(classes)), default=0))

    def regimes(self, classes: Iterable[str]) -> tuple[str, ...]:
        """Return the regimes of the classes and their ancestors, sorted."""
        return tuple(sorted({regime for name in self.kinds(classes) for regime in self.by_id[name].regimes}))


def read_data_classes(records: Iterable[Record]) -> DataClasses:
    """Return the data classes of the catalog files; an organisation's file adds to or replaces the shipped ones."""
    by_id: dict[str, DataClass] = {}
    places: dict[str, Record] = {}
    levels: set[int] = set()
    for file in records:
        for level in file.records("levels"):
            levels.add(_whole(level, "level"))
            level.text("id")
            level.text("meaning")
            level.finish()
        for record in file.records("classes"):
            entry = DataClass(
                id=record.text("id"),
                name=record.text("name", ""),
                parents=record.texts("parents", ()),
                level=_whole(record, "level"),
                regimes=record.texts("regimes", ()),
                fides=record.texts("fides", ()),
                description=record.text("description", ""),
                dated=read_dated(record),
                also=record.texts("also", ()),
            )
            record.finish()
            by_id[entry.id] = entry
            places[entry.id] = record
    for entry in by_id.values():
        for parent in entry.parents:
            if parent not in by_id:
                places[entry.id].mistake(f"unknown data class `{parent}`{did_you_mean(parent, by_id)}", "parents")
        if levels and entry.level not in levels:
            places[entry.id].mistake(f"unknown level {entry.level}", "level")
    return DataClasses({name: by_id[name] for name in sorted(by_id) if _parents_known(by_id, name)})


def _whole(record: Record, key: str) -> int:
    number = record.number(key)
    if not number.is_integer():
        record.mistake(f"`{key}` must be a whole number, found {number:g}", key)
    return int(number)


def _parents_known(by_id: Mapping[str, DataClass], name: str) -> bool:
    return all(parent in by_id for parent in by_id[name].parents)
