"""Which leg of an option a rule on every leg is about: the one that breaks it, the main leg where both do."""

from __future__ import annotations

from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.outcome_masks import OUTCOMES_BY_WEIGHT
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


def deciding_leg(rule: Rule, facts: Facts, workload: Workload, option_set: OptionSet, number: int,
                 rule_evaluator: RuleEvaluator) -> DecidingLeg:  # fmt: skip
    """Return what of an option decides what a rule comes to for it."""
    whole = DecidingLeg(option_set, number, False)
    if not isinstance(option_set, PairedSet) or not rule.is_of_partner:
        return whole
    partner = option_set.slot_of(number).partner
    if partner is None:
        return whole
    main = rule_evaluator.evaluate(rule, facts, workload, option_set.mains).outcome_of(option_set.main_of(number))
    other = rule_evaluator.evaluate(rule, facts, workload, option_set.table).outcome_of(partner)
    if OUTCOMES_BY_WEIGHT.index(main) <= OUTCOMES_BY_WEIGHT.index(other):
        return whole
    return DecidingLeg(option_set.table, partner, True)


def planned_leg(evaluation: Evaluation, rule: Rule, number: int, rule_evaluator: RuleEvaluator) -> DecidingLeg:
    """Return what of an option of the plan decides a rule."""
    return deciding_leg(rule, evaluation.facts, evaluation.workload, evaluation.planned, number, rule_evaluator)
