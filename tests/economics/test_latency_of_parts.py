"""Durations one after another: sums of medians and slow ends, and what can never be faster than what."""

from __future__ import annotations

from math import exp, log, sqrt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from latency_parts import in_sequence

from aipolicy.economics.latency import NOTHING, Duration, waiting_for_server

NETWORK = Duration(80.0, 150.0)
FIRST_TOKEN = Duration(400.0, 1_000.0)
TOKENS = Duration(500.0, 500.0)
WIDE = Duration(1.0, 1_000.0)
"""So wide that a lognormal matched to a sum with it has a median below that of a certain part."""
CERTAIN = Duration(100.0, 100.0)

MEDIAN = st.floats(0.1, 10_000.0)


@st.composite
def durations(draw: st.DrawFn) -> Duration:
    """Return a part: certain, or with a slow end up to a hundred times its median."""
    median = draw(MEDIAN)
    return Duration(median, median * draw(st.floats(1.0, 100.0)))


@pytest.mark.parametrize(
    ("parts", "p50_ms", "p95_ms"),
    [
        ((), 0.0, 0.0),
        (((NETWORK, 1.0),), 80.0, 150.0),
        # certain parts add up
        (((TOKENS, 1.0), (CERTAIN, 3.0)), 800.0, 800.0),
        # a part that does not happen takes no time
        (((NETWORK, 1.0), (FIRST_TOKEN, 0.0), (NOTHING, 5.0)), 80.0, 150.0),
    ],
)
def test_parts_in_sequence_by_hand(parts: tuple[tuple[Duration, float], ...], p50_ms: float, p95_ms: float) -> None:
    found = in_sequence(parts)
    assert (found.p50_ms, found.p95_ms) == (pytest.approx(p50_ms), pytest.approx(p95_ms))


def test_a_sum_of_two_equal_parts_is_the_lognormal_of_their_mean_and_variance() -> None:
    """Worked out from the definition: spread of one part (log 2.5 / 1.645)^2 = 0.3103, variance halved for two."""
    spread = (log(2.5) / 1.6448536) ** 2
    mean = 2 * 400.0 * exp(spread / 2)
    of_sum = log(1 + (exp(spread) - 1) / 2)
    found = in_sequence(((FIRST_TOKEN, 2.0),))
    assert found.p50_ms == pytest.approx(mean / exp(of_sum / 2), rel=1e-6)
    assert found.p95_ms == pytest.approx(mean / exp(of_sum / 2) * exp(1.6448536 * sqrt(of_sum)), rel=1e-6)
    assert 2 * 400.0 < found.p50_ms < found.p95_ms < 2 * 1_000.0


@pytest.mark.parametrize(
    ("service_ms", "utilisation", "p50_ms", "p95_ms"),
    [
        # alone there is no queue
        (10.0, 0.0, 10.0, 10.0),
        # at 0.7 the mean is 33.3 ms: 0.6931 and 2.9957 times that
        (10.0, 0.7, 23.103, 99.857),
        # a median below the service itself is the service
        (10.0, 0.1, 10.0, 33.286),
    ],
)
def test_waiting_for_one_server_by_hand(service_ms: float, utilisation: float, p50_ms: float, p95_ms: float) -> None:
    found = waiting_for_server(service_ms, utilisation)
    assert (found.p50_ms, found.p95_ms) == (pytest.approx(p50_ms, abs=0.01), pytest.approx(p95_ms, abs=0.01))


@given(st.lists(st.tuples(durations(), st.floats(1.0, 10.0)), min_size=1, max_size=6))
def test_the_slow_end_is_never_before_the_median(parts: list[tuple[Duration, float]]) -> None:
    found = in_sequence(tuple(parts))
    assert 0.0 < found.p50_ms <= found.p95_ms


@given(durations(), durations())
# matched by mean and variance alone, half of these would be done in 1.1 ms
@example(CERTAIN, WIDE)
def test_two_parts_in_sequence_are_never_faster_than_one(one: Duration, other: Duration) -> None:
    alone, both = in_sequence(((one, 1.0),)), in_sequence(((one, 1.0), (other, 1.0)))
    assert both.p50_ms >= max(alone.p50_ms, other.p50_ms) * (1.0 - 1e-9)
    assert both.p95_ms >= max(alone.p95_ms, other.p95_ms) * (1.0 - 1e-9)


@given(durations(), st.floats(1.0, 10.0), st.floats(1.0, 3.0))
def test_more_calls_never_take_less_time_at_the_median(part: Duration, calls: float, factor: float) -> None:
    fewer, more = in_sequence(((part, calls),)), in_sequence(((part, calls * factor),))
    assert more.p50_ms >= fewer.p50_ms * (1.0 - 1e-9)


@given(st.lists(st.tuples(durations(), st.just(1.0)), min_size=2, max_size=4))
def test_the_order_of_parts_does_not_matter(parts: list[tuple[Duration, float]]) -> None:
    turned = tuple(reversed(parts))
    assert in_sequence(turned).p95_ms == pytest.approx(in_sequence(tuple(parts)).p95_ms)


@given(st.floats(0.1, 1000.0), st.floats(0.0, 0.98), st.floats(0.0, 0.98))
def test_a_busier_server_never_answers_sooner(service_ms: float, one: float, other: float) -> None:
    calm, busy = (waiting_for_server(service_ms, utilisation) for utilisation in sorted((one, other)))
    assert service_ms <= calm.p50_ms <= busy.p50_ms
    assert calm.p95_ms <= busy.p95_ms
