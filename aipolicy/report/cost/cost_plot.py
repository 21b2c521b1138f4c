"""Costs over volume as a drawing: in the terminal with plotext, as SVG or PNG with matplotlib (an optional extra).

Both axes are logarithmic, because volumes and costs of options lie orders of magnitude apart; machines show as stairs.
"""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Callable, Iterator
from math import exp, log
from typing import TYPE_CHECKING, Any

from aipolicy.errors import UsageError
from aipolicy.files.atomic_write import write_whole
from aipolicy.report.cost.cost_series import Plot, Series, plot_of, rows_apart, short, ticks, usd_at, volumes
from aipolicy.report.terminal.style import MIN_WIDTH, wrapped
from aipolicy.source.text import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Plot", "Series", "plot_of", "render_plot", "write_plot"]

_MARKS = "*o+#@="
_CROSSING = "X"
_TERMINAL_COLORS = ("blue+", "orange+", "green+", "magenta+", "cyan+", "red+")
_IMAGE_SUFFIXES = (".svg", ".png")
_PICTURE_SETTINGS: Any = {
    # NOTE: names of ids and the day are the only things that would differ from run to run.
    "svg.hashsalt": "aipolicy",
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.size": 9,
}
_ROW_SHARE = 0.05
"""Height of a line of labels inside the axes, as a share of them."""
_TITLE_CELLS, _LEGEND_CELLS = 80, 110
"""Characters that fit beside each other in a picture."""


def render_plot(plot: Plot, *, width: int, height: int = 20, color: bool = False, ascii_only: bool = False) -> str:
    """Return the drawing as lines of text, at least 40 cells wide; without escape codes unless `color` is set, and with
    `ascii_only` of ASCII characters alone."""
    import plotext

    width = max(width, MIN_WIDTH)
    plotext.clear_figure()
    # NOTE: otherwise the terminal at hand, not `width`, would decide how wide the drawing is.
    plotext.limit_size(False, False)
    for paint in (plotext.canvas_color, plotext.axes_color, plotext.ticks_color):
        paint("default")
    drawn_at = volumes(plot)
    for mark, hue, series in zip(_MARKS, _TERMINAL_COLORS, plot.series, strict=False):
        plotext.plot(drawn_at, [usd_at(series, volume) for volume in drawn_at], marker=mark, color=hue)
    plotext.vertical_line(plot.today)
    if plot.crossings:
        points = zip(*((crossing.requests_per_day, crossing.monthly_usd) for crossing in plot.crossings), strict=True)
        plotext.scatter(*map(list, points), marker=_CROSSING, color="default")
    plotext.xscale("log")
    plotext.yscale("log")
    for label, bounds in ((plotext.xticks, plot.bounds), (plotext.yticks, _usd_bounds(plot))):
        at = ticks(*bounds)
        label(at, [short(value) for value in at])
    plotext.plotsize(width, height)
    built = plotext.build()
    lines = built.splitlines() if color else [line.rstrip() for line in plotext.uncolorize(built).splitlines()]
    if ascii_only:
        lines = [line.translate(_ASCII) for line in lines]
    return "\n".join([*_heading(plot, width, color=color, ascii_only=ascii_only), *lines]) + "\n"


def write_plot(path: str, plot: Plot) -> None:
    """Write the drawing as SVG or PNG by the suffix; raises `UsageError` for another suffix, without matplotlib, when no
    font draws a name, or when the file cannot be written."""
    suffix = os.path.splitext(path)[1].lower()
    if suffix not in _IMAGE_SUFFIXES:
        raise UsageError(f"`{shown(path)}` is no picture; write a name that ends in `.svg` or `.png`")
    try:
        import matplotlib
    except ImportError:
        raise UsageError("pictures need matplotlib; install it with `pip install 'aipolicy[plot]'`") from None
    with matplotlib.rc_context():
        # NOTE: the user's own matplotlibrc would change the bytes.
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_PICTURE_SETTINGS)
        data = _printed(plot, suffix[1:])
    try:
        write_whole(path, data)
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot write `{shown(path)}`: {error}") from None


def svg_of(draw: Callable[[], Figure], salt: str) -> str:
    """Return a figure as the text of an SVG without a background; `salt` tells its ids from those of others on one page.

    It is the same every time, whatever settings a user has.
    """
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_PICTURE_SETTINGS | {"svg.hashsalt": salt, "path.simplify_threshold": 0.5})
        from matplotlib.backends.backend_svg import FigureCanvasSVG

        figure, buffer = draw(), io.BytesIO()
        for patch in (figure.patch, *(axes.patch for axes in figure.axes)):
            patch.set_visible(False)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph ", category=UserWarning)
            canvas: Any = FigureCanvasSVG(figure)
            canvas.print_figure(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue().decode()


def figure_of(plot: Plot) -> Figure:
    """Return the picture as a figure of matplotlib: title, axes with units, a legend below, today and crossings labelled."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.0, 5.6), layout="constrained")
    axes = figure.subplots()
    drawn_at = volumes(plot)
    colors = []
    for number, series in enumerate(plot.series):
        legend = "\n".join(wrapped(series.legend, _LEGEND_CELLS, break_words=True))
        costs = [usd_at(series, volume) for volume in drawn_at]
        (line,) = axes.plot(drawn_at, costs, label=legend, linewidth=2.4 if number == 0 else 1.4)
        colors.append(line.get_color())
    axes.set(xscale="log", yscale="log", xlabel="requests a day", ylabel="USD a month")
    axes.set_title("\n".join(wrapped(plot.title, _TITLE_CELLS, break_words=True)))
    axes.grid(visible=True, which="major", color="0.9")
    _label(axes, plot, colors)
    further = [f"not drawn: {len(plot.not_drawn)} further kinds of options"] if plot.not_drawn else []
    figure.legend(loc="outside lower center", frameon=False, fontsize=8, title="\n".join([*plot.notes, *further]) or None,
                  title_fontsize=8)  # fmt: skip
    return figure


def _label(axes: Axes, plot: Plot, colors: list[Any]) -> None:
    """Set the axes, and label today at the top and crossings at the bottom, in strips that no line runs through."""
    low, high = plot.bounds
    span = log(high / low)
    names = [short(crossing.requests_per_day) for crossing in plot.crossings]
    starts = [log(crossing.requests_per_day / low) / span for crossing in plot.crossings]
    rows = rows_apart([(at, at + 0.02 + 0.012 * len(name)) for at, name in zip(starts, names, strict=True)])
    bottom, top = _usd_bounds(plot)
    below = _ROW_SHARE * (max(rows) + 2.0) if rows else _ROW_SHARE
    above = 1.5 * _ROW_SHARE
    # NOTE: one flat line has no height of its own; a factor of 2 keeps it off the frame.
    unit = max(log(top / bottom), log(2.0)) / (1.0 - below - above)
    axes.set(xlim=(low, high), ylim=(bottom * exp(-unit * below), top * exp(unit * above)))
    for axis, at in ((axes.xaxis, ticks(low, high)), (axes.yaxis, ticks(bottom, top))):
        axis.set_ticks(at, [short(value) for value in at])
        axis.set_ticks([], minor=True)
    place: Any = axes.get_xaxis_transform()
    axes.axvline(plot.today, color="0.4", linestyle=":", linewidth=1.2)
    axes.annotate(f"today: {short(plot.today)}", (plot.today, 0.985), xycoords=place, xytext=(4, 0),
                  textcoords="offset points", color="0.3", fontsize=8, va="top")  # fmt: skip
    for crossing, name, row in zip(plot.crossings, names, rows, strict=True):
        color, volume, share = colors[crossing.number], crossing.requests_per_day, _ROW_SHARE * (row + 0.4)
        least, most = axes.get_ylim()
        # NOTE: a line ends at its own label, above those of smaller volumes, so that it runs through none of them.
        axes.vlines(volume, least * (most / least) ** share, crossing.monthly_usd, color=color, linestyle=":", lw=1.0)
        axes.plot([volume], [crossing.monthly_usd], "o", color=color, markeredgecolor="black", markersize=5.5, zorder=5)
        axes.annotate(name, (volume, share), xycoords=place, xytext=(3, 0), textcoords="offset points", color=color,
                      fontsize=8)  # fmt: skip


def _printed(plot: Plot, format_: str) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    figure, buffer = figure_of(plot), io.BytesIO()
    canvas: Any = FigureCanvasSVG(figure) if format_ == "svg" else FigureCanvasAgg(figure)
    metadata: dict[str, Any] = {"Date": None} if format_ == "svg" else {"Software": None}
    with warnings.catch_warnings():
        # NOTE: an SVG keeps the characters and leaves the font to the reader; a PNG would show boxes.
        warnings.filterwarnings("ignore" if format_ == "svg" else "error", message="Glyph ", category=UserWarning)
        try:
            canvas.print_figure(buffer, format=format_, dpi=150, metadata=metadata)
        except UserWarning as warning:
            raise UsageError(f"no font for this name in a PNG ({warning}); write a name that ends in `.svg`") from None
    return buffer.getvalue()


def _usd_bounds(plot: Plot) -> tuple[float, float]:
    """Return the least and the greatest cost that is drawn, in USD a month."""
    costs = [usd_at(series, volume) for series in plot.series for volume in (*plot.bounds, plot.today)]
    return min(costs), max(costs)


def _heading(plot: Plot, width: int, *, color: bool, ascii_only: bool) -> Iterator[str]:
    import plotext

    def folded(text: str, room: int) -> list[str]:
        text = text.encode("ascii", "backslashreplace").decode() if ascii_only else text
        return wrapped(text, room, break_words=True)

    yield from folded(f"USD a month over requests a day; the vertical line is today, {short(plot.today)}", width)
    for mark, hue, series in zip(_MARKS, _TERMINAL_COLORS, plot.series, strict=False):
        first, *rest = folded(series.legend, width - 4)
        yield f"  {plotext.colorize(mark, hue) if color else mark} {first}"
        yield from (f"    {line}" for line in rest)
    if plot.crossings:
        yield f"  {_CROSSING} crosses the baseline"
    for note in plot.notes:
        yield from folded(note, width)
    if plot.not_drawn:
        yield from folded(f"not drawn: {'; '.join(plot.not_drawn)}", width)


_ASCII = str.maketrans("│─┤┬┌┐└┘┼├┴", "|-+++++++++")
