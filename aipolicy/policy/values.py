"""Typed values in packs: parameters and the facts of rule tests."""

from __future__ import annotations

import math
from collections.abc import Sequence

from aipolicy.facts.record_values import field_of
from aipolicy.facts.spec import FactSpec, FactType, FactValue, RecordList, RecordValue, SimpleValue
from aipolicy.source.records import Record


def read_value(record: Record, key: str, type_: FactType, fields: Sequence[FactSpec] = ()) -> FactValue:
    """Return a field as a fact value of a type; a mistake of type is noted on the record.

    `fields` are those of a record, or of the elements of a list of records.
    """
    match type_:
        case FactType.BOOL:
            return record.flag(key)
        case FactType.NUMBER:
            return record.number(key, minimum=None)
        case FactType.TEXT:
            return record.text(key)
        case FactType.TEXTS:
            return tuple(sorted(record.texts(key)))
        case FactType.LABELS | FactType.MAP | FactType.TABLE:
            nested = record.record(key)
            return {name: nested.text(name) for name in nested.field_names()}
        case FactType.RECORD:
            return _record(record.record(key), fields)
        case FactType.RECORDS:
            return RecordList(tuple(_record(element, fields) for element in record.records(key)))


def _record(record: Record, fields: Sequence[FactSpec]) -> RecordValue:
    """Return a record; whatever is wrong with it is noted. What is left out is unknown, though a manifest must say it."""
    values: list[tuple[str, SimpleValue]] = []
    for field in fields:
        name = field_of(field)
        value = read_value(record, name, field.type) if record.has(name) else None
        if isinstance(value, bool | float | str | tuple):
            values.append((name, value))
    record.finish()
    return RecordValue(tuple(values))


def as_value(raw: object, type_: FactType) -> SimpleValue | None:
    """Return a plain value as a fact value of a type; None when it is of another, or no finite number."""
    match type_:
        case FactType.BOOL:
            return raw if isinstance(raw, bool) else None
        case FactType.NUMBER:
            is_number = isinstance(raw, int | float) and not isinstance(raw, bool) and math.isfinite(raw)
            return float(raw) if is_number and isinstance(raw, int | float) else None
        case FactType.TEXT:
            return raw if isinstance(raw, str) else None
        case FactType.TEXTS if isinstance(raw, tuple | list):
            return tuple(sorted(raw)) if all(isinstance(word, str) for word in raw) else None
        case _:
            return None
