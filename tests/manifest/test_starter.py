"""The text of a new manifest: it conforms, says what was answered, and stays conforming as it is filled in."""

from __future__ import annotations

import re

import pytest

from aipolicy.catalog.axes import AXES
from aipolicy.facts.declared import DECLARED_FACTS, LIFECYCLES
from aipolicy.facts.schema import SCHEMA_ID
from aipolicy.manifest.conformance import nonconformance
from aipolicy.manifest.feature import feature_of
from aipolicy.manifest.starter import STARTER_FACTS, starter_manifest
from aipolicy.source.document import Document, PlainValue
from aipolicy.source.yaml_reader import read_yaml

WORDS = {name: tuple(axis.words) for name, axis in AXES.items()}
ANSWERS: dict[str, PlainValue] = {
    "metadata.name": "claims-triage",
    "metadata.owner": "claims-platform",
    "metadata.lifecycle": "pilot",
    "data.classes": ["health", "contact"],
    "data.residency": ["EU", "NO"],
    "latency.p95_ms": 800.0,
    "volume.requests_per_day": 120000,
}


def read(text: str) -> Document:
    result = read_yaml("aifeature.yaml", text.encode())
    assert not result.problems
    (document,) = result.documents
    return document


def test_a_starter_manifest_conforms_and_declares_the_answers() -> None:
    document = read(starter_manifest(ANSWERS, SCHEMA_ID, WORDS))
    assert nonconformance(document) == ()
    assert feature_of(document).declared == ANSWERS


def test_its_first_line_names_the_schema_for_editors() -> None:
    first = starter_manifest(ANSWERS, SCHEMA_ID, WORDS).splitlines()[0]
    assert first == f"# yaml-language-server: $schema={SCHEMA_ID}"


@pytest.mark.parametrize("left_out", sorted(set(STARTER_FACTS) - {"metadata.name"}))
def test_any_answer_but_the_name_can_be_left_out(left_out: str) -> None:
    answers = {name: value for name, value in ANSWERS.items() if name != left_out}
    document = read(starter_manifest(answers, SCHEMA_ID, WORDS))
    assert nonconformance(document) == ()
    assert feature_of(document).declared == answers


def test_what_is_commented_out_conforms_once_it_is_uncommented() -> None:
    text = starter_manifest(ANSWERS, SCHEMA_ID, WORDS)
    filled = re.sub(r"^( *)# ( *[a-z_0-9]+:(?: |$)(?![^\n]*\$schema))", r"\1\2", text, flags=re.MULTILINE)
    document = read(filled)
    findings = nonconformance(document)
    assert [finding.message for finding in findings] == []
    declared = feature_of(document).declared
    assert set(declared) > set(ANSWERS)
    assert {"task.type", "volume.input_tokens", "plan.hosting"} <= set(declared)


def test_every_line_says_what_it_means() -> None:
    for line in starter_manifest(ANSWERS, SCHEMA_ID, WORDS).splitlines():
        if re.match(r" +[a-z]", line):
            assert "  # " in line, line


@pytest.mark.parametrize(
    "text",
    [
        "NO", "yes", "null", "~", "1e6", "0x1F", "12:30", "2026-01-01", "a: b", "a #b", "# a", "- a", "'a'", '"', "\\",
        "{a}", "[a]", "*a", "&a", "!a", "|", ">", "@a", "`a`", "%a", "<<", " a ", "a\nb: c", "a\tb", "\x1b[31m",
        "\u202eabc", "\x85", "\u2028", "\ufeff", "é", "日本", "😀", "\U000e0041", "a" * 4000,
    ],
)  # fmt: skip
def test_any_text_is_read_back_as_it_was_given(text: str) -> None:
    document = read(starter_manifest({**ANSWERS, "metadata.owner": text}, SCHEMA_ID, WORDS))
    assert feature_of(document).declared["metadata.owner"] == text


@pytest.mark.parametrize("number", [1, 0.5, 1e-9, 800.0, 1e14, 1e15, 1e22, 123456789012])
def test_any_number_is_read_back_as_it_was_given(number: float) -> None:
    document = read(starter_manifest({**ANSWERS, "latency.p95_ms": number}, SCHEMA_ID, WORDS))
    assert feature_of(document).declared["latency.p95_ms"] == number


@pytest.mark.parametrize("lifecycle", LIFECYCLES)
def test_every_lifecycle_is_explained(lifecycle: str) -> None:
    assert lifecycle in STARTER_FACTS["metadata.lifecycle"]


def test_the_starter_knows_only_declared_facts() -> None:
    assert set(STARTER_FACTS) <= {spec.name for spec in DECLARED_FACTS}


def test_a_fact_that_a_starter_does_not_hold_is_refused() -> None:
    with pytest.raises(KeyError, match=r"plan\.hosting"):
        starter_manifest({**ANSWERS, "plan.hosting": "on-device"}, SCHEMA_ID, WORDS)
