"""Frameworks of controls, with every id that a rule may name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aipolicy.catalog.entries import Dated, read_dated
from aipolicy.source.records import Record
from aipolicy.source.text import shown
from aipolicy.value import Frozen


class Framework(Frozen):
    """A law or a standard whose parts have ids."""

    id: str
    name: str
    controls: tuple[str, ...]
    """Their ids, in the order of the framework."""
    dated: Dated


def read_frameworks(records: Iterable[Record]) -> Mapping[str, Framework]:
    """Return the frameworks of the catalog files by id, sorted; a later file replaces one of an earlier file."""
    found: dict[str, Framework] = {}
    for file in records:
        for record in file.records("frameworks"):
            entry = Framework(record.text("id"), record.text("name"), _controls(record), read_dated(record))
            record.finish()
            found[entry.id] = entry
    return {name: found[name] for name in sorted(found)}


def _controls(record: Record) -> tuple[str, ...]:
    """Return the ids: those that are written, and those of each prefix with its numbers up to the last one."""
    ids = list(record.texts("ids", ()))
    for numbered in record.records("numbered"):
        prefix, last = numbered.text("prefix", ""), int(numbered.number("last", minimum=1))
        ids += (f"{prefix}{number}" for number in range(1, last + 1))
        numbered.finish()
    twice = next((each for number, each in enumerate(ids) if each in ids[:number]), None)
    if twice is not None or not ids:
        record.mistake(
            f"`{shown(twice)}` is written twice" if twice else "name the controls in `ids` or `numbered`", "id"
        )
    return tuple(ids)
