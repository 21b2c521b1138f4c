"""Options by a running cost, below a value or above it: what a main leg costs, and what its partner adds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate
from operator import or_

from aipolicy.evaluation.option_groups import Split, StaticGroup
from aipolicy.evaluation.slots import SlotCost
from aipolicy.options.cost_inputs import CostBasis
from aipolicy.options.estimates import RUNNING_COSTS, Estimator


class CostSplitter:
    """Splits main legs by what they cost a month together with partners, under one workload."""

    def __init__(self, name: str, groups: Sequence[StaticGroup], estimator: Estimator) -> None:
        self._at = RUNNING_COSTS.index(name)
        self._groups = [(group.cost, group.mask) for group in groups if group.cost is not None]
        self._estimator = estimator
        self._is_known = estimator.workload.requests_per_day is not None
        self._tables: dict[bool, _Table] = {}

    @classmethod
    def of(cls, name: str, groups: Sequence[StaticGroup], estimator: Estimator) -> CostSplitter:
        """Return the splitter for a cost under the workload of an estimator, which keeps it."""
        kept: dict[str, CostSplitter] = estimator.splitters  # type: ignore[assignment]
        if name not in kept:
            kept[name] = cls(name, groups, estimator)
        return kept[name]

    def split(self, added: SlotCost, value: float, within: int) -> Split:
        """Return the main legs whose cost with a partner is below a value, equal to it, above it, or unknown.

        Those that are not within may be left out.
        """
        if not self._is_known:
            return Split(0, 0, 0, self._all)
        if added.retrieves or added.training is not None:
            return self._one_by_one(added, value, within)
        partner: float | None = 0.0
        if added.cascade or added.stands_by:
            role = self._estimator.running.of_partner(added.leg, "hard cases" if added.cascade else "standby")
            partner = None if role is None else role[self._at]
        table = self._table(judged=added.cascade)
        if partner is None:
            above = table.known.above(value) | table.part.above(value)
            return Split(0, 0, above, self._all & ~above)
        below, equal, above = table.known.split(value, partner)
        surely = table.part.above(value, partner)
        return Split(below, equal, above | surely, self._all & ~(below | equal | above | surely))

    def _one_by_one(self, added: SlotCost, value: float, within: int) -> Split:
        below = equal = above = 0
        running = self._estimator.running
        for basis, mask in self._groups:
            if not mask & within:
                continue
            together = added.beside(basis)
            cost, least = running.of(together), running.at_least(together)[self._at]
            usd = None if cost is None else cost[self._at]
            below |= mask if usd is not None and usd < value else 0
            equal |= mask if usd is not None and usd == value else 0
            above |= mask if (least if usd is None else usd) > value else 0
        return Split(below, equal, above, self._all & ~(below | equal | above))

    @cached_property
    def _all(self) -> int:
        found = 0
        for _, mask in self._groups:
            found |= mask
        return found

    def _table(self, *, judged: bool) -> _Table:
        if judged not in self._tables:
            self._tables[judged] = _Table(self._groups, self._estimator, self._at, judged=judged)
        return self._tables[judged]


class _Table:
    """Main legs by what they cost alone: those of known cost, and those of which a part is known."""

    def __init__(self, groups: Sequence[tuple[CostBasis, int]], estimator: Estimator, at: int, *, judged: bool) -> None:
        rows = estimator.main_costs.get(judged)
        if rows is None:
            rows = [(estimator.running.of_main(basis, judged=judged), mask) for basis, mask in groups]
            estimator.main_costs[judged] = rows
        self.known = _Sorted([(cost[at], mask) for (is_whole, cost), mask in rows if is_whole])
        self.part = _Sorted([(cost[at], mask) for (is_whole, cost), mask in rows if not is_whole])


class _Sorted:
    """Masks by an amount."""

    def __init__(self, rows: Sequence[tuple[float, int]]) -> None:
        ordered = sorted(rows)
        self._amounts = [amount for amount, _ in ordered]
        self._up_to = [0, *accumulate((mask for _, mask in ordered), or_)]

    def split(self, value: float, more: float) -> tuple[int, int, int]:
        """Return what is below a value, equal to it and above it once so much more is added."""
        first = bisect_left(self._amounts, value, key=lambda amount: amount + more)
        after = bisect_right(self._amounts, value, key=lambda amount: amount + more)
        below, up_to = self._up_to[first], self._up_to[after]
        return below, up_to & ~below, self._up_to[-1] & ~up_to

    def above(self, value: float, more: float = 0.0) -> int:
        """Return what is above a value."""
        return self.split(value, more)[2]
