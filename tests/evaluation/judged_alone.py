"""What a rule says of one option by itself, read off its lines: what masks of all options are held against."""

from __future__ import annotations

from collections.abc import Iterator

from obvious_pairs import WEIGHTS, is_of_whole

from aipolicy.evaluation.evaluation import Evaluation, Evaluator
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.paired_outcomes import Outcomes
from aipolicy.evaluation.paired_set import PairedSet
from aipolicy.findings.finding import Outcome, Severity
from aipolicy.options.estimates import ENDED_FACTS
from aipolicy.policy.rule import Rule, RuleLegs
from aipolicy.rule_tests.examples import outcome_of
from aipolicy.value import replace


def numbers_of(options: OptionSet) -> list[int]:
    """Return the numbers of the options of a set, of which there are fewer than the highest."""
    return [number for number, bit in enumerate(reversed(f"{options.full:b}")) if bit == "1"]


def outcome_in_masks(outcomes: Outcomes, number: int) -> Outcome:
    """Return what masks say of one option, of which exactly one has to have it."""
    (found,) = (outcome for outcome in WEIGHTS if getattr(outcomes, outcome.name.lower()) >> number & 1)
    assert outcomes.outcome_of(number) is found
    return found


def outcome_alone(judging: Evaluator, rule: Rule, evaluation: Evaluation, options: OptionSet, number: int) -> Outcome:
    """Return what becomes of a rule for one option: the gravest of what it comes to for each leg that it asks.

    A rule on the whole option is asked once, of main leg and partner together.
    """
    asked = [(options, number)]
    if isinstance(options, PairedSet) and not is_of_whole(rule):
        asked = list(_legs_asked(rule, options, number))
    return min((_outcome(judging, rule, evaluation, *each) for each in asked), key=WEIGHTS.index)


def _legs_asked(rule: Rule, options: PairedSet, number: int) -> Iterator[tuple[OptionSet, int]]:
    """Yield the legs of an option that have to satisfy a rule, each by its number in a set of legs."""
    yield options.mains, options.main_of(number)
    partner = options.slot_of(number).partner
    if partner is not None and rule.legs is RuleLegs.EVERY:
        yield options.table, partner


def _outcome(judging: Evaluator, rule: Rule, evaluation: Evaluation, options: OptionSet, number: int) -> Outcome:
    """Return what becomes of a rule for the facts of one leg or option: the same at both ends of estimates, or close.

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
