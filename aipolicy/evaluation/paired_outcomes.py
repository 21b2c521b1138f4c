"""What became of a rule over options put together from legs: spread over options when somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, cached_property

from aipolicy.evaluation.outcome_masks import OUTCOMES_BY_WEIGHT, OutcomeMasks
from aipolicy.evaluation.paired_set import PairedSet
from aipolicy.findings.finding import Outcome


class LegOutcomes:
    """What a rule comes to that reads legs by themselves, from what it comes to over main legs and over partners."""

    def __init__(self, paired: PairedSet, main: OutcomeMasks, partner: OutcomeMasks | None) -> None:
        self._paired = paired
        self.main = main
        self.partner = partner
        """None where a partner need not satisfy the rule."""
        self.failed = main.failed or (partner is not None and partner.failed)
        self.wants_declaration = bool(main.undeclared or (partner is not None and partner.undeclared))

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
        main = self.main.outcome_of(self._paired.main_of(number))
        partner = self._paired.slot_of(number).partner
        if self.partner is None or partner is None:
            return main
        return min(main, self.partner.outcome_of(partner), key=OUTCOMES_BY_WEIGHT.index)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LegOutcomes) and (self.main, self.partner) == (other.main, other.partner)

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
        if self._paired.slots[0].partner is None and self._paired.mains.full & ~self.main.violated:
            return False
        return self.violated == self._paired.full

    def _either(self, name: str) -> int:
        mask = self._paired.spread(getattr(self.main, name))
        return mask if self.partner is None else mask | self._paired.having_partner(getattr(self.partner, name))


class SlotOutcomes:
    """What a rule on the whole option comes to, from what it comes to over main legs beside each partner, as asked for."""

    def __init__(
        self, paired: PairedSet, slots: Sequence[Sequence[int]], rows: Sequence[Callable[[], OutcomeMasks]]
    ) -> None:
        self._paired = paired
        self._slots = slots
        """For each row the slots whose partners do not differ in what the rule reads."""
        self._rows = [cache(row) for row in rows]

    @cached_property
    def failed(self) -> bool:
        """Return whether a line could not be evaluated, for another reason than a missing fact."""
        return any(row().failed for row in self._rows)

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
        slot = self._paired.slot_number(number)
        row = next(row for slots, row in zip(self._slots, self._rows, strict=True) if slot in slots)
        return row().outcome_of(self._paired.main_of(number))

    def is_some(self, way: str) -> bool:
        """Return whether it comes to an outcome on any option, looking no further than for the first."""
        for slots, row in zip(self._slots, self._rows, strict=True):
            mask = getattr(row(), way)
            if mask and any(mask & self._paired.able(slot) for slot in slots):
                return True
        return False

    def is_violated_throughout(self) -> bool:
        """Return whether every option violates it, looking no further than for the first that does not."""
        return all(
            not self._paired.able(slot) & ~row().violated
            for slots, row in zip(self._slots, self._rows, strict=True)
            for slot in slots
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SlotOutcomes) or len(self._rows) != len(other._rows):
            return False
        return all(mine() == theirs() for mine, theirs in zip(self._rows, other._rows, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def _joined(self, way: str) -> int:
        masks = [0] * len(self._paired.slots)
        for slots, row in zip(self._slots, self._rows, strict=True):
            mask = getattr(row(), way)
            for slot in slots if mask else ():
                masks[slot] = mask
        return self._paired.joined(masks) if any(masks) else 0


Outcomes = OutcomeMasks | LegOutcomes | SlotOutcomes
"""What became of a rule over the options of a set."""
