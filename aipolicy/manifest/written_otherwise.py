"""A value of the wrong kind in, how it would be written in the right one out, where that can be said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aipolicy.source.day import day_hint
from aipolicy.source.document import PlainValue
from aipolicy.source.regex import regex
from aipolicy.source.yaml_writer import write_value

_GROUPED = regex(r"([1-9][0-9]{0,2})[,\u00a0\u202f' _]([0-9]{3})(?:[,\u00a0\u202f' _][0-9]{3})*")
_ONE_COMMA = regex(r"[0-9]+,[0-9]+")
_DIGITS = regex(r"-?[0-9]+(?:\.[0-9]+)?")
_TRUE, _FALSE = ("yes", "y", "on"), ("no", "n", "off")
DAY = "[0-9]{4}-"
"""How the patterns of days begin, and no others."""
_THREE_DIGITS = regex("[0-9]{3}")


def as_wanted(schema: Any, value: PlainValue) -> str:
    """Return `; write …` for a value of which it can be said how its schema wants it written, else nothing."""
    kind = schema.get("type", "") if isinstance(schema, dict) else ""
    kinds = kind if isinstance(kind, list) else [kind]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if "array" in kinds and (is_number or isinstance(value, str)):
        # NOTE: what stands in a wrong place may be a secret, and is not repeated.
        return "; write it in brackets, as in `[DE]`"
    if kinds == ["string"] and is_number:
        return (
            day_hint(value) if DAY in schema.get("pattern", "") else f"; write `{write_value(str(write_value(value)))}`"
        )
    if not isinstance(value, str):
        return ""
    if "number" in kinds:
        return _as_number(value.strip())
    if "boolean" in kinds and value.casefold() in _TRUE + _FALSE:
        return f"; write `{'true' if value.casefold() in _TRUE else 'false'}`"
    return ""


def rest_of_a_number(key: str, section: Mapping[str, PlainValue]) -> str:
    """Return what to write where a comma between digits was read as the end of an entry in braces, else nothing."""
    before: PlainValue = None
    for name, value in section.items():
        if name == key:
            break
        before = value
    is_number = isinstance(before, int) and not isinstance(before, bool)
    if section[key] is None and _THREE_DIGITS.fullmatch(key) and is_number:
        return f"; in braces a comma ends an entry: write `{before}{key}` for `{before},{key}`"
    return ""


def _as_number(text: str) -> str:
    if _DIGITS.fullmatch(text):
        return f"; write `{text}` without quotes"
    fraction = float(text.replace(",", ".")) if _ONE_COMMA.fullmatch(text) else None
    if not _GROUPED.fullmatch(text):
        return f"; write `{fraction:g}`" if fraction is not None else ""
    whole = "".join(character for character in text if character.isdigit())
    other = f"{fraction:g}" if fraction is not None else ""
    # NOTE: three digits behind a point would be as doubtful as what stands there.
    if not other or len(other.partition(".")[2]) == len("000"):
        return f"; write `{whole}`"
    return f"; write `{whole}`, or `{other}` where the comma stands before a fraction"
