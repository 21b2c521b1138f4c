"""Fact values as strict JSON."""

from __future__ import annotations

from collections.abc import Mapping

from aipolicy.facts.expected import NONE_WORD, NOT_LIMITED
from aipolicy.facts.record_values import plain_records
from aipolicy.facts.spec import RecordList, RecordValue
from aipolicy.source.text import shown, shown_entry


def json_value(value: object) -> object:
    """Return a fact value as JSON: whole numbers as integers, no limit as `none`, text without secrets."""
    match value:
        case float() if value == NOT_LIMITED:
            return NONE_WORD
        case float() if value.is_integer():
            return int(value)
        case RecordValue() | RecordList():
            return json_value(plain_records(value))
        case tuple() | list():
            return [json_value(item) if isinstance(item, Mapping) else shown(str(item)) for item in value]
        case str():
            return shown(value)
        case Mapping():
            return {shown(str(key)): _entry(str(key), item) for key, item in sorted(value.items())}
        case _:
            return value


def _entry(key: str, value: object) -> object:
    return shown_entry(key, value) if isinstance(value, str) else json_value(value)
