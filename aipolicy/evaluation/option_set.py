"""Options by number: a set of options is a bit mask, and options that do not differ in what a rule reads are one group."""

from __future__ import annotations

import pickle
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import count

from aipolicy.catalog.catalog import Catalog
from aipolicy.evaluation.option_groups import Group, GroupKey, NumberLine, PricedGroup, Split, StaticGroup, Values
from aipolicy.evaluation.option_masks import mask
from aipolicy.evaluation.option_view import OptionFacts
from aipolicy.facts.spec import FactValue
from aipolicy.options.attributes import Organization, option_attributes
from aipolicy.options.cost_assumptions import CostAssumptions, cost_assumptions
from aipolicy.options.cost_inputs import CostBasis, Speeds
from aipolicy.options.cost_inputs_reader import BasisReader
from aipolicy.options.estimates import (
    ALONE_FACTS,
    AT_LEAST,
    COST_FACTS,
    COST_FACTS_SET,
    ESTIMATED_FACTS,
    FIT_FACTS,
    LATENCY_FACTS_SET,
    RUNNING_COSTS,
    UNKNOWN_COST,
    EstimateSettings,
    Estimator,
)
from aipolicy.options.memo import Shared, first_places
from aipolicy.options.option import Option
from aipolicy.options.running_costs import CostTable
from aipolicy.options.workload import Workload

_IDS = count()

_SHARED = (
    {name: FIT_FACTS[0] for name in LATENCY_FACTS_SET}
    | {name: ALONE_FACTS[0] for name in ALONE_FACTS}
    | {name: COST_FACTS[0] for name in COST_FACTS_SET}
)
"""Estimates that depend on the same things, by the one under which their groups are kept."""

_MAX_ESTIMATORS, _MAX_LINES = 32, 32
"""Workloads and numbers whose estimates are kept, the latest; a feature has a few, more where it is asked what if."""


def none_kept(_: GroupKey) -> None:
    """Return that no groups were kept."""


class OptionSet:
    """A numbered tuple of options with their facts; estimates are made when a condition or an output asks."""

    def __init__(self, make_options: Callable[[], Sequence[Option]], catalog: Catalog, organization: Organization, *,
                 overrides: Mapping[str, FactValue] | None = None, count: int | None = None,
                 kept_groups: Callable[[GroupKey], bytes | None] = none_kept) -> None:  # fmt: skip
        self.id = next(_IDS)
        self._make_options = make_options
        self.catalog = catalog
        self.organization = organization
        self._overrides = dict(overrides or {})
        self._attributes: dict[int, dict[str, FactValue]] = {}
        self._columns: dict[str, list[FactValue | None]] = {}
        self._kept_groups = kept_groups
        self._static_groups: dict[GroupKey, tuple[StaticGroup, ...]] = {}
        self._found_groups: dict[GroupKey, tuple[StaticGroup, ...]] = {}
        self._plain_groups: dict[tuple[str, ...], tuple[Group, ...]] = {}
        self._cost_tables: dict[bool, CostTable] = {}
        """By whether the costs of cascades are told apart."""
        self._estimators: dict[Workload, Estimator] = {}
        self._lines: dict[tuple[str, Workload | None], NumberLine] = {}
        self._group_of: dict[tuple[tuple[str, ...], bool, int], StaticGroup | None] = {}
        self._masks: dict[tuple[str, frozenset[FactValue]], int] = {}
        self._priced: dict[GroupKey, tuple[PricedGroup, ...]] = {}
        self._sorted: dict[str, tuple[tuple[FactValue | None, int], ...]] = {}
        self.count = count if count is not None else len(self.options)
        self.full = (1 << self.count) - 1

    def id_for(self, names: tuple[str, ...]) -> int:
        """Return what distinguishes this set in what a judge remembers of some facts."""
        return self.id

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """Return the options by number."""
        return tuple(self._make_options())

    def facts_of(self, number: int, workload: Workload) -> Mapping[str, FactValue]:
        """Return the facts of one option; what is estimated is estimated when it is asked for."""
        return OptionFacts(self._facts(number), self.estimator(workload), self._speeds[number], self._costs[number])

    def value(self, number: int, name: str) -> FactValue | None:
        """Return a fact of one option that is no estimate, or None when it is unknown."""
        return self._facts(number).get(name)

    def groups(self, names: tuple[str, ...], workload: Workload) -> tuple[Group, ...]:
        """Return the groups of options that differ in the named facts."""
        estimated = [index for index, name in enumerate(names) if name in ESTIMATED_FACTS]
        # NOTE: without a share of hard cases no cascade has a known cost, and all of them are one group.
        static = self._static(names, cascades_cost=workload.hard_case_share is not None)
        if not estimated:
            if names not in self._plain_groups:
                self._plain_groups[names] = tuple([(group.values, group.mask) for group in static])
            return self._plain_groups[names]
        columns: list[Sequence[FactValue | None]] = [[g.values[index] for g in static] for index in range(len(names))]
        for index in estimated:
            columns[index] = self._estimated(names[index], static, workload)
        merged: dict[Values, int] = {}
        for values, group in zip(zip(*columns, strict=True), static, strict=True):
            merged[values] = merged.get(values, 0) | group.mask
        return tuple(merged.items())

    def _estimated(self, name: str, static: Sequence[StaticGroup], workload: Workload) -> Sequence[FactValue | None]:
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

    def split(self, name: str, value: float, workload: Workload) -> Split:
        """Return the options by how a numeric fact compares with a value; one that is at least more is above it."""
        key = (name, workload if name in ESTIMATED_FACTS else None)
        line = self._lines.get(key)
        if line is None:
            if len(self._lines) >= _MAX_LINES:
                del self._lines[next(iter(self._lines))]
            line = self._lines[key] = self._number_line(name, workload)
        return line.split(value)

    def _number_line(self, name: str, workload: Workload) -> NumberLine:
        cascades_cost = workload.hard_case_share is not None
        static = self._static((name,), cascades_cost=cascades_cost)
        masks = [group.mask for group in static]
        estimator = self.estimator(workload)
        if name not in RUNNING_COSTS:
            if name in ESTIMATED_FACTS:
                found = self._estimated(name, static, workload)
            else:
                found = [group.values[0] for group in static]
            return NumberLine([each if isinstance(each, float) else None for each in found], masks)
        # NOTE: running costs depend on the same things, so that the groups of both have one table.
        if cascades_cost not in self._cost_tables:
            self._cost_tables[cascades_cost] = CostTable(group.cost for group in static)
        at, table = RUNNING_COSTS.index(name), self._cost_tables[cascades_cost]
        costs = [None if cost is None else cost[at] for cost in estimator.costs(table)]
        least = [known[at] for known in estimator.costs_at_least(table)] if None in costs else []
        return NumberLine(costs, masks, least)

    def keep_groups(self, names: tuple[str, ...]) -> None:
        """Find the groups for some facts now, whatever the workload will be."""
        for cascades_cost in {False, not COST_FACTS_SET.isdisjoint(names)}:
            self._static(names, cascades_cost=cascades_cost)

    def kept_groups(self) -> dict[GroupKey, bytes]:
        """Return the groups found so far; they depend on the catalog and the organisation alone, and may be kept."""
        return {key: pickle.dumps(groups, protocol=5) for key, groups in self._static_groups.items()}

    def values_of(self, number: int, names: tuple[str, ...], workload: Workload) -> dict[str, FactValue]:
        """Return the named facts of one option as far as they are known; cheap for names that a rule line reads."""
        cascades_cost = workload.hard_case_share is not None
        key = (names, cascades_cost, number)
        if key not in self._group_of:
            bit = 1 << number
            static = self._static(names, cascades_cost=cascades_cost)
            self._group_of[key] = next((group for group in static if group.mask & bit), None)
        group = self._group_of[key]
        found: dict[str, FactValue] = {}
        for name, value in zip(names, group.values, strict=True) if group is not None else ():
            if group is not None and name in ESTIMATED_FACTS:
                value = self.estimator(workload).value(name, group.speeds, group.cost)
                if value is None and group.cost is not None:
                    least = self.estimator(workload).at_least(name, group.cost)
                    found.update({} if least is None else {f"{name}{AT_LEAST}": least})
            if value is not None:
                found[name] = value
        return found

    def mask_of(self, name: str, values: frozenset[FactValue]) -> int:
        """Return the options whose fact is known and among the values."""
        known = self._masks.get((name, values))
        if known is None:
            known = sum(group.mask for group in self._static((name,)) if group.values[0] in values)
            self._masks[name, values] = known
        return known

    def distinct(self, name: str, mask: int) -> tuple[FactValue | None, ...]:
        """Return the values of a fact among the options of a mask, unknown as None, in a stable order."""
        if name not in self._sorted:
            groups = [(group.values[0], group.mask) for group in self._static((name,))]
            self._sorted[name] = tuple(sorted(groups, key=lambda group: (group[0] is None, str(group[0]))))
        return tuple([value for value, group in self._sorted[name] if group & mask])

    def _static(self, names: tuple[str, ...], *, cascades_cost: bool = False) -> tuple[StaticGroup, ...]:
        known = self._found_groups.get((names, cascades_cost))
        if known is None:
            # NOTE: groups hold no estimates, so those that depend on the same things share their groups.
            shared = tuple([_SHARED.get(name, name) for name in names])
            known = self._found_groups[names, cascades_cost] = self._find_static(shared, cascades_cost=cascades_cost)
        return known

    def _find_static(self, names: tuple[str, ...], *, cascades_cost: bool) -> tuple[StaticGroup, ...]:
        cost = not COST_FACTS_SET.isdisjoint(names)
        kept = (names, cost and cascades_cost)
        if kept not in self._static_groups and (groups := self._kept_groups(kept)) is not None:
            self._static_groups[kept] = pickle.loads(groups)
        if kept not in self._static_groups:
            latency = LATENCY_FACTS_SET.intersection(names)
            all_speeds = () if not latency else self._alone if latency.issubset(ALONE_FACTS) else self._speeds
            costs = self._costs if cost else ()
            if costs and not cascades_cost:
                costs = tuple([UNKNOWN_COST if basis.cascade else basis for basis in costs])
            self._static_groups[kept] = self._grouped(names, all_speeds, costs)
        return self._static_groups[kept]

    def _grouped(self, names: tuple[str, ...], speeds: Sequence[Speeds],
                 costs: Sequence[CostBasis]) -> tuple[StaticGroup, ...]:  # fmt: skip
        none = (0,) * self.count
        places = zip(first_places(speeds) or none, first_places(costs) or none, strict=True)
        values_of = zip(*map(self._column, names), strict=True) if names else iter([()] * self.count)
        found: dict[tuple[Values, tuple[int, int]], list[int]] = defaultdict(list)
        for number, key in enumerate(zip(values_of, places, strict=True)):
            found[key].append(number)
        return tuple(
            StaticGroup(
                values, mask(numbers), speeds[numbers[0]] if speeds else None, costs[numbers[0]] if costs else None
            )
            for (values, _), numbers in found.items()
        )

    def _column(self, name: str) -> list[FactValue | None]:
        """Return a fact of every option."""
        known = self._columns.get(name)
        return known or self._columns.setdefault(name, [self._facts(n).get(name) for n in range(self.count)])

    def _facts(self, number: int) -> dict[str, FactValue]:
        facts = self._attributes.get(number)
        if facts is None:
            facts = option_attributes(self.options[number], self.catalog, self.organization)
            facts.update(self._overrides)
            self._attributes[number] = facts
        return facts

    def estimator(self, workload: Workload) -> Estimator:
        estimator = self._estimators.get(workload)
        if estimator is None:
            if len(self._estimators) >= _MAX_ESTIMATORS:
                del self._estimators[next(iter(self._estimators))]
            estimator = self._estimators[workload] = Estimator(workload, self.estimate_settings)
        return estimator

    @cached_property
    def assumptions(self) -> CostAssumptions:
        """Return the constants that estimates rest on."""
        return cost_assumptions(self.catalog)

    @cached_property
    def estimate_settings(self) -> EstimateSettings:
        """Return what estimates rest on besides the workload."""
        return EstimateSettings(
            self.assumptions, self.catalog.assumptions, self.catalog.people, self.organization.confidence
        )

    def cost_basis(self, number: int) -> CostBasis:
        """Return what the cost of one option depends on."""
        return self._costs[number]

    @cached_property
    def _bases(self) -> BasisReader:
        return BasisReader(self.catalog, self.assumptions)

    @cached_property
    def _speeds(self) -> tuple[Speeds, ...]:
        return tuple(map(self._bases.speeds, self.options))

    @cached_property
    def _alone(self) -> tuple[Speeds, ...]:
        # NOTE: what answers first is one object for all options that share it.
        shared: Shared[Speeds] = Shared()
        return tuple([shared.of(each.alone, (each.main,), each.retrieves) for each in self._speeds])

    @cached_property
    def _costs(self) -> tuple[CostBasis, ...]:
        return tuple(map(self._bases.cost_basis, self.options))
