"""Options by number: a set of options is a bit mask, and options that do not differ in what a rule reads are one group."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count

from aipolicy.catalog.catalog import Catalog
from aipolicy.facts.spec import FactValue
from aipolicy.options.attributes import Organization, option_attributes
from aipolicy.options.estimates import (
    UNKNOWN_COST,
    CostBasis,
    CostEstimate,
    LatencyEstimate,
    LegBasis,
    LegCost,
    Speed,
    Workload,
    cost_basis,
    estimate_latency,
    leg_cost,
    speed_of,
    total_cost,
)
from aipolicy.options.option import Leg, Option

Values = tuple[FactValue | None, ...]
Group = tuple[Values, int]
"""The values of the facts asked for (None is unknown), and the mask of the options that have them."""

_IDS = count()

LATENCY_FACTS = ("option.latency_floor_ms", "option.latency_p50_ms", "option.latency_p95_ms")
COST_FACTS = ("option.monthly_usd", "option.fixed_monthly_usd")
LATENCY_FACTS_SET = frozenset(LATENCY_FACTS)
COST_FACTS_SET = frozenset(COST_FACTS)
ESTIMATED_FACTS = LATENCY_FACTS_SET | COST_FACTS_SET


Speeds = tuple[Speed | None, Speed | None, bool]
"""Speed of the main leg, of the far side of a cascade, and whether it is a cascade."""


@dataclass(frozen=True, slots=True)
class StaticGroup:
    """Options with equal values that share everything an estimate depends on."""

    values: Values
    mask: int
    speeds: Speeds | None
    cost: CostBasis | None


GroupKey = tuple[tuple[str, ...], bool]
"""The facts asked for, and whether the costs of cascades are told apart."""


class Universe:
    """A numbered tuple of options with their facts; estimates are made when a condition or an output asks."""

    def __init__(self, make_options: Callable[[], Sequence[Option]], catalog: Catalog, organization: Organization, *,
                 overrides: Mapping[str, FactValue] | None = None, count: int | None = None,
                 groups: Mapping[GroupKey, bytes] | None = None) -> None:  # fmt: skip
        self.id = next(_IDS)
        """Distinguishes universes in what a judge remembers."""
        self._make_options = make_options
        self._catalog = catalog
        self._organization = organization
        self._overrides = dict(overrides or {})
        self._attributes: dict[int, dict[str, FactValue]] = {}
        self._kept_groups = groups or {}
        self._static_groups: dict[GroupKey, tuple[StaticGroup, ...]] = {}
        self._plain_groups: dict[tuple[str, ...], tuple[Group, ...]] = {}
        self._estimated_groups: dict[tuple[tuple[str, ...], Workload], tuple[Group, ...]] = {}
        self.count = count if count is not None else len(self.options)
        self.full = (1 << self.count) - 1

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """Return the options by number."""
        return tuple(self._make_options())

    def facts_of(self, number: int, workload: Workload) -> dict[str, FactValue]:
        """Return every known fact of one option, estimates included."""
        facts = dict(self._facts(number))
        estimator = _Estimator(workload)
        for name in (*LATENCY_FACTS, *COST_FACTS):
            value = estimator.estimate(name, self._speeds[number], self._costs[number])
            if value is not None:
                facts[name] = value
        return facts

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
        key = (names, workload)
        if key not in self._estimated_groups:
            merged: dict[Values, int] = {}
            estimator = _Estimator(workload)
            for group in static:
                values = list(group.values)
                for index in estimated:
                    values[index] = estimator.estimate(names[index], group.speeds, group.cost)
                group_values = tuple(values)
                merged[group_values] = merged.get(group_values, 0) | group.mask
            self._estimated_groups[key] = tuple(merged.items())
        return self._estimated_groups[key]

    def keep_groups(self, names: tuple[str, ...]) -> None:
        """Find the groups for some facts now, whatever the workload will be."""
        for cascades_cost in {False, not COST_FACTS_SET.isdisjoint(names)}:
            self._static(names, cascades_cost=cascades_cost)

    def kept_groups(self) -> dict[GroupKey, bytes]:
        """Return the groups found so far; they depend on the catalog and the organisation alone, and may be kept."""
        return {key: pickle.dumps(groups, protocol=5) for key, groups in self._static_groups.items()}

    def values_of(self, number: int, names: tuple[str, ...], workload: Workload) -> dict[str, FactValue]:
        """Return the named facts of one option as far as they are known; cheap for names that a rule line reads."""
        for values, mask in self.groups(names, workload):
            if mask >> number & 1:
                return {name: value for name, value in zip(names, values, strict=True) if value is not None}
        return {}

    def mask_of(self, name: str, values: frozenset[FactValue]) -> int:
        """Return the options whose fact is known and among the values."""
        return sum(group.mask for group in self._static((name,)) if group.values[0] in values)

    def distinct(self, name: str, mask: int) -> tuple[FactValue | None, ...]:
        """Return the values of a fact among the options of a mask, unknown as None, in a stable order."""
        found = {group.values[0] for group in self._static((name,)) if group.mask & mask}
        return tuple(sorted(found, key=lambda value: (value is None, str(value))))

    def _static(self, names: tuple[str, ...], *, cascades_cost: bool = False) -> tuple[StaticGroup, ...]:
        latency = not LATENCY_FACTS_SET.isdisjoint(names)
        cost = not COST_FACTS_SET.isdisjoint(names)
        kept = (names, cost and cascades_cost)
        if kept in self._kept_groups and kept not in self._static_groups:
            self._static_groups[kept] = pickle.loads(self._kept_groups[kept])
        if kept not in self._static_groups:
            numbers: dict[tuple[Values, Speeds | None, CostBasis | None], list[int]] = {}
            for number in range(self.count):
                facts = self._facts(number)
                basis = self._costs[number] if cost else None
                if basis is not None and basis.cascade and not cascades_cost:
                    basis = UNKNOWN_COST
                speeds = self._speeds[number] if latency else None
                key = (tuple([facts.get(name) for name in names]), speeds, basis)
                numbers.setdefault(key, []).append(number)
            self._static_groups[kept] = tuple(
                StaticGroup(values, _mask(found), speeds, basis) for (values, speeds, basis), found in numbers.items()
            )
        return self._static_groups[kept]

    def _facts(self, number: int) -> dict[str, FactValue]:
        facts = self._attributes.get(number)
        if facts is None:
            facts = option_attributes(self.options[number], self._catalog, self._organization)
            facts.update(self._overrides)
            self._attributes[number] = facts
        return facts

    @cached_property
    def _speeds(self) -> tuple[Speeds, ...]:
        cache: dict[object, Speed | None] = {}

        def speed(leg: Leg | None) -> Speed | None:
            if leg is None:
                return None
            key = (leg.hosting, leg.boundary, leg.model.id, leg.accelerator)
            if key not in cache:
                cache[key] = speed_of(leg, self._catalog)
            return cache[key]

        interned: dict[Speeds, Speeds] = {}
        found = []
        for option in self.options:
            cascade = option.routing == "cascade"
            speeds = (speed(option.leg), speed(option.other) if cascade else None, cascade)
            found.append(interned.setdefault(speeds, speeds))
        return tuple(found)

    @cached_property
    def _costs(self) -> tuple[CostBasis, ...]:
        cache: dict[object, CostBasis] = {}
        interned: dict[LegBasis, LegBasis] = {}
        bases = []
        for option in self.options:
            leg, far = option.leg, option.other if option.routing == "cascade" else None
            key = (
                option.adaptation,
                leg.hosting,
                leg.provider,
                leg.region,
                leg.model.id,
                leg.accelerator,
                far and far.name,
            )
            if key not in cache:
                basis = cost_basis(option, self._catalog)
                main, far_leg = (leg and interned.setdefault(leg, leg) for leg in (basis.main, basis.far))
                cache[key] = CostBasis(basis.people_usd, main, far_leg, basis.cascade)
            bases.append(cache[key])
        return tuple(bases)


class _Estimator:
    """Estimates under one workload; what many options share is estimated once, compared by identity."""

    def __init__(self, workload: Workload) -> None:
        self._workload = workload
        self._latencies: dict[int, LatencyEstimate] = {}
        self._main: dict[int, LegCost | None] = {}
        self._far: dict[int, LegCost | None] = {}

    def estimate(self, name: str, speeds: Speeds | None, cost: CostBasis | None) -> float | None:
        """Return the value of an estimated fact."""
        if name in COST_FACTS_SET:
            if cost is None:
                return None
            total = self._cost(cost)
            return total.monthly_usd if name == COST_FACTS[0] else total.fixed_monthly_usd
        if speeds is None:
            return None
        latency = self._latency(speeds)
        if name == LATENCY_FACTS[0]:
            return latency.floor_ms
        return latency.p50_ms if name == LATENCY_FACTS[1] else latency.p95_ms

    def _latency(self, speeds: Speeds) -> LatencyEstimate:
        known = self._latencies.get(id(speeds))
        if known is None:
            speed, far, cascade = speeds
            known = self._latencies[id(speeds)] = estimate_latency(
                speed,
                far,
                cascade=cascade,
                output_tokens=self._workload.output_tokens,
                calls=self._workload.chained_calls,
            )
        return known

    def _cost(self, basis: CostBasis) -> CostEstimate:
        main, far = basis.main, basis.far
        if id(main) not in self._main:
            self._main[id(main)] = leg_cost(main, self._workload, share=1.0)
        if basis.cascade and id(far) not in self._far:
            self._far[id(far)] = leg_cost(far, self._workload, share=self._workload.hard_case_share)
        far_cost = self._far[id(far)] if basis.cascade else None
        return total_cost(basis.people_usd, self._main[id(main)], far_cost, cascade=basis.cascade)


def numbers_in(mask: int) -> Iterator[int]:
    """Yield the numbers of the options in a mask, smallest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def first_in(mask: int) -> int:
    """Return the smallest option number in a mask that is not empty."""
    return (mask & -mask).bit_length() - 1


def _mask(numbers: Sequence[int]) -> int:
    mask = 0
    for number in numbers:
        mask |= 1 << number
    return mask
