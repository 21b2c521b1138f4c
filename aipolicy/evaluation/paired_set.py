"""Options put together from legs: numbered main legs once for each partner, so that no pair is ever listed.

A partner stands in a slot. The number of an option is that of its main leg, and of its slot, so that a mask over options is
a row of masks over main legs, and what main legs have by themselves is found for them alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from aipolicy.evaluation.axes import AXES_OF_WHOLE
from aipolicy.evaluation.option_groups import Group, OptionFacts, Split, Values
from aipolicy.evaluation.option_masks import numbers_in, union
from aipolicy.evaluation.option_set import EVERYTHING, OptionSet
from aipolicy.evaluation.paired_legs import PairedLegs
from aipolicy.evaluation.slot_view import SlotView, leg_reads
from aipolicy.evaluation.slots import NO_PARTNER, Slot, SlotCost
from aipolicy.facts.all_facts import is_of_leg
from aipolicy.facts.spec import FactValue
from aipolicy.options.cost_inputs import CostInputs, Speeds
from aipolicy.options.estimates import AT_LEAST, ESTIMATED_FACTS, Estimator
from aipolicy.options.option import Option, fallback_word, pair_of
from aipolicy.options.workload import NO_WORKLOAD, Workload

_TRUE = frozenset({True})


class PairedSet(OptionSet):
    """Main legs, each with every partner that it may have."""

    def __init__(self, legs: PairedLegs, slots: tuple[Slot, ...]) -> None:
        mains = legs.mains
        self._width = -(-mains.count // 8)
        super().__init__(lambda: (), mains.catalog, mains.organization, count=8 * self._width * len(slots))
        self._legs = legs
        self.slots = slots
        self._spread: dict[int, int] = {}
        self._having: dict[int, int] = {}
        self._alike: dict[tuple[tuple[str, ...], bool], tuple[tuple[SlotView, list[int]], ...]] = {}
        self._places: dict[tuple[tuple[str, ...], bool], Sequence[int]] = {}
        self.kept: dict[Any, Any] = {}
        """What becomes of rules is kept here."""
        self._able = [legs.able(slot) for slot in slots]
        self.full = _row(self._able, self._width)

    @property
    def mains(self) -> OptionSet:
        """Return the main legs by themselves, under their numbers."""
        return self._legs.mains

    @property
    def is_named(self) -> bool:
        """Return whether a plan names the partner."""
        return self._legs.is_named

    @property
    def table(self) -> OptionSet:
        """Return the legs that partners are numbered in."""
        return self._legs.table

    @property
    def options(self) -> Sequence[Option]:  # type: ignore[override]
        """Return the options by number, each made when it is asked for."""
        return _Options(self)

    @cached_property
    def partners(self) -> int:
        """Return the legs that are partners, as they are numbered there."""
        return union(1 << slot.partner for slot in self.slots if slot.partner is not None)

    @property
    def alone(self) -> OptionSet:
        """Return the main legs without a partner, with facts of the whole option and none of a partner."""
        return self._legs.view(NO_PARTNER)

    def main_of(self, number: int) -> int:
        return number % (8 * self._width)

    def slot_of(self, number: int) -> Slot:
        """Return the slot of an option."""
        return self.slots[self.slot_number(number)]

    def able(self, slot: int) -> int:
        """Return the main legs that may have the partner of a slot, by its number."""
        return self._able[slot]

    def slot_number(self, number: int) -> int:
        """Return the number of the slot of an option."""
        return number // (8 * self._width)

    def number_of(self, main: int, slot: int) -> int:
        return slot * 8 * self._width + main

    def views(self, names: tuple[str, ...], *,
              cascades_cost: bool = True) -> tuple[tuple[SlotView, list[int]], ...]:  # fmt: skip
        """Return main legs beside one of the partners that do not differ in what some facts depend on, with their slots.

        While nobody knows how many cases are hard, cascades do not differ in what they cost.
        """
        views_key = names, cascades_cost
        if views_key not in self._alike:
            alike: dict[object, list[int]] = {}
            key = self._legs.values.key
            for number, slot in enumerate(self.slots):
                alike.setdefault(key(slot, names, cascades_cost=cascades_cost), []).append(number)
            views = [(self._legs.view(self.slots[numbers[0]]), numbers) for numbers in alike.values()]
            self._alike[views_key] = tuple(views)
        return self._alike[views_key]

    def views_of_slots(self, names: tuple[str, ...], *,
                       cascades_cost: bool) -> tuple[tuple[tuple[SlotView, list[int]], ...], Sequence[int]]:  # fmt: skip
        """Return what `views` does, and for every slot the place of its view there."""
        key = names, cascades_cost
        views = self.views(names, cascades_cost=cascades_cost)
        if key not in self._places:
            places = {slot: place for place, (_, slots) in enumerate(views) for slot in slots}
            self._places[key] = [places[slot] for slot in range(len(self.slots))]
        return views, self._places[key]

    def spread(self, mask: int) -> int:
        """Return the options of all main legs in a mask."""
        if not mask or mask == self.mains.full:
            return self.full if mask else 0
        if mask not in self._spread:
            row = mask.to_bytes(self._width, "little") * len(self.slots)
            self._spread[mask] = int.from_bytes(row, "little") & self.full
        return self._spread[mask]

    def having_partner(self, mask: int) -> int:
        """Return the options whose partner is in a mask over the legs that partners are numbered in."""
        if not mask:
            return 0
        if mask not in self._having:
            some = self.mains.full
            self._having[mask] = self.joined(
                [some if s.partner is not None and mask >> s.partner & 1 else 0 for s in self.slots]
            )
        return self._having[mask]

    def joined(self, parts: Sequence[int]) -> int:
        """Return the options of main legs, given by slot."""
        return _row(parts, self._width) & self.full

    def slices(self, mask: int) -> Iterator[tuple[int, int]]:
        width, row = self._width, mask.to_bytes(self._width * len(self.slots), "little")
        for number in range(len(self.slots)):
            part = int.from_bytes(row[number * width : (number + 1) * width], "little")
            if part:
                yield number, part

    def slot_words(self, slot: int) -> tuple[str, ...]:
        pairing = self.slots[slot]
        return pairing.routing, "none" if pairing.partner is None else fallback_word(str(pairing.hosting))

    def inputs_beside(self, inputs: CostInputs, slot: int) -> CostInputs:
        return self.paired_inputs(inputs, self.slot_cost(slot))

    def nearest_slot(self, main: int, slots: Sequence[int]) -> int:
        (places,) = self.mains.distinct("option.regions", 1 << main)
        return min(sorted(slots), key=lambda slot: not self._legs.values.is_within(self.slots[slot], places))

    def legs_of(self, mask: int) -> int:
        legs, count = mask, len(self.slots)
        while count > 1:
            count = (count + 1) // 2
            bits = count * 8 * self._width
            legs = legs & ((1 << bits) - 1) | legs >> bits
        return legs

    def groups(self, names: tuple[str, ...], workload: Workload, within: int = EVERYTHING) -> tuple[Group, ...]:
        if all(map(is_of_leg, names)):
            return tuple((values, self.spread(mask)) for values, mask in self.mains.groups(names, workload))
        rows: dict[Values, list[int]] = {}
        for view, slots in self.views(names, cascades_cost=workload.hard_case_share is not None):
            for values, mask in view.groups(names, workload, union(map(self._able.__getitem__, slots))):
                row = rows.setdefault(values, [0] * len(self.slots))
                for slot in slots:
                    row[slot] = mask
        groups = ((values, self.joined(row)) for values, row in rows.items())
        return tuple((values, mask) for values, mask in groups if mask)

    def split(self, name: str, value: float, workload: Workload, within: int = EVERYTHING) -> Split:
        below, equal, above = ([0] * len(self.slots) for _ in range(3))
        for view, slots in self.views((name,), cascades_cost=workload.hard_case_share is not None):
            masks = view.split(name, value, workload, union(map(self._able.__getitem__, slots)))
            for slot in slots:
                below[slot], equal[slot], above[slot] = masks[:3]
        parts = self.joined(below), self.joined(equal), self.joined(above)
        return Split(*parts, self.full & ~(parts[0] | parts[1] | parts[2]))

    def values_of(self, number: int, names: tuple[str, ...], workload: Workload) -> dict[str, FactValue]:
        main, slot = self.main_of(number), self.slot_of(number)
        of_main = self.mains.values_of(main, tuple(filter(is_of_leg, names)), workload)
        values: dict[str, FactValue | None] = {}
        for name in names:
            if is_of_leg(name):
                values[name] = of_main.get(name)
            elif name in ESTIMATED_FACTS:
                estimates = self._estimates(number, workload)
                values |= {name: estimates.get(name), f"{name}{AT_LEAST}": estimates.get(f"{name}{AT_LEAST}")}
            else:
                reads = self.mains.values_of(main, tuple(leg_reads((name,))), workload)
                values[name] = self._legs.values.value(name, slot, reads)
        return {name: value for name, value in values.items() if value is not None}

    def _estimates(self, number: int, workload: Workload) -> OptionFacts:
        partner = self.slot_of(number).partner
        far = None if partner is None else self.table.speeds(partner)
        return OptionFacts({}, self.estimator(workload), self.speeds(number), self.cost_inputs(number), far)

    def mask_of(self, name: str, values: frozenset[FactValue]) -> int:
        if is_of_leg(name):
            return self.spread(self.mains.mask_of(name, values))
        if name in AXES_OF_WHOLE:
            at, every = AXES_OF_WHOLE.index(name), self.mains.full
            return self.joined([every if self.slot_words(n)[at] in values else 0 for n in range(len(self.slots))])
        if name == "option.second_provider" and values == _TRUE:
            return self.joined(list(map(self._elsewhere, self.slots)))
        return sum(mask for (value,), mask in self.groups((name,), NO_WORKLOAD) if value in values)

    def _elsewhere(self, slot: Slot) -> int:
        """Return the main legs that are at another provider than the partner of a slot."""
        if slot.partner is None:
            return 0
        provider = self._legs.values.of_partner(slot, "option.provider")
        return self.mains.full & ~self.mains.mask_of("option.provider", frozenset({provider}))  # type: ignore[arg-type]

    def distinct(self, name: str, mask: int) -> tuple[FactValue | None, ...]:
        if is_of_leg(name):
            return self.mains.distinct(name, self.legs_of(mask))
        if name in AXES_OF_WHOLE:
            at = AXES_OF_WHOLE.index(name)
            return tuple(sorted({self.slot_words(number)[at] for number, _ in self.slices(mask)}))
        groups = [(value, group) for (value,), group in self.groups((name,), NO_WORKLOAD) if group & mask]
        return tuple([value for value, _ in sorted(groups, key=lambda group: (group[0] is None, str(group[0])))])

    def facts_of(self, number: int, workload: Workload) -> Mapping[str, FactValue]:
        slot = self.slot_of(number)
        partner = None if slot.partner is None else self.table.speeds(slot.partner)
        inputs, speeds = self.cost_inputs(number), self.speeds(number)
        return OptionFacts(self._facts(number), self.estimator(workload), speeds, inputs, partner)

    def estimator(self, workload: Workload) -> Estimator:
        return self.mains.estimator(workload)

    def cost_inputs(self, number: int) -> CostInputs:
        added = self._legs.values.cost(self.slot_of(number), cascades_cost=True)
        return self.paired_inputs(self.mains.cost_inputs(self.main_of(number)), added)

    def paired_inputs(self, inputs: CostInputs, added: SlotCost) -> CostInputs:
        """Return what the cost of a main leg with a partner depends on; equal ones are one object."""
        return self._legs.inputs.cost(inputs, added)

    def slot_cost(self, number: int) -> SlotCost:
        """Return what a partner adds to what the cost of a main leg depends on, by the number of its slot."""
        return self._legs.values.cost(self.slots[number], cascades_cost=True)

    def speeds(self, number: int) -> Speeds:
        far = self._legs.values.far(self.slot_of(number))
        return self._legs.inputs.speeds(self.mains.speeds(self.main_of(number)), far)

    def _facts(self, number: int) -> dict[str, FactValue]:
        known = self._attributes.get(number)
        if known is None:
            main = self.mains._facts(self.main_of(number))
            known = self._attributes[number] = {**main, **self._legs.values.facts(self.slot_of(number), main)}
        return known


def _row(parts: Sequence[int], width: int) -> int:
    return int.from_bytes(b"".join([part.to_bytes(width, "little") for part in parts]), "little")


class _Options(Sequence[Option]):
    """The options of a set by number, none of them made before it is asked for."""

    def __init__(self, paired: PairedSet) -> None:
        self._paired = paired

    def __len__(self) -> int:
        return self._paired.full.bit_count()

    def __iter__(self) -> Iterator[Option]:
        return map(self.__getitem__, numbers_in(self._paired.full))

    def __getitem__(self, number: int) -> Option:  # type: ignore[override]
        paired = self._paired
        main, slot = paired.mains.options[paired.main_of(number)], paired.slot_of(number)
        return main if slot.partner is None else pair_of(main, paired.table.options[slot.partner], slot.routing)
