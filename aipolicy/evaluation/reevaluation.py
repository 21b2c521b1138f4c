"""A feature evaluated again with other facts: what is asked for is found, and what is evaluated alike is taken over.

Which rules a plan breaks is known without its candidates, and so without most of the work.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from aipolicy.evaluation.prepared_rule import ActiveRule, is_retired
from aipolicy.options.workload import workload_of
from aipolicy.value import replace

if TYPE_CHECKING:
    from aipolicy.evaluation.evaluation import Evaluation, Evaluator
    from aipolicy.evaluation.option_set import OptionSet
    from aipolicy.evaluation.paired_outcomes import Outcomes
    from aipolicy.facts.facts import Facts


class Reevaluation:
    """The same feature and plan with other facts; a plan is compared with what remained before."""

    def __init__(self, evaluator: Evaluator, before: Evaluation, facts: Facts) -> None:
        self._evaluator = evaluator
        self._before = before
        self._alone = workload_of(facts, before.feature.name)
        """What is asked of options, compared with nothing: partners are chosen and options put together by this."""
        self.facts = facts
        self.workload = replace(self._alone, rivals=before.workload.rivals)

    @cached_property
    def evaluation(self) -> Evaluation:
        """Return everything about the feature with these facts."""
        before, facts, workload = self._before, self.facts, self.workload
        if self._is_alike:
            return replace(before, facts=facts, workload=workload, expect=None)
        evaluator = self._evaluator
        candidates = evaluator.candidates_of(facts, self._alone)
        again = self._moved if candidates is before.candidates else range(len(before.rules))
        rules = list(before.rules)
        for place in again:
            outcomes = evaluator.outcomes_over(candidates, rules[place].active, facts, workload)
            rules[place] = replace(rules[place], candidates=outcomes, planned=outcomes)
        verdict = evaluator.verdict_over(candidates, rules, facts, workload) if again else before.verdict
        planned = candidates if self._planned is None else self._planned
        if self._planned is not None:
            rules = [
                replace(ruled, planned=outcomes) for ruled, (_, outcomes) in zip(rules, self._of_plan, strict=True)
            ]
        return replace(
            before, facts=facts, workload=workload, candidates=candidates, planned=planned, rules=tuple(rules),
            verdict=verdict, expect=None,
        )  # fmt: skip

    @property
    def has_axes(self) -> bool:
        """Return whether the plan tells options apart."""
        return self._planned is not None

    @property
    def planned(self) -> OptionSet:
        """Return the options of the plan, the candidates where it tells none apart."""
        return self.evaluation.planned if self._planned is None else self._planned

    @property
    def of_plan(self) -> Sequence[tuple[ActiveRule, Outcomes]]:
        """Return what rules come to over the options of the plan."""
        if self._planned is None:
            return [(ruled.active, ruled.planned) for ruled in self.evaluation.rules]
        return self._of_plan

    @cached_property
    def _is_alike(self) -> bool:
        """Return whether nothing is another thing that a rule or an estimate reads."""
        return not self._moved and self._alone == replace(self._before.workload, rivals=None)

    @cached_property
    def _moved(self) -> Collection[int]:
        """Return the places of the rules that read something which is another thing."""
        before, readers = self._before, self._evaluator.readers
        if is_retired(self.facts) is not before.is_retired:
            return range(len(before.rules))
        moved = readers.of_changed(before.facts.values, self.facts.values)
        if self._alone != replace(before.workload, rivals=None):
            moved.update(readers.of_estimates)
        return moved

    @cached_property
    def _planned(self) -> OptionSet | None:
        """Return the options of the plan, None where it tells none apart."""
        found = self._evaluator.planned_of(self.facts, self._alone)
        return None if found is None else found[0]

    @cached_property
    def _of_plan(self) -> Sequence[tuple[ActiveRule, Outcomes]]:
        planned, rules = self._planned, self._before.rules
        assert planned is not None
        again = self._moved if planned is self._before.planned else range(len(rules))
        evaluate = self._evaluator.rule_evaluator.evaluate
        return [
            (
                ruled.active,
                evaluate(ruled.active.rule, self.facts, self.workload, planned) if place in again else ruled.planned,
            )
            for place, ruled in enumerate(rules)
        ]
