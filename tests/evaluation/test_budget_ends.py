"""Over a sweep of budgets nothing that removes turns within the stated error of an estimate; there both numbers are told."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.findings.finding import Outcome, Severity
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.manifest.read import read_manifests
from aipolicy.options.estimates import DRAWN_FACTS
from aipolicy.run.evaluated_file import evaluate_feature, findings_on
from aipolicy.run.policy import Policy, PolicySettings, load_policy
from aipolicy.source.text import grouped

DAY = date(2026, 11, 21)
MANIFEST = """apiVersion: aipolicy/v1
kind: AIFeature
metadata: {name: sums, lifecycle: prototype}
task: {type: summarization, specialization: generic, error_cost: low, stable: true}
data: {classes: [internal], residency: [any]}
latency: {p95_ms: 8000}
volume: {requests_per_day: 120000, input_tokens: 4000, output_tokens: 300, growth_12_months: 1.2}
budget: {%s}
plan: {adaptation: prompting, hosting: provider-api, provider: openai, region: us, model: gpt-6-luna, fallback: none,
  routing: single}
"""
STEPS = [0.3 * 1.03**step for step in range(90)]
"""Budgets from a third of the estimate to four times of it, in steps of 3 %, far below what costs are uncertain by."""


@cache
def policy() -> Policy:
    return load_policy(PolicySettings(as_of=DAY, packs=("build-or-buy", "cost-control")))


@cache
def evaluated(budget: str) -> Evaluation:
    read = read_manifests([ManifestFile("f.yaml", (MANIFEST % budget).encode(), named=True)])
    assert not read.findings
    return evaluate_feature(read.features[0], policy())


def ends(fact: str) -> tuple[float, float, float]:
    """Return what is likely of a cost of the plan, and the ends that the organisation's confidence asks for."""
    evaluation = evaluated("upfront_usd: none")
    names = tuple(f"option.{fact}{end}" for end in ("_at_least", "", "_at_most"))
    values = evaluation.planned.values_of(0, names, evaluation.workload)
    low, likely, high = (values[name] for name in names)
    assert isinstance(low, float)
    assert isinstance(likely, float)
    assert isinstance(high, float)
    assert low < likely < high
    return low, likely, high


def outcome(evaluation: Evaluation, rule: str) -> Outcome:
    ruled = next(each for each in evaluation.rules if each.active.rule.id == rule)
    return ruled.planned.outcome_of(0)


@pytest.mark.parametrize(
    ("key", "above", "inconclusive"),
    [("monthly_usd", "SPEND-001", "SPEND-002"), ("usd_per_request", "SPEND-003", "SPEND-010")],
)
def test_a_budget_is_broken_beyond_the_favourable_end_alone(key: str, above: str, inconclusive: str) -> None:
    """Below it the error, up to the other end the note with both numbers, and beyond that nothing."""
    low, likely, high = ends(key)
    for step in STEPS:
        budget = likely * step
        evaluation = evaluated(f"{key}: {budget!r}")
        broken = outcome(evaluation, above) is Outcome.VIOLATED
        close = outcome(evaluation, inconclusive) is Outcome.VIOLATED
        assert broken is (budget < low)
        assert close is (low <= budget < high)


@pytest.mark.parametrize("key", ["monthly_usd", "usd_per_request", "upfront_usd"])
def test_no_need_and_no_way_that_is_left_turns_with_a_budget(key: str) -> None:
    """Costs are weighed and told; no rule that removes ways asks for them."""
    least = {
        ruled.active.rule.id
        for ruled in evaluated("upfront_usd: none").rules
        if ruled.active.severity is Severity.ERROR
    }
    verdicts = set()
    for step in STEPS[::10]:
        evaluation = evaluated(f"{key}: {1000 * step!r}").expected
        verdict = evaluation.verdict
        verdicts.add((tuple(verdict.needs), verdict.admissible, verdict.open))
        assert {ruled.active.rule.id for ruled in evaluation.rules if ruled.active.severity is Severity.ERROR} == least
    assert len(verdicts) == 1


def test_what_is_close_to_a_budget_is_told_with_both_numbers() -> None:
    low, _, high = ends("monthly_usd")
    middle = (low + high) / 2
    (finding,) = (f for f in findings_on(evaluated(f"monthly_usd: {middle!r}"), policy()) if f.rule_id == "SPEND-002")
    assert f"between `{grouped(low)}` and `{grouped(high)}` USD a month" in finding.message
    low, _, high = ends("usd_per_request")
    middle = (low + high) / 2
    (finding,) = (
        f for f in findings_on(evaluated(f"usd_per_request: {middle!r}"), policy()) if f.rule_id == "SPEND-010"
    )
    assert "measure `" in finding.message


def test_ways_are_removed_by_no_drawn_cost() -> None:
    """Drawing every way would take longer than all the rest; costs that are drawn are asked of plans alone."""
    from aipolicy.policy.rule import RuleScope

    read = [rule for rule in policy().rules if not DRAWN_FACTS.isdisjoint(rule.option_reads)]
    assert {rule.scope for rule in read} == {RuleScope.PLAN}
