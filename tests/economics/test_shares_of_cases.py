"""What passed cases say of a share, held to published figures and to itself."""

from __future__ import annotations

from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.economics.shares_of_cases import fewest_cases, wilson_interval


@pytest.mark.parametrize(
    ("passed", "of", "interval"),
    [
        # Newcombe 1998, https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, table I, method 3
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ],
)
def test_an_interval_is_that_of_a_published_table(passed: int, of: int, interval: tuple[float, float]) -> None:
    assert wilson_interval(passed, of) == pytest.approx(interval, abs=5e-5)


@pytest.mark.parametrize(
    ("share", "target", "cases"), [(0.95, 0.9, 139), (0.9, 0.8, 62), (0.878, 0.9, 715), (1.0, 0.9, 35), (0.0, 1.0, 1)]
)
def test_so_many_cases_settle_it_and_one_fewer_do_not(share: float, target: float, cases: int) -> None:
    assert fewest_cases(share, target) == cases
    for number, settled in ((cases, True), (cases - 1, False)):
        if number:
            low, high = wilson_interval(share * number, number)
            assert (high < target or low > target or target == 1.0) is settled


@pytest.mark.parametrize(("share", "target"), [(0.9, 0.9), (1.0, 1.0)])
def test_a_share_at_the_target_is_settled_by_no_number(share: float, target: float) -> None:
    assert fewest_cases(share, target) is None


@given(st.integers(1, 10_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_an_interval_holds_its_share_and_narrows_with_more_cases(counts: tuple[int, int]) -> None:
    passed, of = counts
    low, high = wilson_interval(passed, of)
    assert 0.0 <= low <= passed / of <= high <= 1.0
    wide = wilson_interval(10 * passed, 10 * of)
    assert wide[1] - wide[0] < high - low


def test_the_width_of_the_interval_is_the_quantile_of_the_normal_distribution() -> None:
    of = 1e9
    low, high = wilson_interval(0.5 * of, of)
    assert high - low == pytest.approx(2 * NormalDist().inv_cdf(0.975) * 0.5 / of**0.5, rel=1e-9)
