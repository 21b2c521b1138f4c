"""A feature evaluated again with other facts: what is asked for is found, and what is evaluated alike is taken over.

Which rules a plan breaks is known without its candidates, and so without most of the work.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from aipolicy.evaluation.evaluation import RuleEvaluation
from aipolicy.evaluation.legs_of_kinds import kind_of
from aipolicy.evaluation.prepared_rule import is_retired
from aipolicy.options.workload import workload_of
from aipolicy.value import replace

if TYPE_CHECKING:
    from aipolicy.evaluation.evaluation import Evaluation, Evaluator
    from aipolicy.evaluation.option_set import OptionSet
    from aipolicy.evaluation.paired_outcomes import Outcomes
    from aipolicy.facts.facts import Facts
    from aipolicy.options.workload import Workload


class Reevaluation:
    """The same feature and plan with other facts; a plan is compared with what remained before."""

    def __init__(self, evaluator: Evaluator, before: Evaluation, facts: Facts, among: OptionSet | None = None) -> None:
        """Take the feature, its other facts, and the ways that are looked at, None for all that it then has."""
        self._evaluator = evaluator
        self.before = before
        self._among = among
        self._alone = workload_of(facts, before.feature.name)
        """What is asked of options, compared with nothing: partners are chosen and options put together by this."""
        self.facts = facts

    @cached_property
    def workload(self) -> Workload:
        """Return what is asked of options, beside what a plan is compared with."""
        rivals = self.before.workload.rivals
        return self._alone if rivals is None else replace(self._alone, rivals=rivals)

    @cached_property
    def evaluation(self) -> Evaluation:
        """Return everything about the feature with these facts."""
        before, facts, workload = self.before, self.facts, self.workload
        if self._among is None and not self.moved and self._is_same_workload:
            return replace(before, facts=facts, workload=workload, expect=None)
        evaluator, candidates = self._evaluator, self._candidates
        again = self.moved if candidates is before.candidates else range(len(before.rules))
        rules = list(before.rules)
        for place in again:
            active = rules[place].active
            outcomes = evaluator.outcomes_over(candidates, active, facts, workload)
            rules[place] = RuleEvaluation(active, outcomes, outcomes)
        verdict = evaluator.verdict_over(candidates, rules, facts, workload) if again else before.verdict
        if self.has_axes:
            rules = [
                ruled if ruled.planned is planned else RuleEvaluation(ruled.active, ruled.candidates, planned)
                for ruled, planned in zip(rules, self.of_plan, strict=True)
            ]
        return replace(
            before, facts=facts, workload=workload, candidates=candidates, planned=self.planned, rules=tuple(rules),
            verdict=verdict, expect=None,
        )  # fmt: skip

    @cached_property
    def keeps_choice(self) -> bool:
        """Return whether the same way comes first: nothing moved by which options are removed and ranked."""
        moved = self.moved & self._evaluator.readers.constraints
        return not moved and self._is_same_workload and self._candidates is self.before.candidates

    @property
    def keeps_planned(self) -> bool:
        """Return whether the plan has the same options."""
        return self.planned is self.before.planned

    @property
    def has_axes(self) -> bool:
        """Return whether the plan tells options apart."""
        return self._planned is not None

    @property
    def planned(self) -> OptionSet:
        """Return the options of the plan, the candidates where it tells none apart."""
        return self._candidates if self._planned is None else self._planned

    @cached_property
    def of_plan(self) -> Sequence[Outcomes]:
        """Return what each rule comes to over the options of the plan."""
        if self._planned is None:
            return [ruled.planned for ruled in self.evaluation.rules]
        outcomes = [ruled.planned for ruled in self.before.rules]
        for place in self.moved if self.keeps_planned else range(len(outcomes)):
            outcomes[place] = self.of_plan_at(place)
        return outcomes

    def of_plan_at(self, place: int) -> Outcomes:
        """Return what the rule at a place comes to over the options of the plan."""
        active = self.before.rules[place].active
        if self._planned is None:
            return self._evaluator.outcomes_over(self._candidates, active, self.facts, self.workload)
        return self._evaluator.rule_evaluator.evaluate(active.rule, self.facts, self.workload, self._planned)

    @cached_property
    def moved(self) -> frozenset[int]:
        """Return the places of the rules that read something which is another thing."""
        before, readers = self.before, self._evaluator.readers
        if is_retired(self.facts) is not before.is_retired:
            return frozenset(range(len(before.rules)))
        moved = frozenset(readers.of_changed(before.facts, self.facts))
        return moved if self._is_same_workload else moved | readers.of_estimates

    @cached_property
    def _is_same_workload(self) -> bool:
        before = self.before.workload
        return self._alone == (before if before.rivals is None else replace(before, rivals=None))

    @cached_property
    def _has_same_legs(self) -> bool:
        """Return whether nothing is another thing by which options are put together from legs."""
        if not self._is_same_workload or self.moved & self._evaluator.readers.of_options:
            return False
        return kind_of(self.facts) == kind_of(self.before.facts)

    @cached_property
    def _candidates(self) -> OptionSet:
        if self._among is not None:
            return self._among
        if self._has_same_legs:
            return self.before.candidates
        return self._evaluator.candidates_of(self.facts, self._alone)

    @cached_property
    def _planned(self) -> OptionSet | None:
        """Return the options of the plan, None where it tells none apart."""
        before = self.before
        if self._has_same_legs and _plan_of(self.facts) == _plan_of(before.facts):
            return None if before.planned is before.candidates else before.planned
        planned = self._evaluator.planned_of(self.facts, self._alone)
        return None if planned is None else planned[0]


def _plan_of(facts: Facts) -> dict[str, object]:
    return {name: facts.values[name] for name in facts.declared if name.startswith("plan.")}
