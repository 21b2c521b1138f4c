"""Draws of ranges, and what comes of them: quantiles, probabilities, influences; the same bytes every time."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.economics.uncertainty import (
    DRAWS,
    Influence,
    Quantiles,
    Range,
    around,
    draw,
    influences,
    probability_less,
    quantile,
    quantiles,
)

SEEDS = st.text(max_size=12)


@st.composite
def ranges(draw_: st.DrawFn) -> Range:
    """Return a range of positive values whose ends lie up to twentyfold from the likely value."""
    likely = draw_(st.floats(1e-3, 1e6))
    return Range(likely / draw_(st.floats(1.0, 20.0)), likely, likely * draw_(st.floats(1.0, 20.0)))


@given(ranges(), SEEDS)
def test_quantiles_of_draws_are_the_declared_values(range_: Range, seed: str) -> None:
    found = quantiles(draw("input", range_, seed=seed))
    assert found.p10 == pytest.approx(range_.low, rel=0.02)
    assert found.p50 == pytest.approx(range_.likely, rel=0.02)
    assert found.p90 == pytest.approx(range_.high, rel=0.02)


@given(st.floats(-100.0, 0.0), st.floats(0.0, 50.0), st.floats(50.0, 200.0), SEEDS)
def test_a_range_that_reaches_zero_is_drawn_on_either_side_and_never_below_zero(
    low: float, likely: float, high: float, seed: str
) -> None:
    drawn = draw("input", Range(low, likely, high), seed=seed)
    found = quantiles(drawn)
    assert drawn.min() >= 0.0
    assert found.p10 == pytest.approx(max(low, 0.0), abs=0.02 * (high - low))
    assert found.p50 == pytest.approx(likely, abs=0.02 * (high - low))
    assert found.p90 == pytest.approx(high, abs=0.02 * (high - low))


@given(ranges(), SEEDS)
def test_no_draw_passes_the_bound_of_a_share(range_: Range, seed: str) -> None:
    bounded = Range(range_.low, range_.likely, range_.high, at_most=range_.likely)
    assert draw("input", bounded, seed=seed).max() <= range_.likely


def test_the_same_seed_draws_the_same_bytes_on_every_machine() -> None:
    """The stream of the generator is frozen; only the last bits of `exp` may differ between machines."""
    drawn = draw("volume.requests_per_day", Range(50.0, 100.0, 300.0), seed="claims-triage")
    again = draw("volume.requests_per_day", Range(50.0, 100.0, 300.0), seed="claims-triage")
    assert drawn.tobytes() == again.tobytes()
    assert drawn.shape == (DRAWS,)
    order = sha256(np.argsort(drawn).astype("<u4").tobytes()).hexdigest()
    assert order.startswith("e4a426c257127ba9")


@pytest.mark.parametrize(("name", "seed"), [("b", "s"), ("a", "t")])
def test_another_name_or_seed_draws_in_another_order(name: str, seed: str) -> None:
    range_ = Range(1.0, 2.0, 3.0)
    one, other = draw("a", range_, seed="s"), draw(name, range_, seed=seed)
    assert one.tobytes() != other.tobytes()
    assert sorted(one.tolist()) == sorted(other.tolist())
    assert abs(float(np.corrcoef(one, other)[0, 1])) < 0.1


@pytest.mark.parametrize(
    ("likely", "sd_log", "low", "high"),
    # exp(1.28155 x 0.35) = 1.5660, exp(1.28155 x 0.7) = 2.4524
    [(2.0, 0.35, 1.2771, 3.1320), (1.0, 0.7, 0.4078, 2.4524), (5.0, 0.0, 5.0, 5.0)],
)
def test_a_spread_is_a_range_around_the_likely_value(likely: float, sd_log: float, low: float, high: float) -> None:
    range_ = around(likely, sd_log)
    assert (range_.low, range_.likely, range_.high) == (
        pytest.approx(low, rel=1e-3),
        likely,
        pytest.approx(high, rel=1e-3),
    )
    assert range_.certain is (sd_log == 0.0)


def test_a_spread_stays_above_its_bound_unless_the_likely_value_lies_below_it() -> None:
    """A peak is never below the mean: exp(-1.28155 x 0.3) = 0.68."""
    assert around(1.2, 0.3, at_least=1.0).low == 1.0
    assert around(0.5, 0.3, at_least=1.0).low == 0.5
    assert draw("peak", around(1.2, 0.3, at_least=1.0), seed="").min() == 1.0


def test_a_draw_has_the_spread_that_it_was_asked_for() -> None:
    assert float(np.std(np.log(draw("x", around(3.0, 0.35), seed="")))) == pytest.approx(0.35, rel=0.02)


def test_quantiles_of_known_numbers() -> None:
    numbers = np.arange(101.0)
    assert quantiles(numbers) == Quantiles(10.0, 50.0, 90.0)
    assert quantile(numbers, 0.8) == 80.0


@pytest.mark.parametrize(
    ("a", "b", "probability"),
    [
        ([1.0, 2.0, 3.0, 4.0], [2.0, 2.0, 2.0, 2.0], 0.375),
        ([1.0, 1.0], [2.0, 2.0], 1.0),
        ([5.0, 5.0], [5.0, 5.0], 0.5),
    ],
)
def test_draws_that_are_equal_count_half(a: list[float], b: list[float], probability: float) -> None:
    assert probability_less(np.array(a), np.array(b)) == probability


@given(st.lists(st.tuples(st.floats(0.0, 10.0), st.floats(0.0, 10.0)), min_size=1, max_size=50))
def test_one_of_two_is_less_with_certainty(pairs: list[tuple[float, float]]) -> None:
    a, b = (np.array(side) for side in zip(*pairs, strict=True))
    assert probability_less(a, b) + probability_less(b, a) == pytest.approx(1.0, abs=1e-12)


def test_the_strongest_input_comes_first_and_a_certain_one_not_at_all() -> None:
    """The cost a x b - c at (10, 4, 3): a moves it by 40, c by 2, and d is certain."""

    def cost(values: Mapping[str, float]) -> float:
        return values["a"] * values["b"] - values["c"]

    found = influences(
        cost,
        {"c": Range(2.0, 3.0, 4.0), "a": Range(5.0, 10.0, 15.0), "d": Range(1.0, 1.0, 1.0), "b": Range(4.0, 4.0, 4.0)},
    )
    assert found == (Influence("a", 17.0, 57.0), Influence("c", 38.0, 36.0))
    assert [influence.swing for influence in found] == [40.0, 2.0]


@given(st.dictionaries(st.text(min_size=1, max_size=3), ranges(), max_size=6))
def test_influences_are_sorted_by_swing(by_name: dict[str, Range]) -> None:
    swings = [influence.swing for influence in influences(lambda values: sum(values.values()), by_name)]
    assert swings == sorted(swings, reverse=True)
