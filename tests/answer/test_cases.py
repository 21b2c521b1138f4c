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
