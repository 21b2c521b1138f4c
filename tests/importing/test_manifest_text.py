"""What is written is read back as it was, whatever it was."""

from __future__ import annotations

import unicodedata

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.facts.declared import DECLARED_FACTS
from aipolicy.facts.schema import SCHEMA_ID, manifest_schema
from aipolicy.facts.spec import FactType, FactValue, Origin
from aipolicy.importing.manifest_writer import write_manifest, write_text
from aipolicy.importing.memory import RowOrigin as TableOrigin
from aipolicy.source.yaml_reader import read_yaml

TRICKY = [
    "", " ", "a b", "yes", "No", "null", "~", "true", "1", "1.5", "010", "1e6", ".inf", "2026-01-01", "1:30",
    "- a", "a: b", "a #b",
    "a:", "#", "*a", "&a", "!t", "%a", "@a", "`a`", "'", '"', "\\", "a\\nb", "[a]", "{a}", "a, b", "? a",
    "---", "...", "<<", "=",
    "tab\there", "line\nbreak", "cr\rcr\r\nlf", "\x1b[31m", "\x7f", "\x85", "\u2028", "\u2029",
    "\ufeff", "\u202e", "\u00a0",
    "\u200b", "\ufffe", "\uffff", "\U0001f600", "\U000e0001", "é", "東京", "a ", " a", "a  b", "y", "on",
    "=SUM(A1)", "::set-output",
]  # fmt: skip


WRITTEN = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
"""Text that a file can hold; tables lose U+0000 and half surrogates when they are read."""


def read_back(text: str) -> object:
    result = read_yaml("m.yaml", f"k: {text}\n".encode())
    assert result.problems == ()
    value = result.documents[0].value
    assert isinstance(value, dict)
    return value["k"]


@pytest.mark.parametrize("text", TRICKY)
def test_tricky_text_is_read_back_as_it_was(text: str) -> None:
    assert read_back(write_text(text)) == text
    assert read_back(f"[{write_text(text)}, {write_text(text)}]") == [text, text]
    assert yaml.safe_load(f"k: {write_text(text)}") == {"k": text}


@given(WRITTEN)
def test_any_text_is_read_back_as_it_was(text: str) -> None:
    written = write_text(text)
    assert read_back(written) == text
    assert all(c == " " or unicodedata.category(c)[0] not in "CZ" for c in written)


@given(st.from_regex(r"[A-Za-z][A-Za-z0-9_ ./:#-]*", fullmatch=True))
def test_text_that_looks_plain_is_read_back_as_it_was(text: str) -> None:
    assert read_back(write_text(text)) == text


def _values(kind: FactType) -> st.SearchStrategy[FactValue]:
    match kind:
        case FactType.BOOL:
            return st.booleans()
        case FactType.NUMBER:
            return st.floats(allow_nan=False, allow_infinity=False)
        case FactType.TEXT:
            return WRITTEN
        case FactType.TEXTS:
            return st.lists(WRITTEN, max_size=3).map(tuple)
        case FactType.LABELS:
            return st.dictionaries(
                st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20),
                WRITTEN,
                min_size=1,
                max_size=3,
            )


_FACTS = st.fixed_dictionaries({}, optional={spec.name: _values(spec.type) for spec in DECLARED_FACTS})


@given(_FACTS)
def test_any_facts_are_read_back_as_they_were(facts: dict[str, FactValue]) -> None:
    text = write_manifest(facts, TableOrigin("table"))
    read = read_yaml("m.yaml", text.encode())
    assert read.problems == ()
    document = read.documents[0].value
    assert isinstance(document, dict)
    for name, value in facts.items():
        found: object = document
        for part in name.split("."):
            assert isinstance(found, dict)
            found = found[part]
        assert found == (list(value) if isinstance(value, tuple) else value)


def test_manifest_names_its_schema_and_keeps_the_order_of_the_registry() -> None:
    facts: dict[str, FactValue] = {
        "evidence.dpia": False, "metadata.owner": "ops", "metadata.name": "a", "latency.p95_ms": 800.0,
        "plan.terms.dpa": True, "data.classes": ("health", "a, b"), "metadata.labels": {"x": "1"},
    }  # fmt: skip
    lines = write_manifest(facts, TableOrigin("table")).splitlines()
    assert lines[0] == f"# yaml-language-server: $schema={SCHEMA_ID}"
    assert all(line.startswith("# import") for line in lines[1:5])
    assert lines[5:] == [
        "apiVersion: aipolicy/v1", "kind: AIFeature", "metadata:", "  name: a", "  owner: ops", "  labels:",
        '    x: "1"',
        "data:", '  classes: [health, "a, b"]', "latency:", "  p95_ms: 800", "evidence:", "  dpia: false",
        "plan:", "  terms:",
        "    dpa: true",
    ]  # fmt: skip


def test_a_manifest_of_every_example_is_valid() -> None:
    facts = {spec.name: spec.examples[0] for spec in DECLARED_FACTS if spec.examples}
    facts |= {spec.name: False for spec in DECLARED_FACTS if spec.origin is Origin.EVIDENCE}
    document = read_yaml("m.yaml", write_manifest(facts, TableOrigin("table")).encode()).documents[0].value
    jsonschema.Draft202012Validator(manifest_schema({})).validate(document)
