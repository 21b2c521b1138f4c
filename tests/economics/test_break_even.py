"""Break-even: existence before search, first and last crossing, against many volumes looked at one by one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from cost_curves import MONEY, PER_REQUEST, cost_curves, staircases, volumes
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aipolicy.economics.break_even import (
    BreakEven,
    CheaperFromTheStart,
    CostCurve,
    Crossings,
    NoBreakEven,
    break_even,
    days_until,
    years_until,
)
from aipolicy.economics.fleet import Staircase
from aipolicy.value import replace

API = CostCurve(0.0, 1.0)
"""One USD a month for each request a day."""
STAIRS = Staircase(usd=60.0, requests_per_day=100.0, spare_requests_per_day=0.0)
WITH_SPARE = Staircase(usd=60.0, requests_per_day=100.0, spare_requests_per_day=100.0)
BESIDE = (0.0, 4e-9, 1e-8, 1e-7)
"""Relative distances to a crossing: a step right at it, and the slack within which a load counts as filling a machine."""
SLACK = 1e-7
"""Relative difference below which two costs count as equal where volumes are looked at one by one."""


@pytest.mark.parametrize(
    ("current", "rival", "first", "last"),
    [
        # 1 N against 500: equal at 500
        (API, CostCurve(500.0, 0.0), 500.0, 500.0),
        # 1 N against 500 + 0.5 N
        (API, CostCurve(500.0, 0.5), 1000.0, 1000.0),
        # 1 N against 60 for each hundred begun: cheaper from 60, dearer again above 100 until 120, then never
        (API, CostCurve(0.0, 0.0, (STAIRS,)), 60.0, 120.0),
        # 120 up to 100 requests, 180 up to 200, 240 up to 300, 300 up to 400: cheaper from 180 to 200 and from 240
        (API, CostCurve(0.0, 0.0, (WITH_SPARE,)), 180.0, 240.0),
        # and 100 more: 400 up to 400, 460 up to 500, 520 up to 600, 580 up to 700
        (API, CostCurve(100.0, 0.0, (WITH_SPARE,)), 400.0, 520.0),
    ],
)
def test_crossings_of_the_worked_examples(current: CostCurve, rival: CostCurve, first: float, last: float) -> None:
    found = break_even(current, rival)
    assert isinstance(found, Crossings)
    assert (found.first, found.last) == (pytest.approx(first), pytest.approx(last))


@pytest.mark.parametrize(
    ("current", "rival"),
    [
        (API, CostCurve(500.0, 1.0)),
        (API, CostCurve(0.0, 0.0, (replace(STAIRS, usd=100.0),))),
        (API, CostCurve(0.0, 0.0, (replace(STAIRS, usd=101.0),))),
        # the rival is cheaper for a while, and each further request costs it more
        (CostCurve(500.0, 1.0), CostCurve(0.0, 1.1)),
        # equal in the long run: 100 for each hundred against 50 + 1 N take turns for ever
        (CostCurve(0.0, 0.0, (replace(STAIRS, usd=100.0),)), CostCurve(50.0, 1.0)),
    ],
)
def test_no_break_even_where_a_further_request_costs_the_rival_as_much(current: CostCurve, rival: CostCurve) -> None:
    assert break_even(current, rival) == NoBreakEven(current.slope)


@pytest.mark.parametrize(
    ("current", "rival"),
    [
        (API, API),
        (API, CostCurve(0.0, 0.5)),
        (CostCurve(10.0, 1.0), CostCurve(10.0, 0.0)),
        (CostCurve(10.0, 0.0, (STAIRS,)), CostCurve(5.0, 0.0, (STAIRS,))),
        # a line below the line that the staircase never lies below
        (CostCurve(0.0, 0.0, (WITH_SPARE,)), CostCurve(50.0, 0.6)),
        (CostCurve(0.0, 0.0, (STAIRS,)), CostCurve(0.0, 0.6)),
    ],
)
def test_a_rival_that_costs_no_more_at_any_volume_is_cheaper_from_the_start(
    current: CostCurve, rival: CostCurve
) -> None:
    assert break_even(current, rival) == CheaperFromTheStart()


@given(cost_curves(), cost_curves())
# slopes that are equal: 100 for each hundred against 50 + 1 N is cheaper up to 50 in every hundred
@example(CostCurve(0.0, 0.0, (replace(STAIRS, usd=100.0),)), CostCurve(50.0, 1.0))
@example(CostCurve(0.0, 1.0), CostCurve(100.0, 0.0, (replace(WITH_SPARE, usd=99.0),)))
def test_break_even_agrees_with_volumes_looked_at_one_by_one(current: CostCurve, rival: CostCurve) -> None:
    found = break_even(current, rival)
    reach = found.last if isinstance(found, Crossings) and found.last is not None else 1e6
    for volume in volumes(current, rival, upto=3.0 * reach + 10.0):
        ours, theirs = current.monthly_usd(volume), rival.monthly_usd(volume)
        slack = SLACK * max(ours, theirs, 1e-6)
        match found:
            case CheaperFromTheStart():
                assert theirs <= ours + slack
            case Crossings(first, last):
                if volume < first * (1.0 - 1e-9):
                    assert theirs >= ours - slack
                if last is not None and volume > last * (1.0 + 1e-9):
                    assert theirs <= ours + slack
            case NoBreakEven():
                pass


@settings(max_examples=200)
@given(cost_curves(), cost_curves())
def test_crossings_are_where_the_cheaper_one_changes(current: CostCurve, rival: CostCurve) -> None:
    found = break_even(current, rival)
    if not isinstance(found, Crossings) or found.last is None:
        return
    assert 0.0 <= found.first <= found.last <= found.searched_to
    above = [_difference(current, rival, found.first * (1.0 + step) + step) for step in BESIDE]
    below = [_difference(current, rival, found.last * (1.0 - step) - step) for step in BESIDE]
    assert min(above) <= 1e-6
    assert max(below) >= -1e-6


@given(cost_curves(), cost_curves())
def test_without_a_break_even_the_rival_is_dearer_at_volumes_that_nobody_has(
    current: CostCurve, rival: CostCurve
) -> None:
    if not isinstance(break_even(current, rival), NoBreakEven) or rival.slope <= current.slope * (1.0 + 1e-6):
        return
    for volume in (1e12, 1e13, 1e14, 1e15):
        assert rival.monthly_usd(volume) > current.monthly_usd(volume)


@given(PER_REQUEST, staircases(), MONEY, st.integers(0, 400))
def test_machines_that_never_beat_an_api_are_never_cheaper_at_any_volume(
    per_request: float, stairs: Staircase, people: float, number: int
) -> None:
    """An API has no fixed cost, so that without a break-even there is no crossing either."""
    api, own = CostCurve(0.0, per_request), CostCurve(people, 0.0, (stairs,))
    if not isinstance(break_even(api, own), NoBreakEven):
        return
    volume = 1.1**number
    assert own.monthly_usd(volume) >= api.monthly_usd(volume) * (1.0 - 2e-9)


@given(cost_curves(machines=0), staircases(), MONEY, st.floats(1.0, 4.0))
def test_a_dearer_accelerator_never_lowers_a_break_even(
    api: CostCurve, stairs: Staircase, people: float, factor: float
) -> None:
    cheap = _ends(break_even(api, CostCurve(people, 0.0, (stairs,))))
    dear = _ends(break_even(api, CostCurve(people, 0.0, (replace(stairs, usd=stairs.usd * factor),))))
    assert dear[0] >= cheap[0] * (1.0 - 1e-6) - 1e-6
    assert dear[1] >= cheap[1] * (1.0 - 1e-6) - 1e-6


TOKEN_CAPACITY = st.floats(1e6, 1e9)


@given(st.floats(0.05, 20.0), TOKEN_CAPACITY, st.floats(200.0, 40_000.0), MONEY, st.floats(1.0, 8000.0),
       st.floats(1.0, 4000.0), st.floats(1.0, 4000.0), st.sampled_from((0.0, 1.0, 2.0)))  # fmt: skip
def test_more_output_tokens_never_raise_a_break_even_at_equal_unit_prices(
    usd_per_mtok: float, instance_tokens_per_day: float, instance_usd: float, people: float, inputs: float,
    outputs: float, more: float, spare: float,
) -> None:  # fmt: skip
    """Longer answers never move the choice towards the API, under this condition.

    The API asks the same price for a token of either kind, and own capacity is counted in tokens of either kind. Then both
    costs depend on requests times tokens alone, and a break-even in tokens is divided by the tokens of a request. It
    does not hold where decoding is slower than reading a prompt, as in the roofline: then a longer answer takes more of
    a machine than of the bill. Between the first and the last crossing a longer answer may begin another machine.
    """

    def ends(tokens: float) -> tuple[float, float]:
        capacity = instance_tokens_per_day / tokens
        api = CostCurve(0.0, usd_per_mtok * tokens / 1e6 * 30.4)
        return _ends(break_even(api, CostCurve(people, 0.0, (Staircase(instance_usd, capacity, spare * capacity),))))

    short, long = ends(inputs + outputs), ends(inputs + outputs + more)
    assert long[0] <= short[0] * (1.0 + 1e-6)
    assert long[1] <= short[1] * (1.0 + 1e-6)


def test_a_search_that_ends_early_says_how_far_it_looked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aipolicy.economics.break_even.MOST_STEPS", 3)
    """Against 300 + 0.4 N stairs of 60 are cheaper up to 1,200 and from 1,350 to 1,400; it can only begin at 899."""
    current, rival = CostCurve(0.0, 0.0, (STAIRS,)), CostCurve(300.0, 0.4)
    assert break_even(current, rival) == Crossings(first=1100.0, last=None, searched_to=1100.0)
    monkeypatch.undo()
    assert break_even(current, rival) == Crossings(1200.0, 1400.0, pytest.approx(1501.0))  # type: ignore[arg-type]


def test_a_break_even_far_away_is_found_where_it_can_lie_and_not_step_by_step() -> None:
    """Machines at 99.99 for each hundred save 0.0001 a daily request; a million a month is won back at 1e10."""
    found = break_even(API, CostCurve(1e6, 0.0, (replace(STAIRS, usd=99.99),)))
    assert isinstance(found, Crossings)
    assert found.first == pytest.approx(1e10, rel=1e-3)
    assert found.last == pytest.approx(1e10, rel=1e-3)


@pytest.mark.parametrize(
    ("now", "target", "growth", "years"),
    [
        (1000.0, 4000.0, 2.0, 2.0),
        (1000.0, 1000.0, 2.0, 0.0),
        (1000.0, 500.0, 0.5, 0.0),
        (1000.0, 4000.0, 1.0, None),
        (1000.0, 4000.0, 0.5, None),
        (0.0, 4000.0, 2.0, None),
    ],
)
def test_growth_reaches_a_volume_after_whole_doublings(
    now: float, target: float, growth: float, years: float | None
) -> None:
    assert years_until(now, target, growth) == (None if years is None else pytest.approx(years))


def test_the_day_of_a_break_even_is_the_first_on_which_growth_has_reached_it() -> None:
    """Fourfold a year reaches twice the volume in half a year: 182.5 days, rounded up."""
    days = days_until(10_000.0, 20_000.0, 4.0)
    assert days == 183
    assert date(2026, 11, 21) + timedelta(days=days) == date(2027, 5, 23)


def _difference(current: CostCurve, rival: CostCurve, volume: float) -> float:
    """Return by how much the rival is dearer, relative to the current cost and at least a USD."""
    ours, theirs = current.monthly_usd(max(volume, 0.0)), rival.monthly_usd(max(volume, 0.0))
    return (theirs - ours) / max(ours, theirs, 1.0)


def _ends(found: BreakEven) -> tuple[float, float]:
    """Return first and last crossing: from the start is 0, never is beyond everything."""
    match found:
        case CheaperFromTheStart():
            return 0.0, 0.0
        case NoBreakEven():
            return float("inf"), float("inf")
        case Crossings(first, last):
            return first, float("inf") if last is None else last
