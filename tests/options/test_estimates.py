"""Latency and cost: by hand where it can be done by hand, and the properties that must hold."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.catalog.catalog import Catalog
from aipolicy.options.attributes import Organization
from aipolicy.options.candidates import candidate_options
from aipolicy.options.estimates import (
    NO_WORKLOAD,
    CostBasis,
    Machines,
    Speed,
    TokenPrice,
    Workload,
    cost_basis,
    cost_of,
    estimate_cost,
    estimate_latency,
    requests_per_second,
)

API = Speed(80.0, 150.0, 400.0, 1000.0, 5.0)
ONE_STEP = Speed(5.0, 20.0, 10.0, 10.0, 0.0)
LLAMA_8B_ON_H100 = Machines(8.03, None, 32.0, 8.0, 128.0, 80.0, 3350.0, 1979.0, 1.0, 2.95, None)
WORK = Workload(10_000.0, 1000.0, 200.0, 0.0, 2.0, 1.0)


@pytest.mark.parametrize(
    ("speed", "tokens", "calls", "expected"),
    [
        (API, 200.0, 1.0, (480.0, 480.0 + 199 * 5, 1150.0 + 199 * 5)),
        (API, 1.0, 3.0, (1440.0, 1440.0, 3450.0)),
        (API, None, 1.0, (480.0, None, None)),
        (ONE_STEP, None, 2.0, (30.0, 30.0, 60.0)),
        (None, 10.0, 1.0, (None, None, None)),
    ],
)
def test_latency_is_round_trips_first_tokens_and_further_tokens(
    speed: Speed | None, tokens: float | None, calls: float, expected: tuple[float | None, ...]
) -> None:
    found = estimate_latency(speed, None, cascade=False, output_tokens=tokens, calls=calls)
    assert (found.floor_ms, found.p50_ms, found.p95_ms) == expected


def test_the_slow_requests_of_a_cascade_also_visit_the_far_side() -> None:
    alone = estimate_latency(API, None, cascade=False, output_tokens=50.0, calls=1.0)
    cascade = estimate_latency(API, API, cascade=True, output_tokens=50.0, calls=1.0)
    assert cascade.p50_ms == alone.p50_ms
    assert cascade.p95_ms == 2 * (alone.p95_ms or 0.0)
    assert estimate_latency(API, None, cascade=True, output_tokens=50.0, calls=1.0).p95_ms is None


def test_the_cost_of_an_api_is_tokens_times_price() -> None:
    basis = CostBasis(0.0, TokenPrice(2.5, 10.0, None), None, cascade=False)
    found = cost_of(basis, replace(WORK, input_tokens=2600.0, output_tokens=300.0))
    assert found.monthly_usd == pytest.approx(0.0095 * 10_000 * 30.4)
    assert found.fixed_monthly_usd == 0.0


@given(st.floats(1, 1e6), st.floats(1, 20), st.floats(0.01, 50), st.floats(0.01, 50), st.floats(0, 1))
def test_api_cost_is_linear_in_requests_and_grows_with_tokens_and_price(
    requests: float, factor: float, price_in: float, price_out: float, cached: float
) -> None:
    basis = CostBasis(0.0, TokenPrice(price_in, price_out, price_in / 10), None, cascade=False)
    work = replace(WORK, requests_per_day=requests, cached_share=cached)
    one = cost_of(basis, work).monthly_usd or 0.0
    assert cost_of(basis, replace(work, requests_per_day=requests * factor)).monthly_usd == pytest.approx(one * factor)
    assert (cost_of(basis, replace(work, output_tokens=200.0 * factor)).monthly_usd or 0.0) >= one
    dearer = CostBasis(0.0, TokenPrice(price_in * factor, price_out, price_in / 10 * factor), None, cascade=False)
    assert (cost_of(dearer, work).monthly_usd or 0.0) >= one * (1 - 1e-12)
    assert one <= (cost_of(basis, replace(work, cached_share=0.0)).monthly_usd or 0.0) * (1 + 1e-12)


@given(st.floats(1, 5e6), st.floats(1, 10))
def test_own_cost_is_a_staircase_with_a_spare_machine(requests: float, factor: float) -> None:
    basis = CostBasis(0.0, LLAMA_8B_ON_H100, None, cascade=False)
    low = cost_of(basis, replace(WORK, requests_per_day=requests))
    high = cost_of(basis, replace(WORK, requests_per_day=requests * factor))
    machine = 2.95 * 730
    assert (low.monthly_usd or 0.0) / machine == pytest.approx(round((low.monthly_usd or 0.0) / machine))
    assert (low.monthly_usd or 0.0) >= 2 * machine - 1e-6
    assert (high.monthly_usd or 0.0) >= (low.monthly_usd or 0.0)


def test_machines_sold_by_the_eight_are_paid_by_the_eight() -> None:
    basis = CostBasis(0.0, replace(LLAMA_8B_ON_H100, sold_in=8.0), None, cascade=False)
    assert cost_of(basis, WORK).monthly_usd == pytest.approx(8 * 2.95 * 730)


@pytest.mark.parametrize(
    ("basis", "work"),
    [
        (CostBasis(None, TokenPrice(1, 1, None), None, cascade=False), WORK),
        (CostBasis(0.0, None, None, cascade=False), WORK),
        (CostBasis(0.0, TokenPrice(1, 1, None), None, cascade=True), replace(WORK, hard_case_share=0.1)),
        (CostBasis(0.0, TokenPrice(1, 1, None), TokenPrice(1, 1, None), cascade=True), WORK),
        (CostBasis(0.0, TokenPrice(1, 1, None), None, cascade=False), NO_WORKLOAD),
        (CostBasis(0.0, TokenPrice(1, 1, None), None, cascade=False), replace(WORK, output_tokens=None)),
        (CostBasis(0.0, replace(LLAMA_8B_ON_H100, params_b=None), None, cascade=False), WORK),
        (CostBasis(0.0, replace(LLAMA_8B_ON_H100, memory_gb=4.0), None, cascade=False), WORK),
    ],
)
def test_what_is_unknown_makes_a_cost_unknown_and_never_zero(basis: CostBasis, work: Workload) -> None:
    assert cost_of(basis, work).monthly_usd is None


def test_the_far_side_of_a_cascade_is_paid_for_the_hard_cases() -> None:
    cheap, dear = TokenPrice(0.1, 0.1, None), TokenPrice(10.0, 10.0, None)
    work = replace(WORK, hard_case_share=0.1)
    cascade = cost_of(CostBasis(0.0, cheap, dear, cascade=True), work).monthly_usd
    assert cascade == pytest.approx(
        (cost_of(CostBasis(0.0, cheap, None, cascade=False), work).monthly_usd or 0.0)
        + 0.1 * (cost_of(CostBasis(0.0, dear, None, cascade=False), work).monthly_usd or 0.0)
    )


def test_the_roofline_reproduces_a_published_throughput_within_its_error() -> None:
    """Llama 3.1 8B FP8 on one H100, 1000 tokens in and out: 15,220 tokens/s.

    Source: TensorRT-LLM v1.0 performance overview, commit 00f3768.
    """
    rate = requests_per_second(LLAMA_8B_ON_H100, 1, replace(WORK, input_tokens=1000.0, output_tokens=1000.0))
    assert rate is not None
    assert 1 / 1.5 < rate * 1000.0 / 15_220 < 1.5


def test_equal_bases_cost_the_same_and_a_price_of_nobody_is_unknown(catalog: Catalog) -> None:
    options = candidate_options(catalog, Organization())
    api = next(option for option in options if option.hosting == "provider-api")
    assert estimate_cost(api, WORK, catalog) == cost_of(cost_basis(api, catalog), WORK)
    nobody = replace(api, leg=replace(api.leg, model=replace(api.leg.model, id="nobody")))
    assert estimate_cost(nobody, WORK, catalog).monthly_usd is None


@given(st.floats(0, 4000), st.floats(1, 10), st.floats(0, 4000))
def test_latency_grows_with_tokens_and_the_slow_are_never_faster(tokens: float, calls: float, more: float) -> None:
    one = estimate_latency(API, None, cascade=False, output_tokens=tokens, calls=calls)
    longer = estimate_latency(API, None, cascade=False, output_tokens=tokens + more, calls=calls)
    cascade = estimate_latency(API, ONE_STEP, cascade=True, output_tokens=tokens, calls=calls)
    assert one.floor_ms is not None
    assert one.p50_ms is not None
    assert one.p95_ms is not None
    assert one.floor_ms <= one.p50_ms <= one.p95_ms <= (cascade.p95_ms or 0.0)
    assert longer.floor_ms == one.floor_ms
    assert (longer.p50_ms or 0.0) >= one.p50_ms
    assert (longer.p95_ms or 0.0) >= one.p95_ms


def test_every_candidate_has_a_cost_above_zero_or_none_that_is_known(catalog: Catalog) -> None:
    work = replace(WORK, hard_case_share=0.1)
    known = 0
    for option in candidate_options(catalog, Organization())[::17]:
        cost = estimate_cost(option, work, catalog)
        assert (cost.monthly_usd is None) is (cost.fixed_monthly_usd is None)
        if cost.monthly_usd is not None and cost.fixed_monthly_usd is not None:
            known += 1
            assert cost.monthly_usd > 0
            assert 0 <= cost.fixed_monthly_usd <= cost.monthly_usd
    assert known > 50
