"""Machines for a load: whole replicas in whole instances, one to spare, and what they cost a month."""

from __future__ import annotations

from math import ceil

import numpy as np
import pytest
from cost_curves import staircases
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.economics.fleet import (
    SECONDS_PER_DAY,
    BoughtMachines,
    MachineCost,
    Redundancy,
    RentedMachines,
    Staircase,
    staircase,
)
from aipolicy.value import replace

N_PLUS_1 = Redundancy(target_utilisation=0.7, spare_replicas=1.0)
SINGLY = RentedMachines(hourly_usd=3.0, sold_in=1.0, hours_per_month=730.0)
BY_EIGHT = replace(SINGLY, sold_in=8.0)
BOUGHT = BoughtMachines(
    purchase_usd=30_000.0, sold_in=1.0, power_kw=1.0, server_overhead_share=0.4, amortisation_years=4.0,
    power_usage_effectiveness=1.5, electricity_usd_per_kwh=0.2, colocation_usd_per_kw=150.0, hours_per_month=730.0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("requests_per_day", "accelerators", "cost", "instances", "monthly_usd"),
    [
        # a replica answers 1 a second: 86,400 x 0.7 / 2 = 30,240 mean requests a day
        (10_000.0, 1, SINGLY, 2.0, 2 * 2_190.0),
        (30_240.0, 1, SINGLY, 2.0, 2 * 2_190.0),
        (30_241.0, 1, SINGLY, 3.0, 3 * 2_190.0),
        (100_000.0, 1, SINGLY, 5.0, 5 * 2_190.0),
        (0.0, 1, SINGLY, 2.0, 2 * 2_190.0),
        # two accelerators a replica
        (10_000.0, 2, SINGLY, 2.0, 2 * 2 * 2_190.0),
        # sold by the eight: eight replicas of one in an instance, the spare one among them
        (10_000.0, 1, BY_EIGHT, 1.0, 8 * 2_190.0),
        (7 * 30_240.0, 1, BY_EIGHT, 1.0, 8 * 2_190.0),
        (7 * 30_240.0 + 1.0, 1, BY_EIGHT, 2.0, 16 * 2_190.0),
        # three accelerators a replica: two replicas in eight, two accelerators idle and paid for
        (10_000.0, 3, BY_EIGHT, 1.0, 8 * 2_190.0),
        (40_000.0, 3, BY_EIGHT, 2.0, 16 * 2_190.0),
        # sixteen accelerators a replica are two instances of eight, sold as one step
        (10_000.0, 16, BY_EIGHT, 2.0, 2 * 16 * 2_190.0),
    ],
)
def test_machines_for_a_load_by_hand(
    requests_per_day: float, accelerators: int, cost: MachineCost, instances: float, monthly_usd: float
) -> None:
    stairs = staircase(1.0, accelerators, cost, N_PLUS_1, peak_to_mean=2.0)
    assert stairs.instances(requests_per_day) == instances
    assert stairs.monthly_usd(requests_per_day) == pytest.approx(monthly_usd)


def test_bought_machines_cost_depreciation_power_and_space_and_the_purchase_once() -> None:
    """42,000 USD over 48 months is 875; 1.5 kW x 730 h x 0.2 is 219; 1 kW of space is 150."""
    assert BOUGHT.monthly_usd(1.0) == pytest.approx(875.0 + 219.0 + 150.0)
    assert BOUGHT.monthly_usd(3.0) == pytest.approx(3 * 1_244.0)


REQUESTS = st.floats(0.0, 1e8)


@given(staircases(), REQUESTS)
def test_instances_are_whole(stairs: Staircase, requests: float) -> None:
    instances = stairs.instances(requests)
    assert instances == int(instances) >= 1.0


@given(st.floats(0.005, 50.0), st.sampled_from((1, 2, 4, 8)), st.sampled_from((1.0, 8.0)), st.floats(0.3, 1.0),
       st.floats(1.0, 5.0), st.sampled_from((0.0, 1.0, 2.0)), REQUESTS)  # fmt: skip
def test_replicas_are_whole_and_hold_the_peak_with_the_spare_ones_down(
    rate: float, accelerators: int, sold_in: float, target: float, peak: float, spare: float, requests: float
) -> None:
    cost = RentedMachines(3.0, sold_in, 730.0)
    stairs = staircase(rate, accelerators, cost, Redundancy(target, spare), peak)
    bought = stairs.monthly_usd(requests) / cost.monthly_usd(1.0)
    assert bought == pytest.approx(round(bought))
    assert round(bought) % int(sold_in) == 0
    replicas = round(bought) // accelerators
    assert replicas >= 1 + spare
    least = ceil(requests * peak / SECONDS_PER_DAY / (target * rate) * (1.0 - 1e-9))
    assert replicas >= least + spare
    if sold_in == 1.0:
        assert replicas == max(least, 1) + spare


@given(staircases(), REQUESTS, st.floats(1.0, 10.0))
def test_a_larger_load_never_takes_fewer_machines(stairs: Staircase, requests: float, factor: float) -> None:
    assert stairs.instances(requests * factor) >= stairs.instances(requests)


@given(staircases(), st.integers(0, 10_000))
def test_a_load_that_fills_its_machines_takes_no_more_and_one_request_a_thousand_does(
    stairs: Staircase, more: int
) -> None:
    instances = stairs.instances(0.0) + more
    edge = stairs.edge(instances)
    assert stairs.instances(edge) == instances
    assert stairs.instances(edge + 1e-3 * stairs.requests_per_day) == instances + 1.0


@given(staircases(), st.lists(REQUESTS, min_size=1, max_size=20))
def test_arrays_of_loads_take_the_machines_that_each_takes(stairs: Staircase, loads: list[float]) -> None:
    together = stairs.monthly_usd(np.array(loads), np)  # type: ignore[arg-type]
    assert together.tolist() == [stairs.monthly_usd(load) for load in loads]  # type: ignore[attr-defined]
