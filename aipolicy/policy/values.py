"""Typed values in packs: parameters and the facts of rule tests."""

from __future__ import annotations

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
        case FactType.LABELS:
            nested = record.record(key)
            return {name: nested.text(name) for name in nested.field_names()}
