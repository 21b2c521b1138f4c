"""First estimates of latency and cost of an option from the catalog's figures; an unknown stays unknown.

Latency: `calls * (round trip + first token + (output tokens - 1) * time per token)`. The p95 adds the 95th percentiles
of the parts, which is an upper bound; own machines are taken without queueing.
API cost: tokens times list price. Own cost: whole machines for the peak, one spare, plus the people who stay.
Capacity of an own machine: roofline calibrated on 110 published throughput points (efficiency of bandwidth 0.90, of
arithmetic 0.60, 100 us a layer, 6 us a sequence; 90 % of errors below a factor of 1.23). Sources: scaling book, chapters
7 and 8 (https://github.com/jax-ml/scaling-book, commit 04d8de5) for the formulas; TensorRT-LLM performance overviews
0.5 to 1.0 (https://github.com/NVIDIA/TensorRT-LLM, commits 138f96d and 00f3768) for the points; read 2026-11-21.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from aipolicy.catalog.prices import price_of

if TYPE_CHECKING:
    from aipolicy.catalog.catalog import Catalog
    from aipolicy.options.option import Leg, Option

BANDWIDTH_EFFICIENCY = 0.90
ARITHMETIC_EFFICIENCY = 0.60
SECONDS_PER_LAYER = 100e-6
SECONDS_PER_SEQUENCE = 6e-6
USABLE_MEMORY = 0.9
"""Share of an accelerator's memory that weights and caches may fill."""
MAX_BATCH = 256
"""Sequences that serving engines run at once by default."""
TARGET_UTILISATION = 0.7
"""Load at the peak at which queues stay short. Source: the worked cases of the same calibration."""
SPARE_REPLICAS = 1
BYTES_PER_WEIGHT = 1.0
"""FP8 weights and caches, as in the calibration points."""
HOURS_PER_MONTH = 730.0
DAYS_PER_MONTH = 30.4
SECONDS_PER_DAY = 86_400.0
STAFF_RATE = "loaded-staff-year"


@dataclass(frozen=True, slots=True)
class Workload:
    """What the estimates need of a feature; None is unknown."""

    requests_per_day: float | None
    input_tokens: float | None
    output_tokens: float | None
    cached_share: float
    peak_to_mean: float
    chained_calls: float
    hard_case_share: float | None = None


NO_WORKLOAD = Workload(None, None, None, 0.0, 1.0, 1.0)
"""What conditions depend on that read no estimate."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Latency building blocks of a leg in ms; hashable, because equal speeds are estimated once."""

    round_trip_p50: float
    round_trip_p95: float
    first_token_p50: float
    first_token_p95: float
    per_token: float


@dataclass(frozen=True, slots=True)
class TokenPrice:
    """USD per million tokens."""

    input: float
    output: float
    cached_input: float | None


@dataclass(frozen=True, slots=True)
class Machines:
    """Own machines of one kind with one model; `one_step_rps` is the capacity of models that answer in one step.

    Sizes in billions of parameters, GB, GB/s and TFLOPS; a size that is unknown is None.
    """

    params_b: float | None
    active_params_b: float | None
    layers: float | None
    kv_heads: float | None
    head_dim: float | None
    memory_gb: float
    bandwidth_gb_per_s: float
    tflops: float
    sold_in: float
    hourly_usd: float
    one_step_rps: float | None


LegBasis = TokenPrice | Machines
LegCost = tuple[float, float]
"""USD a month, and the part of it that stays at zero requests."""


@dataclass(frozen=True, slots=True)
class CostBasis:
    """What a cost depends on besides the workload; None is unknown. Only a cascade has a far side."""

    people_usd: float | None
    main: LegBasis | None
    far: LegBasis | None
    cascade: bool


UNKNOWN_COST = CostBasis(None, None, None, cascade=True)
"""The basis of every cascade while nobody knows how many requests escalate."""


@dataclass(frozen=True, slots=True)
class LatencyEstimate:
    """Time of an interaction in ms; None is unknown."""

    floor_ms: float | None
    p50_ms: float | None
    p95_ms: float | None


@dataclass(frozen=True, slots=True)
class CostEstimate:
    """USD a month; None is unknown, never free."""

    monthly_usd: float | None
    fixed_monthly_usd: float | None


def speed_of(leg: Leg, catalog: Catalog) -> Speed | None:
    """Return the latency building blocks of a leg, or None when the catalog has no figures for it."""
    network = catalog.networks.get(leg.boundary)
    if network is None:
        return None
    if leg.hosting == "provider-api":
        hosted = catalog.hosted_speeds.get(leg.model.tier)
        if hosted is None:
            return None
        return Speed(
            network.round_trip_p50_ms, network.round_trip_p95_ms, hosted.first_token_p50_ms, hosted.first_token_p95_ms,
            1000.0 / hosted.output_tokens_per_s,
        )  # fmt: skip
    for own in catalog.own_speeds:
        if own.model == leg.model.id and own.accelerator == leg.accelerator:
            return Speed(
                network.round_trip_p50_ms, network.round_trip_p95_ms, own.first_token_ms, own.first_token_ms,
                own.ms_per_output_token,
            )  # fmt: skip
    return None


def estimate_latency(speed: Speed | None, far: Speed | None, *, cascade: bool, output_tokens: float | None,
                     calls: float) -> LatencyEstimate:  # fmt: skip
    """Return the latency of an option; in a cascade the slow requests also visit the far side."""
    if speed is None:
        return LatencyEstimate(None, None, None)
    floor = calls * (speed.round_trip_p50 + speed.first_token_p50)
    if speed.per_token == 0.0:
        output_tokens = 1.0
    if output_tokens is None:
        return LatencyEstimate(floor, None, None)
    further = max(output_tokens - 1.0, 0.0)
    p50 = floor + calls * further * speed.per_token
    p95: float | None = calls * (speed.round_trip_p95 + speed.first_token_p95 + further * speed.per_token)
    if cascade:
        far_p95 = estimate_latency(far, None, cascade=False, output_tokens=output_tokens, calls=calls).p95_ms
        p95 = None if far_p95 is None or p95 is None else p95 + far_p95
    return LatencyEstimate(floor, p50, p95)


def estimate_cost(option: Option, workload: Workload, catalog: Catalog) -> CostEstimate:
    """Return the running cost of an option, people included; a fallback is not counted, the far side of a cascade is."""
    return cost_of(cost_basis(option, catalog), workload)


def cost_basis(option: Option, catalog: Catalog) -> CostBasis:
    """Return what the cost of an option depends on besides the workload; options with equal bases cost the same."""
    far = option.other if option.routing == "cascade" else None
    return CostBasis(
        people_usd=_people_usd(option, catalog),
        main=_leg_basis(option.leg, catalog),
        far=None if far is None else _leg_basis(far, catalog),
        cascade=far is not None,
    )


def cost_of(basis: CostBasis, workload: Workload) -> CostEstimate:
    """Return the monthly cost of a basis under a workload; unknown when anything it needs is unknown."""
    main = leg_cost(basis.main, workload, share=1.0)
    far = leg_cost(basis.far, workload, share=workload.hard_case_share) if basis.cascade else None
    return total_cost(basis.people_usd, main, far, cascade=basis.cascade)


def total_cost(people_usd: float | None, main: LegCost | None, far: LegCost | None, *, cascade: bool) -> CostEstimate:
    """Return the monthly cost of people and legs together; a cascade needs both legs."""
    if people_usd is None or main is None or (cascade and far is None):
        return CostEstimate(None, None)
    if far is None:
        return CostEstimate(people_usd + main[0], people_usd + main[1])
    return CostEstimate(people_usd + main[0] + far[0], people_usd + main[1] + far[1])


def api_usd_per_request(price: TokenPrice, workload: Workload) -> float | None:
    """Return the list price of one mean request in USD; cached input without a price of its own counts in full."""
    if workload.input_tokens is None or workload.output_tokens is None:
        return None
    cached = workload.input_tokens * workload.cached_share if price.cached_input is not None else 0.0
    usd = (workload.input_tokens - cached) * price.input + cached * (price.cached_input or 0.0)
    return (usd + workload.output_tokens * price.output) / 1e6


def requests_per_second(machines: Machines, count: int, workload: Workload) -> float | None:
    """Return the requests a second that one replica of `count` accelerators sustains, or None when it cannot be told.

    Source: formulas 2.2 of the calibration named in this module: batch limited by memory, time per step the larger of
    arithmetic and weights read, plus cache reads and overheads.
    """
    shape = (
        machines.params_b, machines.layers, machines.kv_heads, machines.head_dim, workload.input_tokens,
        workload.output_tokens,
    )  # fmt: skip
    if any(value is None for value in shape):
        return None
    params_b, layers, kv_heads, head_dim, inputs, outputs = (float(value or 0.0) for value in shape)
    weights = params_b * 1e9 * BYTES_PER_WEIGHT
    active = (machines.active_params_b or params_b) * 1e9
    bandwidth = machines.bandwidth_gb_per_s * 1e9 * count * BANDWIDTH_EFFICIENCY
    arithmetic = machines.tflops * 1e12 * count * ARITHMETIC_EFFICIENCY
    cache_per_token = 2.0 * layers * kv_heads * head_dim * BYTES_PER_WEIGHT
    free = USABLE_MEMORY * machines.memory_gb * 1e9 * count - weights
    batch = min(MAX_BATCH, int(free / (cache_per_token * max(inputs + outputs, 1.0))))
    if batch < 1:
        return None
    context = inputs + outputs / 2.0
    step = (
        batch * cache_per_token * context / bandwidth
        + max(2.0 * active * batch / arithmetic, weights / bandwidth)
        + SECONDS_PER_LAYER * layers
        + SECONDS_PER_SEQUENCE * batch
    )
    prefill = max(2.0 * active * inputs / arithmetic, weights / bandwidth / max(batch, 1))
    return batch / (batch * prefill + max(outputs, 1.0) * step)


def _leg_basis(leg: Leg, catalog: Catalog) -> LegBasis | None:
    if leg.hosting == "provider-api":
        price = price_of(catalog, leg.provider, leg.model.id, leg.region, "chat")
        if price is None or price.input_usd_per_mtok is None or price.output_usd_per_mtok is None:
            return None
        return TokenPrice(price.input_usd_per_mtok, price.output_usd_per_mtok, price.cached_input_usd_per_mtok)
    machine = catalog.accelerators.get(leg.accelerator)
    if machine is None or machine.hourly_usd is None:
        return None
    model, one_step = leg.model, None
    if leg.model.tier in ("encoder", "classical"):
        speed = speed_of(leg, catalog)
        if speed is None:
            return None
        one_step = 1000.0 / max(speed.first_token_p50, 0.01)
    return Machines(
        model.params_b, model.active_params_b, model.layers, model.kv_heads, model.head_dim, machine.memory_gb,
        machine.bandwidth_gb_per_s, machine.fp8_tflops or machine.bf16_tflops, machine.sold_in, machine.hourly_usd,
        one_step,
    )  # fmt: skip


def leg_cost(basis: LegBasis | None, workload: Workload, *, share: float | None) -> LegCost | None:
    """Return the monthly cost of a leg that takes a share of the requests, and the part that stays at zero requests."""
    if basis is None or share is None or workload.requests_per_day is None:
        return None
    requests_per_day = workload.requests_per_day * workload.chained_calls * share
    if isinstance(basis, TokenPrice):
        per_request = api_usd_per_request(basis, workload)
        return None if per_request is None else (per_request * requests_per_day * DAYS_PER_MONTH, 0.0)
    capacity = basis.one_step_rps or requests_per_second(basis, 1, workload)
    if capacity is None:
        return None
    peak = requests_per_day / SECONDS_PER_DAY * workload.peak_to_mean
    replicas = ceil(peak / (TARGET_UTILISATION * capacity)) + SPARE_REPLICAS
    monthly = basis.hourly_usd * HOURS_PER_MONTH
    rented = ceil(replicas / basis.sold_in) * basis.sold_in
    fewest = ceil((1 + SPARE_REPLICAS) / basis.sold_in) * basis.sold_in
    return rented * monthly, fewest * monthly


def _people_usd(option: Option, catalog: Catalog) -> float | None:
    effort = catalog.efforts.get((option.adaptation, option.hosting))
    rate = catalog.rates.get(STAFF_RATE)
    if effort is None or effort.ml_engineers is None or rate is None:
        return None
    return effort.ml_engineers * rate.usd / 12.0
