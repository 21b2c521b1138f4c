"""What a drawing of costs over volume shows: lines, today's volume, crossings, and the axes they fit on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from aipolicy.economics.break_even import BreakEven, CheaperFromTheStart, CostCurve, Crossings, NoBreakEven
from aipolicy.evaluation.costed_options import CostComparison, CostedOption
from aipolicy.source.text import escaped
from aipolicy.value import Frozen

MOST_SERIES = 6
"""Lines that a reader can tell apart; further options are named as not drawn."""
LEAST_USD = 1e-2
"""A logarithmic axis has no zero: less is drawn as one cent."""
_SAMPLES = 160
_AROUND_TODAY = 10.0
"""How far the axis reaches below today's volume, and beyond the last crossing or today, as a factor."""
_FARTHEST = 1e4
"""A crossing further from today than this factor does not stretch the axis."""


class Series(Frozen):
    """One line of a drawing: a name for people, escaped, and a cost in USD a month over requests a day."""

    name: str
    curve: CostCurve
    break_even: BreakEven | None = None
    """Against the baseline; None for the baseline itself and where nothing is known."""
    is_baseline: bool = False

    @property
    def crossings(self) -> tuple[float, ...]:
        """Return the first and the last volume known to cross the baseline, once where they read the same."""
        if not isinstance(self.break_even, Crossings):
            return ()
        first, last = self.break_even.first, self.break_even.last
        return (first,) if last is None or short(first) == short(last) else (first, last)

    @property
    def legend(self) -> str:
        """Return the name, and from which volume on it costs less than the baseline."""
        if self.is_baseline:
            return f"{self.name} (baseline)"
        match self.break_even:
            case None:
                return self.name
            case CheaperFromTheStart():
                words = "cheaper at any volume"
            case NoBreakEven():
                words = "no break-even"
            case Crossings(first=first, last=last):
                words = f"cheaper above {short(first)}"
                if last is None:
                    words += " here and there"
                elif len(self.crossings) > 1:
                    words += f" here and there, always above {short(last)}"
        return f"{self.name} ({words})"


class Crossing(Frozen):
    """A point where a line meets the baseline."""

    number: int
    """Which of the series, counted from 0."""
    requests_per_day: float
    monthly_usd: float


class Plot(Frozen):
    """What is drawn, the baseline first, with today's volume in requests a day (more than 0)."""

    title: str
    series: tuple[Series, ...]
    today: float
    not_drawn: tuple[str, ...] = ()

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the ends of the axis in requests a day: a tenth of, and ten times, the outermost of today and crossings.

        Crossings further from today than a factor of 10,000 are left out; the legend still tells their volumes.
        """
        near = [volume for series in self.series for volume in series.crossings]
        near = [volume for volume in near if self.today / _FARTHEST < volume < self.today * _FARTHEST]
        return min([self.today, *near]) / _AROUND_TODAY, max([self.today, *near]) * _AROUND_TODAY

    @property
    def crossings(self) -> tuple[Crossing, ...]:
        """Return the crossings on the axis, the smallest volume first."""
        low, high = self.bounds
        points = [
            # NOTE: at a step of either line both costs jump; they meet at the higher of the two costs below the step.
            Crossing(number, volume, max(usd_at(series, volume), usd_at(self.series[0], volume)))
            for number, series in enumerate(self.series)
            for volume in series.crossings
            if low < volume < high
        ]
        return tuple(sorted(points, key=lambda crossing: (crossing.requests_per_day, crossing.number)))

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what a reader would otherwise miss or misread, a line each."""
        cut = any(series.curve.monthly_usd(self.bounds[0]) < LEAST_USD for series in self.series)
        return ("less than 0.01 USD is drawn as 0.01 USD",) if cut else ()


def plot_of(title: str, comparison: CostComparison) -> Plot | None:
    """Return the drawing of a comparison, or None when no cost is known: the baseline, then the cheapest of every way."""
    today = comparison.workload.requests_per_day
    chosen = _different_ways(comparison)
    if today is None or not chosen:
        return None
    rest = Counter(
        _name(row) for row in comparison.options if row.curve is not None and all(row is not other for other in chosen)
    )
    series = tuple(_series(row, row.curve, comparison.baseline) for row in chosen if row.curve is not None)
    return Plot(title, series, today, tuple(_counted(name, times) for name, times in rest.items()))


def usd_at(series: Series, requests_per_day: float) -> float:
    """Return what is drawn at a volume, in USD a month."""
    return max(series.curve.monthly_usd(requests_per_day), LEAST_USD)


def volumes(plot: Plot) -> list[float]:
    """Return volumes evenly spread over a logarithmic axis, with both sides of every step that can be seen."""
    low, high = plot.bounds
    points = {low * (high / low) ** (number / _SAMPLES) for number in range(_SAMPLES + 1)}
    for stairs in (stairs for series in plot.series for stairs in series.curve.machines):
        first = stairs.instances(low)
        for step in range(min(int(stairs.instances(high) - first), _SAMPLES)):
            edge = stairs.edge(first + step)
            if low < edge < high:
                points |= {edge, edge * (1.0 + 1e-6)}
    return sorted(points)


def ticks(low: float, high: float) -> list[float]:
    """Return values to label on a logarithmic axis: powers of ten, else 1, 2 and 5 times them, else the two ends."""
    for steps in ((1.0,), (1.0, 2.0, 5.0)):
        marks = [step * 10.0**power for power in range(-12, 40) for step in steps]
        marks = [value for value in marks if low <= value <= high]
        if len(marks) > 1:
            return marks
    return [low] if short(low) == short(high) else [low, high]


def short(value: float) -> str:
    """Return a number in a few characters, such as 120k."""
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= limit:
            return f"{value / limit:.3g}{unit}"
    return f"{value:.3g}"


def rows_apart(spans: Sequence[tuple[float, float]]) -> list[int]:
    """Return a row for each span, the lowest in which it touches no span before it; spans are sorted by their start."""
    ends: list[float] = []
    rows = []
    for start, end in spans:
        row = next((row for row, taken in enumerate(ends) if taken <= start), len(ends))
        ends[row : row + 1] = [end]
        rows.append(row)
    return rows


def _series(row: CostedOption, curve: CostCurve, baseline: CostedOption | None) -> Series:
    return Series(_name(row), curve, None if row.against is None else row.against.break_even, row is baseline)


def _different_ways(comparison: CostComparison) -> list[CostedOption]:
    """Return the baseline and the cheapest option of every other way, up to as many as can be told apart."""
    base = comparison.baseline
    chosen = [base] if base is not None and base.curve is not None else []
    ways = {_way(row) for row in chosen}
    for row in comparison.options:
        if row.curve is not None and _way(row) not in ways and len(chosen) < MOST_SERIES:
            ways.add(_way(row))
            chosen.append(row)
    return chosen


def _way(row: CostedOption) -> tuple[str, str, str]:
    return row.option.adaptation, row.option.hosting, row.option.routing


def _name(row: CostedOption) -> str:
    option = row.option
    cascade = ", cascade" if option.routing == "cascade" else ""
    return escaped(f"{option.adaptation} on {option.hosting}{cascade}: {option.leg.model.id}")


def _counted(name: str, times: int) -> str:
    return name if times == 1 else f"{name} ({times} options)"
