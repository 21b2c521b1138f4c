"""Options by number: a set of options is a bit mask, and options that do not differ in what a rule reads are one group."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import count
from typing import Any

from aipolicy.catalog.catalog import Catalog
from aipolicy.evaluation.option_groups import (
    Group,
    GroupedOptions,
    GroupKey,
    NumberLine,
    OptionFacts,
    PricedGroup,
    Split,
    StaticGroup,
    Values,
    estimated,
    none_kept,
)
from aipolicy.facts.all_facts import of_leg
from aipolicy.facts.spec import FactValue
from aipolicy.options.attributes import Organization
from aipolicy.options.cost_inputs import CostInputs, Speeds
from aipolicy.options.estimates import (
    AT_LEAST,
    COST_FACTS,
    ESTIMATED_FACTS,
    LATENCY_FACTS,
    PARTNER_LATENCIES,
    RUNNING_COSTS,
    EstimateSettings,
    Estimator,
)
from aipolicy.options.option import Option
from aipolicy.options.running_costs import CostTable, Monthly
from aipolicy.options.workload import Workload

_IDS = count()


EVERYTHING = -1
"""The mask of all options, whatever their number."""

_MAX_ESTIMATORS, _MAX_LINES = 32, 32
"""Workloads and numbers whose estimates are kept, the latest; a feature has a few, more where it is asked what if."""


class OptionSet(GroupedOptions):
    """A numbered tuple of options with their facts; estimates are made when a condition or an output asks."""

    def __init__(self, make_options: Callable[[], Sequence[Option]], catalog: Catalog, organization: Organization, *,
                 overrides: Mapping[str, FactValue] | None = None, count: int | None = None,
                 kept_groups: Callable[[GroupKey], bytes | None] = none_kept) -> None:  # fmt: skip
        self.id = next(_IDS)
        self._plain_groups: dict[tuple[str, ...], tuple[Group, ...]] = {}
        self._cost_tables: dict[bool, CostTable] = {}
        """By whether the costs of cascades are told apart."""
        self._estimators: dict[Workload, Estimator] = {}
        self._lines: dict[tuple[str, Workload | None], NumberLine] = {}
        self._group_of: dict[tuple[tuple[str, ...], bool, int], StaticGroup] = {}
        self._priced: dict[GroupKey, tuple[PricedGroup, ...]] = {}
        self.by_cost: dict[Any, Any] = {}
        """What ranks options keeps them here by what they cost."""
        super().__init__(make_options, catalog, organization, overrides=overrides, count=count, kept_groups=kept_groups)

    def id_for(self, names: tuple[str, ...]) -> object:
        """Return what distinguishes this set in what an evaluator remembers of some facts."""
        return self.id

    def facts_of(self, number: int, workload: Workload) -> Mapping[str, FactValue]:
        """Return the facts of one option; what is estimated is estimated when it is asked for."""
        return OptionFacts(self._facts(number), self.estimator(workload), self.speeds(number), self.cost_inputs(number))

    def groups(self, names: tuple[str, ...], workload: Workload, within: int = EVERYTHING) -> tuple[Group, ...]:
        """Return the groups of options that differ in the named facts; nothing is estimated for others than those within."""
        at = [index for index, name in enumerate(names) if name in ESTIMATED_FACTS]
        # NOTE: without a share of hard cases no cascade has a known cost, and all of them are one group.
        static = self._static(names, cascades_cost=workload.hard_case_share is not None)
        if not at:
            if names not in self._plain_groups:
                self._plain_groups[names] = tuple([(group.values, group.mask) for group in static])
            return self._plain_groups[names]
        if within != EVERYTHING:
            static = tuple([group for group in static if group.mask & within])
        columns: list[Sequence[FactValue | None]] = [[g.values[index] for g in static] for index in range(len(names))]
        for index in at:
            columns[index] = self._estimated(names[index], static, workload)
        merged: dict[Values, int] = {}
        for values, group in zip(zip(*columns, strict=True), static, strict=True):
            merged[values] = merged.get(values, 0) | group.mask
        return tuple(merged.items())

    def _estimated(self, name: str, static: Sequence[StaticGroup], workload: Workload) -> Sequence[FactValue | None]:
        if name in PARTNER_LATENCIES:
            return self.estimator(workload).column(of_leg(name), [group.partner for group in static], ())
        speeds, costs = [group.speeds for group in static], [group.cost for group in static]
        return self.estimator(workload).column(name, speeds, costs)

    def priced(self, names: tuple[str, ...], workload: Workload) -> tuple[PricedGroup, ...]:
        """Return the groups of options that differ in the named facts, each with the parts of it that cost the same."""
        key = (names, workload.hard_case_share is not None)
        known = self._priced.get(key)
        if known is None:
            costs = self._static(COST_FACTS[:1], cascades_cost=key[1])
            known = self._priced[key] = tuple(
                PricedGroup(
                    group.values, group.mask,
                    tuple([(c.cost, c.mask & group.mask) for c in costs if c.cost is not None and c.mask & group.mask]),
                )
                for group in self._static(names)
            )  # fmt: skip
        return known

    def split(self, name: str, value: float, workload: Workload, within: int = EVERYTHING) -> Split:
        """Return the options by how a numeric fact compares with a value; one that is at least more is above it.

        Nothing is estimated for others than those within.
        """
        key = (name, workload if name in ESTIMATED_FACTS else None)
        line = self._lines.get(key)
        if line is None and name in ESTIMATED_FACTS and within != EVERYTHING:
            return self._number_line(name, workload, within).split(value)
        if line is None:
            if len(self._lines) >= _MAX_LINES:
                del self._lines[next(iter(self._lines))]
            line = self._lines[key] = self._number_line(name, workload)
        return line.split(value)

    def _number_line(self, name: str, workload: Workload, within: int = EVERYTHING) -> NumberLine:
        cascades_cost = workload.hard_case_share is not None
        every = self._static((name,), cascades_cost=cascades_cost)
        static = [(place, group) for place, group in enumerate(every) if group.mask & within]
        masks = [group.mask for _, group in static]
        estimator = self.estimator(workload)
        if name not in RUNNING_COSTS:
            if name in ESTIMATED_FACTS:
                values = self._estimated(name, [group for _, group in static], workload)
            else:
                values = [group.values[0] for _, group in static]
            return NumberLine([value if isinstance(value, float) else None for value in values], masks)
        # NOTE: running costs depend on the same things, so that the groups of both have one table.
        at, table = RUNNING_COSTS.index(name), estimator.costs(self._cost_table(every, cascades_cost=cascades_cost))
        costs = [None if cost is None else cost[at] for cost in (table.of(place) for place, _ in static)]
        least = [table.at_least(place)[at] for place, _ in static] if None in costs else []
        return NumberLine(costs, masks, least)

    def _cost_table(self, groups: Sequence[StaticGroup], *, cascades_cost: bool) -> CostTable:
        if cascades_cost not in self._cost_tables:
            self._cost_tables[cascades_cost] = CostTable(group.cost for group in groups)
        return self._cost_tables[cascades_cost]

    def monthly_costs(self, workload: Workload,
                      within: int = EVERYTHING) -> list[tuple[CostInputs, Monthly | None, Monthly, int]]:  # fmt: skip
        """Return what costs of options depend on, with monthly costs, None where unknown, and what they are at least.

        Those that are not within are left out.
        """
        every = self._static(COST_FACTS[:1])
        costs = self.estimator(workload).costs(self._cost_table(every, cascades_cost=False))
        rows = []
        for place, group in enumerate(every):
            if group.cost is not None and group.mask & within:
                cost = costs.of(place)
                rows.append((group.cost, cost, costs.at_least(place) if cost is None else cost, group.mask))
        return rows

    def all_cost_inputs(self) -> list[tuple[CostInputs, int]]:
        """Return what costs of options depend on, with the options; cascades do not differ in it."""
        return [(group.cost, group.mask) for group in self._static(COST_FACTS[:1]) if group.cost is not None]

    def values_of(self, number: int, names: tuple[str, ...], workload: Workload) -> dict[str, FactValue]:
        """Return the named facts of one option as far as they are known; cheap for names that a rule line reads."""
        group = self._group(number, names, cascades_cost=workload.hard_case_share is not None)
        values: dict[str, FactValue] = {}
        for name, value in zip(names, group.values, strict=True):
            if name in ESTIMATED_FACTS:
                value = estimated(name, self.estimator(workload), group.speeds, group.cost, group.partner)
                if value is None and group.cost is not None:
                    least = self.estimator(workload).at_least(name, group.cost)
                    values.update({} if least is None else {f"{name}{AT_LEAST}": least})
            if value is not None:
                values[name] = value
        return values

    def _group(self, number: int, names: tuple[str, ...], *, cascades_cost: bool) -> StaticGroup:
        """Return the group that one option is in; the option itself is not made."""
        key = (names, cascades_cost, number)
        if key not in self._group_of:
            static = self._static(names, cascades_cost=cascades_cost)
            self._group_of[key] = next(group for group in static if group.mask >> number & 1)
        return self._group_of[key]

    def estimator(self, workload: Workload) -> Estimator:
        estimator = self._estimators.get(workload)
        if estimator is None:
            if len(self._estimators) >= _MAX_ESTIMATORS:
                del self._estimators[next(iter(self._estimators))]
            estimator = self._estimators[workload] = Estimator(workload, self.estimate_settings)
        return estimator

    @cached_property
    def estimate_settings(self) -> EstimateSettings:
        """Return what estimates rest on besides the workload."""
        return EstimateSettings(
            self.assumptions, self.catalog.assumptions, self.catalog.people, self.organization.confidence
        )

    def cost_inputs(self, number: int) -> CostInputs:
        """Return what the cost of one option depends on."""
        inputs = self._group(number, COST_FACTS[:1], cascades_cost=True).cost
        assert inputs is not None
        return inputs

    def speeds(self, number: int) -> Speeds:
        """Return what the latency of one option depends on."""
        speeds = self._group(number, LATENCY_FACTS[:1], cascades_cost=False).speeds
        assert speeds is not None
        return speeds

    def slices(self, mask: int) -> Iterator[tuple[int, int]]:
        """Yield the parts of a mask by partner, the number of each with the main legs in it; here there is none."""
        if mask:
            yield 0, mask

    def slot_words(self, slot: int) -> tuple[str, ...]:
        """Return the routing and the fallback of the options of a slot, in the order of the axes."""
        return "single", "none"

    def inputs_beside(self, inputs: CostInputs, slot: int) -> CostInputs:
        """Return what a main leg costs by beside the partner of a slot, from what it costs by alone."""
        return inputs

    def nearest_slot(self, main: int, slots: Sequence[int]) -> int:
        """Return of slots, the best first, the one whose partner is nearest to where the main leg is."""
        return slots[0]

    def number_of(self, main: int, slot: int) -> int:
        """Return the number of a main leg with the partner of a slot."""
        return main

    def spread(self, mask: int) -> int:
        """Return the options of the main legs in a mask."""
        return mask & self.full

    def legs_of(self, mask: int) -> int:
        """Return the main legs of the options in a mask."""
        return mask

    def main_of(self, number: int) -> int:
        """Return the number of the main leg of an option."""
        return number

    @property
    def mains(self) -> OptionSet:
        """Return the main legs by themselves, under their numbers."""
        return self
