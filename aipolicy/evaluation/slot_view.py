"""Main legs beside one partner: numbered as main legs are, with facts of the whole option and of the partner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from aipolicy.evaluation.option_groups import Group, Split, StaticGroup, Values
from aipolicy.evaluation.option_set import EVERYTHING, OptionSet
from aipolicy.evaluation.option_view import estimated
from aipolicy.evaluation.slots import Slot, SlotCost, SlotValues
from aipolicy.facts.all_facts import is_of_leg, is_partner_fact, of_leg
from aipolicy.facts.spec import FactValue
from aipolicy.options.cost_inputs import CostBasis, Speeds
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
from aipolicy.options.workload import Workload


class PairedBases:
    """What main legs with partners cost by, and how fast they are; equal ones are one object."""

    def __init__(self) -> None:
        self._costs: Memo[SlotCost, Memo[CostBasis, CostBasis]] = Memo(lambda cost: Memo(cost.beside))
        self._speeds: Memo[Speeds, Memo[Speeds, Speeds]] = Memo(lambda far: Memo(lambda main: _cascading(main, far)))

    def cost(self, basis: CostBasis, added: SlotCost) -> CostBasis:
        """Return what a main leg with a partner costs by."""
        return basis if added.is_nothing else self._costs.of(added).of(basis)

    def speeds(self, speeds: Speeds, far: Speeds | None) -> Speeds:
        """Return what the latency of a main leg depends on, with the far side of a cascade where there is one."""
        return speeds if far is None else self._speeds.of(far).of(speeds)


def _cascading(main: Speeds, far: Speeds) -> Speeds:
    return Speeds(main.main, far.main, True, main.retrieves)


class SlotView(OptionSet):
    """The main legs of a set, each with the partner of one slot."""

    def __init__(self, mains: OptionSet, slot: Slot, values: SlotValues, bases: PairedBases) -> None:
        super().__init__(lambda: (), mains.catalog, mains.organization, count=mains.count)
        self.full = mains.full
        self._mains = mains
        self._slot = slot
        self._slot_values = values
        self._paired = bases
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
        found: dict[Values, int] = {}
        estimator = self.estimator(workload) if at else None
        for group in self._made(names, workload, within):
            values = list(group.values)
            for index in at:
                assert estimator is not None
                values[index] = estimated(names[index], estimator, group.speeds, group.cost, group.partner)
            made = tuple(values)
            found[made] = found.get(made, 0) | group.mask
        return tuple(found.items())

    def split(self, name: str, value: float, workload: Workload, within: int = EVERYTHING) -> Split:
        if is_of_leg(name):
            return self._mains.split(name, value, workload, within)
        if name in RUNNING_COSTS:
            from aipolicy.evaluation.cost_split import CostSplitter  # NOTE: few features limit what they may cost.

            splitter = CostSplitter.of(name, self._mains._static(COST_FACTS[:1]), self.estimator(workload))
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
        slot, values, bases = self._slot, self._slot_values, self._paired
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
            speeds = None if group.speeds is None else bases.speeds(group.speeds, far)
            cost = group.cost if group.cost is None or added is None else bases.cost(group.cost, added)
            yield StaticGroup(facts, group.mask, speeds, cost, partner)


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
