"""Runs the examples that a rule carries, with the same judge that judges features."""

from __future__ import annotations

from dataclasses import dataclass

from aipolicy.catalog.catalog import Catalog
from aipolicy.evaluation.judging import Judge, LineTrace
from aipolicy.facts.facts import Facts, facts_from_values
from aipolicy.findings import Outcome
from aipolicy.policy.expressions import Truth
from aipolicy.policy.rule import Rule, RuleTest


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """What became of an example, with the trace that led there."""

    rule: Rule
    test: RuleTest
    outcome: Outcome
    trace: tuple[LineTrace, ...]

    @property
    def passed(self) -> bool:
        """Return whether the outcome is the expected one."""
        return self.outcome is self.test.expect


def run_example(rule: Rule, test: RuleTest, catalog: Catalog, judge: Judge) -> ExampleResult:
    """Return the result of one example: what it does not give is unknown, documented defaults included."""
    facts: Facts = facts_from_values(test.given, catalog)
    trace = judge.trace(rule, facts, dict(test.option))
    return ExampleResult(rule, test, outcome_of(trace), trace)


def outcome_of(trace: tuple[LineTrace, ...]) -> Outcome:
    """Return the outcome that the lines of a rule add up to, for one option."""
    when = [line.truth for line in trace if line.section == "when"]
    require = [line.truth for line in trace if line.section == "require"]
    if Truth.FALSE in when:
        return Outcome.NOT_APPLICABLE
    if all(truth is Truth.TRUE for truth in require):
        return Outcome.SATISFIED
    if Truth.FALSE in require and Truth.UNKNOWN not in when:
        return Outcome.VIOLATED
    return Outcome.UNDETERMINED
