"""Sets of options made from another one: fewer of its options, or the same options some days later."""

from __future__ import annotations

from functools import cached_property

from aipolicy.catalog.catalog import Catalog
from aipolicy.evaluation.option_groups import Group, Split, StaticGroup
from aipolicy.evaluation.option_set import EVERYTHING, OptionSet
from aipolicy.evaluation.paired_legs import PairedLegs
from aipolicy.evaluation.paired_set import PairedSet
from aipolicy.facts.spec import FactValue
from aipolicy.options.attributes import AGEING
from aipolicy.options.cost_inputs import CostInputs, Speeds
from aipolicy.options.estimates import Estimator
from aipolicy.options.workload import Workload

_AGEING = frozenset(AGEING)


class _MadeFrom(OptionSet):
    """What a set has in common with the one that it is made from: options by number, their cost inputs, estimates."""

    def __init__(self, base: OptionSet, catalog: Catalog, full: int) -> None:
        super().__init__(lambda: base.options, catalog, base.organization, count=base.count)
        self._base = base
        self.full = full

    def estimator(self, workload: Workload) -> Estimator:
        return self._base.estimator(workload)

    @cached_property
    def _speeds(self) -> tuple[Speeds, ...]:
        return self._base._speeds

    @cached_property
    def _costs(self) -> tuple[CostInputs, ...]:
        return self._base._costs

    def _facts(self, number: int) -> dict[str, FactValue]:
        return self._base._facts(number)


class PartOfOptionSet(_MadeFrom):
    """Some options of a set, under the numbers that they have there."""

    def __init__(self, base: OptionSet, full: int) -> None:
        super().__init__(base, base.catalog, full)

    def _static(self, names: tuple[str, ...], *, cascades_cost: bool = False) -> tuple[StaticGroup, ...]:
        key = (names, cascades_cost)
        if key not in self._found_groups:
            groups = self._base._static(names, cascades_cost=cascades_cost)
            self._found_groups[key] = tuple(
                StaticGroup(group.values, group.mask & self.full, group.speeds, group.cost)
                for group in groups
                if group.mask & self.full
            )
        return self._found_groups[key]


class OptionSetOnDay(_MadeFrom):
    """A set as of another day on which its options differ in their ages alone."""

    def __init__(self, base: OptionSet, catalog: Catalog) -> None:
        super().__init__(base, catalog, base.full)
        self._days = float((catalog.as_of - base.catalog.as_of).days)

    def id_for(self, names: tuple[str, ...]) -> object:
        return self._base.id_for(names) if _AGEING.isdisjoint(names) else self.id

    def groups(self, names: tuple[str, ...], workload: Workload, within: int = EVERYTHING) -> tuple[Group, ...]:
        if _AGEING.isdisjoint(names):
            return self._base.groups(names, workload, within)
        return super().groups(names, workload, within)

    def split(self, name: str, value: float, workload: Workload, within: int = EVERYTHING) -> Split:
        if name in _AGEING:
            return super().split(name, value, workload, within)
        return self._base.split(name, value, workload, within)

    def mask_of(self, name: str, values: frozenset[FactValue]) -> int:
        return super().mask_of(name, values) if name in _AGEING else self._base.mask_of(name, values)

    def distinct(self, name: str, mask: int) -> tuple[FactValue | None, ...]:
        return super().distinct(name, mask) if name in _AGEING else self._base.distinct(name, mask)

    def _static(self, names: tuple[str, ...], *, cascades_cost: bool = False) -> tuple[StaticGroup, ...]:
        key = (names, cascades_cost)
        if key not in self._found_groups:
            groups = self._base._static(names, cascades_cost=cascades_cost)
            if not _AGEING.isdisjoint(names):
                groups = tuple(
                    StaticGroup(
                        tuple([self._aged(n, v) for n, v in zip(names, group.values, strict=True)]),
                        group.mask, group.speeds, group.cost,
                    )
                    for group in groups
                )  # fmt: skip
            self._found_groups[key] = groups
        return self._found_groups[key]

    def _facts(self, number: int) -> dict[str, FactValue]:
        known = self._attributes.get(number)
        if known is None:
            facts = {name: self._aged(name, value) for name, value in self._base._facts(number).items()}
            known = self._attributes[number] = {name: value for name, value in facts.items() if value is not None}
        return known

    def _aged(self, name: str, value: FactValue | None) -> FactValue | None:
        sign = AGEING.get(name)
        return value if sign is None or not isinstance(value, float) else value + sign * self._days


def only(option_set: OptionSet, number: int) -> OptionSet:
    """Return a set of one option of another set."""
    if not isinstance(option_set, PairedSet):
        return PartOfOptionSet(option_set, 1 << number)
    main = PartOfOptionSet(option_set.mains, 1 << option_set.main_of(number))
    return PairedSet(PairedLegs(main, option_set.table, is_named=True), (option_set.slot_of(number),))


def beside(one: OptionSet, number: int, other: OptionSet, other_number: int) -> OptionSet | None:
    """Return a set of the main legs and the partners of two options, None where they are not put together from the same.

    Of either main leg there is an option with either partner.
    """
    if not (isinstance(one, PairedSet) and isinstance(other, PairedSet)):
        return PartOfOptionSet(one, 1 << number | 1 << other_number) if one is other else None
    if one.mains is not other.mains or one.table is not other.table:
        return None
    mains = PartOfOptionSet(one.mains, 1 << one.main_of(number) | 1 << other.main_of(other_number))
    slots = dict.fromkeys((one.slot_of(number), other.slot_of(other_number)))
    return PairedSet(PairedLegs(mains, one.table, is_named=one.is_named), tuple(slots))


def on_day(option_set: OptionSet, catalog: Catalog) -> OptionSet:
    """Return a set as of another day on which its options differ in their ages alone."""
    if not isinstance(option_set, PairedSet):
        return OptionSetOnDay(option_set, catalog)
    mains, table = (OptionSetOnDay(legs, catalog) for legs in (option_set.mains, option_set.table))
    return PairedSet(PairedLegs(mains, table, is_named=option_set.is_named), option_set.slots)
