"""What follows of other facts is the same whatever a trial takes over from what is expected."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_legs import own_legs

from aipolicy.answer.trials import Trial, Trials
from aipolicy.catalog.load import read_catalog
from aipolicy.evaluation.evaluation import Evaluator
from aipolicy.evaluation.ranking import Weighing
from aipolicy.evaluation.reevaluation import Reevaluation
from aipolicy.facts.spec import FactValue
from aipolicy.manifest.read import ManifestFile, read_manifests
from aipolicy.options.attributes import Organization
from aipolicy.policy.reading.load import find_pack, load_packs

HEAD = "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: f, lifecycle: production}\n"
TRAITS = (
    "task: {type: classification}\ndata: {classes: [personal], residency: [EU], subject_regions: [DE]}\n"
    "latency: {p95_ms: 2000}\nvolume: {requests_per_day: 40000, input_tokens: 1500, output_tokens: 150}\n"
)
PLANS = {
    "without a plan": "",
    "an API": "plan: {provider: openai, region: us, model: gpt-6-luna, adaptation: prompting, fallback: none}\n",
    "a plan of several ways": "plan: {hosting: own-cloud, adaptation: prompting}\n",
}
PACKS = ("build-or-buy", "cost-control", "gdpr", "eu-ai-act")
CHANGES: dict[str, tuple[Any, ...]] = {
    "latency.p95_ms": (60.0, 9_000.0),
    "volume.requests_per_day": (10.0, 900_000.0),
    "data.must_stay_inside": (True, False),
    "data.minimized": (True, False),
    "data.subject_regions": (("US",), ("DE", "FR")),
    "decision.area": ("employment", "none"),
    "decision.effect": ("sole", "none"),
    "disclosure.tells_people": (True, False),
    "evidence.impact_assessment": (True, False),
    "plan.terms.dpa": (True, False),
    "plan.region": ("eu", "us"),
    "metadata.lifecycle": ("idea", "production", "retired"),
}


@cache
def evaluator() -> Evaluator:
    catalog = read_catalog((), as_of=date(2026, 11, 29))
    packs = load_packs([find_pack(name, Path()) for name in PACKS], catalog, {})
    return Evaluator(tuple(packs), catalog, Organization())


TRIAGE = Path(__file__).resolve().parents[2] / "examples" / "quickstart" / "claims-triage" / "aifeature.yaml"


def fresh_trials() -> Trials:
    """Return trials of an example by an evaluator that has evaluated nothing else."""
    catalog = read_catalog((), as_of=date(2026, 11, 29))
    packs = tuple(load_packs([find_pack("build-or-buy", Path())], catalog, {}))
    fresh = own_legs(packs, catalog, Organization())
    read = read_manifests([ManifestFile(str(TRIAGE), TRIAGE.read_bytes(), True)])
    return Trials(fresh, fresh.evaluate(read.features[0]), Weighing(15.0, 36.0))


@cache
def trials_of(plan: str) -> Trials:
    read = read_manifests([ManifestFile("f.aifeature.yaml", (HEAD + TRAITS + PLANS[plan]).encode(), True)])
    return Trials(evaluator(), evaluator().evaluate(read.features[0]), Weighing(15.0, 36.0))


@pytest.mark.parametrize("plan", PLANS)
@settings(max_examples=10, deadline=None)
@given(changes=st.fixed_dictionaries({}, optional={n: st.sampled_from(v) for n, v in CHANGES.items()}))
def test_a_trial_that_takes_over_says_what_one_that_takes_nothing_says(plan: str, changes: dict[str, Any]) -> None:
    trials = trials_of(plan)
    alone = Trial(Reevaluation(evaluator(), trials.base, trials.facts(changes)), trials.weighing, None)
    assert trials.then(changes) == alone.then
    assert trials.leads_to(changes, alone.then)


def test_what_moves_no_constraint_chooses_nothing_anew() -> None:
    trials = trials_of("an API")
    again = Reevaluation(evaluator(), trials.base, trials.facts({"disclosure.tells_people": True}))
    assert again.moved
    assert again.keeps_choice
    assert not Reevaluation(evaluator(), trials.base, trials.facts({"data.must_stay_inside": True})).keeps_choice


def test_what_was_guessed_of_two_ways_changes_nothing_of_what_is_found_then() -> None:
    far, nearer = {"latency.p95_ms": 24_000.0}, {"latency.p95_ms": 1_600.0}
    alone, after = fresh_trials(), fresh_trials()
    then, among = after.then(far), after.among(far)
    assert among is not None
    assert then.hosting == "provider-api"
    after.likely_leads_to(nearer, then, among)
    assert after.then(nearer) == alone.then(nearer)


@pytest.mark.parametrize("far", [{"latency.p95_ms": 24_000.0}, {"volume.output_tokens": 40.0}])
def test_what_is_guessed_of_two_ways_holds_where_no_third_one_comes_first(far: dict[str, float]) -> None:
    trials = fresh_trials()
    then, among = trials.then(far), trials.among(far)
    assert among is not None
    guesses = {near: trials.likely_leads_to(near_facts, then, among) for near, near_facts in _between(trials, far)}
    assert len(set(guesses.values())) == 2
    found = {near: trials.leads_to(near_facts, then) for near, near_facts in _between(trials, far)}
    assert sum(found[near] is guesses[near] for near in found) >= len(found) - 1


def _between(trials: Trials, far: dict[str, float]) -> Iterator[tuple[float, dict[str, FactValue]]]:
    """Yield numbers between what is declared and a far one, the far one among them."""
    ((fact, end),) = far.items()
    now = trials.base.facts.values[fact]
    assert isinstance(now, float)
    for step in range(9):
        number = now * (end / now) ** (step / 8)
        yield number, {fact: number}
