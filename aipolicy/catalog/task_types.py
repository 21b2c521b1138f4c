"""Kinds of task: what they work on, and whether general pretrained models do them out of the box."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aipolicy.catalog.axes import KINDS
from aipolicy.source.records import Record
from aipolicy.value import Frozen

_ANSWERS = ("text", "labels")
FAMILIES = ("language", "code", "vision", "audio", "tabular")


class TaskType(Frozen):
    """One kind of task; `family` and `foundation_models` are None where the kind says nothing about them."""

    id: str
    name: str
    description: str
    family: str | None
    language: bool | None
    foundation_models: bool | None
    also: tuple[str, ...] = ()
    """Words by which people call it: suggested where they write one, never read as the type."""
    kinds: tuple[str, ...] | None = None
    """What models give that do it, one of these; None where the kind says nothing about it."""


def read_task_types(records: Iterable[Record]) -> Mapping[str, TaskType]:
    """Return the task types of the catalog files by id, sorted."""
    types: dict[str, TaskType] = {}
    for file in records:
        for record in file.records("task_types"):
            entry = TaskType(
                id=record.text("id"),
                name=record.text("name", ""),
                description=record.text("description", ""),
                family=record.text("family", choices=FAMILIES) if record.has("family") else None,
                language=record.optional_flag("language"),
                foundation_models=record.optional_flag("foundation_models"),
                also=record.texts("also", ()),
                kinds=record.texts("kinds", _ANSWERS, KINDS) if record.has("family") else None,
            )
            record.finish()
            types[entry.id] = entry
    return {name: types[name] for name in sorted(types)}
