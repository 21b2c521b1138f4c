"""Random cost curves, and what can be said of two of them by looking at many volumes."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import strategies as st

from aipolicy.economics.break_even import CostCurve
from aipolicy.economics.fleet import Redundancy, RentedMachines, Staircase, staircase

HOURS = 730.0
MONEY = st.one_of(st.just(0.0), st.floats(0.01, 50_000.0))
PER_REQUEST = st.one_of(st.just(0.0), st.floats(1e-6, 5.0))
"""USD a month that one more request a day adds: up to 16 cents a request."""


@st.composite
def staircases(draw: st.DrawFn) -> Staircase:
    """Return replicas of one to eight accelerators, sold singly or by the eight, with none to two spare ones."""
    return staircase(
        draw(st.floats(0.005, 5.0)),
        draw(st.sampled_from((1, 2, 3, 4, 8))),
        RentedMachines(draw(st.floats(0.2, 12.0)), draw(st.sampled_from((1.0, 2.0, 8.0))), HOURS),
        Redundancy(draw(st.floats(0.3, 1.0)), draw(st.sampled_from((0.0, 1.0, 2.0)))),
        draw(st.floats(1.0, 5.0)),
    )


@st.composite
def cost_curves(draw: st.DrawFn, *, machines: int = 2) -> CostCurve:
    """Return what stays, what every request adds, and up to so many kinds of machines."""
    stairs = tuple(draw(st.lists(staircases(), max_size=machines)))
    return CostCurve(draw(MONEY), draw(PER_REQUEST), stairs)


def volumes(*curves: CostCurve, upto: float, steps: int = 80) -> tuple[float, ...]:
    """Return an even grid of volumes and, for the first steps of every staircase, volumes on either side of them."""
    found = {upto * number / steps for number in range(steps + 1)}
    for curve in curves:
        for stairs in curve.machines:
            found.update(edge for edge in _around_edges(stairs) if 0.0 <= edge <= upto)
    return tuple(sorted(found))


def _around_edges(stairs: Staircase) -> Iterator[float]:
    least = stairs.instances(0.0)
    for count in range(30):
        edge = stairs.edge(least + count)
        yield from (edge * (1.0 - 1e-6), edge * (1.0 + 1e-6))
