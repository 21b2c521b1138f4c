"""What a rule says of one option by itself, read off its lines: what masks of all options are held against."""

from __future__ import annotations

from aipolicy.evaluation.evaluation import Evaluation, Evaluator
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.findings.finding import Outcome, Severity
from aipolicy.options.estimates import ENDED_FACTS
from aipolicy.policy.rule import Rule
from aipolicy.rule_tests.examples import outcome_of
from aipolicy.value import replace


def outcome_alone(judging: Evaluator, rule: Rule, evaluation: Evaluation, options: OptionSet, number: int) -> Outcome:
    """Return what becomes of a rule for one option: the same at both ends of its estimates, or close.

    Only rules that remove look at both ends.
    """
    reads = {name for line in (*rule.when, *rule.require) for name in line.option_reads}

    def at(end: str) -> Outcome:
        option = options.facts_of(number, replace(evaluation.workload, end=end))
        return outcome_of(judging.rule_evaluator.trace(rule, evaluation.facts, option))

    if rule.severity is not Severity.ERROR or reads.isdisjoint(ENDED_FACTS):
        return at("usual")
    fast, slow = at("fast"), at("slow")
    if fast is slow:
        return fast
    if fast is Outcome.VIOLATED and slow is Outcome.NOT_APPLICABLE:
        return Outcome.VIOLATED
    for outcome in (Outcome.UNDECLARED, Outcome.UNDETERMINED):
        if outcome in (fast, slow):
            return outcome
    return Outcome.UNDETERMINED if Outcome.VIOLATED in (fast, slow) else Outcome.SATISFIED
