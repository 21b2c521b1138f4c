"""What single changes do to rules, so that what several do together is known without an evaluation of most of them.

What becomes of a rule can only be another thing where a change moves something that the rule reads. Where one of several
changes does so, the rule comes out as with that change alone; where two do, it has to be evaluated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aipolicy.answer.trials import Trials
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.paired_outcomes import Outcomes
from aipolicy.facts.facts import Facts
from aipolicy.facts.hardness import hardness_of
from aipolicy.facts.spec import FactValue, Origin
from aipolicy.findings.finding import Severity
from aipolicy.options.estimates import ESTIMATED_FACTS, reduced
from aipolicy.options.workload import Workload
from aipolicy.policy.rule import Rule, RuleKind
from aipolicy.value import NamedTuple, replace


class OneChange(NamedTuple):
    """One fact with another value, and what of it rules read."""

    fact: str
    value: FactValue
    side: FactValue
    """What tells values of a fact apart: of numbers, that are searched for, only whether it is more."""
    touches: frozenset[str]
    """The constraints of which another thing may become."""
    against: Mapping[str, int]
    """For those of severity error: the ways that they keep from being the answer after it."""
    is_other_workload: bool
    """Whether another thing may become of what ways cost."""
    is_idle: bool
    """Whether by itself it changes nothing: neither what becomes of a constraint nor what ways cost."""


ChangeSet = tuple[OneChange, ...]


class ChangeEffects:
    """Knows of the ways of a mask which rules are against them after some changes, as far as single changes tell."""

    def __init__(self, trials: Trials, mask: int) -> None:
        self._trials = trials
        self._mask = mask
        self._before = against(trials.base, mask)
        self._order = {name: place for place, name in enumerate(trials.certain.facts.known.specs)}

    def of(self, fact: str, value: FactValue) -> OneChange:
        """Return what another value of a fact does by itself."""
        base = self._trials.base
        after = self._trials.evaluation({fact: value})
        moved = moved_facts(base.facts, after.facts)
        # NOTE: other partners may be chosen, so that another thing becomes of the rules on main leg and partner together.
        has_others = base.candidates is not after.candidates
        workloads = replace(base.workload, rivals=None), replace(after.workload, rivals=None)
        touched = [
            (before, now)
            for before, now in zip(base.rules, after.rules, strict=True)
            if before.active.rule.kind is RuleKind.CONSTRAINT
            and (_reads(before.active.rule, moved, workloads) or (has_others and before.active.rule.is_of_whole))
        ]
        touches = frozenset(before.active.rule.id for before, _ in touched)
        now_against = against(after, self._mask)
        is_other_workload = workloads[0] != workloads[1]
        is_idle = not (is_other_workload or has_others) and all(b.candidates == now.candidates for b, now in touched)
        return OneChange(
            fact, value, _side(value, base.facts.values.get(fact)), touches,
            {rule: now_against.get(rule, 0) for rule in touches}, is_other_workload, is_idle,
        )  # fmt: skip

    def known_against(self, changes: ChangeSet) -> dict[str, int]:
        """Return the rules that are against ways after some changes; those that two of them touch are left out."""
        masks = dict(self._before)
        touched: set[str] = set()
        for change in changes:
            for rule in change.touches:
                masks[rule] = 0 if rule in touched else change.against[rule]
            touched |= change.touches
        return {rule: ways for rule, ways in masks.items() if ways}

    def may_pass(self, changes: ChangeSet) -> bool:
        """Return whether some way may be free of every rule after some changes."""
        blocked = 0
        for ways in self.known_against(changes).values():
            blocked |= ways
        return bool(self._mask & ~blocked)

    def effort(self, changes: ChangeSet) -> tuple[object, ...]:
        """Return how hard changes are to make: the hardest first, then how many, then their order in the registry."""
        hard = sorted((hardness_of(change.fact) for change in changes), reverse=True)
        return hard[0] if hard else 0, len(changes), hard, self.places(change.fact for change in changes)

    def places(self, facts: Iterable[str]) -> list[int]:
        """Return the places of facts in the registry."""
        return [self._order[fact] for fact in facts]

    @staticmethod
    def has_idle(changes: ChangeSet) -> bool:
        """Return whether one of some changes can be left out: it changes nothing alone, nor with another one of them."""
        return any(
            change.is_idle and all(other is change or change.touches.isdisjoint(other.touches) for other in changes)
            for change in changes
        )

    def is_doubtful(self, changes: ChangeSet) -> bool:
        """Return whether a rule has to be evaluated that two of the changes touch."""
        touched: set[str] = set()
        for change in changes:
            if not touched.isdisjoint(change.touches):
                return True
            touched |= change.touches
        return False


def against(evaluation: Evaluation, mask: int, *, sure: bool = False) -> dict[str, int]:
    """Return for every constraint of severity error the ways of a mask that it keeps from being the answer.

    They are main legs, each with whatever partner.

    Those that it leaves open and is expected to let pass count only where ways have to be `sure` to keep it.
    """
    masks = {}
    candidates = evaluation.candidates
    options = candidates.spread(mask)
    for ruled in evaluation.rules:
        if ruled.active.rule.kind is RuleKind.CONSTRAINT and ruled.active.severity is Severity.ERROR:
            passing = options & ~_stands(ruled.candidates.within(options), sure=sure)
            stands = mask & ~candidates.legs_of(passing)
            if stands:
                masks[ruled.active.rule.id] = stands
    return masks


def _stands(outcomes: Outcomes, *, sure: bool) -> int:
    return outcomes.violated | (outcomes.undetermined if sure else outcomes.unlikely)


def moved_facts(before: Facts, after: Facts) -> frozenset[str]:
    """Return the facts that are others after a change, and those that may be where something else changes as well."""
    one, other = before.values, after.values
    moved = {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}
    specs = before.known.specs
    derived = (
        name for name, spec in specs.items() if spec.origin is Origin.DERIVED and not moved.isdisjoint(spec.reads)
    )
    return frozenset((*moved, *derived))


def _reads(rule: Rule, moved: frozenset[str], workloads: tuple[Workload, Workload]) -> bool:
    """Return whether a rule reads something that moved: a fact, or an estimate that rests on another workload."""
    if not moved.isdisjoint(rule.feature_reads):
        return True
    before, after = workloads
    return before != after and any(
        reduced(before, line.option_reads) != reduced(after, line.option_reads)
        for line in (*rule.when, *rule.require)
        if not ESTIMATED_FACTS.isdisjoint(line.option_reads)
    )


def _side(value: FactValue, now: FactValue | None) -> FactValue:
    if isinstance(value, bool) or not isinstance(value, float):
        return value
    return "more" if not isinstance(now, float) or value > now else "less"
