"""Typed values in packs: parameters and the facts of rule tests."""

from __future__ import annotations

import math

from aipolicy.facts.spec import FactType, FactValue
from aipolicy.source.records import Record


def read_value(record: Record, key: str, type_: FactType) -> FactValue:
    """Return a field as a fact value of a type; a mistake of type is noted on the record."""
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


def as_value(raw: object, type_: FactType) -> FactValue | None:
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
