"""Options by number: a set of options is a bit mask, and options that do not differ in what a rule reads are one group."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count

from aipolicy.catalog.catalog import Catalog
from aipolicy.facts.spec import FactValue
from aipolicy.options.attributes import Organization, option_attributes
from aipolicy.options.estimates import CostBasis, Speed, Workload, cost_basis, cost_of, estimate_latency, speed_of
from aipolicy.options.option import Leg, Option

Values = tuple[FactValue | None, ...]
Group = tuple[Values, int]
"""The values of the facts asked for (None is unknown), and the mask of the options that have them."""

_IDS = count()

LATENCY_FACTS = ("option.latency_floor_ms", "option.latency_p50_ms", "option.latency_p95_ms")
COST_FACTS = ("option.monthly_usd", "option.fixed_monthly_usd")
LATENCY_FACTS_SET = frozenset(LATENCY_FACTS)
COST_FACTS_SET = frozenset(COST_FACTS)


Speeds = tuple[Speed | None, Speed | None, bool]
"""Speed of the main leg, of the far side of a cascade, and whether it is a cascade."""


@dataclass(frozen=True, slots=True)
class StaticGroup:
    """Options with equal values that share everything an estimate depends on."""

    values: Values
    mask: int
    speeds: Speeds | None
    cost: CostBasis | None


StaticGroups = dict[tuple[str, ...], tuple[StaticGroup, ...]]


class Universe:
    """A numbered tuple of options with their facts; estimates are made when a condition or an output asks."""

    def __init__(self, make_options: Callable[[], Sequence[Option]], catalog: Catalog, organization: Organization, *,
                 overrides: Mapping[str, FactValue] | None = None, count: int | None = None,
                 groups: StaticGroups | None = None) -> None:  # fmt: skip
        self.id = next(_IDS)
        """Distinguishes universes in what a judge remembers."""
        self._make_options = make_options
        self._catalog = catalog
        self._organization = organization
        self._overrides = dict(overrides or {})
        self._attributes: dict[int, dict[str, FactValue]] = {}
        self.static_groups: StaticGroups = groups if groups is not None else {}
        """Groups found so far; they depend on the catalog and the organisation alone and may be kept between runs."""
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
        names = (*LATENCY_FACTS, *COST_FACTS)
        estimates = _estimate(names, workload, self._speeds[number], self._costs[number])
        for name, value in zip(names, estimates, strict=True):
            if value is not None:
                facts[name] = value
        return facts

    def value(self, number: int, name: str) -> FactValue | None:
        """Return a fact of one option that is no estimate, or None when it is unknown."""
        return self._facts(number).get(name)

    def groups(self, names: tuple[str, ...], workload: Workload) -> tuple[Group, ...]:
        """Return the groups of options that differ in the named facts."""
        static = self._static(names)
        if not any(name in LATENCY_FACTS or name in COST_FACTS for name in names):
            return tuple((group.values, group.mask) for group in static)
        key = (names, workload)
        if key not in self._estimated_groups:
            merged: dict[Values, int] = {}
            for group in static:
                estimates = _estimate(names, workload, group.speeds, group.cost)
                values = tuple(
                    estimate if name in LATENCY_FACTS or name in COST_FACTS else value
                    for name, value, estimate in zip(names, group.values, estimates, strict=True)
                )
                merged[values] = merged.get(values, 0) | group.mask
            self._estimated_groups[key] = tuple(merged.items())
        return self._estimated_groups[key]

    def mask_of(self, name: str, values: frozenset[FactValue]) -> int:
        """Return the options whose fact is known and among the values."""
        return sum(group.mask for group in self._static((name,)) if group.values[0] in values)

    def distinct(self, name: str, mask: int) -> tuple[FactValue | None, ...]:
        """Return the values of a fact among the options of a mask, unknown as None, in a stable order."""
        found = {group.values[0] for group in self._static((name,)) if group.mask & mask}
        return tuple(sorted(found, key=lambda value: (value is None, str(value))))

    def _static(self, names: tuple[str, ...]) -> tuple[StaticGroup, ...]:
        if names not in self.static_groups:
            latency = not LATENCY_FACTS_SET.isdisjoint(names)
            cost = not COST_FACTS_SET.isdisjoint(names)
            numbers: dict[tuple[Values, Speeds | None, CostBasis | None], list[int]] = {}
            for number in range(self.count):
                facts = self._facts(number)
                key = (
                    tuple([facts.get(name) for name in names]),
                    self._speeds[number] if latency else None,
                    self._costs[number] if cost else None,
                )
                numbers.setdefault(key, []).append(number)
            self.static_groups[names] = tuple(
                StaticGroup(values, _mask(found), speeds, basis) for (values, speeds, basis), found in numbers.items()
            )
        return self.static_groups[names]

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

        return tuple(
            (speed(option.leg), speed(option.other) if option.routing == "cascade" else None, option.routing == "cascade")
            for option in self.options
        )

    @cached_property
    def _costs(self) -> tuple[CostBasis, ...]:
        cache: dict[object, CostBasis] = {}
        bases = []
        for option in self.options:
            leg, far = option.leg, option.other if option.routing == "cascade" else None
            key = (option.adaptation, leg.hosting, leg.provider, leg.region, leg.model.id, leg.accelerator, far and far.name)
            if key not in cache:
                cache[key] = cost_basis(option, self._catalog)
            bases.append(cache[key])
        return tuple(bases)


def _estimate(names: tuple[str, ...], workload: Workload, speeds: Speeds | None, cost: CostBasis | None) -> Values:
    values: dict[str, float | None] = {}
    if speeds is not None and not LATENCY_FACTS_SET.isdisjoint(names):
        speed, far, cascade = speeds
        latency = estimate_latency(
            speed, far, cascade=cascade, output_tokens=workload.output_tokens, calls=workload.chained_calls
        )
        values.update(zip(LATENCY_FACTS, (latency.floor_ms, latency.p50_ms, latency.p95_ms), strict=True))
    if cost is not None and not COST_FACTS_SET.isdisjoint(names):
        estimate = cost_of(cost, workload)
        values.update(zip(COST_FACTS, (estimate.monthly_usd, estimate.fixed_monthly_usd), strict=True))
    return tuple([values.get(name) for name in names])


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
