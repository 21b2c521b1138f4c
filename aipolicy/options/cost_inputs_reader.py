"""Cost inputs of options read from a catalog; equal legs share one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from aipolicy.catalog.assumptions import MACHINES, whole_head_count
from aipolicy.catalog.axes import DISTANCES, KIND_TIERS, USUAL
from aipolicy.catalog.prices import price_of
from aipolicy.economics.fleet import BoughtMachines, MachineCost, RentedMachines
from aipolicy.economics.latency import Duration
from aipolicy.economics.machine import BF16, FP8, Machine, ModelShape, Precision
from aipolicy.options.cost_inputs import (
    CostInputs,
    DeviceInputs,
    HostedInputs,
    LegInputs,
    OneStepInputs,
    OwnInputs,
    People,
    RoundTrips,
    Speeds,
    Training,
    machine_price,
    token_price,
    tuned_price,
)
from aipolicy.options.hosted_speeds import hosted_speeds
from aipolicy.options.memo import Memo, Shared
from aipolicy.value import replace

if TYPE_CHECKING:
    from aipolicy.catalog.catalog import Catalog
    from aipolicy.catalog.machines import Accelerator, SelfHosted
    from aipolicy.catalog.measured import Measured
    from aipolicy.catalog.offerings import Model
    from aipolicy.catalog.prices import Price
    from aipolicy.options.cost_assumptions import CostAssumptions
    from aipolicy.options.option import Leg, Option

SOME_HOST = "hosted-open-weights"
"""Any host of open models: its prices are the middle of those of many, and so are estimates."""
_TUNED = "fine-tuning"
ONE_STEP_TIERS = frozenset({"encoder", "classical", *KIND_TIERS})
"""Tiers that answer in one pass, whatever the length of the answer."""
_USABLE_MEMORY = 0.9
"""Share of the memory of a machine that weights may take."""
_Known = dict[LegInputs | Training, LegInputs | Training]


class CostInputsReader:
    """Reads cost inputs from a catalog; equal ones are one object, told apart by that of which they consist."""

    def __init__(self, catalog: Catalog, assumptions: CostAssumptions) -> None:
        self._catalog = catalog
        self._assumptions = assumptions
        self._legs: dict[tuple[str, str, str, str, str, bool, Measured | None], LegInputs | None] = {}
        self._trainings: dict[tuple[str, str, str, str, str], Training | None] = {}
        self._people: dict[tuple[str, ...], People | None] = {}
        self._interned: _Known = {}
        self._priceless_legs = Memo(partial(_without_price, self._interned))
        self._speeds_of: Shared[Speeds] = Shared()
        self._costs_of: Shared[CostInputs] = Shared()

    def cost_inputs(self, option: Option) -> CostInputs:
        """Return what the cost of an option depends on."""
        effort = self._catalog.efforts.get((option.adaptation, option.hosting))
        cascade = option.routing == "cascade"
        stands_by = not cascade and option.other is not None and option.other.hosting != "provider-api"
        inputs = CostInputs(
            main=self._leg(option.leg, tuned=option.adaptation == _TUNED),
            far=self._leg(option.other, tuned=option.other_adaptation == _TUNED) if cascade else None,
            standby=self._leg(option.other, tuned=option.other_adaptation == _TUNED) if stands_by else None,
            cascade=cascade,
            stands_by=stands_by,
            people=self._people_of(option),
            build_weeks=None if effort is None else effort.build_weeks,
            retrieves="rag" in (option.adaptation, option.other_adaptation),
            watched=option.hosting != "provider-api" or option.adaptation not in ("prompting", "rag"),
            training=self._training(option),
        )
        parts = (inputs.main, inputs.far, inputs.standby, inputs.people, inputs.training, inputs.partner_training)
        flags = (inputs.cascade, inputs.stands_by, inputs.build_weeks, inputs.retrieves, inputs.watched)
        return self._costs_of.of(inputs, parts, *flags)

    def _people_of(self, option: Option) -> People | None:
        """Return whom an option takes while it runs; machines of a second leg are run too, asked or not."""
        other = option.other
        partner = ("", "") if other is None else (other.hosting, other.model.tier)
        key = (option.adaptation, option.hosting, option.leg.model.tier, *partner)
        if key not in self._people:
            people = self._read_people(*key)
            self._people[key] = next((known for known in self._people.values() if known == people), people)
        return self._people[key]

    def _read_people(self, adaptation: str, hosting: str, tier: str, partner: str, partner_tier: str) -> People | None:
        effort = self._catalog.efforts.get((adaptation, hosting))
        if effort is None:
            return None
        counts = [count for count in self._catalog.people if count.belongs_to(adaptation, hosting, tier)]
        if effort.dated.own and effort.ml_engineers and not any(count.dated.own for count in counts):
            return People((whole_head_count(effort),))
        machines = [count for count in self._catalog.people if count.work == MACHINES and count not in counts]
        return People(
            (*counts, *(machine for machine in machines if machine.belongs_to("prompting", partner, partner_tier)))
        )

    def speeds(self, option: Option) -> Speeds:
        """Return what the latency of an option depends on; legs that differ in price alone are as fast."""
        cascade = option.routing == "cascade"
        far = self._priceless(option.other) if cascade else None
        main, retrieves = self._priceless(option.leg), option.adaptation == "rag"
        return self._speeds_of.of(Speeds(main, far, cascade, retrieves), (main, far), cascade, retrieves)

    def _priceless(self, leg: Leg | None) -> LegInputs | None:
        return self._priceless_legs.of(self._leg(leg))

    def _leg(self, leg: Leg | None, *, tuned: bool = False) -> LegInputs | None:
        if leg is None:
            return None
        key = (leg.hosting, leg.provider, leg.region, leg.model.id, leg.accelerator, tuned, leg.measured)
        if key not in self._legs:
            inputs = self._hosted(leg, tuned=tuned) if leg.hosting == "provider-api" else self._own(leg)
            self._legs[key] = None if inputs is None else self._shared(inputs)
        return self._legs[key]

    def _shared(self, inputs: LegInputs) -> LegInputs:
        return _interned(self._interned, inputs)

    def _hosted(self, leg: Leg, *, tuned: bool) -> HostedInputs:
        price = price_of(self._catalog.price_index, leg.provider, leg.model.id, leg.region)
        is_stale = price is not None and not price.dated.own and self._is_stale(price)
        hears = leg.model.audio_tokens_per_s
        return HostedInputs(
            price=None if price is None else tuned_price(price) if tuned else token_price(price, hears),
            network=self._network(leg),
            speeds=hosted_speeds(leg, self._catalog, self._assumptions.speed),
            price_uncertain=leg.provider == SOME_HOST and (price is None or not price.dated.own),
            price_stale=is_stale,
            seller=leg.provider if is_stale else "",
            window=leg.window,
            writes=leg.model.tier not in KIND_TIERS,
            measured=leg.measured,
        )

    def _is_stale(self, price: Price) -> bool:
        return (self._catalog.as_of - price.checked_on).days > self._assumptions.stale_price_days

    def _network(self, leg: Leg) -> RoundTrips | None:
        """Return the round trips to a leg; what an organisation states itself is no range of ours."""
        usual = self._catalog.networks.get((leg.boundary, USUAL))
        if usual is None:
            return None
        trips = {
            distance: trip
            for distance in DISTANCES
            if distance != USUAL and (trip := self._catalog.networks.get((leg.boundary, distance))) is not None
        }
        if usual.dated.own:
            trips = {distance: trip for distance, trip in trips.items() if trip.dated.own}
        return RoundTrips(
            Duration(usual.round_trip_p50_ms, usual.round_trip_p95_ms),
            tuple([
                (distance, Duration(trip.round_trip_p50_ms, trip.round_trip_p95_ms))
                for distance, trip in trips.items()
            ]),
        )  # fmt: skip

    def _own(self, leg: Leg) -> LegInputs | None:
        network = self._network(leg)
        accelerator = self._catalog.accelerators.get(leg.accelerator)
        if leg.hosting == "on-device":
            return DeviceInputs(leg.window)
        if network is None or accelerator is None:
            return None
        cost = self._machine_cost(leg, accelerator)
        serving = self._catalog.self_hosted.get((leg.model.id, leg.accelerator))
        if leg.model.tier in ONE_STEP_TIERS:
            return None if serving is None else self._one_step(leg, serving, accelerator, cost, network)
        shape = shape_of(leg.model)
        if shape is None:
            return None
        precision = FP8 if accelerator.fp8_tflops is not None else BF16
        machine = machine_of(accelerator, precision)
        replica = int(serving.accelerators) if serving is not None else 1
        measured = leg.measured or (None if serving is None else serving.measured)
        return OwnInputs(shape, precision, machine, replica, cost, network, leg.window, measured)

    def _one_step(self, leg: Leg, serving: SelfHosted, accelerator: Accelerator, cost: MachineCost | None,
                  network: RoundTrips) -> OneStepInputs | None:  # fmt: skip
        pass_ms = serving.pass_ms
        if pass_ms is None and serving.input_tokens_per_s is None and serving.audio_per_s is None:
            return None
        room_gb = accelerator.memory_gb * serving.accelerators * _USABLE_MEMORY
        size_b = leg.model.params_b
        return OneStepInputs(
            pass_ms or 0.0,
            0.0 if not pass_ms else self._one_step_capacity(leg.model, pass_ms),
            cost, network, leg.window, serving.input_tokens_per_s, serving.audio_per_s, serving.spread,
            True if leg.model.tier == "classical" else None if size_b is None else size_b * BF16.weight_bytes <= room_gb,
            leg.measured or serving.measured,
        )  # fmt: skip

    def _training_rent(self, leg: Leg, accelerator: Accelerator) -> float | None:
        """Return what an hour for training costs: of the seller, or as the catalog has it where nothing is rented."""
        if leg.hosting != "own-cloud":
            return accelerator.hourly_usd
        rent = self._rent(leg, accelerator)
        return None if rent is None else rent.hourly_usd

    def _one_step_capacity(self, model: Model, pass_ms: float) -> float:
        return self._assumptions.one_step_requests_per_s if model.tier == "classical" else 1000.0 / pass_ms

    def _machine_cost(self, leg: Leg, accelerator: Accelerator) -> MachineCost | None:
        if leg.hosting == "own-cloud":
            return self._rent(leg, accelerator)
        if accelerator.purchase_usd is None or accelerator.power_kw is None:
            return None
        site = self._assumptions.own_site
        return BoughtMachines(
            accelerator.purchase_usd, 1.0, accelerator.power_kw * site.server_power_factor, site.server_overhead_share,
            site.amortisation_years, site.power_usage_effectiveness, site.electricity_usd_per_kwh,
            site.colocation_usd_per_kw, self._assumptions.hours_per_month, not accelerator.dated.own,
        )  # fmt: skip

    def _rent(self, leg: Leg, accelerator: Accelerator) -> RentedMachines | None:
        hours = self._assumptions.hours_per_month
        price = machine_price(self._catalog, leg.provider, leg.region, accelerator.id)
        if price is None:
            return None
        share = self._assumptions.committed_share if price.committed_hourly_usd is not None else 0.0
        committed_usd = share * (price.committed_hourly_usd or 0.0) * hours
        return RentedMachines(
            (1.0 - share) * price.hourly_usd, price.sold_in, hours, not price.dated.own, committed_usd, leg.provider
        )

    def _training(self, option: Option) -> Training | None:
        """Return what an adaptation trains; None where nothing is trained."""
        if option.adaptation not in ("fine-tuning", "training-from-scratch", "classical-ml"):
            return None
        leg = option.leg
        key = (option.adaptation, option.hosting, leg.provider, leg.region, f"{leg.model.id} {leg.accelerator}")
        if key not in self._trainings:
            training = self._read_training(option)
            self._trainings[key] = next((known for known in self._trainings.values() if known == training), training)
        return self._trainings[key]

    def _read_training(self, option: Option) -> Training:
        leg = option.leg
        effort = self._catalog.efforts.get((option.adaptation, option.hosting))
        examples = None if effort is None else effort.labelled_examples
        if leg.hosting == "provider-api":
            price = price_of(self._catalog.price_index, leg.provider, leg.model.id, leg.region)
            usd_per_mtok = None if price is None else price.training_usd_per_mtok
            hosting = 0.0 if price is None else price.tuned_hosting_usd_per_hour or 0.0
            return Training(examples, usd_per_mtok, None, 0.0, None, False, hosting)
        accelerator = self._catalog.accelerators.get(leg.accelerator)
        params_b = leg.model.params_b if leg.model.tier != "classical" else 0.0
        return Training(
            examples, None, params_b, 0.0 if accelerator is None else accelerator.bf16_tflops,
            None if accelerator is None else self._training_rent(leg, accelerator),
            from_scratch=option.adaptation == "training-from-scratch",
        )  # fmt: skip


def shape_of(model: Model) -> ModelShape | None:
    """Return what of a decoder decides its speed, or None when the catalog does not know all of it."""
    if model.params_b is None or model.layers is None or model.kv_heads is None or model.head_dim is None:
        return None
    heads = model.heads if model.heads is not None else model.kv_heads
    return ModelShape(
        model.params_b, model.active_params_b or model.params_b, model.layers, heads, model.kv_heads, model.head_dim,
        model.hidden_size or 0.0,
    )  # fmt: skip


def machine_of(accelerator: Accelerator, precision: Precision) -> Machine:
    """Return an accelerator as the roofline sees it at a precision."""
    tflops = accelerator.fp8_tflops if precision is FP8 and accelerator.fp8_tflops else accelerator.bf16_tflops
    return Machine(
        accelerator.memory_gb, accelerator.bandwidth_gb_per_s, tflops, accelerator.vendor_factor,
        accelerator.link_gb_per_s, operations_factor=accelerator.operations_factor,
    )  # fmt: skip


def _interned(known: _Known, inputs: LegInputs) -> LegInputs:
    shared = known.setdefault(inputs, inputs)
    assert not isinstance(shared, Training)
    return shared


def _without_price(known: _Known, inputs: LegInputs | None) -> LegInputs | None:
    match inputs:
        case HostedInputs():
            return _interned(known, replace(inputs, price=None, price_uncertain=False, price_stale=False, seller=""))
        case OwnInputs() | OneStepInputs():
            return _interned(known, replace(inputs, cost=None))
        case DeviceInputs() | None:
            return inputs
