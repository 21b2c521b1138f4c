"""The order in which ways are recommended: least against them, known before unknown cost, cheapest, unless simpler."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aipolicy.evaluation.axes import AXES, OFFERING, SIMPLEST_FIRST
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.option_masks import first_in
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.findings.finding import Severity
from aipolicy.options.estimates import COST_FACTS, reduced
from aipolicy.options.horizon_costs import HorizonCost, HorizonCosts
from aipolicy.policy.rule import RuleKind
from aipolicy.value import Frozen, NamedTuple


class Weighing(NamedTuple):
    """How an organisation weighs ways against each other."""

    margin_percent: float
    """A simpler way is recommended when it costs at most this much more than the cheapest."""
    horizon_months: float
    """The time over which costs are compared."""
    fixed: frozenset[str] = frozenset()
    """The facts of which no change is proposed."""


class Ranked(Frozen):
    """The way that comes first in a set of options."""

    number: int
    cost: HorizonCost
    warnings: tuple[str, ...]
    """The warnings that count against it, by rule id; one that cannot be decided counts."""
    notes: tuple[str, ...]
    is_simpler: bool
    """Whether it was preferred to a cheaper way that is less simple."""

    @property
    def against(self) -> tuple[str, ...]:
        """Return everything that counts against it, by rule id."""
        return tuple(sorted((*self.warnings, *self.notes)))


class _Costed(NamedTuple):
    """Options of one kind that cost the same."""

    simplicity: tuple[int, ...]
    cost: HorizonCost
    mask: int


class Ranking:
    """Ranks the options of a option_set as an evaluation judged them."""

    def __init__(self, evaluation: Evaluation, option_set: OptionSet, weighing: Weighing) -> None:
        self._option_set = option_set
        self._weighing = weighing
        self._workload = evaluation.workload
        estimator = option_set.estimator(reduced(evaluation.workload, COST_FACTS[:1]))
        self._costs = HorizonCosts(estimator, evaluation.workload, weighing.horizon_months)
        planned = option_set is evaluation.planned
        judged = [(ruled.active, ruled.planned if planned else ruled.candidates) for ruled in evaluation.rules]
        # NOTE: unknown never ranks above known: what cannot be decided counts as if it were violated.
        against = [
            (active.rule.id, active.severity, outcomes.violated | outcomes.undetermined)
            for active, outcomes in judged
            if active.rule.kind is RuleKind.CONSTRAINT
        ]
        self._warnings = [(rule, mask) for rule, severity, mask in against if severity is Severity.WARNING and mask]
        self._notes = [(rule, mask) for rule, severity, mask in against if severity is Severity.NOTE and mask]

    def first(self, mask: int) -> Ranked | None:
        """Return the way that comes first among the options of a mask, None where it is empty."""
        if not mask:
            return None
        least = fewest(fewest(mask, [m for _, m in self._warnings]), [m for _, m in self._notes])
        costed = self._costed(least)
        known = [each for each in costed if each.cost.is_whole]
        pool = known or costed
        cheapest = min(pool, key=lambda each: (each.cost.total_usd, each.simplicity))
        limit = cheapest.cost.total_usd * (1.0 + self._weighing.margin_percent / 100.0)
        near = [each for each in pool if each.cost.total_usd <= limit]
        simplest = min(each.simplicity for each in near)
        is_simpler = simplest < cheapest.simplicity
        wanted = simplest if is_simpler else cheapest.simplicity
        alike = [each for each in near if each.simplicity == wanted]
        usd = min(each.cost.total_usd for each in alike)
        chosen = [each for each in alike if each.cost.total_usd == usd]
        number = self._first_by_name(_union(each.mask for each in chosen))
        cost = next(each.cost for each in chosen if each.mask >> number & 1)
        return self._ranked(number, cost, is_simpler=is_simpler)

    def cheapest(self, mask: int) -> Ranked | None:
        """Return the cheapest option of known cost in a mask, whatever counts against it; None where there is none."""
        known = [each for each in self._costed(mask) if each.cost.is_whole]
        if not known:
            return None
        best = min(known, key=lambda each: (each.cost.total_usd, each.simplicity))
        return self._ranked(self._first_by_name(best.mask), best.cost, is_simpler=False)

    def _ranked(self, number: int, cost: HorizonCost, *, is_simpler: bool) -> Ranked:
        warnings, notes = (
            tuple(sorted(rule for rule, mask in rules if mask >> number & 1)) for rules in (self._warnings, self._notes)
        )
        return Ranked(number, cost, warnings, notes, is_simpler)

    def _costed(self, mask: int) -> list[_Costed]:
        found = []
        for group in self._option_set.priced(AXES, self._workload):
            if group.mask & mask:
                simplicity = _simplicity(group.values)
                found += [
                    _Costed(simplicity, self._costs.of(basis), part & mask)
                    for basis, part in group.parts
                    if part & mask
                ]
        return found

    def _first_by_name(self, mask: int) -> int:
        """Return the option whose offering comes first by name, so that no order of the catalog decides."""
        for name in OFFERING:
            if mask & (mask - 1) == 0:
                break
            word = self._option_set.distinct(name, mask)[0]
            if word is not None:
                mask &= self._option_set.mask_of(name, frozenset({word}))
        return first_in(mask)


def _simplicity(values: Sequence[object]) -> tuple[int, ...]:
    """Return how simple a way is along each axis; a word that is not listed is the least simple."""
    return tuple(
        words.index(value) if isinstance(value, str) and value in words else len(words)
        for value, (_, words) in zip(values, SIMPLEST_FIRST, strict=True)
    )


def fewest(mask: int, against: Iterable[int]) -> int:
    """Return the options of a mask that are in the fewest of the masks against, nothing of an empty mask."""
    levels = [mask]
    for other in against:
        if other & mask:
            carried = 0
            for number, level in enumerate(levels):
                levels[number] = level & ~other | carried
                carried = level & other
            levels.append(carried)
    return next((level for level in levels if level), 0)


def _union(masks: Iterable[int]) -> int:
    union = 0
    for mask in masks:
        union |= mask
    return union
