"""The schema of mappings, its page and the reader know the same keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from sample_tables import BASIC, FEDERAL, mapping_of, messages

from aipolicy.errors import AipolicyError
from aipolicy.importing.mapping_schema import mapping_schema
from aipolicy.source.yaml_reader import read_yaml
from aipolicy.source.yaml_writer import write_value

SCHEMA = mapping_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
ROOT = FEDERAL.parents[1]
MAPPINGS = sorted(ROOT.glob("examples/**/*.mapping.yaml"))


def value_of(text: str) -> Any:
    return read_yaml("m.yaml", text.encode()).documents[0].value


def said_of(document: Any) -> list[str]:
    """Return what the reader says of a mapping."""
    try:
        mapping_of("\n".join(f"{key}: {write_value(value)}" for key, value in document.items()))
    except AipolicyError as error:
        return messages(error)
    return []


def objects() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Yield a mapping with every key of the schema in it, one at a time."""
    basic = value_of(BASIC)
    for key, rule in SCHEMA["properties"].items():
        for example in rule.get("examples", ()):
            yield key, {**basic, key: example}, rule
    field = SCHEMA["$defs"]["field"]["properties"]
    for key, written in field.items():
        rule = {**SCHEMA["$defs"].get(written.get("$ref", "").rpartition("/")[2], {}), **written}
        for example in rule.get("examples", ()):
            yield f"fields.{key}", {**basic, "fields": [{"field": "metadata.owner", key: example}]}, rule


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.name)
def test_mappings_of_the_examples_conform(path: Any) -> None:
    VALIDATOR.validate(value_of(path.read_text(encoding="utf-8")))


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(("key", "document", "rule"), list(objects()), ids=lambda value: str(value)[:30])
def test_the_reader_knows_every_key_of_the_schema(key: str, document: Any, rule: Any) -> None:
    assert not [text for text in said_of(document) if "unknown key" in text]
    VALIDATOR.validate(document)
    assert rule["description"].endswith(".")


def test_every_key_of_a_field_has_an_example_or_a_list_of_words() -> None:
    definitions = SCHEMA["$defs"]
    for key, rule in definitions["field"]["properties"].items():
        assert rule.get("examples") or rule.get("enum") or definitions[rule["$ref"].rpartition("/")[2]]["examples"], key


@pytest.mark.parametrize(
    "damage",
    [
        {"xyz": 1}, {"name": {"columns": ["a"], "xyz": 1}}, {"source": {"title": "a", "xyz": 1}},
        {"id": {"columns": ["a"], "xyz": 1}}, {"rows": [{"columns": ["a"], "is": ["b"], "xyz": 1}]}, {"rows": []},
        {"fields": [{"field": "metadata.owner", "columns": ["a"], "text": True, "xyz": 1}]},
        {"fields": [{"field": "metadata.ownr", "columns": ["a"], "text": True}]},
        {"fields": [{"field": "metadata.name", "columns": ["a"], "text": True}]},
        {"fields": [{"field": "metadata.owner", "columns": ["a"], "text": False}]},
        {"fields": [{"field": "task.hard_case_share", "columns": ["a"], "number": {"decimal": ";"}}]},
        {"delimiter": ":"}, {"short_rows": "maybe"}, {"kind": "AIFeature"},
    ],
)  # fmt: skip
def test_what_the_schema_refuses_the_reader_refuses(damage: dict[str, Any]) -> None:
    document = {**value_of(BASIC), **damage}
    assert list(VALIDATOR.iter_errors(document))
    assert said_of(document)
