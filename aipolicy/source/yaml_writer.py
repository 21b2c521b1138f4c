"""Text in, a YAML scalar out that every reader takes for the same text."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from aipolicy.source.document import PlainValue
from aipolicy.source.regex import regex
from aipolicy.source.scalars import read_plain_scalar

_PLAIN = regex(r"[A-Za-z][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./][A-Za-z0-9_./-]*)*")
_READ_DIFFERENTLY = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""Words that a YAML 1.1 reader takes for something else than text."""
_EXACT = 1e15
"""Whole numbers below are written as such."""
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_ESCAPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})


def write_text(text: str) -> str:
    """Return a text as a YAML scalar on one line: plain where every reader agrees, else in double quotes."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _READ_DIFFERENTLY and read_plain_scalar(text) == text:
        return text
    return '"' + "".join(_character(c) for c in text) + '"'


def write_value(value: PlainValue | tuple[str, ...] | Mapping[str, Any]) -> str:
    """Return a plain value, or that of a fact, in YAML on one line."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return write_text(value)
        case int():
            return str(value)
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)
        case list() | tuple():
            return f"[{', '.join(map(write_value, value))}]"
        case _:
            return "{" + ", ".join(f"{write_text(key)}: {write_value(member)}" for key, member in value.items()) + "}"


def _character(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character == " " or unicodedata.category(character) not in _ESCAPED_CATEGORIES:
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
