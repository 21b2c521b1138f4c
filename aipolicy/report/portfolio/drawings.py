"""Drawings of a report as SVG, each with words that say the same: costs over volume, and costs of features with ranges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from aipolicy.answer.answer import Answering
from aipolicy.evaluation.cost_comparison import compare_costs
from aipolicy.report.cost.cost_plot import figure_of, plot_of, svg_of
from aipolicy.report.portfolio.feature_row import FeatureRow
from aipolicy.report.ways_table import short_usd
from aipolicy.source.text import escaped, grouped
from aipolicy.value import NamedTuple

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_DRAWN = 30
"""Features up to which each has a drawing of its costs over volume, and all of them one together."""
_HEIGHT_OF_ONE = 0.28


class Drawing(NamedTuple):
    """A drawing, and what it shows in words."""

    svg: str
    words: str


def curves_of(answering: Answering) -> Drawing | None:
    """Return what ways cost over volume, as `aipolicy cost --plot-file` draws it; None where no cost is known."""
    feature = answering.certain.feature
    comparison = compare_costs(answering.certain, answering.evaluator.catalog, every=False)
    plot = plot_of("USD a month over requests a day", comparison)
    if plot is None:
        return None
    legends = "; ".join(series.legend for series in plot.series)
    words = f"USD a month over requests a day, today {grouped(plot.today)}: {legends}"
    return Drawing(svg_of(lambda: figure_of(plot), f"{feature.file} {feature.name}"), words)


def ranges_of(rows: Sequence[FeatureRow]) -> Drawing | None:
    """Return what a month of each feature costs with its range, the dearest first; None for none, or too many to tell."""
    costed = sorted(
        ((row.name, row.cost) for row in rows if row.cost is not None and row.cost.monthly_usd > 0.0),
        key=lambda named: (-named[1].monthly_usd, named[0]),
    )
    if not 1 < len(costed) <= MOST_DRAWN:
        return None
    lines = [f"{name} {cost.words}{f' ({cost.range_words})' if cost.range_words else ''}" for name, cost in costed]

    def draw() -> Figure:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(9.0, 1.0 + _HEIGHT_OF_ONE * len(costed)), layout="constrained")
        axes: Any = figure.subplots()
        places = range(len(costed))
        usual = [cost.monthly_usd for _, cost in costed]
        lows = [cost.monthly_usd - (cost.low_usd or cost.monthly_usd) for _, cost in costed]
        highs = [(cost.high_usd or cost.monthly_usd) - cost.monthly_usd for _, cost in costed]
        axes.errorbar(usual, places, xerr=[lows, highs], fmt="o", capsize=3, color="#1f77b4")
        axes.set(xscale="log", xlabel="USD a month, and the range that eight draws in ten lie in")
        axes.set_yticks(list(places), [escaped(name) for name, _ in costed])
        axes.invert_yaxis()
        axes.xaxis.set_major_formatter(lambda usd, _: short_usd(usd))
        axes.xaxis.set_minor_formatter(lambda usd, _: "")
        axes.grid(visible=True, axis="x", color="0.9")
        return figure

    return Drawing(svg_of(draw, "all features"), f"USD a month: {'; '.join(lines)}")
