"""Options by number, and those that do not differ in what is asked for as groups with their masks."""

from __future__ import annotations

import pickle
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from aipolicy.catalog.catalog import Catalog
from aipolicy.evaluation.option_masks import mask
from aipolicy.facts.all_facts import of_leg
from aipolicy.facts.spec import FactValue
from aipolicy.options.attributes import Organization, option_attributes
from aipolicy.options.cost_assumptions import CostAssumptions, cost_assumptions
from aipolicy.options.cost_inputs import CostInputs, Speeds
from aipolicy.options.estimates import (
    AT_LEAST,
    COST_FACTS,
    COST_FACTS_SET,
    ESTIMATED_FACTS,
    LATENCY_FACTS,
    LATENCY_FACTS_SET,
    PARTNER_LATENCIES,
    UNKNOWN_COST,
    Estimator,
)
from aipolicy.options.memo import first_places
from aipolicy.options.option import Option
from aipolicy.value import Frozen, NamedTuple

if TYPE_CHECKING:
    from aipolicy.options.cost_inputs_reader import CostInputsReader

Values = tuple[FactValue | None, ...]

Group = tuple[Values, int]
"""The values of the facts asked for (None is unknown), and the mask of the options that have them."""


class StaticGroup(Frozen):
    """Options with equal values that share everything an estimate depends on."""

    values: Values
    mask: int
    speeds: Speeds | None
    cost: CostInputs | None
    partner: Speeds | None = None
    """What the latency of the partner depends on, as if it were the main leg."""


class PricedGroup(NamedTuple):
    """Options with equal values, and their parts by what their cost depends on."""

    values: Values
    mask: int
    parts: tuple[tuple[CostInputs, int], ...]


GroupKey = tuple[tuple[str, ...], bool]
"""The facts asked for, and whether the costs of cascades are told apart."""


class Split(NamedTuple):
    """Options by a number: below a value, equal to it, above it, and unknown, as masks that do not overlap."""

    below: int
    equal: int
    above: int
    unknown: int


def estimated(name: str, estimator: Estimator, speeds: Speeds | None, cost: CostInputs | None,
              partner: Speeds | None) -> FactValue | None:  # fmt: skip
    """Return the value of an estimated fact, of the option or of its partner, None when it is unknown."""
    if name in PARTNER_LATENCIES:
        return estimator.value(of_leg(name), partner, None)
    return estimator.value(name, speeds, cost)


class OptionFacts(Mapping[str, FactValue]):
    """The known facts of one option, estimates on demand: some take long, and nobody reads them all."""

    def __init__(self, known: Mapping[str, FactValue], estimator: Estimator, speeds: Speeds, cost: CostInputs,
                 partner: Speeds | None = None) -> None:  # fmt: skip
        self._known = known
        self._estimator = estimator
        self._speeds = speeds
        self._cost = cost
        self._partner = partner

    def __getitem__(self, name: str) -> FactValue:
        if name.endswith(AT_LEAST):
            least = self._estimator.at_least(name.removesuffix(AT_LEAST), self._cost)
            if least is None:
                raise KeyError(name)
            return least
        value = self._known.get(name)
        if value is None and name in ESTIMATED_FACTS:
            value = estimated(name, self._estimator, self._speeds, self._cost, self._partner)
        if value is None:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return (name for name in (*self._known, *sorted(ESTIMATED_FACTS - self._known.keys())) if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class NumberLine:
    """Masks of options with their number, None where it is unknown, and what it is then at least."""

    def __init__(self, numbers: Sequence[float | None], masks: Sequence[int], at_least: Sequence[float] = ()) -> None:
        self._known: list[tuple[float, int]] = []
        self._at_least: list[tuple[float, int]] = []
        self._unknown = 0
        for place, (number, options) in enumerate(zip(numbers, masks, strict=True)):
            if number is not None:
                self._known.append((number, options))
                continue
            self._unknown |= options
            # NOTE: at least 0 says nothing.
            if at_least and at_least[place]:
                self._at_least.append((at_least[place], options))

    def split(self, value: float) -> Split:
        """Return the options by how their number compares with a value; one that is at least more is above it."""
        below = equal = above = least_above = 0
        for number, options in self._known:
            if number < value:
                below |= options
            elif number > value:
                above |= options
            else:
                equal |= options
        for least, options in self._at_least:
            if least > value:
                least_above |= options
        return Split(below, equal, above | least_above, self._unknown & ~least_above)


_SHARED = {name: LATENCY_FACTS[0] for name in LATENCY_FACTS_SET} | {name: COST_FACTS[0] for name in COST_FACTS_SET}
"""Estimates that depend on the same things, by the one under which their groups are kept."""


def none_kept(_: GroupKey) -> None:
    """Return that no groups were kept."""


class GroupedOptions:
    """A numbered tuple of options with their facts, but for estimates; a set of options is a bit mask."""

    def __init__(self, make_options: Callable[[], Sequence[Option]], catalog: Catalog, organization: Organization, *,
                 overrides: Mapping[str, FactValue] | None = None, count: int | None = None,
                 kept_groups: Callable[[GroupKey], bytes | None] = none_kept) -> None:  # fmt: skip
        self._make_options = make_options
        self.catalog = catalog
        self.organization = organization
        self._overrides = dict(overrides or {})
        self._attributes: dict[int, dict[str, FactValue]] = {}
        self._columns: dict[str, list[FactValue | None]] = {}
        self._kept_groups = kept_groups
        self._static_groups: dict[GroupKey, tuple[StaticGroup, ...]] = {}
        self._found_groups: dict[GroupKey, tuple[StaticGroup, ...]] = {}
        self._masks: dict[tuple[str, frozenset[FactValue]], int] = {}
        self._sorted: dict[str, tuple[tuple[FactValue | None, int], ...]] = {}
        self.count = count if count is not None else len(self.options)
        self.full = (1 << self.count) - 1

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """Return the options by number."""
        return tuple(self._make_options())

    def value(self, number: int, name: str) -> FactValue | None:
        """Return a fact of one option that is no estimate, or None when it is unknown."""
        return self._facts(number).get(name)

    def keep_groups(self, names: tuple[str, ...]) -> None:
        """Find the groups for some facts now, whatever the workload will be."""
        for cascades_cost in {False, not COST_FACTS_SET.isdisjoint(names)}:
            self._static(names, cascades_cost=cascades_cost)

    def kept_groups(self) -> dict[GroupKey, bytes]:
        """Return the groups found so far; they depend on the catalog and the organisation alone, and may be kept."""
        return {key: pickle.dumps(groups, protocol=5) for key, groups in self._static_groups.items()}

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
            known = self._find_static(shared, cascades_cost=False)
            # NOTE: of legs alone no cost hangs on a share of hard cases, and what is one object stays one.
            if cascades_cost and any(group.cost is not None and group.cost.cascade for group in known):
                known = self._find_static(shared, cascades_cost=True)
            self._found_groups[names, cascades_cost] = known
        return known

    def _find_static(self, names: tuple[str, ...], *, cascades_cost: bool) -> tuple[StaticGroup, ...]:
        cost = not COST_FACTS_SET.isdisjoint(names)
        key = (names, cost and cascades_cost)
        if key not in self._static_groups and (groups := self._kept_groups(key)) is not None:
            self._static_groups[key] = pickle.loads(groups)
        if key not in self._static_groups:
            all_speeds = () if LATENCY_FACTS_SET.isdisjoint(names) else self._speeds
            costs = self._costs if cost else ()
            if costs and not cascades_cost:
                costs = tuple([UNKNOWN_COST if inputs.cascade else inputs for inputs in costs])
            self._static_groups[key] = self._grouped(names, all_speeds, costs)
        return self._static_groups[key]

    def _grouped(self, names: tuple[str, ...], speeds: Sequence[Speeds],
                 costs: Sequence[CostInputs]) -> tuple[StaticGroup, ...]:  # fmt: skip
        none = (0,) * self.count
        places = zip(first_places(speeds) or none, first_places(costs) or none, strict=True)
        values_of = zip(*map(self._column, names), strict=True) if names else iter([()] * self.count)
        numbers_of: dict[tuple[Values, tuple[int, int]], list[int]] = defaultdict(list)
        for number, key in enumerate(zip(values_of, places, strict=True)):
            numbers_of[key].append(number)
        return tuple(
            StaticGroup(
                values, mask(numbers), speeds[numbers[0]] if speeds else None, costs[numbers[0]] if costs else None
            )
            for (values, _), numbers in numbers_of.items()
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

    @cached_property
    def assumptions(self) -> CostAssumptions:
        """Return the constants that estimates rest on."""
        return cost_assumptions(self.catalog)

    @cached_property
    def _reader(self) -> CostInputsReader:
        from aipolicy.options.cost_inputs_reader import (
            CostInputsReader,
        )  # NOTE: a clean run takes groups from earlier ones.

        return CostInputsReader(self.catalog, self.assumptions)

    @cached_property
    def _speeds(self) -> tuple[Speeds, ...]:
        return tuple(map(self._reader.speeds, self.options))

    @cached_property
    def _costs(self) -> tuple[CostInputs, ...]:
        return tuple(map(self._reader.cost_inputs, self.options))
