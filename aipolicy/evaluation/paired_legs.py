"""Main legs and the legs that partners come from: which may stand beside which, and what sets of their pairs share."""

from __future__ import annotations

from collections.abc import Sequence

from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.slot_view import PairedInputs, SlotView
from aipolicy.evaluation.slots import Slot, SlotValues
from aipolicy.facts.spec import FactValue
from aipolicy.options.option import may_follow


class PairedLegs:
    """Main legs and the legs that partners come from, with what sets of their pairs share."""

    def __init__(self, mains: OptionSet, table: OptionSet, *, is_named: bool) -> None:
        self.mains = mains
        self.table = table
        self.is_named = is_named
        """Whether a plan names the partner, which then may be where the main leg is."""
        self.values = SlotValues(table)
        self.inputs = PairedInputs()
        self._views: dict[Slot, SlotView] = {}
        self._able: dict[tuple[object, ...], int] = {}

    def view(self, slot: Slot) -> SlotView:
        """Return the main legs beside the partner of a slot."""
        if slot not in self._views:
            self._views[slot] = SlotView(self.mains, slot, self.values, self.inputs)
        return self._views[slot]

    def able(self, slot: Slot) -> int:
        """Return the main legs that may have the partner of a slot."""
        if slot.partner is None:
            return self.mains.full
        of_api = slot.hosting == "provider-api" and not self.is_named
        words = ("hosting", "provider", "regions") if of_api else ("hosting", "provider", "region", "model")
        here = tuple([(name, self.values.of_partner(slot, name)) for name in (f"option.{word}" for word in words)])
        tier = slot.tier if slot.routing == "cascade" else None
        if (here, tier) not in self._able:
            self._able[here, tier] = self._find_able(here, tier)
        return self._able[here, tier]

    def _find_able(self, here: Sequence[tuple[str, FactValue | None]], tier: FactValue | None) -> int:
        mains = self.mains
        able = same = mains.full
        if tier is not None:
            tiers = (word for word in mains.distinct("option.tier", mains.full) if word is not None)
            able &= mains.mask_of("option.tier", frozenset(word for word in tiers if may_follow(str(word), str(tier))))
        for name, value in here:
            same &= mains.mask_of(name, frozenset({value}))  # type: ignore[arg-type]
        return able & ~same
