"""Options by number: a set of options is a bit mask, and options that do not differ in what a rule reads are one group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count

from aipolicy.catalog.catalog import Catalog
from aipolicy.facts.spec import FactValue
from aipolicy.options.attributes import Organization, option_attributes
from aipolicy.options.estimates import Speed, Workload, estimate_cost, estimate_latency, speed_of
from aipolicy.options.option import Option

Values = tuple[FactValue | None, ...]
Group = tuple[Values, int]
"""The values of the facts asked for (None is unknown), and the mask of the options that have them."""

_IDS = count()

LATENCY_FACTS = ("option.latency_floor_ms", "option.latency_p50_ms", "option.latency_p95_ms")
COST_FACTS = ("option.monthly_usd", "option.fixed_monthly_usd")


@dataclass(frozen=True, slots=True)
class _StaticGroup:
    """Options with equal static values that share everything an estimate depends on."""

    values: Values
    representative: int
    mask: int


class Universe:
    """A numbered tuple of options with their facts; estimates are made when a condition or an output asks."""

    def __init__(self, options: Sequence[Option], catalog: Catalog, organization: Organization,
                 overrides: Mapping[str, FactValue] | None = None) -> None:  # fmt: skip
        self.id = next(_IDS)
        """Distinguishes universes in what a judge remembers."""
        self.options = tuple(options)
        self.full = (1 << len(self.options)) - 1
        self._catalog = catalog
        self._organization = organization
        self._overrides = dict(overrides or {})
        self._static_groups: dict[tuple[str, ...], tuple[_StaticGroup, ...]] = {}
        self._estimated_groups: dict[tuple[tuple[str, ...], Workload], tuple[Group, ...]] = {}

    def facts_of(self, number: int, workload: Workload) -> dict[str, FactValue]:
        """Return every known fact of one option, estimates included."""
        facts = dict(self._attributes[number])
        names = (*LATENCY_FACTS, *COST_FACTS)
        for name, value in zip(names, self._estimate(number, names, workload), strict=True):
            if value is not None:
                facts[name] = value
        return facts

    def value(self, number: int, name: str) -> FactValue | None:
        """Return a fact of one option that is no estimate, or None when it is unknown."""
        return self._attributes[number].get(name)

    def groups(self, names: tuple[str, ...], workload: Workload) -> tuple[Group, ...]:
        """Return the groups of options that differ in the named facts."""
        static = self._static(names)
        if not any(name in LATENCY_FACTS or name in COST_FACTS for name in names):
            return tuple((group.values, group.mask) for group in static)
        key = (names, workload)
        if key not in self._estimated_groups:
            merged: dict[Values, int] = {}
            for group in static:
                estimates = self._estimate(group.representative, names, workload)
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

    def _static(self, names: tuple[str, ...]) -> tuple[_StaticGroup, ...]:
        if names not in self._static_groups:
            latency = any(name in LATENCY_FACTS for name in names)
            cost = any(name in COST_FACTS for name in names)
            numbers: dict[object, list[int]] = {}
            for number, attributes in enumerate(self._attributes):
                values = tuple(attributes.get(name) for name in names)
                key = (
                    values,
                    self._latency_key(number) if latency else None,
                    self._cost_key(number) if cost else None,
                )
                numbers.setdefault(key, []).append(number)
            self._static_groups[names] = tuple(
                _StaticGroup(tuple(self._attributes[found[0]].get(name) for name in names), found[0], _mask(found))
                for found in numbers.values()
            )
        return self._static_groups[names]

    @cached_property
    def _attributes(self) -> tuple[dict[str, FactValue], ...]:
        return tuple(
            {**option_attributes(option, self._catalog, self._organization), **self._overrides}
            for option in self.options
        )

    @cached_property
    def _speeds(self) -> tuple[tuple[Speed | None, Speed | None, bool], ...]:
        cache: dict[object, Speed | None] = {}
        speeds = []
        for option in self.options:
            pair = []
            for leg in (option.leg, option.other):
                key = leg and (leg.hosting, leg.boundary, leg.model.id, leg.accelerator)
                if key not in cache:
                    cache[key] = None if leg is None else speed_of(leg, self._catalog)
                pair.append(cache[key])
            cascade = option.routing == "cascade"
            speeds.append((pair[0], pair[1] if cascade else None, cascade))
        return tuple(speeds)

    def _latency_key(self, number: int) -> object:
        return self._speeds[number]

    def _cost_key(self, number: int) -> object:
        option = self.options[number]
        leg = option.leg
        return (option.adaptation, leg.hosting, leg.provider, leg.region, leg.model.id, leg.accelerator)

    def _estimate(self, number: int, names: tuple[str, ...], workload: Workload) -> Values:
        values: dict[str, float | None] = {}
        if any(name in LATENCY_FACTS for name in names):
            speed, far, cascade = self._speeds[number]
            latency = estimate_latency(
                speed, far, cascade=cascade, output_tokens=workload.output_tokens, calls=workload.chained_calls
            )
            values.update(zip(LATENCY_FACTS, (latency.floor_ms, latency.p50_ms, latency.p95_ms), strict=True))
        if any(name in COST_FACTS for name in names):
            cost = estimate_cost(self.options[number], workload, self._catalog)
            values.update(zip(COST_FACTS, (cost.monthly_usd, cost.fixed_monthly_usd), strict=True))
        return tuple(values.get(name) for name in names)


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
