"""What training costs: hours by 6ND, tokens by price, and after how many requests a run has paid for itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.economics.training import (
    accelerator_hours,
    requests_to_recover,
    tokens_usd,
    training_operations,
    training_tokens,
    training_usd,
)


def test_a_model_of_one_billion_on_twenty_billion_tokens_takes_a_hundred_and_twenty_exa_operations() -> None:
    """6 x 1e9 x 20e9 = 1.2e20; at 1,000 TFLOPS and a utilisation of a third 3.6e5 seconds, 100 hours, 300 USD."""
    operations = training_operations(1.0, 20e9)
    assert operations == pytest.approx(1.2e20)
    hours = accelerator_hours(operations, tflops=1_000.0, utilisation=1.0 / 3.0)
    assert hours == pytest.approx(100.0)
    assert training_usd(hours, 3.0) == pytest.approx(300.0)


def test_fine_tuning_reads_every_example_once_an_epoch() -> None:
    """1,000 examples of 500 tokens, three times: 1.5 M tokens, at 25 USD a million 37.50."""
    tokens = training_tokens(1_000.0, 500.0, 3.0)
    assert tokens == 1.5e6
    assert tokens_usd(tokens, 25.0) == pytest.approx(37.5)


@pytest.mark.parametrize(
    ("run", "base", "tuned", "requests"),
    [(500.0, 0.0075, 0.00125, 80_000.0), (500.0, 0.002, 0.002, None), (500.0, 0.002, 0.003, None)],
)
def test_a_run_pays_for_itself_only_where_the_tuned_request_costs_less(
    run: float, base: float, tuned: float, requests: float | None
) -> None:
    assert requests_to_recover(run, base, tuned) == (None if requests is None else pytest.approx(requests))


@given(st.floats(0.1, 1000.0), st.floats(1e6, 1e13), st.floats(1.0, 1000.0), st.floats(0.1, 1.0), st.floats(1.0, 10.0))
def test_hours_grow_with_size_and_tokens_and_fall_with_speed(
    params_b: float, tokens: float, tflops: float, utilisation: float, factor: float
) -> None:
    hours = accelerator_hours(training_operations(params_b, tokens), tflops, utilisation)
    more = accelerator_hours(training_operations(params_b * factor, tokens), tflops, utilisation)
    faster = accelerator_hours(training_operations(params_b, tokens), tflops * factor, utilisation)
    assert more == pytest.approx(hours * factor)
    assert faster == pytest.approx(hours / factor)
