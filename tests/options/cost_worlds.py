"""Cost inputs, workloads and constants for tests of costs: round numbers, so that every figure can be worked out by hand."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from hypothesis import strategies as st

from aipolicy.catalog.assumptions import HeadCount
from aipolicy.catalog.entries import Dated
from aipolicy.economics.fleet import Redundancy, RentedMachines
from aipolicy.economics.latency import Duration
from aipolicy.economics.machine import FP8, Machine, ModelShape
from aipolicy.economics.retrieval import Index
from aipolicy.economics.token_cost import LongContextRates, TokenPrice, TokenRates
from aipolicy.options.cost_assumptions import CostAssumptions, OwnSite, SpeedAssumptions, TrainingConstants
from aipolicy.options.cost_inputs import (
    CostInputs,
    DeviceInputs,
    EffortSpeed,
    HostedInputs,
    LegInputs,
    OneStepInputs,
    OwnInputs,
    Pace,
    People,
    RoundTrips,
    Training,
)
from aipolicy.options.workload import Workload
from aipolicy.value import replace

ASSUMPTIONS = CostAssumptions(
    hours_per_month=730.0,
    days_per_month=30.0,
    redundancy=Redundancy(target_utilisation=0.5, spare_replicas=1.0),
    own_site=OwnSite(
        server_overhead_share=0.4,
        server_power_factor=1.0,
        amortisation_years=4.0,
        power_usage_effectiveness=1.5,
        electricity_usd_per_kwh=0.2,
        colocation_usd_per_kw=150.0,
    ),
    staff_year_usd=120_000.0,
    monitoring_monthly_usd=300.0,
    evaluation_monthly_usd=1_000.0,
    retry_share=0.02,
    machine_start_hours=0.3,
    evaluation_traffic_share=0.03,
    batch_latency_hours=24.0,
    training=TrainingConstants(
        runs_per_year=4.0,
        usd_per_label=2.0,
        tokens_per_example=500.0,
        epochs=3.0,
        utilisation=0.4,
        tokens_per_parameter=20.0,
    ),
    index=Index(chunk_tokens=400.0, dimensions=1000.0, bytes_per_dimension=4.0, overhead=2.0),
    vector_store_usd_per_gb=0.5,
    index_refreshes_per_year=None,
    query_tokens=50.0,
    embedding_usd_per_mtok=0.1,
    retrieval_ms=50.0,
    speed=SpeedAssumptions(1.4, 1.74, 4.0, 1.5, 1_000.0),
    judge_input_tokens=100.0,
    judge_output_tokens=10.0,
    one_step_requests_per_s=2_000.0,
    stale_price_days=90.0,
    capacity_spread=0.2,
)

AN_HOUR_MS = 3_600_000.0
"""A latency budget that limits no batch on own machines and is too short for the batch price of a provider."""
WORK = Workload(
    requests_per_day=10_000.0, input_tokens=1_000.0, output_tokens=200.0, peak_to_mean=2.0, latency_budget_ms=AN_HOUR_MS,
    index_refreshes_per_year=6.0, labelled_examples=0.0,
)  # fmt: skip
"""1,000 tokens in and 200 out: 4,500 USD a million requests at the rates of `API`."""

NEAR = RoundTrips(Duration(10.0, 20.0))
FAR = RoundTrips(
    Duration(80.0, 150.0), (("same-region", Duration(20.0, 40.0)), ("other-continent", Duration(180.0, 300.0)))
)
PACE = Pace(Duration(400.0, 1_000.0), per_token_ms=5.0)
FAST = (EffortSpeed("", PACE, Pace(Duration(200.0, 400.0), 2.5), Pace(Duration(800.0, 3_000.0), 10.0)),)
API = HostedInputs(TokenPrice(TokenRates(2.5, 10.0, cached_input=0.25)), FAR, FAST, price_uncertain=False)
CHEAP_API = HostedInputs(TokenPrice(TokenRates(0.25, 1.0)), FAR, FAST, price_uncertain=False)
OPEN_API = HostedInputs(TokenPrice(TokenRates(0.25, 1.0)), FAR, FAST, price_uncertain=True)
STALE_API = HostedInputs(TokenPrice(TokenRates(0.25, 1.0)), FAR, FAST, price_uncertain=False, price_stale=True)
LONG_API = HostedInputs(
    TokenPrice(TokenRates(2.5, 10.0, 0.25), TokenRates(1.25, 5.0), LongContextRates(2_000.0, TokenRates(5.0, 15.0))),
    FAR,
    FAST,
    price_uncertain=False,
)
RENTED = RentedMachines(hourly_usd=2.0, sold_in=1.0, hours_per_month=730.0)
"""1,460 USD a month."""
ENCODER = OneStepInputs(pass_ms=10.0, requests_per_s=1.0, cost=RENTED, network=NEAR)
"""One request a second: 86,400 x 0.5 / 2 / 1.05 mean requests a day and replica, a little over 20,571."""
LLAMA_8B = ModelShape(params_b=8.0, active_params_b=8.0, layers=32.0, heads=32.0, kv_heads=8.0, head_dim=128.0)
H100 = Machine(memory_gb=80.0, bandwidth_gb_per_s=3_350.0, tflops=1_979.0)
OWN = OwnInputs(LLAMA_8B, FP8, H100, accelerators=1, cost=RENTED, network=NEAR)
DEVICE = DeviceInputs()
TUNED_AT_PROVIDER = Training(
    examples=1_000.0, usd_per_mtok=25.0, params_b=None, tflops=0.0, hourly_usd=None, from_scratch=False
)
TUNED_ON_OWN = Training(1_000.0, None, params_b=8.0, tflops=1_000.0, hourly_usd=2.0, from_scratch=False)
FROM_SCRATCH = Training(None, None, params_b=1.0, tflops=1_000.0, hourly_usd=2.0, from_scratch=True)


HEAD_COUNT = HeadCount(
    id="prompts", work="prompts", adaptations=(), hostings=(), engineers=0.5, low=None, high=None, shareable=False,
    dated=Dated("a test", date(2026, 11, 21), date(2026, 11, 21), verified=True),
)  # fmt: skip
"""Half an engineer: 5,000 USD a month."""


def inputs(main: LegInputs | None, **others: Any) -> CostInputs:
    """Return the cost inputs of an option that needs nobody and nothing but its main leg, with what is named changed."""
    plain: dict[str, Any] = {
        "far": None, "standby": None, "cascade": False, "stands_by": False, "build_weeks": 0.0,
        "retrieves": False, "watched": False, "training": None,
    }  # fmt: skip
    engineers = others.pop("engineers", 0.0)
    people = None if engineers is None else people_of(engineers)
    return CostInputs(main=main, people=people, **plain | others)


@cache
def people_of(engineers: float) -> People:
    """Return people who do one kind of work, as many whoever asks."""
    return People((HEAD_COUNT,) if engineers == HEAD_COUNT.engineers else (replace(HEAD_COUNT, engineers=engineers),))


ALL_INPUTS = (
    inputs(API),
    inputs(LONG_API, engineers=0.1),
    inputs(OWN, engineers=0.5, watched=True),
    inputs(ENCODER, watched=True),
    inputs(DEVICE),
    inputs(OPEN_API, standby=OWN, stands_by=True),
    inputs(CHEAP_API, far=API, cascade=True),
    inputs(OWN, far=LONG_API, cascade=True, retrieves=True, watched=True, training=TUNED_ON_OWN),
    inputs(ENCODER, far=OWN, cascade=True),
    inputs(STALE_API, retrieves=True, training=TUNED_AT_PROVIDER),
)
"""One of every kind: hosted, own, one step, device, fallback, cascade, retrieval, training."""


@st.composite
def workloads(draw: st.DrawFn) -> Workload:
    """Return any workload of which everything is known."""
    budget = draw(st.floats(100.0, 30_000.0) | st.sampled_from((AN_HOUR_MS, 48 * AN_HOUR_MS)))
    return Workload(
        requests_per_day=draw(st.floats(1.0, 5e6)),
        input_tokens=draw(st.floats(1.0, 8_000.0)),
        output_tokens=draw(st.floats(0.0, 2_000.0)),
        reasoning_tokens=draw(st.floats(0.0, 1_000.0)),
        cached_share=draw(st.floats(0.0, 0.95)),
        cached_counted=draw(st.sampled_from(("inside", "beside"))),
        cache_written_tokens=draw(st.floats(0.0, 1_000.0)),
        peak_to_mean=draw(st.floats(1.0, 6.0)),
        chained_calls=draw(st.floats(1.0, 5.0)),
        hard_case_share=draw(st.floats(0.0, 1.0)),
        corpus_tokens=draw(st.floats(0.0, 1e9)),
        labelled_examples=draw(st.floats(0.0, 5_000.0)),
        latency_budget_ms=budget,
        index_refreshes_per_year=draw(st.sampled_from((0.0, 1.0, 52.0))),
    )
