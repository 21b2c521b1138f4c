"""Other facts under which ways that are asked about are admissible, or the answer: the least changes, each evaluated.

A set of changes is found by evaluating it, and none of it can be left out. What is sure not to help is not evaluated: what
becomes of a rule can only be another thing where a change moves something that the rule reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from itertools import combinations

from aipolicy.answer.alternatives import alternatives
from aipolicy.answer.model import Then
from aipolicy.answer.search import turning
from aipolicy.answer.trials import Trials
from aipolicy.answer.turns import declared_alternatives
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.recommendation import Recommender
from aipolicy.facts.expected import NOT_LIMITED
from aipolicy.facts.hardness import Hardness, hardness_of
from aipolicy.facts.spec import FactValue
from aipolicy.findings.finding import Severity
from aipolicy.options.workload import WORKLOAD_FACTS
from aipolicy.policy.rule import RuleKind
from aipolicy.value import Frozen, NamedTuple, replace

_MOST_CHANGES = 3
"""Facts that are changed together."""
_MOST_TRIED = 80
"""Sets of one size that are evaluated, those first that are likely to help."""
_MOST_BEGUN = 3
"""Sets that make a way admissible and that are gone on from, to where it is the answer."""
_FAR = 1e7
"""Where the search begins for a number that nothing limits."""


class Standing(IntEnum):
    """How ways stand, the better the higher."""

    REMOVED = 0
    OPEN = 1
    ADMISSIBLE = 2
    ANSWER = 3


class Counterfactual(Frozen):
    """Facts with other values under which ways are admissible, or the answer; without any one of them they are not."""

    facts: Mapping[str, FactValue]
    bounds: Mapping[str, str]
    """For numbers: `from` where it holds from the value on, `to` where it holds up to it."""
    reaches: Standing
    then: Then
    """What is recommended under these facts."""
    hardness: Hardness
    """Of the hardest of the changes."""


class _Change(NamedTuple):
    """One fact with another value, and what of it rules read."""

    fact: str
    value: FactValue
    side: FactValue
    """What tells values of a fact apart: of numbers, that are searched for, only whether it is more."""
    touches: frozenset[str]
    """The rules of severity error of which another thing may become."""
    against: Mapping[str, int]
    """For these: the ways that they remove or leave open after it."""


_Set = tuple[_Change, ...]


class Counterfactuals:
    """Searches changes for the ways of a mask over the legs of the candidates, each with whatever partner."""

    def __init__(self, trials: Trials, mask: int, vocabulary: Mapping[str, tuple[str, ...]]) -> None:
        self._trials = trials
        self._mask = mask
        self._vocabulary = vocabulary
        self._known: dict[tuple[tuple[str, FactValue], ...], Standing] = {}
        self._before = _against(trials.base, mask)
        self._order = {name: place for place, name in enumerate(trials.certain.facts.known.specs)}

    def standing(self, changes: Mapping[str, FactValue]) -> Standing:
        """Return how the ways stand where these facts are declared and the rest is as expected."""
        key = tuple(sorted(changes.items(), key=lambda change: change[0]))
        if key not in self._known:
            self._known[key] = self._standing(self._trials.evaluation(changes) if changes else self._trials.base)
        return self._known[key]

    def found(self) -> tuple[Counterfactual, ...]:
        """Return the least changes that lead to the answer, then those that only make a way admissible; easy ones first."""
        now = self.standing({})
        if now is Standing.ANSWER or self._trials.certain.is_retired:
            return ()
        changes = self._changes()
        admissible = () if now is Standing.ADMISSIBLE else tuple(self._least(changes, (), Standing.ADMISSIBLE))
        begun = sorted(admissible, key=self._effort)[:_MOST_BEGUN] if admissible else [()]
        answers: list[_Set] = [each for each in admissible if self._reaches(each, Standing.ANSWER)]
        if now is Standing.ADMISSIBLE or admissible:
            moving = [change for change in changes if change.fact in self._weighed]
            for first in begun:
                if first not in answers:
                    answers += self._least(moving, first, Standing.ANSWER)
        told = [self._refined(each, Standing.ANSWER) for each in answers]
        told += [self._refined(each, Standing.ADMISSIBLE) for each in admissible if each not in answers]
        return tuple(sorted(_distinct(each for each in told if each is not None), key=self._rank))

    def _standing(self, evaluation: Evaluation) -> Standing:
        chosen = Recommender(evaluation, self._trials.weighing).chosen()
        candidates = evaluation.candidates
        if chosen is not None and self._mask >> candidates.main_of(chosen.number) & 1:
            return Standing.ANSWER
        mask = candidates.spread(self._mask)
        if evaluation.verdict.admissible & mask:
            return Standing.ADMISSIBLE
        return Standing.OPEN if evaluation.verdict.open & mask else Standing.REMOVED

    def _changes(self) -> tuple[_Change, ...]:
        """Return every other value of a fact that may be proposed: never of what the feature is, nor of what is fixed."""
        specs, fixed = self._trials.certain.facts.known.specs, self._trials.weighing.fixed
        tried = (
            *alternatives(self._trials.certain, self._vocabulary),
            *declared_alternatives(self._trials, self._vocabulary),
        )
        singles: dict[tuple[str, FactValue], None] = {}
        for each in tried:
            for fact, value in each.changes.items():
                if not specs[fact].is_subject and fact not in fixed:
                    singles[fact, value] = None
        return tuple(self._change(fact, value) for fact, value in singles)

    def _change(self, fact: str, value: FactValue) -> _Change:
        base = self._trials.base
        after = self._trials.evaluation({fact: value})
        before, now = base.facts.values, after.facts.values
        moved = {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}
        is_other_workload = replace(after.workload, rivals=None) != replace(base.workload, rivals=None)
        touches = {
            ruled.active.rule.id
            for ruled in base.rules
            if not moved.isdisjoint(ruled.active.rule.feature_reads)
            or (is_other_workload and any(line.option_reads for line in ruled.active.rule.require))
        }
        against = _against(after, self._mask)
        against_now = {rule: against.get(rule, 0) for rule in touches}
        return _Change(fact, value, _side(value, before.get(fact)), frozenset(touches), against_now)

    def _least(self, changes: Sequence[_Change], first: _Set, goal: Standing) -> Iterator[_Set]:
        """Yield the sets of changes beside the first ones that reach a goal and of which nothing can be left out."""
        found: list[_Set] = []
        for size in range(1, _MOST_CHANGES - len(first) + 1):
            tried = 0
            # NOTE: two changes may be needed where one makes a rule fail that the other keeps; of three each has to help.
            pool = changes if size < _MOST_CHANGES else [c for c in changes if not c.touches.isdisjoint(self._before)]
            for more in combinations(pool, size):
                each = (*first, *more)
                if len({change.fact for change in each}) < len(each) or self._covers(found, each):
                    continue
                if not self._may_pass(each) or tried >= _MOST_TRIED:
                    continue
                tried += 1
                if self._reaches(each, goal) and self._needs_all(each, goal):
                    found.append(each)
                    yield each
            if found and size > 1:
                return

    @staticmethod
    def _covers(found: Iterable[_Set], each: _Set) -> bool:
        """Return whether some of the changes, or the same facts moved less, were found to do."""
        return any({(c.fact, c.side) for c in known} <= {(c.fact, c.side) for c in each} for known in found)

    def _may_pass(self, each: _Set) -> bool:
        """Return whether some way may be free of every rule: a rule that reads two of the changes may do anything."""
        blocked = 0
        for rule in {*self._before, *(name for change in each for name in change.touches)}:
            touching = [change for change in each if rule in change.touches]
            if not touching:
                blocked |= self._before.get(rule, 0)
            elif len(touching) == 1:
                blocked |= touching[0].against[rule]
        return bool(self._mask & ~blocked)

    def _reaches(self, each: _Set, goal: Standing) -> bool:
        return self.standing({change.fact: change.value for change in each}) >= goal

    def _needs_all(self, each: _Set, goal: Standing) -> bool:
        values = {change.fact: change.value for change in each}
        return not any(self.standing(part) >= goal for part in _proper_parts(values))

    @property
    def _weighed(self) -> frozenset[str]:
        """Return the facts that the order of ways hangs on: what costs rest on, and what rules read that count against."""
        specs = self._trials.certain.facts.known.specs
        read = {
            name for ruled in self._trials.base.rules for name in ruled.active.rule.feature_reads
            if ruled.active.rule.kind is RuleKind.CONSTRAINT
        }  # fmt: skip
        return frozenset(
            (*WORKLOAD_FACTS.values(), "volume.growth_12_months", *(name for name in read if name in specs))
        )

    def _refined(self, each: _Set, goal: Standing) -> Counterfactual | None:
        """Return changes with every number taken back as far as they still lead there; None where fewer then do."""
        values = {change.fact: change.value for change in each}
        bounds: dict[str, str] = {}
        for fact in values:
            number, near = values[fact], self._trials.base.facts.values.get(fact)
            if not isinstance(number, float) or isinstance(near, bool):
                continue
            near = near if isinstance(near, float) else 0.0
            near, far = (_FAR if end == NOT_LIMITED else end for end in (near, number))
            unit = self._trials.base.facts.known.specs[fact].unit

            def holds(number: float, fact: str = fact) -> bool:
                return self.standing({**values, fact: number}) >= goal

            if near != far and holds(far):
                values[fact] = turning(holds, near, far, unit)
                bounds[fact] = "from" if far > near else "to"
        if any(self.standing(part) >= goal for part in _proper_parts(values)):
            return None
        hardest = max((hardness_of(fact) for fact in values), default=Hardness.PLAN)
        return Counterfactual(values, bounds, self.standing(values), self._trials.then(values), hardest)

    def _effort(self, each: _Set) -> tuple[object, ...]:
        hard = sorted((hardness_of(change.fact) for change in each), reverse=True)
        return hard[0], len(each), hard, [self._order[change.fact] for change in each]

    def _rank(self, each: Counterfactual) -> tuple[object, ...]:
        hard = sorted((hardness_of(fact) for fact in each.facts), reverse=True)
        return -each.reaches, each.hardness, len(each.facts), hard, [self._order[fact] for fact in each.facts]


def _side(value: FactValue, now: FactValue | None) -> FactValue:
    if isinstance(value, bool) or not isinstance(value, float):
        return value
    return "more" if not isinstance(now, float) or value > now else "less"


def _proper_parts(values: Mapping[str, FactValue]) -> Iterator[dict[str, FactValue]]:
    for size in range(len(values)):
        for names in combinations(values, size):
            yield {name: values[name] for name in names}


def _distinct(changes: Iterable[Counterfactual]) -> Iterator[Counterfactual]:
    """Yield each change of facts once, for the best that it reaches."""
    seen: set[tuple[tuple[str, FactValue], ...]] = set()
    for each in changes:
        key = tuple(sorted(each.facts.items(), key=lambda change: change[0]))
        if key not in seen:
            seen.add(key)
            yield each


def _against(evaluation: Evaluation, mask: int) -> dict[str, int]:
    """Return for every constraint of severity error the ways that it removes or leaves open with every partner."""
    found = {}
    candidates = evaluation.candidates
    options = candidates.spread(mask)
    for ruled in evaluation.rules:
        if ruled.active.rule.kind is RuleKind.CONSTRAINT and ruled.active.severity is Severity.ERROR:
            outcomes = ruled.candidates
            stands = mask & ~candidates.legs_of(options & ~(outcomes.violated | outcomes.undetermined))
            if stands:
                found[ruled.active.rule.id] = stands
    return found
