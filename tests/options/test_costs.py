"""What options cost: every part by hand, unknown parts, and the properties that must hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from cost_worlds import (
    ALL_INPUTS,
    AN_HOUR_MS,
    API,
    ASSUMPTIONS,
    CHEAP_API,
    DEVICE,
    ENCODER,
    FAR,
    FAST,
    FROM_SCRATCH,
    LLAMA_8B,
    LONG_API,
    OPEN_API,
    OWN,
    RENTED,
    STALE_API,
    TUNED_AT_PROVIDER,
    TUNED_ON_OWN,
    WORK,
    inputs,
    workloads,
)
from hypothesis import assume, given
from hypothesis import strategies as st

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.prices import price_of
from aipolicy.economics.arithmetic import ONE_DRAW
from aipolicy.economics.roofline import Serving
from aipolicy.economics.token_cost import TokenPrice, TokenRates
from aipolicy.options.attributes import Organization
from aipolicy.options.candidates import candidate_legs
from aipolicy.options.cost_assumptions import cost_assumptions
from aipolicy.options.cost_inputs import CostInputs, HostedInputs, OwnInputs
from aipolicy.options.cost_inputs_reader import CostInputsReader
from aipolicy.options.costs import running_cost
from aipolicy.options.fixed_costs import index_monthly_usd
from aipolicy.options.serving import serving_of
from aipolicy.options.upfront_costs import upfront_cost
from aipolicy.options.workload import NO_WORKLOAD, Workload
from aipolicy.value import replace

CACHED_BATCH_API = HostedInputs(
    TokenPrice(TokenRates(2.5, 10.0, 0.25), TokenRates(1.25, 5.0, 0.1)), FAR, FAST, price_uncertain=False
)
WRITING_API = HostedInputs(
    TokenPrice(TokenRates(2.5, 10.0, 0.25, cache_write=3.125, cache_write_hour=5.0)), FAR, FAST, price_uncertain=False
)
DAYS_TRAFFIC = 10_000 * 30 * 1.05
"""Requests that are paid for in a month: 10,000 a day, 2 % sent again, 3 % for evaluation."""


def monthly(option: CostInputs, work: Workload = WORK, **changed: Any) -> float:
    """Return the cost of a month, which is known."""
    cost = running_cost(option, work, replace(ASSUMPTIONS, **changed))
    assert cost is not None
    assert work.requests_per_day is not None
    return cost.monthly_usd(work.requests_per_day)


@pytest.mark.parametrize(
    ("option", "work", "usd"),
    [
        # 1,000 x 2.5 + 200 x 10 = 4,500 USD a million requests
        (inputs(API), WORK, DAYS_TRAFFIC * 0.0045),
        # three calls follow one another
        (inputs(API), replace(WORK, chained_calls=3.0), DAYS_TRAFFIC * 0.0135),
        # 600 fresh at 2.5, 400 cached at 0.25, 200 out
        (inputs(API), replace(WORK, cached_share=0.4), DAYS_TRAFFIC * 0.0036),
        # 1,000 fresh are 0.6 of the prompt: 666.7 cached beside them
        (
            inputs(API),
            replace(WORK, cached_share=0.4, cached_counted="beside"),
            DAYS_TRAFFIC * (0.0045 + 0.25e-6 * 2000 / 3),
        ),
        # 300 reasoning tokens beside the 200 of the answer
        (inputs(API), replace(WORK, reasoning_tokens=300.0), DAYS_TRAFFIC * 0.0075),
        # 2,001 tokens are a long prompt: 5 and 15 for the whole request
        (inputs(LONG_API), replace(WORK, input_tokens=2001.0), DAYS_TRAFFIC * (2001 * 5 + 200 * 15) / 1e6),
        # a budget of a day allows the batch price, one of 23 hours does not
        (inputs(LONG_API), replace(WORK, latency_budget_ms=24 * 3.6e6), DAYS_TRAFFIC * 0.00225),
        (inputs(LONG_API), replace(WORK, latency_budget_ms=23 * 3.6e6), DAYS_TRAFFIC * 0.0045),
        # a third may wait for a batch
        (inputs(LONG_API), replace(WORK, batchable_share=1 / 3), DAYS_TRAFFIC * (0.0045 * 2 / 3 + 0.00225 / 3)),
        # where there are no batches, waiting saves nothing
        (inputs(API), replace(WORK, batchable_share=1 / 3), DAYS_TRAFFIC * 0.0045),
        # 500 tokens written to a cache, for minutes at 3.125 and for an hour at 5 in the place of 2.5
        (inputs(WRITING_API), replace(WORK, cache_written_tokens=500.0), DAYS_TRAFFIC * (0.0045 + 500 * 0.625e-6)),
        (
            inputs(WRITING_API),
            replace(WORK, cache_written_tokens=500.0, cache_kept="hour"),
            DAYS_TRAFFIC * (0.0045 + 500 * 2.5e-6),
        ),
        # a provider without a price of the hour charges what it charges
        (inputs(API), replace(WORK, cache_written_tokens=500.0, cache_kept="hour"), DAYS_TRAFFIC * 0.0045),
        # machines run nine hours a day, and 0.3 more until they answer
        (inputs(ENCODER), replace(WORK, hours_per_day=9.0), 2 * 1460.0 * 9.3 / 24.0),
        (inputs(ENCODER), replace(WORK, hours_per_day=24.0), 2 * 1460.0),
        # nothing is paid while nobody asks, and by the second: a quarter of an hour is no whole one
        (inputs(ENCODER), replace(WORK, requests_per_day=10.0, hours_per_day=0.25), 2 * 1460.0 * 0.55 / 24.0),
        # a third of the day has three times the mean, more than the peak of two: one machine more
        (inputs(ENCODER), replace(WORK, requests_per_day=20_571.0, hours_per_day=8.0), 3 * 1460.0 * 8.3 / 24.0),
        # half of the prompt cached: 500 at 1.25, 500 at 0.1, 200 out at 5
        (
            inputs(CACHED_BATCH_API),
            replace(WORK, cached_share=0.5, latency_budget_ms=24 * 3.6e6),
            DAYS_TRAFFIC * 0.001675,
        ),
        # 20,571 mean requests a day and machine: one for the load, one to spare
        (inputs(ENCODER), WORK, 2 * 1460.0),
        (inputs(ENCODER), replace(WORK, requests_per_day=20_571.0), 2 * 1460.0),
        (inputs(ENCODER), replace(WORK, requests_per_day=20_572.0), 3 * 1460.0),
        (inputs(DEVICE), WORK, 0.0),
        # the small model also says whether a case is hard: 100 tokens more in, 10 out, and a tenth goes on
        (
            inputs(CHEAP_API, far=API, cascade=True),
            replace(WORK, hard_case_share=0.1),
            DAYS_TRAFFIC * (1100 * 0.25e-6 + 210 * 1e-6 + 0.1 * 0.0045),
        ),
        # own machines that wait are one replica; a provider that waits costs nothing
        (inputs(API, standby=OWN, stands_by=True), WORK, DAYS_TRAFFIC * 0.0045 + 1460.0),
        (
            inputs(API, standby=replace(OWN, cost=replace(RENTED, sold_in=8.0)), stands_by=True),
            WORK,
            DAYS_TRAFFIC * 0.0045 + 8 * 1460.0,
        ),
        # half an engineer, monitoring and evaluation
        (inputs(API, engineers=0.5, watched=True), WORK, DAYS_TRAFFIC * 0.0045 + 5_000 + 300 + 1_000),
        # 25,000 vectors of 8 kB are 0.2 GB at 0.5; six times a year 1 USD; questions of 50 tokens, not sent again
        (
            inputs(API, retrieves=True),
            replace(WORK, corpus_tokens=10e6),
            DAYS_TRAFFIC * 0.0045 + 0.1 + 0.5 + 300_000 * 50 * 0.1e-6,
        ),
        # 1,000 examples of 500 tokens three times are 1.5 M at 25 USD, four times a year
        (inputs(API, training=TUNED_AT_PROVIDER), WORK, DAYS_TRAFFIC * 0.0045 + 37.5 * 4 / 12),
        # 6 x 8e9 x 1.5e6 operations at 400 TFLOPS reached are 0.05 hours at 2 USD
        (inputs(DEVICE, training=TUNED_ON_OWN), WORK, 0.1 * 4 / 12),
        # a model trained from scratch is not trained anew every quarter
        (inputs(DEVICE, training=FROM_SCRATCH), WORK, 0.0),
    ],
)
def test_a_month_costs_its_parts(option: CostInputs, work: Workload, usd: float) -> None:
    assert monthly(option, work) == pytest.approx(usd, rel=1e-9, abs=1e-9)


def test_own_machines_are_as_many_as_the_roofline_says() -> None:
    serving = serving_of(OWN, WORK, ASSUMPTIONS)
    assert isinstance(serving, Serving)
    mean_a_day = serving.requests_per_s * 86_400 * 0.5 / 2.0 / 1.05
    for replicas in (1, 2, 7):
        filled = replace(WORK, requests_per_day=mean_a_day * replicas)
        assert monthly(inputs(OWN), filled) == pytest.approx((replicas + 1) * 1460.0)
        fuller = replace(WORK, requests_per_day=mean_a_day * replicas * 1.001)
        assert monthly(inputs(OWN), fuller) == pytest.approx((replicas + 2) * 1460.0)


@pytest.mark.parametrize(
    ("option", "factor", "times"),
    [
        (inputs(OPEN_API), "open_price_factor", 1.5),
        (inputs(STALE_API), "list_price_factor", 1.5),
        (inputs(API), "open_price_factor", 1.0),
        (inputs(API), "list_price_factor", 1.0),
        (inputs(OPEN_API), "list_price_factor", 1.0),
        (inputs(ENCODER), "accelerator_price_factor", 1.5),
        (inputs(OWN), "accelerator_price_factor", 1.5),
        (inputs(API), "accelerator_price_factor", 1.0),
    ],
)
def test_a_price_is_uncertain_where_it_is_one_of_an_open_model_an_old_one_or_one_of_machines(
    option: CostInputs, factor: str, times: float
) -> None:
    assert monthly(option, **{factor: 1.5}) == pytest.approx(times * monthly(option))


def test_half_the_capacity_takes_twice_the_machines_beyond_the_spare_one() -> None:
    busy = replace(WORK, requests_per_day=1e6)
    one, half = monthly(inputs(ENCODER), busy), monthly(inputs(ENCODER), busy, capacity_factor=0.5)
    assert (one, half) == (pytest.approx(50 * 1460.0), pytest.approx(99 * 1460.0))


def test_the_lines_of_a_cost_add_up_to_it() -> None:
    option = inputs(OWN, far=API, cascade=True, engineers=0.5, watched=True, retrieves=True, training=TUNED_ON_OWN)
    cost = running_cost(option, replace(WORK, hard_case_share=0.1, corpus_tokens=1e7), ASSUMPTIONS)
    assert cost is not None
    lines = dict(cost.lines(10_000.0))
    assert list(lines) == [
        "model", "hard cases", "questions embedded", "people", "monitoring", "evaluation", "index", "retraining"
    ]  # fmt: skip
    assert sum(lines.values()) == pytest.approx(cost.monthly_usd(10_000.0))
    assert cost.curve.monthly_usd(10_000.0) == pytest.approx(cost.monthly_usd(10_000.0))


@pytest.mark.parametrize(
    ("option", "work"),
    [
        (inputs(None), WORK),
        (inputs(replace(API, price=None)), WORK),
        (inputs(API), NO_WORKLOAD),
        (inputs(API), replace(WORK, input_tokens=None)),
        (inputs(API), replace(WORK, output_tokens=None)),
        # whether requests may wait decides about the batch price, and how long they may about the batches of a machine
        (inputs(LONG_API), replace(WORK, latency_budget_ms=None)),
        (inputs(OWN), replace(WORK, latency_budget_ms=None)),
        # all input is cached and counted beside it: nobody knows how much that is
        (inputs(API), replace(WORK, cached_share=1.0, cached_counted="beside")),
        (inputs(OWN), replace(WORK, cached_share=1.0, cached_counted="beside")),
        (inputs(API, engineers=None), WORK),
        (inputs(replace(OWN, cost=None)), WORK),
        (inputs(replace(ENCODER, cost=None)), WORK),
        # the weights do not fit
        (inputs(replace(OWN, shape=replace(LLAMA_8B, params_b=800.0))), WORK),
        # not even one prompt fits beside them
        (inputs(OWN), replace(WORK, input_tokens=1e7)),
        (inputs(API, far=API, cascade=True), WORK),
        (inputs(API, far=None, cascade=True), replace(WORK, hard_case_share=0.1)),
        (inputs(API, standby=None, stands_by=True), WORK),
        (inputs(API, standby=replace(OWN, cost=None), stands_by=True), WORK),
        (inputs(API, retrieves=True), WORK),
        (inputs(API, training=replace(TUNED_AT_PROVIDER, examples=None)), WORK),
        (inputs(API, training=replace(TUNED_AT_PROVIDER, usd_per_mtok=None)), WORK),
        (inputs(OWN, training=replace(TUNED_ON_OWN, hourly_usd=None)), WORK),
        (inputs(OWN, training=replace(TUNED_ON_OWN, tflops=0.0)), WORK),
    ],
)
def test_a_part_that_is_unknown_makes_the_cost_unknown_and_never_zero(option: CostInputs, work: Workload) -> None:
    assert running_cost(option, work, ASSUMPTIONS) is None


def test_a_model_without_output_price_needs_no_length_of_answers() -> None:
    embedding = replace(API, price=replace(API.price, rates=replace(API.price.rates, output=None)))  # type: ignore[union-attr, type-var]
    assert monthly(inputs(embedding), replace(WORK, output_tokens=None)) == pytest.approx(DAYS_TRAFFIC * 0.0025)


@pytest.mark.parametrize(("changes", "usd"), [(0.0, 0.1), (12.0, 1.1), (365.0, 0.1 + 365 / 12)])
def test_an_index_is_made_anew_as_often_as_knowledge_changes(changes: float, usd: float) -> None:
    """25,000 vectors of 8 kB are 0.2 GB at 0.5; embedding ten million tokens costs 1 USD."""
    work = replace(WORK, corpus_tokens=10e6, index_refreshes_per_year=changes)
    assert index_monthly_usd(work, ASSUMPTIONS) == pytest.approx(usd)


def test_how_often_an_organisation_makes_its_index_anew_is_its_own_matter() -> None:
    work = replace(WORK, corpus_tokens=10e6, index_refreshes_per_year=None)
    assert index_monthly_usd(work, ASSUMPTIONS) is None
    assert index_monthly_usd(work, replace(ASSUMPTIONS, index_refreshes_per_year=24.0)) == pytest.approx(2.1)


@pytest.mark.parametrize(
    ("option", "work", "lines"),
    [
        # three weeks of an engineer at 120,000 a year
        (inputs(API, build_weeks=3.0), WORK, {"engineering": 120_000 * 3 / 52}),
        (
            inputs(API, retrieves=True),
            replace(WORK, corpus_tokens=1e7),
            {"engineering": 0.0, "indexing documents": 1.0},
        ),
        # 1,000 examples less 400 that exist, 2 USD each; 1.5 M tokens at 25 USD
        (
            inputs(API, training=TUNED_AT_PROVIDER),
            replace(WORK, labelled_examples=400.0),
            {"engineering": 0.0, "labelling": 1_200.0, "training run": 37.5},
        ),
        (
            inputs(OWN, training=TUNED_ON_OWN),
            replace(WORK, labelled_examples=4_000.0),
            {"engineering": 0.0, "labelling": 0.0, "training run": 4 * 0.1},  # a run reads every example that there is
        ),
        # 1 B parameters, 20 B tokens: 1.2e20 operations, 83.3 hours at 2 USD, and no labels
        (
            inputs(OWN, training=FROM_SCRATCH),
            WORK,
            {"engineering": 0.0, "labelling": 0.0, "training run": 1.2e20 / 4e14 / 3600 * 2},
        ),
    ],
)
def test_up_front_an_option_costs_engineers_labels_a_run_and_an_index(
    option: CostInputs, work: Workload, lines: dict[str, float]
) -> None:
    found = upfront_cost(option, work, ASSUMPTIONS)
    assert found is not None
    assert dict(found) == pytest.approx(lines)


@pytest.mark.parametrize(
    ("option", "work"),
    [
        (inputs(API, build_weeks=None), WORK),
        (inputs(API, retrieves=True), WORK),
        (inputs(API, training=TUNED_AT_PROVIDER), replace(WORK, labelled_examples=None)),
        (inputs(API, training=replace(TUNED_AT_PROVIDER, usd_per_mtok=None)), replace(WORK, labelled_examples=0.0)),
    ],
)
def test_what_is_unknown_up_front_is_unknown(option: CostInputs, work: Workload) -> None:
    assert upfront_cost(option, work, ASSUMPTIONS) is None


def batch(work: Workload, own: OwnInputs = OWN) -> float:
    """Return the largest batch that a replica serves."""
    serving = serving_of(own, work, ASSUMPTIONS)
    assert isinstance(serving, Serving)
    return serving.batch


def test_a_latency_budget_makes_batches_smaller_until_none_keeps_it() -> None:
    unhurried = batch(WORK)
    brisk = batch(replace(WORK, latency_budget_ms=200 * 6.0 + 20.0))
    assert 1.0 <= brisk < unhurried
    assert batch(replace(WORK, latency_budget_ms=400.0)) == unhurried
    assert batch(replace(WORK, latency_budget_ms=10.0)) == unhurried


def test_a_hurried_answer_takes_more_machines() -> None:
    busy = replace(WORK, requests_per_day=1e6)
    assert monthly(inputs(OWN), replace(busy, latency_budget_ms=1220.0)) > monthly(inputs(OWN), busy)


OPTIONS = st.sampled_from(ALL_INPUTS)


@given(OPTIONS, workloads(), st.floats(1.0, 20.0))
def test_a_month_never_costs_less_with_more_requests(option: CostInputs, work: Workload, factor: float) -> None:
    cost = running_cost(option, work, ASSUMPTIONS)
    assume(cost is not None)
    assert cost is not None
    assert work.requests_per_day is not None
    more = cost.monthly_usd(work.requests_per_day * factor)
    assert more >= cost.monthly_usd(work.requests_per_day) * (1.0 - 1e-12)


@given(workloads(), st.floats(1.0, 20.0))
def test_the_cost_of_an_api_is_linear_in_requests(work: Workload, factor: float) -> None:
    assert work.requests_per_day is not None
    one = monthly(inputs(LONG_API), work)
    more = monthly(inputs(LONG_API), replace(work, requests_per_day=work.requests_per_day * factor))
    assert more == pytest.approx(factor * one)


@given(st.sampled_from([option for option in ALL_INPUTS if option.main is not OWN and option.far is not OWN]), workloads(),
       st.sampled_from(("input_tokens", "output_tokens", "reasoning_tokens")), st.floats(0.0, 5_000.0))  # fmt: skip
def test_longer_requests_never_cost_less(option: CostInputs, work: Workload, kind: str, more: float) -> None:
    longer = replace(work, **{kind: getattr(work, kind) + more})
    assert monthly(option, longer) >= monthly(option, work) * (1.0 - 1e-12)


@given(workloads(), st.sampled_from(("input_tokens", "output_tokens")), st.floats(1.0, 3.0))
def test_longer_requests_never_cost_less_on_own_machines_without_a_hurry(
    work: Workload, kind: str, factor: float
) -> None:
    """Where no batch keeps a latency budget, capacity is that of the largest one: there a longer answer may cost less."""
    unhurried = replace(work, latency_budget_ms=AN_HOUR_MS)
    longer = replace(unhurried, **{kind: getattr(unhurried, kind) * factor})
    costs = [running_cost(inputs(OWN), each, ASSUMPTIONS) for each in (unhurried, longer)]
    assume(None not in costs)
    short, long = (cost.curve.slope for cost in costs if cost is not None)
    assert long >= short * (1.0 - 1e-9)


@given(OPTIONS, workloads(), st.floats(1.0, 4.0))
def test_dearer_machines_never_cost_less(option: CostInputs, work: Workload, factor: float) -> None:
    assume(running_cost(option, work, ASSUMPTIONS) is not None)
    assert monthly(option, work, accelerator_price_factor=factor) >= monthly(option, work) * (1.0 - 1e-12)


DRAWN_FIELDS = (
    "requests_per_day", "input_tokens", "output_tokens", "reasoning_tokens", "cached_share", "cache_written_tokens",
    "peak_to_mean", "hard_case_share", "corpus_tokens",
)  # fmt: skip
DRAWN_CONSTANTS = (
    "staff_year_usd", "monitoring_monthly_usd", "evaluation_monthly_usd", "embedding_usd_per_mtok",
    "vector_store_usd_per_gb", "capacity_factor", "accelerator_price_factor", "open_price_factor", "list_price_factor",
)  # fmt: skip


@given(OPTIONS, workloads(), st.lists(st.tuples(workloads(), st.floats(0.3, 3.0)), min_size=2, max_size=6))
def test_arrays_of_draws_cost_what_each_draw_costs(
    option: CostInputs, likely: Workload, drawn: list[tuple[Workload, float]]
) -> None:
    """One formula for both: element by element, to the last bits."""
    assume(running_cost(option, likely, ASSUMPTIONS) is not None)
    singles = [
        (
            replace(likely, **{field: getattr(work, field) for field in DRAWN_FIELDS}),
            replace(ASSUMPTIONS, **{name: getattr(ASSUMPTIONS, name) * factor for name in DRAWN_CONSTANTS}),
        )
        for work, factor in drawn
    ]
    arrays: dict[str, Any] = {f: np.array([getattr(work, f) for work, _ in singles]) for f in DRAWN_FIELDS}
    constants: dict[str, Any] = {name: np.array([getattr(a, name) for _, a in singles]) for name in DRAWN_CONSTANTS}
    together = running_cost(
        option,
        replace(likely, **arrays),
        replace(ASSUMPTIONS, **constants),
        likely=likely,
        arithmetic=np,  # type: ignore[arg-type]
    )
    assert together is not None
    usd = np.broadcast_to(together.monthly_usd(arrays["requests_per_day"], np), len(drawn))  # type: ignore[arg-type]
    for found, (work, assumptions) in zip(usd.tolist(), singles, strict=True):
        alone = running_cost(option, work, assumptions, likely=likely, arithmetic=ONE_DRAW)
        assert alone is not None
        assert work.requests_per_day is not None
        assert found == pytest.approx(alone.monthly_usd(work.requests_per_day), rel=1e-12)


@given(OPTIONS, workloads())
def test_a_single_draw_costs_what_the_likely_values_cost(option: CostInputs, work: Workload) -> None:
    plain = running_cost(option, work, ASSUMPTIONS)
    assume(plain is not None)
    assert plain is not None
    assert work.requests_per_day is not None
    draw = running_cost(option, work, ASSUMPTIONS, likely=work, arithmetic=ONE_DRAW)
    assert draw is not None
    assert draw.monthly_usd(work.requests_per_day) == plain.monthly_usd(work.requests_per_day)


def test_every_candidate_has_a_cost_of_at_least_nothing_or_none_that_is_known(catalog: Catalog) -> None:
    assumptions = cost_assumptions(catalog)
    reader = CostInputsReader(catalog, assumptions)
    work = replace(WORK, hard_case_share=0.1, corpus_tokens=1e7)
    known = 0
    for option in candidate_legs(catalog, Organization())[::17]:
        cost = running_cost(reader.cost_inputs(option), work, assumptions)
        if cost is not None:
            known += 1
            assert 0.0 <= cost.monthly_usd(0.0) <= cost.monthly_usd(10_000.0)
    assert known > 50


def test_a_provider_that_nobody_has_a_price_of_has_no_cost(catalog: Catalog) -> None:
    option = next(o for o in candidate_legs(catalog, Organization()) if o.hosting == "provider-api")
    nobody = replace(option, leg=replace(option.leg, model=replace(option.leg.model, id="nobody")))
    assumptions = cost_assumptions(catalog)
    assert running_cost(CostInputsReader(catalog, assumptions).cost_inputs(nobody), WORK, assumptions) is None


def test_every_batch_rate_of_a_price_list_is_charged(catalog: Catalog) -> None:
    """The list of prices knows cached input of a batch, and batches of long requests."""
    found = {}
    reader = CostInputsReader(catalog, cost_assumptions(catalog))
    for option in candidate_legs(catalog, Organization()):
        listed = price_of(catalog.price_index, option.leg.provider, option.leg.model.id, option.leg.region, "chat")
        leg = reader.cost_inputs(option).main
        if listed is not None and listed.batch_cached_input_usd_per_mtok is not None and isinstance(leg, HostedInputs):
            found[option.leg.model.id] = (listed, leg.price)
    assert found
    assert any(listed.long_context is not None for listed, _ in found.values())
    for listed, price in found.values():
        assert price is not None
        assert price.batch is not None
        assert price.batch.cached_input == listed.batch_cached_input_usd_per_mtok
        if listed.long_context is not None and listed.long_context.batch_input_usd_per_mtok is not None:
            assert price.long_context is not None
            assert price.long_context.batch is not None
            assert price.long_context.batch.input == listed.long_context.batch_input_usd_per_mtok
