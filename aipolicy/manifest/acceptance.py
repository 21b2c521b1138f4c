"""Whether a value certainly satisfies a JSON Schema: a quick yes for the many manifests that do, never a no.

A library takes as long to import as all rules take to evaluate a manifest. It is asked wherever this is not sure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Schema: TypeAlias = Any
"""A JSON Schema (draft 2020-12) as plain values."""

_KINDS = {
    dict: "object",
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    list: "array",
    type(None): "null",
}
_ANNOTATIONS = ("$id", "default", "description", "examples", "title")


def accepts(schema: Schema, value: Any) -> bool:
    """Return True where the value certainly satisfies the schema; False where it does not, or that is not sure."""
    if not isinstance(schema, dict) or type(value) not in _KINDS:
        return schema is True
    for keyword, wanted in schema.items():
        satisfied = _KEYWORDS.get(keyword)
        if satisfied is None or not satisfied(wanted, value, schema):
            return False
    return True


def _refuses(schema: Schema, value: Any) -> bool:
    """Return True where the value is certainly of a kind that the schema does not allow."""
    if not isinstance(schema, dict):
        return schema is False
    kind = _KINDS.get(type(value))
    if "const" in schema:
        return kind not in (None, _KINDS.get(type(schema["const"])))
    wanted = schema.get("type")
    return kind is not None and isinstance(wanted, str) and wanted in _KINDS.values() and wanted != kind


def _is_one_of(choices: Any, value: Any, _: Schema) -> bool:
    # NOTE: `1`, `1.0` and `true` are equal to Python; only text is compared here, and `false`.
    return (isinstance(value, str) or value is False) and any(
        choice == value and type(choice) is type(value) for choice in choices
    )


def _is_const(wanted: Any, value: Any, schema: Schema) -> bool:
    return _is_one_of((wanted,), value, schema)


def _is_of_type(wanted: Any, value: Any, _: Schema) -> bool:
    return _KINDS.get(type(value), "") in (wanted if isinstance(wanted, list) else (wanted,))


def _has_properties(wanted: Mapping[str, Schema], value: Any, _: Schema) -> bool:
    return not isinstance(value, dict) or all(accepts(wanted[key], value[key]) for key in value if key in wanted)


def _has_additional(wanted: Schema, value: Any, schema: Schema) -> bool:
    # NOTE: `patternProperties` is an unknown keyword here, so that a schema that has it is never accepted.
    named = schema.get("properties", ())
    return not isinstance(value, dict) or all(
        accepts(wanted, member) for key, member in value.items() if key not in named
    )


def _is_unique(wanted: Any, value: Any, _: Schema) -> bool:
    if wanted is not True or not isinstance(value, list):
        return not isinstance(value, list)
    return all(isinstance(item, str) for item in value) and len(set(value)) == len(value)


def _is_one(branches: list[Schema], value: Any, _: Schema) -> bool:
    return any(
        accepts(branch, value) and all(_refuses(other, value) for other in branches if other is not branch)
        for branch in branches
    )


def _of(*kinds: type, that: Callable[[Any, Any], bool]) -> Callable[[Any, Any, Schema], bool]:
    """Return a test of a keyword that says something of some kinds of values only; `that` takes value and bound."""
    return lambda wanted, value, _: type(value) not in kinds or that(value, wanted)


_KEYWORDS: dict[str, Callable[[Any, Any, Schema], bool]] = {
    **dict.fromkeys(_ANNOTATIONS, lambda *_: True),
    "$schema": lambda wanted, *_: wanted == "https://json-schema.org/draft/2020-12/schema",
    "additionalProperties": _has_additional,
    "const": _is_const,
    "enum": _is_one_of,
    "exclusiveMinimum": _of(int, float, that=lambda value, bound: value > bound),
    "items": _of(list, that=lambda value, schema: all(accepts(schema, item) for item in value)),
    "maxItems": _of(list, that=lambda value, bound: len(value) <= bound),
    "maxLength": _of(str, that=lambda value, bound: len(value) <= bound),
    "maxProperties": _of(dict, that=lambda value, bound: len(value) <= bound),
    "maximum": _of(int, float, that=lambda value, bound: value <= bound),
    "minItems": _of(list, that=lambda value, bound: len(value) >= bound),
    "minLength": _of(str, that=lambda value, bound: len(value) >= bound),
    "minimum": _of(int, float, that=lambda value, bound: value >= bound),
    "oneOf": _is_one,
    "pattern": _of(str, that=lambda value, pattern: re.search(pattern, value) is not None),
    "properties": _has_properties,
    "propertyNames": _of(dict, that=lambda value, schema: all(accepts(schema, name) for name in value)),
    "required": _of(dict, that=lambda value, names: all(name in value for name in names)),
    "type": _is_of_type,
    "uniqueItems": _is_unique,
}
