"""Parts of JSON Schemas (draft 2020-12) of the files that people write: every key says what it is for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aipolicy.source.document import API_VERSION

JsonObject = dict[str, Any]

ADDRESS = "https://aipolicy.dev/schemas/"
_DAY = r"^\d{4}-\d{2}-\d{2}$"


def schema_of(file: str, title: str, top: JsonObject, definitions: JsonObject) -> JsonObject:
    """Return the JSON Schema of a kind of file, which ships under the name `file`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{ADDRESS}{file}",
        "title": title,
        **top,
        **({"$defs": definitions} if definitions else {}),
    }


def head(*kinds: str) -> JsonObject:
    """Return the two keys that every YAML file of ours begins with."""
    kind = {"const": kinds[0]} if len(kinds) == 1 else {"enum": list(kinds)}
    return {
        "apiVersion": {"const": API_VERSION, "description": "Version of this format."},
        "kind": {**kind, "description": "Kind of document."},
    }


def object_of(description: str, properties: JsonObject, required: Iterable[str] = ()) -> JsonObject:
    """Return a mapping that has these keys and no others."""
    names = list(required)
    return {
        "type": "object", **_said(description), "additionalProperties": False, "properties": properties,
        **({"required": names} if names else {}),
    }  # fmt: skip


def map_of(description: str, values: JsonObject, *, names: str = "", example: object = None) -> JsonObject:
    """Return a mapping with any names, or those of a pattern, whose values are all alike."""
    pattern = {"propertyNames": {"pattern": names}} if names else {}
    return {"type": "object", **_said(description), **pattern, "additionalProperties": values, **_examples(example)}


def text_of(description: str, example: str = "", *, default: str | None = None, pattern: str = "") -> JsonObject:
    """Return text."""
    said = {"default": default} if default is not None else {}
    matched = {"pattern": pattern} if pattern else {}
    return {"type": "string", **_said(description), **matched, **said, **_examples(example or None)}


def word_of(description: str, words: Iterable[str], *, default: str | None = None) -> JsonObject:
    """Return one of some words."""
    return {"enum": list(words), **_said(description), **({"default": default} if default is not None else {})}


def texts_of(description: str, example: Iterable[str] = (), *, words: Iterable[str] = ()) -> JsonObject:
    """Return a list of text, where words are given of these only."""
    allowed, shown = list(words), list(example)
    items = {"enum": allowed} if allowed else {"type": "string"}
    return {"type": "array", "items": items, **_said(description), **_examples(shown or None)}


def flag_of(description: str, *, default: bool | None = None) -> JsonObject:
    """Return true or false."""
    return {"type": "boolean", **_said(description), **({"default": default} if default is not None else {})}


def number_of(description: str, example: float | None = None, **limits: float) -> JsonObject:
    """Return a number; limits are those of JSON Schema, such as `minimum`."""
    return {"type": "number", **_said(description), **limits, **_examples(example)}


def count_of(description: str, example: int | None = None, *, minimum: int = 0) -> JsonObject:
    """Return a whole number."""
    return {"type": "integer", **_said(description), "minimum": minimum, **_examples(example)}


def day_of(description: str, example: str = "") -> JsonObject:
    """Return a day."""
    return text_of(f"{description}, as YYYY-MM-DD.", example, pattern=_DAY)


def list_of(description: str, items: JsonObject) -> JsonObject:
    """Return a list of what an item may be."""
    return {"type": "array", "items": items, **_said(description)}


def ref(name: str) -> JsonObject:
    """Return what stands in `$defs`."""
    return {"$ref": f"#/$defs/{name}"}


def said_of(rule: Mapping[str, Any], description: str, example: object = None) -> JsonObject:
    """Return a rule with words of its own: what a key that refers to a definition is for in its place."""
    return {**rule, "description": description, **_examples(example)}


def _said(description: str) -> JsonObject:
    return {"description": description} if description else {}


def _examples(example: object) -> JsonObject:
    return {} if example is None else {"examples": [example]}
