"""The text of a new manifest: it conforms, says what was answered, and stays conforming as it is filled in."""

from __future__ import annotations

import re

import pytest

from aipolicy.authoring.starter import starter_manifest
from aipolicy.facts.all_facts import REGISTRY
from aipolicy.facts.declared import LIFECYCLES
from aipolicy.facts.known_facts import known_facts
from aipolicy.facts.schema import SCHEMA_ID
from aipolicy.facts.spec import FactSpec, FactType
from aipolicy.manifest.conformance import nonconformance
from aipolicy.manifest.feature import features_of
from aipolicy.source.document import Document, PlainValue
from aipolicy.source.yaml_reader import read_yaml

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
    document = read(starter_manifest(ANSWERS, REGISTRY))
    assert nonconformance(document) == ()
    assert features_of(document)[0][0].declared == ANSWERS


def test_its_first_line_names_the_schema_for_editors() -> None:
    first = starter_manifest(ANSWERS, REGISTRY).splitlines()[0]
    assert first == f"# yaml-language-server: $schema={SCHEMA_ID}"


@pytest.mark.parametrize("left_out", sorted(ANSWERS.keys() - {"metadata.name"}))
def test_any_answer_but_the_name_can_be_left_out(left_out: str) -> None:
    answers = {name: value for name, value in ANSWERS.items() if name != left_out}
    document = read(starter_manifest(answers, REGISTRY))
    assert nonconformance(document) == ()
    assert features_of(document)[0][0].declared == answers


def test_what_is_commented_out_conforms_once_it_is_uncommented() -> None:
    text = starter_manifest(ANSWERS, REGISTRY)
    filled = re.sub(r"^( *)# ( *[a-z_0-9]+:(?: |$)(?![^\n]*\$schema))", r"\1\2", text, flags=re.MULTILINE)
    document = read(filled)
    findings = nonconformance(document)
    assert [finding.message for finding in findings] == []
    declared = features_of(document)[0][0].declared
    assert set(declared) > set(ANSWERS)
    assert {"task.type", "volume.input_tokens", "plan.hosting"} <= set(declared)


def test_every_line_says_what_it_means() -> None:
    for line in starter_manifest(ANSWERS, REGISTRY).splitlines():
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
    document = read(starter_manifest({**ANSWERS, "metadata.owner": text}, REGISTRY))
    assert features_of(document)[0][0].declared["metadata.owner"] == text


@pytest.mark.parametrize("number", [1, 0.5, 1e-9, 800.0, 1e14, 1e15, 1e22, 123456789012])
def test_any_number_is_read_back_as_it_was_given(number: float) -> None:
    document = read(starter_manifest({**ANSWERS, "latency.p95_ms": number}, REGISTRY))
    assert features_of(document)[0][0].declared["latency.p95_ms"] == number


@pytest.mark.parametrize("lifecycle", LIFECYCLES)
def test_every_lifecycle_is_named_beside_it(lifecycle: str) -> None:
    line = next(line for line in starter_manifest(ANSWERS, REGISTRY).splitlines() if "lifecycle: pilot" in line)
    assert lifecycle in line


def test_what_is_declared_is_not_left_to_fill_in() -> None:
    text = starter_manifest(
        {**ANSWERS, "task.type": "coding", "volume.output_tokens": {"low": 1, "likely": 2, "high": 9}}, REGISTRY
    )
    assert features_of(read(text))[0][0].declared["volume.output_tokens"] == {"low": 1, "likely": 2, "high": 9}
    assert [text.count(word) for word in ("type:", "output_tokens:", "\ntask:", "# specialization:")] == [1, 1, 1, 1]


def test_sections_and_their_keys_stand_in_the_order_of_the_format() -> None:
    text = starter_manifest({"team.on_call": True, "task.stable": True, "task.type": "coding", **ANSWERS}, REGISTRY)
    lines = [line.strip().partition(":")[0] for line in text.splitlines() if not line.strip().startswith("#")]
    order = ["metadata", "name", "owner", "lifecycle", "task", "type", "stable", "data", "classes", "residency"]
    assert [line for line in lines if line in order] == order


def test_a_fact_of_the_organisation_stands_in_its_own_section() -> None:
    tier = FactSpec("extensions.tier", FactType.TEXT, "How important it is", choices=("gold", "iron"))
    known = known_facts((tier,))
    text = starter_manifest({**ANSWERS, "extensions.tier": "gold"}, known.specs)
    assert "\nextensions:\n  tier: gold  # How important it is: gold, iron\n" in text
    assert nonconformance(read(text), known.extensions_schema) == ()


@pytest.mark.parametrize("name", ["plan.nothing", "plan.terms.dpa"])
def test_a_fact_that_a_starter_does_not_hold_is_refused(name: str) -> None:
    with pytest.raises(KeyError, match=name):
        starter_manifest({**ANSWERS, name: True}, REGISTRY)
