"""At which volume two ways of building cost the same: existence first, then the first and the last crossing.

The cost of own machines over volume is a staircase, so that two costs may cross several times. Whether they cross at all is
decided before anything is searched: the staircase never lies below its slope, so a line that is no steeper never catches up.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, log

from aipolicy.economics.arithmetic import SCALARS, Arithmetic
from aipolicy.economics.fleet import Staircase
from aipolicy.value import Frozen

MOST_STEPS = 200_000
"""Steps of two staircases that are searched; beyond them the answer says how far it looked."""
_DAYS_PER_YEAR = 365.0


class CostCurve(Frozen):
    """USD a month over requests a day: what stays, what every request adds, and machines in whole instances."""

    fixed_usd: float
    usd_per_daily_request: float
    """USD a month that one more request a day adds without any machine."""
    machines: tuple[Staircase, ...] = ()

    def monthly_usd(self, requests_per_day: float, arithmetic: Arithmetic = SCALARS) -> float:
        """Return the cost of a month at a volume."""
        usd = self.fixed_usd + self.usd_per_daily_request * requests_per_day
        for stairs in self.machines:
            usd = usd + stairs.monthly_usd(requests_per_day, arithmetic)
        return usd

    @property
    def slope(self) -> float:
        """Return the USD a month that one more request a day costs in the long run, machines included."""
        return self.usd_per_daily_request + sum(stairs.slope for stairs in self.machines)


class NoBreakEven(Frozen):
    """There is no volume above which the rival always costs less, because of what each further request costs it.

    It may still cost less at small volumes, or take turns for ever where both cost the same in the long run.
    """

    slope_usd: float
    """USD a month that one more request a day costs with the one that is compared."""


class CheaperFromTheStart(Frozen):
    """The rival costs no more at any volume."""


class Crossings(Frozen):
    """Volumes in requests a day between which the two take turns; they are equal where there is one crossing.

    Below `first` the rival is never cheaper, above `last` it always is. `last` is None when the search ended before it was
    certain, and `searched_to` says where; `first` may then be later than it says, never earlier.
    """

    first: float
    last: float | None
    searched_to: float


BreakEven = NoBreakEven | CheaperFromTheStart | Crossings


def break_even(current: CostCurve, rival: CostCurve) -> BreakEven:
    """Return at which volumes the rival begins to cost less than the current way."""
    saved = current.slope - rival.slope
    # NOTE: slopes that differ by rounding alone would cross at absurd volumes.
    if saved <= 1e-9 * max(abs(current.slope), abs(rival.slope)):
        return _without_slope(current, rival)
    start, beyond = _dearer_until(current, rival, saved), _certain_from(current, rival, saved)
    first: float | None = None
    last = start if start > 0.0 else None
    for step, (low, high) in enumerate(_intervals(current, rival, start, beyond)):
        if step >= MOST_STEPS:
            return Crossings(low if first is None else first, None, low)
        cheaper_from, dearer_until = _within(current, rival, low, high)
        if cheaper_from is not None and first is None:
            first = cheaper_from
        if dearer_until is not None:
            last = dearer_until
    if last is None:
        return CheaperFromTheStart()
    return Crossings(last if first is None else min(first, last), last, beyond)


def years_until(requests_per_day: float, target_requests_per_day: float, growth_12_months: float) -> float | None:
    """Return the years until a volume that grows by a factor a year reaches a target, None when it never does."""
    if requests_per_day >= target_requests_per_day:
        return 0.0
    if growth_12_months <= 1.0 or requests_per_day <= 0.0:
        return None
    return log(target_requests_per_day / requests_per_day) / log(growth_12_months)


def days_until(requests_per_day: float, target_requests_per_day: float, growth_12_months: float) -> int | None:
    """Return the days until a volume that grows by a factor a year reaches a target, None when it never does."""
    years = years_until(requests_per_day, target_requests_per_day, growth_12_months)
    return None if years is None else ceil(years * _DAYS_PER_YEAR - 1e-9)


def _without_slope(current: CostCurve, rival: CostCurve) -> BreakEven:
    """Return the answer for a rival whose further requests cost as much or more."""
    if rival.machines == current.machines:
        never_dearer = (
            rival.fixed_usd <= current.fixed_usd and rival.usd_per_daily_request <= current.usd_per_daily_request
        )
    else:
        never_dearer = rival.slope <= current.slope and _upper_usd(rival) <= _lower_usd(current)
    return CheaperFromTheStart() if never_dearer else NoBreakEven(current.slope)


def _dearer_until(current: CostCurve, rival: CostCurve, saved: float) -> float:
    """Return a volume up to which the rival is dearer for certain: its lower line above the current upper line."""
    return max((_lower_usd(rival) - _upper_usd(current)) / saved - 1.0, 0.0)


def _certain_from(current: CostCurve, rival: CostCurve, saved: float) -> float:
    """Return a volume from which on the rival is cheaper for certain: its upper line below the current lower line."""
    return max((_upper_usd(rival) - _lower_usd(current)) / saved, 0.0) + 1.0


def _upper_usd(curve: CostCurve) -> float:
    """Return where the line begins that a curve never lies above, in USD a month."""
    return curve.fixed_usd + sum(_headroom(stairs) for stairs in curve.machines)


def _lower_usd(curve: CostCurve) -> float:
    """Return where the line begins that a curve never lies below, in USD a month."""
    return curve.fixed_usd + sum(stairs.slope * stairs.spare_requests_per_day for stairs in curve.machines)


def _headroom(stairs: Staircase) -> float:
    """Return by how much a staircase lies above its slope at most, in USD a month."""
    return stairs.usd * (1.0 + stairs.spare_requests_per_day / stairs.requests_per_day) + stairs.usd


def _intervals(current: CostCurve, rival: CostCurve, start: float, end: float) -> Iterator[tuple[float, float]]:
    """Yield the stretches between two steps of either staircase, from one volume to another."""
    stairs = (*current.machines, *rival.machines)
    counts = [staircase.instances(start) for staircase in stairs]
    low = start
    while low < end:
        edges = [staircase.edge(count) for staircase, count in zip(stairs, counts, strict=True)]
        high = min([*edges, end])
        if high > low:
            yield low, high
        counts = [count + (edge <= high) for count, edge in zip(counts, edges, strict=True)]
        low = max(low, high)


def _within(current: CostCurve, rival: CostCurve, low: float, high: float) -> tuple[float | None, float | None]:
    """Return from where the rival is cheaper in a stretch without steps, and until where it is not."""
    middle = (low + high) / 2.0
    slope = current.usd_per_daily_request - rival.usd_per_daily_request
    at_middle = current.monthly_usd(middle) - rival.monthly_usd(middle)
    at_low, at_high = at_middle - slope * (middle - low), at_middle + slope * (high - middle)
    if at_low >= 0.0 and at_high >= 0.0:
        return low, None
    if at_low < 0.0 and at_high < 0.0:
        return None, high
    crossing = min(max(low - at_low / slope, low), high)
    return (crossing, crossing) if at_low < 0.0 else (low, high)
