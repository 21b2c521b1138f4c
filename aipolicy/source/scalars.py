"""Plain YAML scalars: the YAML 1.2 core schema, with whatever is ambiguous left as the text the author saw.

`NO` is text, `1e6` is a number; `010`, `0x1F`, `1_000`, `1:30` and dates stay text, so that a field which wants a
number refuses them at their line instead of reading another value.
Source: YAML 1.2.2 section 10.3 (https://yaml.org/spec/1.2.2/#103-core-schema), read 2026-11-21.
"""

from __future__ import annotations

from math import isfinite
from typing import TypeAlias

from aipolicy.source.regex import regex

Scalar: TypeAlias = str | int | float | bool | None

MAX_NUMBER_CHARACTERS = 64
"""No quantity in a manifest needs more; Python itself refuses integers above 4,300 digits."""

_KEYWORDS: dict[str, Scalar] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_NOT_FINITE = frozenset(
    sign + word for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN")
)
_INTEGER = regex(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = regex(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NUMBER_START = frozenset("+-.0123456789")


class ScalarError(ValueError):
    """A plain scalar that is neither text nor a usable number."""


def read_plain_scalar(text: str) -> Scalar:
    """Return the value of an unquoted scalar; raises `ScalarError` for NaN, infinities and oversized numbers."""
    if text in _KEYWORDS:
        return _KEYWORDS[text]
    if text[0] not in _NUMBER_START:
        return text
    if text in _NOT_FINITE:
        raise ScalarError("not a finite number; write a number or quote the text")
    if _INTEGER.fullmatch(text):
        _check_length(text)
        return int(text)
    if _FLOAT.fullmatch(text):
        _check_length(text)
        number = float(text)
        if not isfinite(number):
            raise ScalarError("number too large to represent; write a smaller number or quote the text")
        return number
    return text


def _check_length(text: str) -> None:
    if len(text) > MAX_NUMBER_CHARACTERS:
        raise ScalarError(f"number of {len(text)} characters; the limit is {MAX_NUMBER_CHARACTERS}")
