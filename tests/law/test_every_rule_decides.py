"""No rule of law is there to fill a count: in some worked example no other rule of all packs of law asks as much.

The worked examples are those that rules carry. A rule decides one where it asks for a fact to be otherwise, and no rule that
weighs as much on that day asks for the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from aipolicy.catalog.load import read_catalog
from aipolicy.evaluation.rule_evaluator import LineTrace, RuleEvaluator
from aipolicy.facts.all_facts import is_parameter
from aipolicy.facts.facts import facts_from_values
from aipolicy.facts.spec import FactValue
from aipolicy.findings.finding import Outcome
from aipolicy.policy.reading.load import find_pack, load_packs, shipped_packs
from aipolicy.policy.rule import Rule, RuleTest
from aipolicy.rule_tests.examples import outcome_of

DAY = date(2026, 11, 30)
WITHOUT_LAW = {"build-or-buy", "cost-control", "portfolio"}
LAW = tuple(name for name in shipped_packs() if name not in WITHOUT_LAW)
ASKING = (Outcome.VIOLATED, Outcome.UNDECLARED)
CATALOG = read_catalog((), as_of=DAY)
EVALUATOR = RuleEvaluator()


@cache
def rules() -> Mapping[str, Rule]:
    return {rule.id: rule for name in LAW for rule in load_packs([find_pack(name, Path())], CATALOG, {})[0].rules}


def asked(rule: Rule, given: Mapping[str, FactValue], option: Mapping[str, FactValue]) -> frozenset[str]:
    """Return what a rule wants otherwise of an example: the facts that its failing lines read; nothing where it is kept."""
    traces = EVALUATOR.trace(rule, facts_from_values(given, CATALOG), dict(option))
    if outcome_of(traces) not in ASKING:
        return frozenset()
    failing: Iterator[LineTrace] = (
        trace for trace in traces if trace.section != "when" and trace.truth.value == "false"
    )
    return frozenset(name for trace in failing for name, _ in trace.values if not is_parameter(name))


def weight(rule: Rule) -> int:
    """Return how much a rule weighs on the day, 0 for the most."""
    return (rule.severity_on(DAY) or rule.severity).rank


def examples(rule: Rule) -> Iterator[RuleTest]:
    return (test for test in rule.tests if test.expect in ASKING)


def decided_alone(rule: Rule, test: RuleTest) -> frozenset[str]:
    """Return what nobody asks of an example once a rule is removed."""
    others = (other for other in rules().values() if other.id != rule.id and weight(other) <= weight(rule))
    return asked(rule, test.given, test.option).difference(*(asked(other, test.given, test.option) for other in others))


@pytest.mark.parametrize("rule_id", sorted(rules()))
def test_an_example_comes_out_otherwise_without_the_rule(rule_id: str) -> None:
    rule = rules()[rule_id]
    assert any(decided_alone(rule, test) for test in examples(rule))
