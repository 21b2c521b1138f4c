"""The quick answer about a manifest: yes only where the schema says yes, never where it holds what is not understood."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry

from aipolicy.facts.declared import DECLARED_FACTS
from aipolicy.facts.schema import extensions_schema
from aipolicy.facts.spec import FactSpec, FactType
from aipolicy.manifest.acceptance import accepts
from aipolicy.manifest.conformance import schema_with

SCHEMA = schema_with("")
VALIDATOR = Draft202012Validator(SCHEMA, registry=Registry())
EXTENSIONS = schema_with(
    json.dumps(
        extensions_schema(
            [
                FactSpec("extensions.flag", FactType.BOOL, "m"),
                FactSpec("extensions.number", FactType.NUMBER, "m", minimum=0, maximum=3),
                FactSpec("extensions.range", FactType.NUMBER, "m", above=0, ranged=True),
                FactSpec("extensions.word", FactType.TEXT, "m", choices=("a", "b")),
                FactSpec("extensions.text", FactType.TEXT, "m", pattern="^[a-z]+(?![\\s\\S])"),
                FactSpec("extensions.texts", FactType.TEXTS, "m"),
                FactSpec("extensions.labels", FactType.LABELS, "m"),
            ]
        )
    )
)
OTHER_VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 0.0, 1.0, 0.5, 3, 101, 10**40, 1e300, -0.0, "", "a", "b", "a b", "a\n", "x" * 101,
    "x" * 4001, "2026-01-01", "2026-13-01", "aipolicy/v1", "AIFeature", "日本", [], ["a"], ["a", "a"], ["a", "b"], [1,
    1.0], [True, 1], [["a"]], ["x"] * 201, [str(number) for number in range(201)], {}, {"a": "b"}, {"a": 1},
    {"low": 1, "likely": 2, "high": 3}, {"low": 1, "likely": 2}, {"owner": "o", "date": "2026-01-01"},
    {"owner": "o", "date": "2026-01-01", "x": 1}, {str(number): "a" for number in range(201)}, {"k" * 101: "a"},
)  # fmt: skip


def declaring(name: str, value: Any) -> dict[str, Any]:
    """Return a manifest that declares one fact."""
    root: dict[str, Any] = {"apiVersion": "aipolicy/v1", "kind": "AIFeature", "metadata": {"name": "a"}}
    *sections, last = name.split(".")
    node = root
    for section in sections:
        node = node.setdefault(section, {})
    node[last] = list(value) if isinstance(value, tuple) else copy.deepcopy(value)
    return root


def mutated(value: Any) -> Iterator[Any]:
    """Yield a value with every part of it in turn replaced by each of the others, left out, or joined by a new one."""
    yield from OTHER_VALUES
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        for other in mutated(child):
            yield {**value, key: other} if isinstance(value, dict) else [*value[:key], other, *value[key + 1 :]]
        if isinstance(value, dict):
            yield {name: each for name, each in value.items() if name != key}
    if isinstance(value, dict):
        yield {**value, "unknown": 1}
    if isinstance(value, list):
        yield [*value, "one more"]


@pytest.mark.parametrize("spec", DECLARED_FACTS, ids=lambda spec: spec.name)
def test_each_declaration_however_changed_is_accepted_exactly_where_it_is_valid(spec: FactSpec) -> None:
    documents = [
        declaring(spec.name, spec.examples[0]),
        *(declaring(spec.name, each) for each in mutated(spec.examples[0])),
    ]
    wrong = [each for each in documents if accepts(SCHEMA, each) is not VALIDATOR.is_valid(each)]
    assert wrong == []
    assert accepts(SCHEMA, documents[0])


def test_a_manifest_however_changed_is_accepted_exactly_where_it_is_valid() -> None:
    document = declaring("evidence.dpia", {"owner": "o", "date": "2026-01-01"}) | {"data": {"classes": ["health"]}}
    answers = {}
    for each in mutated(document):
        answers[json.dumps(each)] = (accepts(SCHEMA, each), VALIDATOR.is_valid(each))
    assert {text for text, (ours, theirs) in answers.items() if ours is not theirs} == set()
    assert len(answers) > 400


def test_facts_of_packs_are_accepted_exactly_where_they_are_valid() -> None:
    validator = Draft202012Validator(EXTENSIONS, registry=Registry())
    for name in EXTENSIONS["properties"]["extensions"]["properties"]:
        for value in OTHER_VALUES:
            document = declaring(f"extensions.{name}", value)
            assert accepts(EXTENSIONS, document) is validator.is_valid(document), document


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"$ref": "#/$defs/x"}, {}),
        ({"format": "date"}, "2026-01-01"),
        ({"type": "integer"}, 1),
        ({"type": "string", "pattern": "a", "minContains": 1}, "a"),
        ({"patternProperties": {"a": False}}, {"b": 1}),
        ({"patternProperties": {"a": True}, "additionalProperties": False}, {}),
        ({"prefixItems": [True], "items": False}, [1]),
        ({"anyOf": [True]}, 1),
        ({"not": False}, 1),
        ({"properties": {"a": {"dependentRequired": {}}}}, {"a": {}}),
        ({"uniqueItems": True}, [1, 2]),
        ({"uniqueItems": True}, [{}, []]),
        ({"const": 1}, 1.0),
        ({"enum": [[1]]}, [1]),
        ({"oneOf": [{"minLength": 2}, {"maxLength": 1}]}, "ab"),
        ({"oneOf": [{"type": "integer"}, {"type": "string"}]}, "a"),
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, 1),
        ({"description": "anything"}, object()),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_not_accepted(schema: dict[str, Any], value: Any) -> None:
    assert not accepts(schema, value)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 3) | st.sampled_from([0.0, 1.0, 1.5, "", "a", "b", "ab", "é"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
TYPES = st.sampled_from(["object", "string", "boolean", "number", "array", "null", "integer"])
SMALL = st.integers(0, 2)


def schemas() -> st.SearchStrategy[Any]:
    """Return schemas of the keywords that manifests use, and some others, in any combination."""
    flat = {
        "type": TYPES | st.lists(TYPES, min_size=1, max_size=2, unique=True), "const": VALUES, "minimum": SMALL,
        "enum": st.lists(VALUES, min_size=1, max_size=3), "maximum": SMALL, "exclusiveMinimum": SMALL, "minLength": SMALL,
        "maxLength": SMALL, "minItems": SMALL, "maxItems": SMALL, "maxProperties": SMALL, "uniqueItems": st.booleans(),
        "pattern": st.sampled_from(["^a", "b"]), "required": st.lists(st.sampled_from("abc"), max_size=2, unique=True),
        "description": st.just("d"), "multipleOf": st.just(1),
    }  # fmt: skip

    def deeper(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        nested = {
            "properties": st.dictionaries(st.sampled_from("abc"), inner, max_size=2), "items": inner,
            "additionalProperties": inner, "propertyNames": inner, "oneOf": st.lists(inner, min_size=1, max_size=3),
            "not": inner,
        }  # fmt: skip
        return st.fixed_dictionaries({}, optional=flat | nested)

    return st.recursive(st.booleans() | st.fixed_dictionaries({}, optional=flat), deeper, max_leaves=4)


@settings(max_examples=400)
@given(schemas(), st.lists(VALUES, min_size=1, max_size=20))
def test_nothing_is_accepted_that_a_schema_refuses(schema: Any, values: list[Any]) -> None:
    validator = Draft202012Validator(schema, registry=Registry())
    assert [value for value in values if accepts(schema, value) and not validator.is_valid(value)] == []
