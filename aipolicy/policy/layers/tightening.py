"""Which of two values of a parameter is the stricter one, by the direction that its pack declares."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from aipolicy.facts.spec import FactType, FactValue
from aipolicy.value import NamedTuple

if TYPE_CHECKING:
    from aipolicy.source.records import Record


class Direction(StrEnum):
    """Towards which value of a parameter the rules that read it get stricter."""

    LOWER = "lower"
    HIGHER = "higher"
    FEWER = "fewer"
    MORE = "more"
    TRUE = "true"
    FALSE = "false"
    NONE = ""
    """It is not known, or not the same for all rules: every other value counts as loosening."""


class Tightens(NamedTuple):
    """Towards which values rules get stricter, and of a map or a table with which entries."""

    values: Direction
    entries: Direction = Direction.NONE


_DIRECTIONS = {
    FactType.NUMBER: (Direction.LOWER, Direction.HIGHER),
    FactType.TEXTS: (Direction.FEWER, Direction.MORE),
    FactType.BOOL: (Direction.TRUE, Direction.FALSE),
}


def read_direction(record: Record, type_: FactType) -> Direction:
    """Return what `tightens` says; a word that does not fit the type of the parameter is noted on the record."""
    return _direction(record, "tightens", _DIRECTIONS.get(type_, ()), f"a parameter of type {type_.value}")


def read_tightens(record: Record, values: FactType) -> Tightens:
    """Return what `tightens` of a map or a table says of its entries and of its values, which are of a type."""
    raw = record.raw("tightens")
    if raw is None:
        return Tightens(Direction.NONE)
    if not isinstance(raw, dict):
        record.mistake(
            "of a map or a table, write `tightens: {entries: fewer, values: lower}`, or one of the two", "tightens"
        )
        return Tightens(Direction.NONE)
    section = record.record("tightens")
    tightens = Tightens(
        _direction(section, "values", _DIRECTIONS.get(values, ()), f"a value of type {values.value}"),
        _direction(section, "entries", (Direction.FEWER, Direction.MORE), "an entry"),
    )
    section.finish()
    return tightens


def _direction(record: Record, key: str, allowed: Sequence[Direction], what: str) -> Direction:
    if not record.has(key):
        return Direction.NONE
    if not allowed:
        record.mistake(f"{what} has no direction; remove `{key}`", key)
        return Direction.NONE
    raw = record.raw(key)
    if isinstance(raw, bool) and Direction.TRUE in allowed:
        return Direction.TRUE if raw else Direction.FALSE
    text = record.text(key, choices=tuple(direction.value for direction in allowed))
    return Direction(text) if text in allowed else Direction.NONE


def is_as_tight(value: FactValue, than: FactValue, direction: Direction) -> bool:
    """Return whether a value is the same as another, or stricter."""
    if value == than:
        return True
    match direction:
        case Direction.LOWER if isinstance(value, float) and isinstance(than, float):
            return value < than
        case Direction.HIGHER if isinstance(value, float) and isinstance(than, float):
            return value > than
        case Direction.FEWER if isinstance(value, tuple) and isinstance(than, tuple):
            return set(value) <= set(than)
        case Direction.MORE if isinstance(value, tuple) and isinstance(than, tuple):
            return set(value) >= set(than)
        case Direction.TRUE:
            return value is True
        case Direction.FALSE:
            return value is False
        case _:
            return False


def tightest(values: Sequence[FactValue], direction: Direction) -> FactValue | None:
    """Return what is as strict as every one of the values; None where no direction says which is stricter."""
    first, *others = values
    if all(value == first for value in others):
        return first
    numbers = [value for value in values if isinstance(value, float)]
    lists = [set(value) for value in values if isinstance(value, tuple)]
    match direction:
        case Direction.LOWER:
            return min(numbers)
        case Direction.HIGHER:
            return max(numbers)
        case Direction.FEWER:
            return tuple(sorted(set.intersection(*lists)))
        case Direction.MORE:
            return tuple(sorted(set.union(*lists)))
        case Direction.TRUE | Direction.FALSE:
            return direction is Direction.TRUE
        case Direction.NONE:
            return None
