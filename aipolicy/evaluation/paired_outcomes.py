"""What became of a rule over options put together from legs: spread over options when somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from aipolicy.evaluation.option_masks import first_in, union
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.outcome_masks import NOTHING, OUTCOMES_BY_WEIGHT, OutcomeMasks
from aipolicy.evaluation.paired_set import PairedSet
from aipolicy.findings.finding import Outcome


class LegOutcomes:
    """What a rule comes to that reads legs by themselves, from what it comes to over main legs and over partners."""

    def __init__(self, paired: PairedSet, evaluated: Callable[[OptionSet, int | None], OutcomeMasks], *,
                 is_of_partner: bool, is_estimated: bool, is_declared: bool,
                 legs: tuple[int, int] | None = None) -> None:  # fmt: skip
        self._paired = paired
        self._evaluated = evaluated
        self.is_of_partner = is_of_partner
        """Whether a partner has to satisfy the rule by itself."""
        self.is_estimated = is_estimated
        self.is_declared = is_declared
        """Whether everything is declared that the rule demands."""
        self._legs = legs
        """The main legs and the partners that are looked at; None for all."""

    def within(self, mask: int) -> LegOutcomes:
        """Return what becomes of the rule for the options of a mask; of others it may say anything."""
        if not self.is_estimated or self._legs is not None or "main" in self.__dict__:
            return self
        legs = self._paired.legs_of(mask), self._paired.partners
        return LegOutcomes(
            self._paired, self._evaluated, is_of_partner=self.is_of_partner, is_estimated=True,
            is_declared=self.is_declared, legs=legs,
        )  # fmt: skip

    @cached_property
    def main(self) -> OutcomeMasks:
        """Return what it comes to over main legs."""
        return self._evaluated(self._paired.mains, None if self._legs is None else self._legs[0])

    @cached_property
    def partner(self) -> OutcomeMasks | None:
        """Return what it comes to over the legs that partners come from, None where they need not satisfy it."""
        if not self.is_of_partner:
            return None
        return self._evaluated(self._paired.table, None if self._legs is None else self._legs[1])

    @property
    def failed(self) -> bool:
        """Return whether a line could not be evaluated, for another reason than a missing fact."""
        return self.main.failed or (self.partner is not None and self.partner.failed)

    @cached_property
    def violated(self) -> int:
        """Return the options on which it is violated, on one leg or both."""
        return self._either("violated")

    @cached_property
    def undeclared(self) -> int:
        """Return the options on which it is not violated, and wants a declaration."""
        return self._either("undeclared") & ~self.violated

    @cached_property
    def undetermined(self) -> int:
        """Return the options on which it is undetermined."""
        return self._either("undetermined") & ~self.violated & ~self.undeclared

    @cached_property
    def close(self) -> int:
        """Return the options on which only the width of estimates leaves it undetermined."""
        return self.undetermined & ~self._either("unknown")

    @cached_property
    def kept(self) -> int:
        """Return the options on which it is close, and kept by every leg at what is usual."""
        return self.close & ~self._either("unlikely")

    @property
    def unknown(self) -> int:
        """Return the options on which it is undetermined for another reason than the width of an estimate."""
        return self.undetermined & ~self.close

    @property
    def unlikely(self) -> int:
        """Return the options on which it is undetermined, and no estimate says that it is likely kept."""
        return self.undetermined & ~self.kept

    @cached_property
    def not_applicable(self) -> int:
        """Return the options on which it is not applicable to any leg."""
        applies = OutcomeMasks.applies
        legs = self._paired.spread(applies(self.main, self._paired.mains.full))
        if self.partner is not None:
            legs |= self._paired.having_partner(applies(self.partner, self._paired.table.full))
        return self._paired.full & ~legs

    @cached_property
    def satisfied(self) -> int:
        """Return the options on which it is satisfied."""
        return self._paired.full & ~(self.not_applicable | self.violated | self.undeclared | self.undetermined)

    def outcome_of(self, number: int) -> Outcome:
        """Return what became of the rule for one option."""
        outcomes = self.within(1 << number)
        if outcomes is not self:
            return outcomes.outcome_of(number)
        main = self.main.outcome_of(self._paired.main_of(number))
        partner = self._paired.slot_of(number).partner
        if self.partner is None or partner is None:
            return main
        return min(main, self.partner.outcome_of(partner), key=OUTCOMES_BY_WEIGHT.index)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, LegOutcomes) and self.main == other.main
            and self.is_of_partner is other.is_of_partner and self.partner == other.partner
        )  # fmt: skip

    __hash__ = None  # type: ignore[assignment]

    def is_some(self, way: str) -> bool:
        """Return whether it comes to an outcome on any option."""
        if way in ("satisfied", "not_applicable"):
            return bool(getattr(self, way))
        # NOTE: where a leg comes to it without any option that does, another leg weighs more.
        on_main = bool(getattr(self.main, way))
        on_partner = self.partner is not None and bool(self._paired.having_partner(getattr(self.partner, way)))
        return (on_main or on_partner) and (way == "violated" or bool(getattr(self, way)))

    def is_violated_throughout(self) -> bool:
        """Return whether every option violates it."""
        if self.outcome_of(first_in(self._paired.full)) is not Outcome.VIOLATED:
            return False
        if self._paired.slots[0].partner is None and self._paired.mains.full & ~self.main.violated:
            return False
        return self.violated == self._paired.full

    def _either(self, name: str) -> int:
        mask = self._paired.spread(getattr(self.main, name))
        return mask if self.partner is None else mask | self._paired.having_partner(getattr(self.partner, name))


_MOST_KEPT = 1_000
"""Rows of a rule that are kept at once; each is some masks over main legs."""


class SlotOutcomes:
    """What a rule on the whole option comes to, from what it comes to over main legs beside each partner, as asked for."""

    def __init__(self, paired: PairedSet, slots: Sequence[Sequence[int]], rows: Sequence[Callable[[int], OutcomeMasks]],
                 *, is_estimated: bool, legs: Sequence[int] | None = None,
                 kept: dict[tuple[int, int], OutcomeMasks] | None = None) -> None:  # fmt: skip
        self._paired = paired
        self._slots = slots
        """For each row the slots whose partners do not differ in what the rule reads."""
        self._evaluated = rows
        self.is_estimated = is_estimated
        self._legs = legs
        """For each row the main legs that are looked at; None for all that may have its partners."""
        self._made: dict[int, OutcomeMasks] = {}
        self._kept: dict[tuple[int, int], OutcomeMasks] = {} if kept is None else kept
        """What it comes to for a row and some main legs, whoever asked."""

    def within(self, mask: int) -> SlotOutcomes:
        """Return what becomes of the rule for the options of a mask; of others it may say anything."""
        if not self.is_estimated or self._legs is not None or len(self._made) == len(self._slots):
            return self
        slices = dict(self._paired.slices(mask))
        legs = [union(slices.get(slot, 0) for slot in slots) for slots in self._slots]
        return SlotOutcomes(self._paired, self._slots, self._evaluated, is_estimated=True, legs=legs, kept=self._kept)

    def _row(self, number: int) -> OutcomeMasks:
        known = self._made.get(number)
        if known is None:
            legs = union(map(self._paired.able, self._slots[number])) if self._legs is None else self._legs[number]
            known = self._made[number] = self._of(number, legs) if legs else NOTHING
        return known

    def _of(self, number: int, legs: int) -> OutcomeMasks:
        known = self._kept.get((number, legs))
        if known is None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            known = self._kept[number, legs] = self._evaluated[number](legs)
        return known

    @cached_property
    def failed(self) -> bool:
        """Return whether a line could not be evaluated, for another reason than a missing fact."""
        return any(self._row(number).failed for number in range(len(self._slots)))

    @cached_property
    def violated(self) -> int:
        """Return the options on which it is violated."""
        return self._joined("violated")

    @cached_property
    def undeclared(self) -> int:
        """Return the options on which it wants a declaration."""
        return self._joined("undeclared")

    @cached_property
    def undetermined(self) -> int:
        """Return the options on which it is undetermined."""
        return self._joined("undetermined")

    @cached_property
    def close(self) -> int:
        """Return the options on which only the width of an estimate leaves it undetermined."""
        return self._joined("close")

    @cached_property
    def kept(self) -> int:
        """Return the options on which it is close, and kept at what is usual."""
        return self._joined("kept")

    @property
    def unknown(self) -> int:
        """Return the options on which it is undetermined for another reason than the width of an estimate."""
        return self.undetermined & ~self.close

    @property
    def unlikely(self) -> int:
        """Return the options on which it is undetermined, and no estimate says that it is likely kept."""
        return self.undetermined & ~self.kept

    @cached_property
    def not_applicable(self) -> int:
        """Return the options to which it does not apply."""
        return self._joined("not_applicable")

    @cached_property
    def satisfied(self) -> int:
        """Return the options on which it is satisfied."""
        return self._joined("satisfied")

    def outcome_of(self, number: int) -> Outcome:
        """Return what became of the rule for one option."""
        slot, main = self._paired.slot_number(number), self._paired.main_of(number)
        row = next(row for row, slots in enumerate(self._slots) if slot in slots)
        outcomes = self._made[row] if row in self._made else self._evaluated[row](1 << main)
        return outcomes.outcome_of(main)

    def is_some(self, way: str) -> bool:
        """Return whether it comes to an outcome on any option, looking no further than for the first."""
        for number, slots in enumerate(self._slots):
            mask = getattr(self._row(number), way)
            if mask and any(mask & self._paired.able(slot) for slot in slots):
                return True
        return False

    def is_violated_throughout(self) -> bool:
        """Return whether every option violates it, looking no further than for the first that does not."""
        if self.outcome_of(first_in(self._paired.full)) is not Outcome.VIOLATED:
            return False
        return all(
            not self._paired.able(slot) & ~self._row(number).violated
            for number, slots in enumerate(self._slots)
            for slot in slots
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SlotOutcomes) or self._slots != other._slots:
            return False
        return all(self._row(number) == other._row(number) for number in range(len(self._slots)))

    __hash__ = None  # type: ignore[assignment]

    def _joined(self, way: str) -> int:
        masks = [0] * len(self._paired.slots)
        for number, slots in enumerate(self._slots):
            mask = getattr(self._row(number), way)
            for slot in slots if mask else ():
                masks[slot] = mask
        return self._paired.joined(masks) if any(masks) else 0


Outcomes = OutcomeMasks | LegOutcomes | SlotOutcomes
"""What became of a rule over the options of a set."""
