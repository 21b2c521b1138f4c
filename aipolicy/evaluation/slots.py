"""Partners of main legs in their slots: what each has by itself, and what it adds to cost and speed of a main leg."""

from __future__ import annotations

from collections.abc import Mapping

from aipolicy.catalog.axes import TIERS
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.facts.all_facts import REGISTRY, is_partner_fact, of_leg, of_partner
from aipolicy.facts.spec import FactValue
from aipolicy.options.cost_inputs import CostInputs, LegInputs, Speeds, Training
from aipolicy.options.estimates import COST_FACTS_SET, LATENCY_FACTS_SET, PARTNER_LATENCIES
from aipolicy.options.memo import Numbers
from aipolicy.options.option import fallback_word
from aipolicy.value import Frozen, NamedTuple, replace

Facts = Mapping[str, FactValue | None]


class Slot(NamedTuple):
    """A partner by its number among legs, and whether hard cases go to it; without a number there is none."""

    partner: int | None
    routing: str = "single"
    hosting: FactValue | None = None
    tier: FactValue | None = None


NO_PARTNER = Slot(None)
_OF_WHOLE = ("option.fallback", "option.routing", "option.second_provider", "option.providers", "option.top_tier")


class SlotCost(Frozen, eq=False):
    """What a partner adds to what the cost of a main leg depends on; equal ones are one object."""

    cascade: bool
    leg: LegInputs | None
    stands_by: bool
    retrieves: bool
    training: Training | None

    @property
    def is_nothing(self) -> bool:
        """Return whether a main leg costs the same with the partner as without."""
        return not (self.cascade or self.stands_by or self.retrieves or self.training is not None)

    def beside(self, inputs: CostInputs) -> CostInputs:
        """Return what a main leg with the partner costs by."""
        return replace(
            inputs, far=self.leg if self.cascade else None, standby=self.leg if self.stands_by else None,
            cascade=self.cascade, stands_by=self.stands_by, retrieves=inputs.retrieves or self.retrieves,
            partner_training=None if _is_trained_already(self.training, inputs.training) else self.training,
        )  # fmt: skip


def _is_trained_already(training: Training | None, main: Training | None) -> bool:
    """Return whether what a partner runs is trained for the main leg already: the same model, on whatever machine."""
    if training is None or main is None or training.params_b is None:
        return False
    anywhere = (replace(leg_training, tflops=0.0, hourly_usd=None) for leg_training in (training, main))
    return next(anywhere) == next(anywhere)


class SlotValues:
    """Facts and inputs of the legs of a set as partners."""

    def __init__(self, table: OptionSet) -> None:
        self.table = table
        self._known: dict[tuple[int, str], FactValue | None] = {}
        self._costs: dict[tuple[Slot, bool], SlotCost] = {}
        self._shared: dict[tuple[object, ...], SlotCost] = {}
        self._numbers = Numbers()
        """Of legs and trainings, which are one object where they are equal."""
        self._speeds: dict[Speeds, int] = {}
        self._speeds_of: dict[int, int] = {}

    def of_partner(self, slot: Slot, name: str) -> FactValue | None:
        """Return a fact of the partner by itself, None where it is unknown or there is none."""
        if slot.partner is None:
            return None
        key = (slot.partner, name)
        if key not in self._known:
            self._known[key] = next(iter(self.table.distinct(name, 1 << slot.partner)))
        return self._known[key]

    def value(self, name: str, slot: Slot, main: Facts) -> FactValue | None:
        """Return a fact of the whole option or of its partner that is no estimate, None where it is unknown."""
        match name:
            case "option.fallback":
                return "none" if slot.partner is None else fallback_word(str(slot.hosting))
            case "option.routing":
                return slot.routing
            case "option.second_provider":
                provider = self.of_partner(slot, "option.provider")
                return slot.partner is not None and provider != main.get("option.provider")
            case "option.providers":
                named = (main.get("option.provider"), self.of_partner(slot, "option.provider"))
                return tuple(sorted({str(word) for word in named if word is not None}))
            case "option.top_tier":
                return self._top_tier(slot, main.get("option.tier"))
            case _:
                return self.of_partner(slot, of_leg(name)) if is_partner_fact(name) else None

    def facts(self, slot: Slot, main: Facts) -> dict[str, FactValue]:
        """Return the facts of the whole option and of its partner that are known, estimates excepted."""
        values = {name: self.value(name, slot, main) for name in _OF_WHOLE}
        if slot.partner is not None:
            partner = self.table._facts(slot.partner)
            values |= {of_partner(name): value for name, value in partner.items() if not REGISTRY[name].of_whole}
        return {name: value for name, value in values.items() if value is not None}

    def is_within(self, slot: Slot, places: FactValue | None) -> bool:
        """Return whether a partner processes data in no country but those of the main leg."""
        own = self.of_partner(slot, "option.regions")
        return isinstance(own, tuple) and isinstance(places, tuple) and set(own) <= set(places)

    def _top_tier(self, slot: Slot, tier: FactValue | None) -> FactValue | None:
        if slot.routing != "cascade":
            return tier
        other = self.of_partner(slot, "option.tier")
        return None if tier is None or other is None else max((str(tier), str(other)), key=TIERS.index)

    def far(self, slot: Slot) -> Speeds | None:
        """Return the speeds of the far side of a cascade, None where there is none."""
        return self.table.speeds(slot.partner) if slot.routing == "cascade" and slot.partner is not None else None

    def _speeds_number(self, partner: int) -> int:
        """Return a number for the speeds of a partner, which equal ones share: speeds themselves take long to compare."""
        if partner not in self._speeds_of:
            self._speeds_of[partner] = self._speeds.setdefault(self.table.speeds(partner), len(self._speeds))
        return self._speeds_of[partner]

    def cost(self, slot: Slot, *, cascades_cost: bool) -> SlotCost:
        """Return what a partner adds to a cost, without the requests that escalate while nobody knows how many these are."""
        key = (slot, cascades_cost)
        if key not in self._costs:
            self._costs[key] = self._find_cost(slot, cascades_cost=cascades_cost)
        return self._costs[key]

    def _find_cost(self, slot: Slot, *, cascades_cost: bool) -> SlotCost:
        if slot.partner is None:
            return self._one(SlotCost(False, None, False, False, None))
        cascade = slot.routing == "cascade"
        inputs = self.table.cost_inputs(slot.partner)
        stands_by = not cascade and slot.hosting != "provider-api"
        # NOTE: to build the far side, and to keep it, costs the same however many requests it answers.
        leg = inputs.main if stands_by or (cascade and cascades_cost) else None
        return self._one(SlotCost(cascade, leg, stands_by, inputs.retrieves, inputs.training))

    def _one(self, cost: SlotCost) -> SlotCost:
        number = self._numbers.of
        key = (cost.cascade, number(cost.leg), cost.stands_by, cost.retrieves, number(cost.training))
        return self._shared.setdefault(key, cost)

    def key(self, slot: Slot, names: tuple[str, ...], *, cascades_cost: bool) -> tuple[object, ...]:
        """Return what slots have in common that do not differ in what some facts of options depend on."""
        parts: list[object] = []
        for name in names:
            if name in PARTNER_LATENCIES:
                parts.append(None if slot.partner is None else self._speeds_number(slot.partner))
            elif name in COST_FACTS_SET:
                parts.append(self.cost(slot, cascades_cost=cascades_cost))
            elif name in LATENCY_FACTS_SET:
                far = slot.partner if slot.routing == "cascade" else None
                parts.append(None if far is None else self._speeds_number(far))
            elif is_partner_fact(name):
                parts.append(self.of_partner(slot, of_leg(name)))
            elif name == "option.fallback":
                parts.append(None if slot.partner is None else fallback_word(str(slot.hosting)))
            elif name == "option.routing":
                parts.append(slot.routing)
            elif name in ("option.second_provider", "option.providers"):
                parts += [slot.partner is None, self.of_partner(slot, "option.provider")]
            elif name == "option.top_tier":
                parts += [slot.routing, self.of_partner(slot, "option.tier") if slot.routing == "cascade" else None]
        return tuple(parts)
