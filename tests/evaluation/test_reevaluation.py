"""A feature evaluated again with other facts is what it is evaluated afresh with them, whatever was taken over."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aipolicy.catalog.load import read_catalog
from aipolicy.evaluation.evaluation import Evaluation, Evaluator
from aipolicy.evaluation.reevaluation import Reevaluation
from aipolicy.facts.assume import with_changes
from aipolicy.manifest.read import ManifestFile, read_manifests
from aipolicy.options.attributes import Organization
from aipolicy.options.estimates import COMPARED_FACTS
from aipolicy.policy.reading.load import find_pack, load_packs

HEAD = "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: f, lifecycle: pilot}\n"
TRAITS = (
    "task: {type: summarization, hard_case_share: 0.2}\ndata: {classes: [personal], residency: [EU]}\n"
    "latency: {p95_ms: 2000}\nvolume: {requests_per_day: 40000, input_tokens: 1500, output_tokens: 150}\n"
    "budget: {monthly_usd: 20000}\n"
)
PLANS = {
    "without a plan": "",
    "an API": "plan: {provider: openai, region: us, model: gpt-6-luna, adaptation: prompting, fallback: none}\n",
    "a hybrid": "plan: {hosting: own-cloud, adaptation: prompting, fallback: provider-api, routing: cascade}\n",
}
CHANGES: dict[str, tuple[Any, ...]] = {
    "latency.p95_ms": (60.0, 700.0, 9_000.0),
    "volume.requests_per_day": (10.0, 900_000.0),
    "volume.output_tokens": (5.0, 800.0),
    "data.labelled_examples": (0.0, 5_000.0),
    "data.must_stay_inside": (True, False),
    "task.prompting": ("sufficient", "insufficient"),
    "task.hard_case_share": (0.05, 1.0),
    "team.ml_engineers": (0.0, 6.0),
    "budget.monthly_usd": (300.0, 90_000.0),
    "availability.critical": (True, False),
    "metadata.lifecycle": ("pilot", "retired"),
}


@cache
def judging() -> Evaluator:
    catalog = read_catalog((), as_of=date(2026, 11, 29))
    packs = load_packs([find_pack("build-or-buy", Path())], catalog, {})
    return Evaluator(tuple(packs), catalog, Organization())


@cache
def started(plan: str) -> Evaluation:
    """Return what is expected of the feature with a plan."""
    read = read_manifests([ManifestFile("f.aifeature.yaml", (HEAD + TRAITS + PLANS[plan]).encode(), True)])
    return judging().evaluate(read.features[0])


@pytest.mark.parametrize("plan", PLANS)
@settings(max_examples=12, deadline=None)
@given(changes=st.fixed_dictionaries({}, optional={n: st.sampled_from(v) for n, v in CHANGES.items()}))
def test_what_is_taken_over_is_what_is_found_afresh(plan: str, changes: dict[str, Any]) -> None:
    start = started(plan)
    facts = with_changes(start.facts, changes, judging().catalog)
    again = Reevaluation(judging(), start.expected, facts)
    of_plan = list(again.of_plan)
    one_by_one = [again.of_plan_at(place) for place in sorted(again.moved)]
    found, afresh = again.evaluation, judging().evaluate_facts(start.feature, facts)
    assert found.candidates is afresh.candidates
    assert (found.verdict.removed, found.verdict.open, found.verdict.likely) == (
        afresh.verdict.removed, afresh.verdict.open, afresh.verdict.likely,
    )  # fmt: skip
    assert found.verdict.needs == afresh.verdict.needs
    assert of_plan == [ruled.planned for ruled in found.rules]
    assert one_by_one == [found.rules[place].planned for place in sorted(again.moved)]
    for ruled, other in zip(found.rules, afresh.rules, strict=True):
        assert ruled.candidates == other.candidates, ruled.active.rule.id
        # NOTE: a plan is compared with what remained before the change.
        if COMPARED_FACTS.isdisjoint(ruled.active.rule.option_reads):
            assert ruled.planned == other.planned, ruled.active.rule.id
