"""Runs the examples that a rule carries, by what evaluates features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from aipolicy.catalog.catalog import Catalog
from aipolicy.evaluation.finding_words import message_of
from aipolicy.evaluation.outcome_masks import OUTCOMES_BY_WEIGHT
from aipolicy.evaluation.rule_evaluator import MUST_DECLARE, LineTrace, RuleEvaluator
from aipolicy.facts.all_facts import of_leg
from aipolicy.facts.facts import Facts, facts_from_values
from aipolicy.facts.spec import FactValue
from aipolicy.findings.finding import Outcome, Stage
from aipolicy.policy.cel.expressions import Truth
from aipolicy.policy.rule import Rule, RuleTest, parts_of
from aipolicy.value import Frozen, NamedTuple

NO_FINDING = "no finding"


class Difference(NamedTuple):
    """What a test expects and what was found instead."""

    what: str
    expected: str
    found: str


class ExampleResult(Frozen):
    """What became of an example or a test, with the trace that led there."""

    rule: Rule
    test: RuleTest
    outcome: Outcome
    trace: tuple[LineTrace, ...]
    message: str = NO_FINDING
    """What the rule says about it."""
    location: str = ""
    """Where it says so, in the form that the test uses; empty for examples, which have no lines."""
    note: str = ""
    """Why the rule was not evaluated; empty where it was."""

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Return where the result departs from what is expected."""
        test = self.test
        pairs = (
            Difference("outcome", test.expect.value, self.outcome.value),
            Difference("message", test.message or self.message, self.message),
            Difference("location", test.location or self.location, self.location or NO_FINDING),
        )
        return tuple(
            pair for pair in pairs if pair.expected != pair.found and (pair.expected or pair.what == "outcome")
        )

    @property
    def passed(self) -> bool:
        """Return whether everything came out as expected."""
        return not self.differences


def run_example(rule: Rule, test: RuleTest, catalog: Catalog, rule_evaluator: RuleEvaluator) -> ExampleResult:
    """Return the result of one example: what it does not give is unknown, documented defaults included."""
    facts: Facts = facts_from_values(test.given, catalog)
    tried = [(rule_evaluator.trace(rule, facts, option), option) for option in evaluated_options(rule, test)]
    trace, option = min(tried, key=lambda pair: OUTCOMES_BY_WEIGHT.index(outcome_of(pair[0])))
    outcome = outcome_of(trace)
    message = NO_FINDING
    if outcome is Outcome.VIOLATED:
        broken = (part for part in parts_of(rule) if outcome_of(rule_evaluator.trace(part, facts, option)) is outcome)
        message = "; ".join(message_of(part, facts, option) for part in broken)
    return ExampleResult(rule, test, outcome, trace, message)


def evaluated_options(rule: Rule, test: RuleTest) -> tuple[Mapping[str, FactValue], ...]:
    """Return for what a rule is evaluated in an example: the option, and a partner that has to satisfy it by itself."""
    if not test.partner or not rule.is_of_partner:
        return ({**test.option, **test.partner},)
    return test.option, {of_leg(name): value for name, value in test.partner.items()}


def why_not_evaluated(rule: Rule, day: date) -> str:
    """Return why a rule has nothing to say on a day; empty where it has."""
    match rule.stage_on(day):
        case Stage.ENDED:
            return f"the rule ended on {rule.effective_until}"
        case Stage.UNANNOUNCED:
            return f"the rule is announced on {rule.announced_on}"
        case _:
            return ""


def outcome_of(trace: tuple[LineTrace, ...]) -> Outcome:
    """Return the outcome that the lines of a rule add up to, for one option."""
    when = [line.truth for line in trace if line.section == "when"]
    require = [line.truth for line in trace if line.section == "require"]
    declared = [line.truth is Truth.TRUE for line in trace if line.section == MUST_DECLARE]
    return outcome_of_truths(when, require, all_declared=all(declared))


def outcome_of_truths(when: Sequence[Truth], require: Sequence[Truth], *, all_declared: bool = True) -> Outcome:
    """Return the outcome that the truths of `when` and `require` add up to, with all declared that has to be or not."""
    if Truth.FALSE in when:
        return Outcome.NOT_APPLICABLE
    if all_declared and all(truth is Truth.TRUE for truth in require):
        return Outcome.SATISFIED
    if Truth.UNKNOWN in when:
        return Outcome.UNDETERMINED
    if Truth.FALSE in require:
        return Outcome.VIOLATED
    return Outcome.UNDETERMINED if all_declared else Outcome.UNDECLARED
