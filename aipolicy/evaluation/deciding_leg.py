"""Which leg of an option a rule on every leg is about: the one that breaks it, the main leg where both do."""

from __future__ import annotations

from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.outcome_masks import OUTCOMES_BY_WEIGHT
from aipolicy.evaluation.paired_outcomes import LegOutcomes, Outcomes
from aipolicy.evaluation.paired_set import PairedSet
from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.facts.facts import Facts
from aipolicy.options.workload import Workload
from aipolicy.policy.rule import Rule
from aipolicy.value import NamedTuple


class DecidingLeg(NamedTuple):
    """An option, or the partner of one by itself, under its number in the set that it is in."""

    option_set: OptionSet
    number: int
    is_partner: bool


def leg_of(outcomes: Outcomes, option_set: OptionSet, number: int) -> DecidingLeg:
    """Return what of an option decides what a rule comes to for it, from what it comes to for every option."""
    partner = option_set.slot_of(number).partner if isinstance(option_set, PairedSet) else None
    if partner is None or not isinstance(outcomes, LegOutcomes) or not outcomes.is_of_partner:
        return DecidingLeg(option_set, number, False)
    assert isinstance(option_set, PairedSet)
    outcomes = outcomes.within(1 << number)
    main = outcomes.main.outcome_of(option_set.main_of(number))
    assert outcomes.partner is not None
    other = outcomes.partner.outcome_of(partner)
    if OUTCOMES_BY_WEIGHT.index(main) <= OUTCOMES_BY_WEIGHT.index(other):
        return DecidingLeg(option_set, number, False)
    return DecidingLeg(option_set.table, partner, True)


def deciding_leg(rule: Rule, facts: Facts, workload: Workload, option_set: OptionSet, number: int,
                 rule_evaluator: RuleEvaluator) -> DecidingLeg:  # fmt: skip
    """Return what of an option decides what a rule comes to for it."""
    return leg_of(rule_evaluator.evaluate(rule, facts, workload, option_set), option_set, number)


def planned_leg(evaluation: Evaluation, rule: Rule, number: int, rule_evaluator: RuleEvaluator) -> DecidingLeg:
    """Return what of an option of the plan decides a rule."""
    return deciding_leg(rule, evaluation.facts, evaluation.workload, evaluation.planned, number, rule_evaluator)
