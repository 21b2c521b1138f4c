"""Inputs that were answered wrongly once, each with the answer that is right; they stand in `tests/cases`."""

from __future__ import annotations

from pathlib import Path

from answers import answering

from aipolicy.answer.answer import Answering
from aipolicy.findings.finding import Outcome

CASES = Path(__file__).parents[1] / "cases"


def case(name: str) -> Answering:
    """Return what answers an input."""
    text = (CASES / f"{name}.aifeature.yaml").read_text()
    return answering("".join(text.partition("metadata:")[1:]))


def test_a_plan_with_a_window_that_is_too_small_breaks_the_rule_at_its_model() -> None:
    plan = case("long-request").answer.plan
    assert plan is not None
    assert "TASK-007" in plan.violates


def test_nothing_is_recommended_whose_window_is_too_small() -> None:
    way = case("long-request").answer.recommended
    assert way is not None
    assert way.option.leg.window.context_tokens is not None
    assert way.option.leg.window.context_tokens >= 300_200.0


def test_a_window_that_the_catalog_does_not_know_is_a_gap_and_no_limit() -> None:
    asked = answering("task: {type: summarization}\nplan: {provider: openai, model: gpt-77, region: us}\n")
    [ruled] = [ruled for ruled in asked.expected.rules if ruled.active.rule.id == "TASK-007"]
    assert ruled.planned.outcome_of(0) is Outcome.UNDETERMINED


def test_where_only_the_most_capable_models_do_no_lesser_one_answers_first() -> None:
    way = case("frontier-reasoning").answer.recommended
    assert way is not None
    assert way.option.leg.model.tier == "frontier"


def test_a_prompt_that_does_on_a_large_model_recommends_no_smaller_one() -> None:
    body = "task: {type: summarization, prompting: sufficient, %s}\nteam: {ml_engineers: 0}\n"
    tiers = {}
    for said in ("specialization: generic", "prompting_model: small", "prompting_model: gpt-6-astra"):
        way = answering(body % said).answer.recommended
        assert way is not None
        tiers[said] = way.option.leg.model.tier
    assert tiers == {
        "specialization: generic": "small", "prompting_model: small": "small", "prompting_model: gpt-6-astra": "frontier",
    }  # fmt: skip


def test_on_which_model_a_prompt_did_is_asked_for_with_what_it_would_change() -> None:
    asked = answering(
        "task: {type: summarization, prompting: sufficient}\nteam: {ml_engineers: 0}\n"
        "volume: {requests_per_day: 100000}\n"
    )
    tried = next(c for c in asked.questions if "task.prompting_model" in c.facts)
    now = asked.answer.recommended
    assert now is not None
    assert tried.then.total_usd is not None
    assert tried.then.total_usd > now.cost.total_usd


def test_no_restriction_of_place_and_time_can_be_said_and_leaves_nothing_open_for_it() -> None:
    asked = case("no-residency-restriction")
    read = {"data.residency", "latency.p95_ms"}
    assert not read & set(asked.answer.assumed)
    assert not [c for c in asked.questions if read & set(c.facts)]
    about = {*read, "data.residency_countries", "data.residency_restricted"}
    rules = [ruled for ruled in asked.certain.rules if about & set(ruled.active.rule.feature_reads)]
    outcomes = [r.candidates for r in rules if set(r.active.rule.feature_reads) <= about]
    assert outcomes
    assert not any(outcome.violated | outcome.undetermined for outcome in outcomes)


def test_a_budget_for_the_first_token_leaves_ways_that_are_measured_first() -> None:
    asked = case("voice")
    assert asked.answer.recommended is not None
    [measure] = asked.answer.measures
    assert (measure.close.rule, measure.close.limit_fact) == ("LAT-008", "latency.first_token_p95_ms")


def test_a_budget_for_the_first_token_means_all_of_the_answer_where_nothing_is_streamed() -> None:
    body = "task: {type: dialogue}\nlatency: {p95_ms: none, first_token_p95_ms: 700, streaming: %s}\n"
    streamed, whole = (answering(body % word).expected.verdict.removed.bit_count() for word in ("true", "false"))
    assert streamed < whole


def test_a_fast_provider_is_found_where_the_usual_ones_are_too_slow() -> None:
    exists = case("fast-provider-exists")
    api = exists.expected.candidates.mask_of("option.hosting", frozenset({"provider-api"}))
    assert api & exists.expected.verdict.likely
    assert "self-hosting" not in {need.id for need in exists.certain.verdict.needs if need.certain}
    plan = case("fast-provider-planned").answer.plan
    assert plan is not None
    assert not {"LAT-001", "LAT-002"} & set(plan.way.breaks)
