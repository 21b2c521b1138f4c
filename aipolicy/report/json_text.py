"""Plain values in, strict JSON out (no NaN): characters that a terminal obeys or hides are written as `\\uXXXX`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from aipolicy.source.text import UNSAFE

JsonObject = dict[str, Any]

ITEMS = "\0items"
"""Stands in a list for items that are written one by one; no text that was read holds this character."""

_PLACE = re.compile(r'\[\n( *)"\\u0000items"\n *\]')


def json_text(value: object) -> str:
    """Return a value as JSON, indented, other characters than ASCII kept, ending with a newline."""
    return f"{_dumped(value)}\n"


def json_with_items(value: object, *lists: Iterable[object]) -> Iterator[str]:
    """Yield a value as `json_text` returns it, each list of `ITEMS` filled with the items of one of the lists."""
    text = json_text(value)
    done = 0
    for match, items in zip(_PLACE.finditer(text), lists, strict=True):
        yield text[done : match.start()]
        done = match.end()
        yield from _listed(items, match[1])
    yield text[done:]


def _listed(items: Iterable[object], indent: str) -> Iterator[str]:
    opening = "[\n"
    for item in items:
        yield opening + indent + _dumped(item).replace("\n", f"\n{indent}")
        opening = ",\n"
    yield "[]" if opening == "[\n" else f"\n{indent[:-2]}]"


def _dumped(value: object) -> str:
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False, sort_keys=False)
    return "\n".join([UNSAFE.sub(_json_escape, line) for line in text.split("\n")])


def _json_escape(match: re.Match[str]) -> str:
    return json.dumps(match.group())[1:-1]
