"""What if: the same feature with other facts, and what is recommended then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING

from aipolicy.answer.model import Effect, Then
from aipolicy.evaluation.evaluation import Evaluation, Evaluator
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.paired_outcomes import Outcomes
from aipolicy.evaluation.prepared_rule import ActiveRule, is_retired
from aipolicy.evaluation.ranking import Ranked, Weighing
from aipolicy.evaluation.recommendation import Recommender
from aipolicy.facts.assume import with_changes
from aipolicy.facts.facts import Facts
from aipolicy.facts.spec import FactValue, Kind
from aipolicy.findings.finding import Outcome, Severity
from aipolicy.options.memo import Memo
from aipolicy.options.workload import Rivals, Workload, workload_of
from aipolicy.policy.rule import Rule, RuleKind
from aipolicy.value import replace

if TYPE_CHECKING:
    from aipolicy.evaluation.reevaluation import Reevaluation

Changes = Mapping[str, FactValue]
_Key = tuple[tuple[str, FactValue], ...]


class Trial:
    """A feature with other facts: what is asked of it is worked out once, and nothing that is not asked for."""

    def __init__(self, again: Reevaluation, weighing: Weighing, base: Trial | None) -> None:
        """Take the feature; `base` is the trial of no other fact, None for itself."""
        self._again = again
        self._weighing = weighing
        self._base = base
        self._chosen_by = base if base is not None and again.keeps_choice else None
        """The trial whose way is this one's, too."""

    @property
    def evaluation(self) -> Evaluation:
        """Return everything about it."""
        return self._again.evaluation

    @cached_property
    def chosen(self) -> Ranked | None:
        """Return the way that comes first, None where nothing remains."""
        if self._chosen_by is not None:
            return self._chosen_by.chosen
        return Recommender(self.evaluation, self._weighing).chosen()

    @cached_property
    def violates(self) -> tuple[str, ...]:
        """Return the rules of severity error that the plan breaks, or the feature without one."""
        again = self._again
        if self._broken or not again.has_axes:
            return tuple(sorted(self._broken))
        rules = [ruled.active for ruled in again.before.rules]
        return _clashing(again.facts, zip(rules, again.of_plan, strict=True), again.planned)

    @cached_property
    def _broken(self) -> frozenset[str]:
        """Return the rules of severity error that every way of the plan breaks by themselves."""
        again = self._again
        rules = [ruled.active for ruled in again.before.rules]
        if self._base is None or not again.keeps_planned:
            return _broken(again.facts, zip(rules, again.of_plan, strict=True))
        moved = _broken(again.facts, ((rules[place], again.of_plan_at(place)) for place in again.moved))
        return self._base._broken - {rules[place].rule.id for place in again.moved} | moved

    @cached_property
    def way(self) -> tuple[str | None, str | None]:
        """Return hosting and adaptation of the way that comes first, None where nothing remains."""
        if self._chosen_by is not None:
            return self._chosen_by.way
        if self.chosen is None:
            return None, None
        hosting, adaptation = (
            next(iter(self.evaluation.candidates.distinct(name, 1 << self.chosen.number)))
            for name in ("option.hosting", "option.adaptation")
        )
        return str(hosting), str(adaptation)

    @cached_property
    def then(self) -> Then:
        """Return what follows."""
        if self._chosen_by is not None:
            then = self._chosen_by.then
            return then if then.hosting is None else replace(then, violates=self.violates)
        verdict, ranked = self.evaluation.verdict, self.chosen
        needs = tuple(need.id for need in verdict.needs)
        if ranked is None:
            return Then(None, None, needs, tuple(verdict.conflict), None, None)
        usd, total = (ranked.cost.monthly_usd, ranked.cost.total_usd) if ranked.cost.is_whole else (None, None)
        return Then(*self.way, needs, self.violates, usd, total)

    def leads_to(self, then: Then) -> bool:
        """Return whether the same rules are violated and a way with the same hosting and adaptation comes first.

        What the plan violates is asked first, because it is known without looking at what else could be built.
        """
        if then.hosting is not None and self.violates != then.violates:
            return False
        if self.way != (then.hosting, then.adaptation):
            return False
        return then.hosting is not None or self.then.violates == then.violates


class Trials:
    """Tries other facts of one feature; what was tried is kept."""

    def __init__(self, evaluator: Evaluator, evaluation: Evaluation, weighing: Weighing) -> None:
        self._evaluator = evaluator
        self.weighing = weighing
        self.certain = evaluation
        self.base = evaluation.expected
        self._tried: dict[_Key, Trial] = {}
        self._facts: dict[_Key, Facts] = {}
        self._workloads = Memo(partial(_workload_beside, self.base.workload.rivals, evaluation.feature.name))

    def then(self, changes: Changes) -> Then:
        """Return what follows where these facts are declared and the rest is as expected."""
        return self._trial(changes).then

    def evaluation(self, changes: Changes) -> Evaluation:
        """Return what is expected where these facts are declared."""
        return self._trial(changes).evaluation

    def leads_to(self, changes: Changes, then: Then) -> bool:
        """Return whether the same follows where these facts are declared, needs and cost left aside."""
        return self._trial(changes).leads_to(then)

    def among(self, changes: Changes) -> OptionSet | None:
        """Return the way that comes first and the one that does with other facts, None where either is missing."""
        from aipolicy.evaluation.option_set_parts import beside  # NOTE: few runs search for numbers.

        first, then = self._trial({}), self._trial(changes)
        if first.chosen is None or then.chosen is None:
            return None
        return beside(self.base.candidates, first.chosen.number, then.evaluation.candidates, then.chosen.number)

    def likely_leads_to(self, changes: Changes, then: Then, among: OptionSet) -> bool:
        """Return what `leads_to` does where no other ways are looked at: a guess, in a tenth of its time."""
        return Trial(self._reevaluation(changes, among), self.weighing, self._trial({})).leads_to(then)

    def chosen(self, changes: Changes) -> Ranked | None:
        """Return the way that comes first where these facts are declared, None where nothing remains."""
        return self._trial(changes).chosen

    def _trial(self, changes: Changes) -> Trial:
        key = tuple(sorted(changes.items(), key=lambda change: change[0]))
        if key not in self._tried:
            base = self._trial({}) if changes else None
            self._tried[key] = Trial(self._reevaluation(changes), self.weighing, base)
        return self._tried[key]

    def _reevaluation(self, changes: Changes, among: OptionSet | None = None) -> Reevaluation:
        from aipolicy.evaluation.reevaluation import Reevaluation

        facts = self.facts(changes) if changes else self.base.facts
        return Reevaluation(self._evaluator, self.base, facts, among)

    def facts(self, changes: Changes) -> Facts:
        """Return the facts that are expected where these are declared."""
        key = tuple(sorted(changes.items(), key=lambda change: change[0]))
        if key not in self._facts:
            path = self.certain.feature.path_in_repository
            self._facts[key] = with_changes(self.certain.facts, changes, self._evaluator.catalog, path)
        return self._facts[key]

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Return the rules, in the order in which they are evaluated."""
        return tuple(ruled.active.rule for ruled in self.base.rules)

    def rules_moved_by(self, facts: Facts) -> list[Rule]:
        """Return the rules that read something which is another thing than expected under other facts."""
        before = self.base
        # NOTE: whether a feature runs at all is no fact that a rule reads.
        if self.workload(facts) != before.workload or is_retired(facts) is not before.is_retired:
            return list(self.rules)
        return [self.rules[place] for place in sorted(self._evaluator.readers.of_changed(before.facts, facts))]

    def outcome(self, rule: Rule, facts: Facts, option_set: OptionSet, number: int) -> Outcome:
        """Return what a rule comes to under other facts for one option."""
        workload = self.workload(facts)
        return self._evaluator.rule_evaluator.evaluate(rule, facts, workload, option_set).outcome_of(number)

    def workload(self, facts: Facts) -> Workload:
        """Return the workload under other facts, compared with what is compared now."""
        return self._workloads.of(facts)

    def effect(self, then: Then) -> Effect | None:
        """Return the weightiest thing that is other than expected, None where nothing is."""
        before = self.then({})
        if then.violates != before.violates:
            return Effect.GATE
        if then.hosting != before.hosting:
            return Effect.HOSTING
        if then.adaptation != before.adaptation:
            return Effect.ADAPTATION
        if then.needs != before.needs:
            return Effect.NEED
        return Effect.DOLLARS if self._costs_other(before, then) else None

    def _costs_other(self, before: Then, then: Then) -> bool:
        """Return whether a month costs more than the margin more or less."""
        one, other = before.total_usd, then.total_usd
        if one is None or other is None:
            return one is not other
        return max(one, other) > min(one, other) * (1.0 + self.weighing.margin_percent / 100.0)


def _workload_beside(rivals: Rivals | None, name: str, facts: Facts) -> Workload:
    workload = workload_of(facts, name)
    return workload if rivals is None else replace(workload, rivals=rivals)


def plan_violates(evaluation: Evaluation) -> tuple[str, ...]:
    """Return the rules of severity error that every way of the plan breaks, each alone or several together.

    Without a plan they are the duties that the feature breaks, whatever is built.
    """
    of_plan = [(ruled.active, ruled.planned) for ruled in evaluation.rules]
    alone = _broken(evaluation.facts, of_plan)
    if alone or evaluation.planned is evaluation.candidates:
        return tuple(sorted(alone))
    return _clashing(evaluation.facts, of_plan, evaluation.planned)


def _broken(facts: Facts, of_plan: Iterable[tuple[ActiveRule, Outcomes]]) -> frozenset[str]:
    """Return the rules of severity error that every way of a plan breaks."""
    return frozenset(
        active.rule.id
        for active, outcomes in of_plan
        if active.severity is Severity.ERROR
        and outcomes.is_violated_throughout()
        and not waits_to_be_done(active.rule, facts)
    )


def _clashing(facts: Facts, of_plan: Iterable[tuple[ActiveRule, Outcomes]], planned: OptionSet) -> tuple[str, ...]:
    """Return the fewest rules of severity error that every way of a plan breaks, where several do together."""
    from aipolicy.evaluation.conflict import smallest_clash

    violated = {
        active.rule.id: outcomes.violated
        for active, outcomes in of_plan
        if active.severity is Severity.ERROR and outcomes.violated and not waits_to_be_done(active.rule, facts)
    }
    return smallest_clash(violated, planned.full)


def undone_duties(evaluation: Evaluation) -> frozenset[str]:
    """Return the duties that wait for something of which nobody said whether it is done: they are to-dos, not broken."""
    return frozenset(
        ruled.active.rule.id for ruled in evaluation.rules if waits_to_be_done(ruled.active.rule, evaluation.facts)
    )


def waits_to_be_done(rule: Rule, facts: Facts) -> bool:
    """Return whether a rule is a duty that hangs on what nobody said is done."""
    return rule.kind is RuleKind.DUTY and _waits(rule, facts)


def _waits(duty: Rule, facts: Facts) -> bool:
    """Return whether it hangs on what nobody said is done: what is declared does not break the duty by itself."""
    specs, values = facts.known.specs, facts.values
    done = (name for name in duty.feature_reads if specs[name].kind is Kind.DONE)
    unsaid = {name for name in done if name in facts.assumed or name not in values}
    if not unsaid or any(unsaid & set(line.feature_reads) for line in duty.when):
        return bool(unsaid)
    from aipolicy.evaluation.deciding import is_broken_without

    return not any(is_broken_without(line, duty, facts, unsaid) for line in duty.require)
