"""Costs over volume as a drawing: in the terminal with plotext, as SVG or PNG with matplotlib (an optional extra).

Both axes are logarithmic, because volumes and costs of options lie orders of magnitude apart; machines show as stairs.
"""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aipolicy.economics.break_even import CostCurve, Crossings
from aipolicy.errors import UsageError
from aipolicy.evaluation.cost_comparison import CostComparison, CostedOption
from aipolicy.source.text import escaped, shown
from aipolicy.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_SERIES = 6
"""Lines that a reader can tell apart; further options are named as not drawn."""
_SAMPLES = 160
_AROUND_TODAY = 10.0
"""How far the axis reaches below today's volume, and beyond the last crossing or today, as a factor."""
_FARTHEST = 1e4
"""A crossing further from today than this factor does not stretch the axis."""
_MARKS = "*ox+#@"
_LEAST_USD = 1e-2
"""A logarithmic axis has no zero: less is drawn as one cent."""
_LEAST_WIDTH = 40
_IMAGE_SUFFIXES = (".svg", ".png")


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a drawing: a name for people and a cost in USD a month over requests a day."""

    name: str
    curve: CostCurve
    crossing: float | None = None
    """Volume from which on it costs less than the baseline."""


@dataclass(frozen=True, slots=True)
class Plot:
    """What is drawn: the baseline first, and today's volume."""

    title: str
    series: tuple[Series, ...]
    today: float
    not_drawn: int

    @property
    def crossings(self) -> tuple[float, ...]:
        """Return the volumes at which a line crosses the baseline, the smallest first."""
        return tuple(sorted(series.crossing for series in self.series if series.crossing is not None))

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the first and the last volume of the axis in requests a day."""
        near = [volume for volume in self.crossings if self.today / _FARTHEST < volume < self.today * _FARTHEST]
        return min([self.today, *near]) / _AROUND_TODAY, max([self.today, *near]) * _AROUND_TODAY


def plot_of(title: str, comparison: CostComparison) -> Plot | None:
    """Return the drawing of a comparison, or None when no cost is known: the baseline, then the cheapest of every way."""
    today = comparison.workload.requests_per_day
    if today is None:
        return None
    chosen = _different_ways(comparison)
    known = [row for row in comparison.options if row.curve is not None]
    if not chosen:
        return None
    series = tuple(Series(_name(row), row.curve, _crossing(row)) for row in chosen if row.curve is not None)
    return Plot(title, series, today, len(known) - len(series))


def _crossing(row: CostedOption) -> float | None:
    found = None if row.against is None else row.against.break_even
    return found.first if isinstance(found, Crossings) else None


def render_plot(plot: Plot, *, width: int, height: int = 20, ascii_only: bool = False) -> str:
    """Return the drawing as lines of text without escape codes; with `ascii_only` of ASCII characters alone."""
    import plotext

    plotext.clear_figure()
    low, high = plot.bounds
    volumes = _volumes(plot, low, high)
    for mark, series in zip(_MARKS, plot.series, strict=False):
        plotext.plot(volumes, [max(series.curve.monthly_usd(v), _LEAST_USD) for v in volumes], marker=mark)
    plotext.vertical_line(plot.today)
    plotext.xscale("log")
    plotext.yscale("log")
    ticks = _decades(low, high)
    plotext.xticks(ticks, [_short(tick) for tick in ticks])
    every = [series.curve.monthly_usd(volume) for series in plot.series for volume in (low, plot.today, high)]
    ticks = _decades(max(min(every), _LEAST_USD), max(every))
    plotext.yticks(ticks, [_short(tick) for tick in ticks])
    plotext.plotsize(max(width, _LEAST_WIDTH), height)
    lines = [line.rstrip() for line in plotext.uncolorize(plotext.build()).splitlines()]
    text = "\n".join([*_heading(plot), *lines]) + "\n"
    return text.translate(_ASCII).encode("ascii", "backslashreplace").decode() if ascii_only else text


def write_plot(path: str, plot: Plot) -> None:
    """Write the drawing as SVG or PNG by the suffix; raises `UsageError` for another suffix, without matplotlib, or when
    the file cannot be written."""
    suffix = os.path.splitext(path)[1].lower()
    if suffix not in _IMAGE_SUFFIXES:
        raise UsageError(f"`{shown(path)}` is no picture; write a name that ends in `.svg` or `.png`")
    try:
        import matplotlib
    except ImportError:
        raise UsageError("pictures need matplotlib; install it with `pip install 'aipolicy[plot]'`") from None
    # NOTE: names of ids and the day are the only things that would differ from run to run.
    with matplotlib.rc_context({"svg.hashsalt": "aipolicy", "svg.fonttype": "none", "font.size": 9}):
        data = _drawn(plot, suffix[1:])
    try:
        write_whole(path, data)
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot write `{shown(path)}`: {error}") from None


def _drawn(plot: Plot, format_: str) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.0, 5.2), layout="constrained")
    axes = figure.subplots()
    low, high = plot.bounds
    volumes = _volumes(plot, low, high)
    for number, series in enumerate(plot.series):
        costs = [max(series.curve.monthly_usd(volume), _LEAST_USD) for volume in volumes]
        axes.plot(volumes, costs, label=_legend(series), linewidth=2.4 if number == 0 else 1.4)
    axes.axvline(plot.today, color="0.4", linestyle=":", linewidth=1.2)
    axes.annotate(
        "today", (plot.today, 1.0), xycoords=("data", "axes fraction"), xytext=(3, -11), textcoords="offset points",
        color="0.3",
    )  # fmt: skip
    seen = [volume for volume in plot.crossings if low < volume < high]
    axes.plot(seen, [plot.series[0].curve.monthly_usd(volume) for volume in seen], "o", color="black", markersize=5)
    axes.set(xscale="log", yscale="log", xlabel="requests a day", ylabel="USD a month", title=plot.title)
    axes.grid(visible=True, which="major", color="0.9")
    figure.legend(loc="outside lower center", frameon=False, fontsize=8)
    buffer = io.BytesIO()
    canvas: Any = FigureCanvasSVG(figure) if format_ == "svg" else FigureCanvasAgg(figure)
    metadata: dict[str, Any] = {"Date": None} if format_ == "svg" else {"Software": None}
    canvas.print_figure(buffer, format=format_, dpi=150, metadata=metadata)
    return buffer.getvalue()


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


def _volumes(plot: Plot, low: float, high: float) -> list[float]:
    """Return volumes evenly spread over a logarithmic axis, with both sides of every step that can be seen."""
    volumes = {low * (high / low) ** (number / _SAMPLES) for number in range(_SAMPLES + 1)}
    for stairs in (stairs for series in plot.series for stairs in series.curve.machines):
        first = stairs.instances(low)
        for step in range(min(int(stairs.instances(high) - first), _SAMPLES)):
            edge = stairs.edge(first + step)
            if low < edge < high:
                volumes |= {edge, edge * (1.0 + 1e-6)}
    return sorted(volumes)


def _decades(low: float, high: float) -> list[float]:
    """Return the powers of ten between two values."""
    found = [10.0**power for power in range(-9, 19)]
    return [value for value in found if low <= value <= high]


def _short(value: float) -> str:
    """Return a number in a few characters, such as 120k."""
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= limit:
            return f"{value / limit:.3g}{unit}"
    return f"{value:.3g}"


def _heading(plot: Plot) -> Iterable[str]:
    yield f"USD a month over requests a day; the vertical line is today, {_short(plot.today)}"
    for mark, series in zip(_MARKS, plot.series, strict=False):
        yield f"  {mark} {_legend(series)}"
    if plot.not_drawn:
        yield f"{plot.not_drawn} options are not drawn"


def _legend(series: Series) -> str:
    return series.name if series.crossing is None else f"{series.name} (crosses the first at {_short(series.crossing)})"


_ASCII = str.maketrans("│─┤┬┌┐└┘┼├┴", "|-+++++++++")
