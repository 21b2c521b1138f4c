"""Options put together from legs for one feature: of what could be built, of a plan, and of what clashes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from aipolicy.evaluation.axes import AXES_OF_LEGS
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.paired_legs import PairedLegs
from aipolicy.evaluation.paired_set import PairedSet
from aipolicy.evaluation.partners import PLACE, Allowed, PartnerChoice, RuleOutcomes
from aipolicy.evaluation.prepared_rule import ActiveRule
from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.evaluation.slots import NO_PARTNER, Slot
from aipolicy.facts.facts import Facts
from aipolicy.findings.finding import Severity
from aipolicy.options.estimates import COST_FACTS, LATENCY_FACTS
from aipolicy.options.workload import Workload
from aipolicy.policy.rule import Rule, RuleKind, RuleScope

if TYPE_CHECKING:
    from aipolicy.evaluation.planned_sets import PlannedSet

_ANY = Allowed(frozenset({"provider-api", "self-hosted"}), ("single", "cascade"), True)
_MOST_SETS = 64
"""Sets of options that are kept at once, the latest."""


class Pairs:
    """Puts options together under the rules of one evaluator; sets with the same partners are one."""

    def __init__(self, rules: Iterable[ActiveRule], rule_evaluator: RuleEvaluator) -> None:
        self._rules = tuple(rules)
        self._rule_evaluator = rule_evaluator
        self._legs: dict[tuple[int, int, bool], PairedLegs] = {}
        self._sets: dict[tuple[int, int, bool, tuple[Slot, ...]], PairedSet] = {}
        self._choices: dict[int, PartnerChoice] = {}

    def candidates(self, legs: OptionSet, facts: Facts, workload: Workload) -> OptionSet:
        """Return what could be built: every leg by itself and with the best partner of each kind that rules leave."""
        evaluated = self._evaluated_rules(legs, facts, workload, self._of_options)
        return self._put(legs, legs, self._choice(legs).slots(facts, workload, evaluated, _ANY, removed=False))

    def planned(self, plan: PlannedSet, facts: Facts, workload: Workload) -> OptionSet:
        """Return the options of a plan, partners that rules remove among them: what is planned stands, right or wrong."""
        if not plan.allowed.fallbacks:
            return plan.mains
        evaluated = self._evaluated_rules(plan.table, facts, workload, self._of_partners)
        slots = self._choice(plan.table).slots(facts, workload, evaluated, plan.allowed, removed=True)
        return self._put(plan.mains, plan.table, slots, is_named=plan.is_named)

    def clash(self, legs: OptionSet, facts: Facts, workload: Workload) -> tuple[str, ...]:
        """Return a smallest set of constraints that leave nothing, over partners that rules remove too.

        What removes every leg by itself removes it with whatever partner, and what leaves something by itself leaves that:
        pairs are looked at only where fewer constraints remove every leg by itself once those on the whole option count.
        """
        from aipolicy.evaluation.conflict import smallest_clash  # NOTE: of most features something remains.

        errors = [
            active.rule
            for active in self._rules
            if active.severity is Severity.ERROR
            and active.rule.kind is RuleKind.CONSTRAINT
            and active.rule.scope is RuleScope.OPTIONS
        ]

        def smallest(rules: Iterable[Rule], paired: PairedSet) -> tuple[str, ...]:
            evaluate = self._rule_evaluator.evaluate
            removed = {rule.id: evaluate(rule, facts, workload, paired).violated for rule in rules}
            return smallest_clash(removed, paired.full)

        alone = self._put(legs, legs, (NO_PARTNER,))
        of_legs = smallest([rule for rule in errors if not rule.is_of_whole], alone)
        if of_legs and len(of_legs) == len(smallest(errors, alone)):
            return of_legs
        evaluated = self._evaluated_rules(legs, facts, workload, self._of_options)
        slots = self._choice(legs).slots(facts, workload, evaluated, _ANY, removed=True)
        return smallest(errors, self._put(legs, legs, slots))

    def _evaluated_rules(self, table: OptionSet, facts: Facts, workload: Workload,
                         rules: Iterable[ActiveRule]) -> RuleOutcomes:  # fmt: skip
        return [
            (active.rule, active.severity, self._rule_evaluator.of_set(active.rule, facts, workload, table))
            for active in rules
        ]

    @cached_property
    def _of_partners(self) -> tuple[ActiveRule, ...]:
        """Return the rules that a partner has to satisfy by itself."""
        return tuple(active for active in self._rules if active.rule.is_of_partner)

    @cached_property
    def _of_options(self) -> tuple[ActiveRule, ...]:
        return tuple(active for active in self._of_partners if active.rule.scope is RuleScope.OPTIONS)

    def _choice(self, table: OptionSet) -> PartnerChoice:
        if table.id not in self._choices:
            _make_room(self._choices)
            self._choices[table.id] = PartnerChoice(table, (a.rule for a in self._rules), self._rule_evaluator)
        return self._choices[table.id]

    def _put(self, mains: OptionSet, table: OptionSet, slots: tuple[Slot, ...], *, is_named: bool = False) -> PairedSet:
        legs_key = (mains.id, table.id, is_named)
        if legs_key not in self._legs:
            _make_room(self._legs)
            self._legs[legs_key] = PairedLegs(mains, table, is_named=is_named)
        legs = self._legs[legs_key]
        key = (*legs_key, slots)
        if key not in self._sets:
            _make_room(self._sets)
            self._sets[key] = PairedSet(legs, slots)
        return self._sets[key]


def _make_room(kept: dict[Any, Any]) -> None:
    if len(kept) >= _MOST_SETS:
        del kept[next(iter(kept))]


def prepared_reads() -> tuple[tuple[str, ...], ...]:
    """Return the facts of legs by which they are grouped for partners to be chosen and options to be ranked."""
    estimated = (COST_FACTS[:1], LATENCY_FACTS[:1])
    return (PLACE, *((name,) for name in PLACE), AXES_OF_LEGS, *estimated)
