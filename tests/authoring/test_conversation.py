"""A conversation about a new feature: what it asks, in which order, and when it ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from aipolicy.answer.answer import Answering
from aipolicy.authoring.conversation import ABOUT_IT, Conversation
from aipolicy.authoring.replies import Declared, NewManifest
from aipolicy.catalog.load import read_catalog
from aipolicy.errors import AipolicyError, UsageError
from aipolicy.evaluation.evaluation import Evaluator
from aipolicy.evaluation.findings import findings_of
from aipolicy.evaluation.ranking import Weighing
from aipolicy.facts.declared import FOUR_FACTS
from aipolicy.facts.spec import FactValue
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.manifest.read import read_manifests
from aipolicy.options.attributes import Organization
from aipolicy.policy.reading.load import find_pack, load_packs
from aipolicy.policy.sources.locate import PackFiles

DAY = date(2026, 11, 29)
WEIGHING = Weighing(margin_percent=20.0, horizon_months=36.0)
OWN_PACK = b"""apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: acme, version: 1.0.0}
facts:
  - {name: tier, type: text, choices: [iron, gold], meaning: Tier of the contract}
rules:
  - id: ACME-001
    name: gold-leaves
    title: Gold stays at home
    kind: constraint
    severity: error
    when: ['extensions.tier == "gold"']
    require: ['option.hosting != "provider-api"']
    message: gold leaves
"""
NAMED: Declared = {"metadata.name": "f"}
USUAL = {"data.residency": "any", "latency.p95_ms": "none", "volume.requests_per_day": "2000"}


@cache
def evaluator(pack: bytes = b"", **expected: FactValue) -> Evaluator:
    """Return an evaluator of the default pack, and of another one."""
    catalog = read_catalog((), as_of=DAY)
    packs = [find_pack("build-or-buy", Path())]
    packs += [PackFiles("acme.yaml", (("acme.yaml", pack),))] if pack else []
    return Evaluator(load_packs(packs, catalog, {}), catalog, Organization(), None, expected or None)


def conversation(declared: Declared = NAMED, judging: Evaluator | None = None) -> Conversation:
    by = judging or evaluator()
    return Conversation(NewManifest("f.aifeature.yaml", by.catalog, by.known), by, WEIGHING, declared)


def held(replies: Mapping[str, str], started: Conversation | None = None) -> tuple[list[str], Conversation]:
    """Return what was asked, and the end of a conversation in which everything else was left out."""
    current, asked = started or conversation(), []
    while current.question is not None:
        name = current.question.spec.name
        asked.append(name)
        current = current.replied(replies[name]) if name in replies else current.skipped()
    return asked, current


@pytest.mark.parametrize(
    ("replies", "asked", "building"),
    [
        pytest.param(
            {**USUAL, "data.classes": "contact", "task.type": "dialogue"}, {"task.prompting", "data.must_stay_inside"},
            ("provider-api", "prompting"), id="support chat with nothing special",
        ),
        pytest.param(
            {**USUAL, "data.classes": "health", "data.residency": "DE", "latency.p95_ms": "3000", "task.type": "dialogue"},
            {"task.prompting", "team.ml_engineers"}, ("provider-api", "prompting"), id="health data in one country",
        ),
        pytest.param(
            {**USUAL, "data.classes": "internal", "data.must_stay_inside": "yes", "task.type": "summarization"},
            {"data.must_stay_inside"}, ("own-cloud", "prompting"), id="data that stays inside",
        ),
        pytest.param(
            {
                "data.classes": "internal", "data.residency": "any", "latency.p95_ms": "500",
                "volume.requests_per_day": "5000000", "task.type": "classification",
                "data.labelled_examples": "20000", "team.ml_engineers": "2",
            },
            {"data.labelled_examples", "team.ml_engineers"}, ("own-cloud", "fine-tuning"),
            id="millions of texts a day, with labels",
        ),
        pytest.param(
            {
                "data.classes": "internal", "data.residency": "any", "latency.p95_ms": "500",
                "volume.requests_per_day": "5000000", "task.type": "classification", "task.input": "table",
                "data.labelled_examples": "20000", "team.ml_engineers": "2",
            },
            {"task.input", "data.labelled_examples", "team.ml_engineers"}, ("own-cloud", "classical-ml"),
            id="millions of rows a day, with labels",
        ),
    ],
)  # fmt: skip
def test_the_four_facts_come_first_and_then_what_changes_the_answer(
    replies: dict[str, str], asked: set[str], building: tuple[str, str]
) -> None:
    names, end = held(replies)
    first = [*ABOUT_IT[1:], *FOUR_FACTS]
    assert names[: len(first)] == first
    assert set(names[len(first) :]) > {"task.type", *asked}
    recommended = end.answering.recommended
    assert recommended is not None
    assert (recommended.hosting, recommended.adaptation) == building
    assert set(end.declared) == {"metadata.name", *replies}


def test_every_question_beyond_the_four_facts_is_one_of_the_answer_as_it_stands() -> None:
    current = held({}, conversation({**NAMED, "task.type": "coding"}))[1]
    assert all(set(change.facts) & current.left_out for change in current.answering.questions)
    current = conversation({**NAMED, "data.classes": ["health"]})
    while current.question is not None:
        if current.question.spec.name not in (*ABOUT_IT, *FOUR_FACTS):
            waiting = [set(c.facts) for c in current.answering.questions if not set(c.facts) & current.left_out]
            assert current.question.spec.name in waiting[0]
            assert all(current.question.spec.name in change.facts for change in current.question.changes)
        current = current.skipped()


def test_nothing_is_asked_twice_or_that_was_said() -> None:
    names, end = held(
        {"task.type": "extraction"}, conversation({**NAMED, "data.classes": ["health"], "metadata.owner": "a"})
    )
    assert len(names) == len(set(names))
    assert {"data.classes", "metadata.owner", "metadata.name"}.isdisjoint(names)
    assert set(end.declared) == {"metadata.name", "data.classes", "metadata.owner", "task.type"}


def test_of_a_retired_feature_nothing_more_is_asked() -> None:
    assert held({"metadata.lifecycle": "retired"})[0] == ["metadata.owner", "metadata.lifecycle"]


def test_a_feature_without_a_name_is_asked_for_it_first() -> None:
    question = conversation({}).question
    assert question is not None
    assert (question.spec.name, question.assumed, question.changes) == ("metadata.name", None, ())


def test_facts_of_the_organisation_are_asked_where_they_change_the_answer() -> None:
    names, end = held({"extensions.tier": "gold"}, conversation(NAMED, evaluator(OWN_PACK)))
    assert "extensions.tier" in names
    recommended = end.answering.recommended
    assert recommended is not None
    assert recommended.hosting != "provider-api"


def test_what_the_organisation_expects_changes_what_is_asked() -> None:
    judging = evaluator(**{"data.must_stay_inside": True})
    names, end = held({}, conversation(NAMED, judging))
    assert "data.must_stay_inside" in names
    recommended = end.answering.recommended
    assert recommended is not None
    assert recommended.hosting == "own-cloud"


@pytest.mark.parametrize(
    ("fact", "reply", "message"),
    [
        ("data.classes", "helth", "unknown data class `helth`; did you mean `health`?"),
        ("data.classes", ",", "`classes` is empty; write a value or remove the key"),
        ("data.residency", "eu", "unknown place `eu`; did you mean `EU`?"),
        ("data.residency", "any, DE", "`any` allows every place; remove it, or the other places"),
        ("latency.p95_ms", "fast", "`p95_ms` must be a number or `none`, found text"),
        ("latency.p95_ms", "no", "`p95_ms` must be a number or `none`, found text"),
        ("latency.p95_ms", "0", "`p95_ms` must be more than 0, found 0"),
        ("latency.p95_ms", "{", "`{` is no value for `latency.p95_ms`"),
        (
            "volume.requests_per_day",
            "5 million",
            "`requests_per_day` must be a number or a range with `low`, `likely` and `high`, found text",
        ),
        (
            "volume.requests_per_day",
            "{low: 3, likely: 2, high: 1}",
            "`volume.requests_per_day` has low 3, likely 2 and high 1; they must not fall",
        ),
        ("task.type", "clasification", "unknown task type `clasification`; did you mean `classification`?"),
        ("data.must_stay_inside", "perhaps", "`must_stay_inside` must be true or false, found text"),
    ],
)
def test_a_wrong_reply_is_refused_as_check_refuses_a_manifest_and_asked_again(
    fact: str, reply: str, message: str
) -> None:
    current = conversation({**NAMED, "task.type": "dialogue"} if fact != "task.type" else NAMED)
    while current.question is not None and current.question.spec.name != fact:
        current = current.skipped()
    with pytest.raises(AipolicyError) as raised:
        current.replied(reply)
    assert str(raised.value) == message
    assert current.question is not None


def test_a_reply_that_contradicts_an_earlier_one_is_refused() -> None:
    current = conversation({**NAMED, "latency.p50_ms": 900, "metadata.owner": "a", "metadata.lifecycle": "pilot"})
    while current.question is not None and current.question.spec.name != "latency.p95_ms":
        current = current.skipped()
    with pytest.raises(UsageError, match=r"`latency.p50_ms` is 900, more than `latency.p95_ms` 800"):
        current.replied("800")


@pytest.mark.parametrize(
    ("fact", "reply", "value"),
    [
        ("data.classes", "health, contact", ["health", "contact"]),
        ("data.classes", "[health]", ["health"]),
        ("data.classes", "health,health,", ["health"]),
        ("data.residency", "any", ["any"]),
        ("latency.p95_ms", "none", "none"),
        ("latency.p95_ms", " 0.5 ", 0.5),
        ("volume.requests_per_day", "{low: 1, likely: 2, high: 3}", {"low": 1, "likely": 2, "high": 3}),
        ("task.required_behavior", "[]", []),
        ("data.must_stay_inside", "yes", True),
        ("data.must_stay_inside", "N", False),
        ("data.must_stay_inside", "false", False),
        ("metadata.owner", "no", "no"),
        ("metadata.owner", "12", "12"),
    ],
)
def test_a_reply_is_declared_as_a_manifest_says_it(fact: str, reply: str, value: object) -> None:
    current = conversation()
    while current.question is not None and current.question.spec.name != fact:
        current = current.skipped()
    assert current.replied(reply).declared[fact] == value


def test_what_a_conversation_ends_with_is_a_manifest_of_the_same_answer_and_no_finding_on_its_form() -> None:
    replies = {**USUAL, "data.classes": "health", "task.type": "dialogue", "task.prompting": "insufficient"}
    end = held(replies)[1]
    read = read_manifests([ManifestFile("f.aifeature.yaml", end.manifest.text(end.declared).encode(), True)])
    assert read.findings == ()
    evaluation = evaluator().evaluate(read.features[0])
    assert Answering(evaluator(), evaluation, WEIGHING).recommended == end.answering.recommended
    found = {finding.rule_id[:4] for finding in findings_of(evaluation, evaluator().rule_evaluator, strict=False)}
    assert "MAN-" not in found
