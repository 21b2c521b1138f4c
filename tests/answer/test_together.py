"""Pairs of alternatives that are not tried lead nowhere that they are said not to."""

from __future__ import annotations

from itertools import combinations

import pytest
from answers import answering

from aipolicy.answer.alternatives import Alternative, alternatives
from aipolicy.answer.together import Together
from aipolicy.answer.trials import Trials

SPARSE = "data: {classes: [internal], residency: [US]}\nlatency: {p95_ms: 6000}\nvolume: {requests_per_day: 20000}\n"
PLANNED = (
    "task: {type: summarization, specialization: domain}\ndata: {classes: [health], residency: [EU]}\n"
    "latency: {p95_ms: 800}\nvolume: {requests_per_day: 120000}\nbudget: {monthly_usd: 20000}\n"
    "plan: {provider: openai, region: us, model: gpt-6-luna, adaptation: prompting, fallback: none}\n"
)
WAYS = (("option.adaptation", "fine-tuning"), ("option.adaptation", "classical-ml"), ("option.hosting", "on-device"))
ASKED = {
    "task.prompting", "task.required_behavior", "task.answers_from", "data.must_stay_inside", "data.labelled_examples",
    "team.ml_engineers", "task.input", "data.differentiator",
}  # fmt: skip


def tried(trials: Trials, vocabulary: dict[str, tuple[str, ...]]) -> list[tuple[Alternative, Alternative]]:
    found = [each for each in alternatives(trials.certain, vocabulary) if each.fact in ASKED]
    return [(one, two) for one, two in combinations(found, 2) if one.fact != two.fact]


@pytest.mark.parametrize("body", [SPARSE, PLANNED])
@pytest.mark.parametrize(("attribute", "word"), WAYS)
def test_no_pair_that_is_left_out_leads_to_the_way(body: str, attribute: str, word: str) -> None:
    trials = answering(body).trials
    candidates = trials.base.candidates
    legs = candidates.legs_of(candidates.mask_of(attribute, frozenset({word})))
    together, left_out = Together(trials), 0
    for one, two in tried(trials, {}):
        if together.may_lead_to(legs, one, two):
            continue
        left_out += 1
        changes = {**one.changes, **two.changes}
        evaluation, chosen = trials.evaluation(changes), trials.chosen(changes)
        expected = evaluation.candidates.legs_of(evaluation.verdict.admissible | evaluation.verdict.likely)
        assert not expected & legs, changes
        assert chosen is None or not expected or not legs >> evaluation.candidates.main_of(chosen.number) & 1
    assert left_out


def test_a_pair_is_tried_where_each_ends_what_stands_in_the_way() -> None:
    trials = answering(SPARSE).trials
    candidates = trials.base.candidates
    legs = candidates.legs_of(candidates.mask_of("option.adaptation", frozenset({"fine-tuning"})))
    labels = Alternative("data.labelled_examples", {"data.labelled_examples": 10_000.0})
    brittle = Alternative(
        "task.prompting", {"task.prompting": "insufficient", "task.required_behavior": ("fixed-output-format",)}
    )
    people = Alternative("team.ml_engineers", {"team.ml_engineers": 0.0})
    together = Together(trials)
    assert together.may_lead_to(legs, labels, brittle)
    assert not together.may_lead_to(legs, labels, people)
