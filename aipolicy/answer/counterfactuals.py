"""Other facts under which ways that are asked about are admissible, or the answer: the least changes, each evaluated.

A set of changes is found by evaluating it, and none of it can be left out. Sets grow by what can help: while rules are
against every way, one of the fewest such rules has to come out otherwise, so that a change is added which touches one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from itertools import combinations

from aipolicy.answer.alternatives import alternatives
from aipolicy.answer.change_effects import ChangeEffects, ChangeSet, OneChange, against
from aipolicy.answer.model import Then
from aipolicy.answer.search import turning
from aipolicy.answer.trials import Trials
from aipolicy.answer.turns import declared_alternatives
from aipolicy.evaluation.conflict import smallest_clash
from aipolicy.facts.expected import NOT_LIMITED
from aipolicy.facts.hardness import Hardness, hardness_of
from aipolicy.facts.spec import FactValue
from aipolicy.value import Frozen

_MOST_CHANGES = 3
"""Facts that are changed together."""
MOST_TRIED = 150
"""Sets that are evaluated towards one goal, those first that are likely to help; a search that needs more says so."""
_MOST_CONSIDERED = 4_000
"""Sets of one size that are looked at, most of them without an evaluation."""
_MOST_BEGUN = 3
"""Sets that make a way admissible and that are gone on from, to where it is the answer."""
_FAR = 1e7
"""Where the search begins for a number that nothing limits."""


class WayStanding(IntEnum):
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
    reaches: WayStanding
    then: Then
    """What is recommended under these facts."""
    hardness: Hardness
    """Of the hardest of the changes."""


class SearchResult(Frozen):
    """What a search came to."""

    changes: tuple[Counterfactual, ...]
    is_cut_short: bool
    """Whether sets were left untried that might have led there: what was not found may exist."""


class Counterfactuals:
    """Searches changes for the ways of a mask over the legs of the candidates, each with whatever partner."""

    def __init__(self, trials: Trials, mask: int, vocabulary: Mapping[str, tuple[str, ...]],
                 most_tried: int = MOST_TRIED) -> None:  # fmt: skip
        self._trials = trials
        self._most_tried = most_tried
        self._mask = mask
        self._vocabulary = vocabulary
        self._effects = ChangeEffects(trials, mask)
        self._is_cut_short = False
        self._likely: list[ChangeSet] = []
        """Sets after which ways are open that are expected to keep every rule."""

    def standing(self, changes: Mapping[str, FactValue]) -> WayStanding:
        """Return how the ways stand where these facts are declared and the rest is as expected."""
        chosen, evaluation = self._trials.chosen(changes), self._trials.evaluation(changes)
        if chosen is not None and self._mask >> evaluation.candidates.main_of(chosen.number) & 1:
            return WayStanding.ANSWER
        verdict, options = evaluation.verdict, evaluation.candidates.spread(self._mask)
        if verdict.admissible & options:
            return WayStanding.ADMISSIBLE
        return WayStanding.OPEN if verdict.open & options else WayStanding.REMOVED

    def found(self) -> SearchResult:
        """Return the least changes that lead to the answer, then those that only make a way admissible; easy ones first."""
        now = self.standing({})
        if now is WayStanding.ANSWER or self._trials.certain.is_retired:
            return SearchResult((), False)
        changes = self.proposed()
        admissible = () if now is WayStanding.ADMISSIBLE else tuple(self._least(changes, (), WayStanding.ADMISSIBLE))
        answers: list[ChangeSet] = [
            change_set for change_set in admissible if self._reaches(change_set, WayStanding.ANSWER)
        ]
        begun = [()] if self._effects.may_pass(()) else sorted((*admissible, *self._likely), key=self._effects.effort)
        for first in begun[:_MOST_BEGUN]:
            if first not in answers:
                answers += self._least(changes, first, WayStanding.ANSWER)
        self._is_cut_short |= len(begun) > _MOST_BEGUN
        counterfactuals = [self._refined(change_set, WayStanding.ANSWER) for change_set in answers]
        counterfactuals += [
            self._refined(change_set, WayStanding.ADMISSIBLE) for change_set in admissible if change_set not in answers
        ]
        ranked = sorted(_distinct(refined for refined in counterfactuals if refined is not None), key=self._rank)
        return SearchResult(tuple(ranked), self._is_cut_short)

    def proposed(self) -> tuple[OneChange, ...]:
        """Return every other value of a fact that may be proposed: never of what the feature is, nor of what is fixed."""
        specs, fixed = self._trials.certain.facts.known.specs, self._trials.weighing.fixed
        tried = (
            *alternatives(self._trials.certain, self._vocabulary),
            *declared_alternatives(self._trials, self._vocabulary),
        )
        singles: dict[tuple[str, FactValue], None] = {}
        for alternative in tried:
            for fact, value in alternative.changes.items():
                if not specs[fact].is_subject and fact not in fixed:
                    singles[fact, value] = None
        return tuple(self._effects.of(fact, value) for fact, value in singles)

    def _least(self, changes: Sequence[OneChange], first: ChangeSet, goal: WayStanding) -> Iterator[ChangeSet]:
        """Yield the sets of changes beside the first ones that reach a goal and of which nothing can be left out."""
        reaching: list[ChangeSet] = []
        short, tried = [first], 0
        for size in range(len(first) + 1, _MOST_CHANGES + 1):
            longer = self._longer(short, changes, goal)
            short = []
            for change_set in sorted(longer, key=self._promise):
                if self._covers(reaching, change_set):
                    continue
                if self._effects.has_idle(change_set) or not self._effects.may_pass(change_set):
                    short.append(change_set)
                elif tried >= self._most_tried:
                    self._is_cut_short = True
                elif (tried := tried + 1) and not self._reaches(change_set, goal):
                    short.append(change_set)
                    self._likely += (
                        [change_set] if goal is WayStanding.ADMISSIBLE and self._is_likely(change_set) else []
                    )
                elif self._needs_all(change_set, goal):
                    reaching.append(change_set)
                    yield change_set
            if reaching and size > len(first) + 1:
                return

    def _longer(self, short: Iterable[ChangeSet], changes: Sequence[OneChange], goal: WayStanding) -> list[ChangeSet]:
        """Return the sets of one change more that may lead further, each once."""
        longer: dict[frozenset[tuple[str, FactValue]], ChangeSet] = {}
        for change_set in short:
            facts = {change.fact for change in change_set}
            for change in self._helping(change_set, changes, goal):
                if change.fact not in facts:
                    more = (*change_set, change)
                    longer.setdefault(frozenset((one.fact, one.value) for one in more), more)
                if len(longer) >= _MOST_CONSIDERED:
                    self._is_cut_short = True
                    return list(longer.values())
        return list(longer.values())

    def _helping(self, change_set: ChangeSet, changes: Sequence[OneChange], goal: WayStanding) -> Iterator[OneChange]:
        """Yield the changes without one of which a set cannot lead to a goal."""
        blocking = self._blocking(change_set, goal)
        for change in changes:
            if not change.touches.isdisjoint(blocking) if blocking else change.touches or change.is_other_workload:
                yield change

    def _blocking(self, change_set: ChangeSet, goal: WayStanding) -> tuple[str, ...]:
        """Return the fewest rules that are against every way after some changes; none where some way is free of them."""
        if not self._effects.may_pass(change_set):
            return smallest_clash(self._effects.known_against(change_set), self._mask)
        evaluation = self._trials.evaluation(_values(change_set))
        clash = smallest_clash(against(evaluation, self._mask), self._mask)
        if clash or goal is WayStanding.ANSWER:
            return clash
        return smallest_clash(against(evaluation, self._mask, sure=True), self._mask)

    def _promise(self, change_set: ChangeSet) -> tuple[object, ...]:
        return self._effects.is_doubtful(change_set), self._effects.effort(change_set)

    @staticmethod
    def _covers(reaching: Iterable[ChangeSet], change_set: ChangeSet) -> bool:
        """Return whether some of the changes, or the same facts moved less, were found to do."""
        return any(
            {(c.fact, c.side) for c in earlier} <= {(c.fact, c.side) for c in change_set} for earlier in reaching
        )

    def _reaches(self, change_set: ChangeSet, goal: WayStanding) -> bool:
        return self.standing(_values(change_set)) >= goal

    def _is_likely(self, change_set: ChangeSet) -> bool:
        evaluation = self._trials.evaluation(_values(change_set))
        return bool(evaluation.verdict.likely & evaluation.candidates.spread(self._mask))

    def _needs_all(self, change_set: ChangeSet, goal: WayStanding) -> bool:
        parts = (part for size in range(len(change_set)) for part in combinations(change_set, size))
        return not any(self._effects.may_pass(part) and self._reaches(part, goal) for part in parts)

    def _refined(self, change_set: ChangeSet, goal: WayStanding) -> Counterfactual | None:
        """Return changes with every number taken back as far as they still lead there; None where fewer then do."""
        values = {change.fact: change.value for change in change_set}
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

    def _rank(self, change: Counterfactual) -> tuple[object, ...]:
        hard = sorted((hardness_of(fact) for fact in change.facts), reverse=True)
        return -change.reaches, change.hardness, len(change.facts), hard, self._effects.places(change.facts)


def _values(changes: ChangeSet) -> dict[str, FactValue]:
    return {change.fact: change.value for change in changes}


def _proper_parts(values: Mapping[str, FactValue]) -> Iterator[dict[str, FactValue]]:
    for size in range(len(values)):
        for names in combinations(values, size):
            yield {name: values[name] for name in names}


def _distinct(changes: Iterable[Counterfactual]) -> Iterator[Counterfactual]:
    """Yield each change of facts once, for the best that it reaches."""
    seen: set[tuple[tuple[str, FactValue], ...]] = set()
    for counterfactual in changes:
        key = tuple(sorted(counterfactual.facts.items(), key=lambda change: change[0]))
        if key not in seen:
            seen.add(key)
            yield counterfactual
