"""Main legs beside one partner: numbered as main legs are, with facts of the whole option and of the partner."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from operator import or_

from aipolicy.evaluation.option_groups import Group, Split, StaticGroup, Values, estimated
from aipolicy.evaluation.option_set import EVERYTHING, OptionSet
from aipolicy.evaluation.slots import Slot, SlotCost, SlotValues
from aipolicy.facts.all_facts import is_of_leg, is_partner_fact, of_leg
from aipolicy.facts.spec import FactValue
from aipolicy.options.cost_inputs import CostInputs, Speeds
from aipolicy.options.estimates import (
    COST_FACTS,
    COST_FACTS_SET,
    ESTIMATED_FACTS,
    LATENCY_FACTS,
    LATENCY_FACTS_SET,
    PARTNER_LATENCIES,
    RUNNING_COSTS,
    Estimator,
)
from aipolicy.options.memo import Memo
from aipolicy.options.running_costs import Monthly
from aipolicy.options.workload import Workload


class PairedInputs:
    """What main legs with partners cost by, and how fast they are; equal ones are one object."""

    def __init__(self) -> None:
        self._costs: Memo[SlotCost, Memo[CostInputs, CostInputs]] = Memo(lambda cost: Memo(cost.beside))
        self._speeds: Memo[Speeds, Memo[Speeds, Speeds]] = Memo(lambda far: Memo(lambda main: _cascading(main, far)))

    def cost(self, inputs: CostInputs, added: SlotCost) -> CostInputs:
        """Return what a main leg with a partner costs by."""
        return inputs if added.is_nothing else self._costs.of(added).of(inputs)

    def speeds(self, speeds: Speeds, far: Speeds | None) -> Speeds:
        """Return what the latency of a main leg depends on, with the far side of a cascade where there is one."""
        return speeds if far is None else self._speeds.of(far).of(speeds)


def _cascading(main: Speeds, far: Speeds) -> Speeds:
    return Speeds(main.main, far.main, True, main.retrieves)


class SlotView(OptionSet):
    """The main legs of a set, each with the partner of one slot."""

    def __init__(self, mains: OptionSet, slot: Slot, values: SlotValues, paired: PairedInputs) -> None:
        super().__init__(lambda: (), mains.catalog, mains.organization, count=mains.count)
        self.full = mains.full
        self._mains = mains
        self._slot = slot
        self._slot_values = values
        self._paired = paired
        self._ids: dict[tuple[str, ...], object] = {}

    def id_for(self, names: tuple[str, ...]) -> object:
        if names in self._ids:
            return self._ids[names]
        # NOTE: whether hard cases are counted makes costs differ, and is part of the workload that results are kept by.
        key = self._slot_values.key(self._slot, names, cascades_cost=True)
        of_legs = tuple([name for name in names if is_of_leg(name)])
        of_partner = tuple([of_leg(name) for name in names if is_partner_fact(name)])
        self._ids[names] = self._mains.id_for(of_legs), self._slot_values.table.id_for(of_partner), key
        return self._ids[names]

    def estimator(self, workload: Workload) -> Estimator:
        return self._mains.estimator(workload)

    def groups(self, names: tuple[str, ...], workload: Workload, within: int = EVERYTHING) -> tuple[Group, ...]:
        at = [index for index, name in enumerate(names) if name in ESTIMATED_FACTS]
        masks: dict[Values, int] = {}
        estimator = self.estimator(workload) if at else None
        for group in self._made(names, workload, within):
            values = list(group.values)
            for index in at:
                assert estimator is not None
                values[index] = estimated(names[index], estimator, group.speeds, group.cost, group.partner)
            key = tuple(values)
            masks[key] = masks.get(key, 0) | group.mask
        return tuple(masks.items())

    def split(self, name: str, value: float, workload: Workload, within: int = EVERYTHING) -> Split:
        if is_of_leg(name):
            return self._mains.split(name, value, workload, within)
        if name in LATENCY_FACTS_SET and self._slot_values.far(self._slot) is None:
            return self._mains.split(name, value, workload, within)
        if name in RUNNING_COSTS:
            splitter = CostSplitter.of(name, self._mains, workload)
            return splitter.split(self._added(workload), value, within)
        below = equal = above = 0
        for (number,), mask in self.groups((name,), workload, within):
            if isinstance(number, float):
                below |= mask if number < value else 0
                equal |= mask if number == value else 0
                above |= mask if number > value else 0
        return Split(below, equal, above, self.full & ~(below | equal | above))

    def _added(self, workload: Workload) -> SlotCost:
        return self._slot_values.cost(self._slot, cascades_cost=workload.hard_case_share is not None)

    def _made(self, names: tuple[str, ...], workload: Workload, within: int) -> Iterator[StaticGroup]:
        """Yield the main legs that do not differ in the named facts, estimates left out, and in what these depend on."""
        reads = tuple(dict.fromkeys(leg_reads(names)))
        slot, values, paired = self._slot, self._slot_values, self._paired
        far = values.far(slot) if not LATENCY_FACTS_SET.isdisjoint(names) else None
        added = self._added(workload) if not COST_FACTS_SET.isdisjoint(names) else None
        partner = None
        if slot.partner is not None and not PARTNER_LATENCIES.isdisjoint(names):
            partner = values.table.speeds(slot.partner)
        for group in self._mains._static(reads):
            if not group.mask & within:
                continue
            main = dict(zip(reads, group.values, strict=True))
            facts = tuple([main.get(n) if is_of_leg(n) else values.value(n, slot, main) for n in names])
            speeds = None if group.speeds is None else paired.speeds(group.speeds, far)
            cost = group.cost if group.cost is None or added is None else paired.cost(group.cost, added)
            yield StaticGroup(facts, group.mask, speeds, cost, partner)


class LegsAsPartners(OptionSet):
    """The legs of a set under the names of facts of partners, for lines that read a partner alone."""

    def __init__(self, table: OptionSet) -> None:
        super().__init__(lambda: table.options, table.catalog, table.organization, count=table.count)
        self._table = table
        self.full = table.full

    def id_for(self, names: tuple[str, ...]) -> object:
        return "partners", self._table.id_for(tuple(map(of_leg, names)))

    def groups(self, names: tuple[str, ...], workload: Workload, within: int = EVERYTHING) -> tuple[Group, ...]:
        return self._table.groups(tuple(map(of_leg, names)), workload, within)

    def split(self, name: str, value: float, workload: Workload, within: int = EVERYTHING) -> Split:
        return self._table.split(of_leg(name), value, workload, within)


def leg_reads(names: Sequence[str]) -> Iterator[str]:
    """Yield the facts of main legs on which facts of options depend, for estimates one that stands for all."""
    for name in names:
        if name in LATENCY_FACTS_SET:
            yield LATENCY_FACTS[0]
        elif name in COST_FACTS_SET:
            yield COST_FACTS[0]
        elif is_of_leg(name):
            yield name
        elif name in ("option.second_provider", "option.providers"):
            yield "option.provider"
        elif name == "option.top_tier":
            yield "option.tier"


Facts = Mapping[str, FactValue | None]


class CostSplitter:
    """Splits main legs by what they cost a month together with partners, under one workload."""

    def __init__(self, name: str, mains: OptionSet, workload: Workload) -> None:
        estimator = mains.estimator(workload)
        self._at = RUNNING_COSTS.index(name)
        self._mains, self._workload = mains, workload
        self._groups = mains.all_cost_inputs()
        self._estimator = estimator
        self._is_known = estimator.workload.requests_per_day is not None
        self._tables: dict[tuple[bool, int], _Table] = {}

    @classmethod
    def of(cls, name: str, mains: OptionSet, workload: Workload) -> CostSplitter:
        """Return the splitter for a cost under a workload, which the estimator of main legs keeps.

        A part of a set has the estimator of the whole, and other main legs to split.
        """
        splitters: dict[object, CostSplitter] = mains.estimator(workload).splitters  # type: ignore[assignment]
        key = (name, mains.id)
        if key not in splitters:
            splitters[key] = cls(name, mains, workload)
        return splitters[key]

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
        table = self._table(self._all & within, judged=added.cascade)
        if partner is None:
            above = table.known.above(value) | table.part.above(value)
            return Split(0, 0, above, self._all & ~above)
        below, equal, above = table.known.split(value, partner)
        surely = table.part.above(value, partner)
        return Split(below, equal, above | surely, self._all & ~(below | equal | above | surely))

    def _one_by_one(self, added: SlotCost, value: float, within: int) -> Split:
        below = equal = above = 0
        running = self._estimator.running
        for inputs, mask in self._groups:
            if not mask & within:
                continue
            together = added.beside(inputs)
            cost, least = running.of(together), running.at_least(together)[self._at]
            usd = None if cost is None else cost[self._at]
            below |= mask if usd is not None and usd < value else 0
            equal |= mask if usd is not None and usd == value else 0
            above |= mask if (least if usd is None else usd) > value else 0
        return Split(below, equal, above, self._all & ~(below | equal | above))

    @cached_property
    def _all(self) -> int:
        joined = 0
        for _, mask in self._groups:
            joined |= mask
        return joined

    def _alone(self, within: int) -> list[tuple[bool, Monthly, int]]:
        rows = self._mains.monthly_costs(self._workload, within)
        return [(cost is not None, cost or least, mask) for _, cost, least, mask in rows]

    def _judged(self, within: int) -> list[tuple[bool, Monthly, int]]:
        """Return main legs that sort out hard cases, with their costs."""
        cost = self._estimator.judged_cost
        return [(*cost(inputs), mask) for inputs, mask in self._groups if mask & within]

    def _table(self, within: int, *, judged: bool) -> _Table:
        key = judged, within
        if key not in self._tables:
            self._tables[key] = _Table(self._judged(within) if judged else self._alone(within), self._at)
        return self._tables[key]


class _Table:
    """Main legs by what they cost alone: those of known cost, and those of which a part is known."""

    def __init__(self, rows: Sequence[tuple[bool, Monthly, int]], at: int) -> None:
        self.known = _Sorted([(cost[at], mask) for is_whole, cost, mask in rows if is_whole])
        self.part = _Sorted([(cost[at], mask) for is_whole, cost, mask in rows if not is_whole])


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
