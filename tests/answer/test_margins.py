"""How far what passes holds: as a direct search finds it, by numbers and by the calendar."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from answers import DAY, answering, catalog, evaluator
from hypothesis import given, settings
from hypothesis import strategies as st
from test_answer_properties import DECLARED, PLANS, answering_of

from aipolicy.answer.answer import Answering
from aipolicy.answer.margins import LATENCY, VOLUME, Margin, Passing, dated, margins_of, moved, passing_of
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.facts.assume import with_changes
from aipolicy.findings.finding import Severity
from aipolicy.forecast.first_break import first_break

_TRIED = 20


def passing(of: Answering) -> Passing | None:
    return passing_of(of, evaluator().rule_evaluator)


def breaks_anew(of: Answering, holds: Passing, fact: str, number: float) -> bool:
    """Return whether what passes breaks a rule with another number, by an evaluation of every way."""
    feature = of.certain.feature
    facts = with_changes(of.certain.facts, moved(of, fact, number), catalog(), feature.path_in_repository)
    evaluation: Evaluation = evaluator().evaluate_facts(feature, facts)
    removed = 0
    for ruled in evaluation.rules:
        outcomes = ruled.planned if holds.of_plan else ruled.candidates
        if ruled.active.severity is Severity.ERROR and ruled.active.rule.kind.value == "constraint":
            removed |= outcomes.violated
    recommended = of.recommended
    if holds.of_plan:
        return removed == evaluation.planned.full
    assert recommended is not None
    return bool(removed >> recommended.number & 1)


@settings(max_examples=12)
@given(DECLARED, st.sampled_from(PLANS), st.randoms(use_true_random=False))
def test_margins_agree_with_a_direct_search(
    declared: dict[str, Any], plan: dict[str, Any], drawn: random.Random
) -> None:
    of = answering_of(declared, plan)
    holds = passing(of)
    if holds is None or of.expected.workload.rivals is not None:
        return
    for margin in margins_of(holds, DAY):
        near = 1e7 if margin.now == float("inf") else margin.now
        assert breaks_anew(of, holds, margin.fact, margin.value)
        for _ in range(_TRIED):
            number = near * (margin.value / near) ** (drawn.random() * 0.98)
            assert not breaks_anew(of, holds, margin.fact, number), (margin, number)


HOSTED = (
    "data: {classes: [internal], residency: [US]}\nlatency: {p95_ms: 8000}\ntask: {type: classification}\n"
    "volume: {requests_per_day: 9000, input_tokens: 1200, output_tokens: 200, growth_12_months: 1.2}\n"
)
PLAN = (
    "data: {classes: [internal], residency: [US]}\nlatency: {p95_ms: 15000}\nvolume: {requests_per_day: 1000}\n"
    "plan: {adaptation: prompting, hosting: provider-api, provider: openai, region: us, model: gpt-6-luna}\n"
)


def margins(body: str) -> dict[tuple[str, bool], Margin]:
    of = answering(body)
    holds = passing(of)
    assert holds is not None
    return {(margin.fact, margin.is_more): margin for margin in margins_of(holds, DAY)}


def test_a_shorter_budget_breaks_the_rule_on_latency() -> None:
    margin = margins(HOSTED)[LATENCY, False]
    assert margin.rules == ("LAT-002",)
    assert 0 < margin.value < 8000
    assert margin.on is None


def test_no_margin_is_a_number_that_no_manifest_can_declare() -> None:
    tables = (
        "task: {type: fraud-detection}\nlatency: {p95_ms: 50}\ndata: {classes: [internal], labelled_examples: 20000}\n"
    )
    holds = passing(answering(tables))
    assert holds is None or all(margin.value > 0.0 for margin in margins_of(holds, DAY))


def test_the_day_of_a_margin_is_that_of_declared_growth() -> None:
    margin = Margin(VOLUME, 1000.0, 8000.0, ("COST-001",))
    later = dated(margin, {"volume.requests_per_day_later": 2000.0}, date(2026, 1, 1))
    assert later.on == date(2026, 1, 1) + timedelta(days=3 * 365)
    assert dated(margin, {"volume.requests_per_day_later": 1990.0}, date(2026, 1, 1)).on is None
    assert dated(margin, {"volume.requests_per_day_later": 1000.0}, date(2026, 1, 1)).on is None
    assert dated(margin, {"volume.requests_per_day_later": 500.0}, date(2026, 1, 1)).on is None


def test_requests_in_twelve_months_grow_with_those_of_today() -> None:
    body = HOSTED.replace("growth_12_months: 1.2", "requests_per_day_in_12_months: 18000")
    changes = moved(answering(body), VOLUME, 90000.0)
    assert changes == {VOLUME: 90000.0, "volume.requests_per_day_in_12_months": 180000.0}


def test_the_plan_is_measured_where_it_passes_and_else_what_is_recommended() -> None:
    of_plan, recommended = passing(answering(PLAN)), passing(answering(PLAN.replace("[internal]", "[itar]")))
    assert of_plan is not None
    assert of_plan.of_plan
    assert recommended is not None
    assert not recommended.of_plan


def test_of_what_is_retired_or_clashes_nothing_holds() -> None:
    assert passing(answering("metadata: {name: f, lifecycle: retired}\n")) is None
    assert passing(answering("data: {classes: [itar]}\nlatency: {p95_ms: 1}\nteam: {ml_engineers: 0}\n")) is None


def test_a_model_that_retires_ends_what_holds_on_that_day() -> None:
    model = next(m for m in catalog().models.values() if m.retires_on and m.retires_on > DAY and m.answers)
    offering = next(o for o in catalog().offerings if o.model == model.id and "prompting" in o.adaptations)
    plan = f"plan: {{adaptation: prompting, provider: {offering.provider}, model: {model.id}, hosting: provider-api}}\n"
    of = answering(f"data: {{classes: [public], residency: [any]}}\nlatency: {{p95_ms: none}}\n{plan}")
    holds = passing(of)
    assert holds is not None
    found = first_break(holds, evaluator())
    ends = offering.retires_on or model.retires_on
    assert ends is not None
    assert found is not None
    assert (found.on, found.rules) == (ends, ("OPS-003",))
    assert not breaks_on(holds, found.on - timedelta(days=1))


def breaks_on(holds: Passing, day: date) -> bool:
    from aipolicy.forecast.first_break import _Days

    return bool(_Days(holds, evaluator()).breaks(day))


@settings(max_examples=10)
@given(DECLARED, st.sampled_from(PLANS), st.randoms(use_true_random=False))
def test_nothing_breaks_before_the_first_day(
    declared: dict[str, Any], plan: dict[str, Any], drawn: random.Random
) -> None:
    holds = passing(answering_of(declared, plan))
    if holds is None:
        return
    found = first_break(holds, evaluator())
    days = 3 * 365 if found is None else (found.on - DAY).days
    assert found is None or breaks_on(holds, found.on)
    for _ in range(_TRIED):
        assert not breaks_on(holds, DAY + timedelta(days=drawn.randrange(days)))
