"""Drawings of costs over volume: stairs, today, crossings, in text and as pictures, the same bytes every time."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from aipolicy.economics.break_even import CheaperFromTheStart, CostCurve, Crossings, NoBreakEven, break_even
from aipolicy.economics.fleet import Staircase
from aipolicy.errors import UsageError
from aipolicy.report.cost_plot import figure_of, render_plot, write_plot
from aipolicy.report.cost_series import Plot, Series, rows_apart, ticks, volumes
from aipolicy.report.style import cells

PAID = CostCurve(0.0, 0.03)
STAIRS = Staircase(usd=2000.0, requests_per_day=100_000.0, spare_requests_per_day=100_000.0)
OWNED = CostCurve(8000.0, 0.0, (STAIRS,))
API = Series("prompting on provider-api: big", PAID, is_baseline=True)
OWN = Series("prompting on own-cloud: small", OWNED, break_even(PAID, OWNED))
LATE = CostCurve(30_000.0, 0.005)
PLOT = Plot(
    "x: cost over volume", (API, OWN, Series("rag on on-device: tiny", LATE, break_even(PAID, LATE))),
    today=100_000.0, not_drawn=("rag on own-cloud: small (2 options)", "prompting on on-premises: small"),
)  # fmt: skip
GOLDEN = Path(__file__).parents[1] / "golden" / "cost-plot.txt"
PICTURE = """
import sys
sys.path[:0] = sys.argv[2:]
from test_cost_plot import PLOT
from aipolicy.report.cost_plot import write_plot
write_plot(sys.argv[1], PLOT)
"""


def one(name: str, *, title: str = "x") -> Plot:
    return Plot(title, (API, Series(name, OWNED)), 1000.0)


def picture(path: Path, **environment: str) -> bytes:
    """Return the bytes that a new process writes."""
    subprocess.run(
        [sys.executable, "-c", PICTURE, str(path), str(Path(__file__).parent), str(Path(__file__).parents[2])],
        env={**os.environ, "MPLCONFIGDIR": str(path.parent), **environment},
        check=True,
    )
    return path.read_bytes()


def test_the_drawing_is_what_was_read_and_accepted() -> None:
    text = render_plot(PLOT, width=90)
    if os.environ.get("AIPOLICY_UPDATE_GOLDEN"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")
    assert render_plot(PLOT, width=90) == text


@pytest.mark.parametrize("columns", ["20", "80", "300"])
def test_the_width_is_that_asked_for_whatever_the_terminal(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("LINES", "5")
    assert render_plot(PLOT, width=90) == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [-1, *range(40, 201, 20), 41])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_any_width_is_kept_without_escape_codes(width: int, ascii_only: bool) -> None:
    long = Series("文書 " + "n" * 150, OWNED, OWN.break_even)
    text = render_plot(Plot("x", (API, long), 1e5, PLOT.not_drawn), width=width, ascii_only=ascii_only)
    assert "\x1b" not in text
    assert text.isascii() or not ascii_only
    assert max(map(cells, text.splitlines())) == max(width, 40)


def test_colours_are_those_of_the_terminal_and_change_no_character() -> None:
    import plotext

    plain, colored = (render_plot(PLOT, width=90, color=color) for color in (False, True))
    assert "\x1b[38;5;" in colored
    assert "\x1b[48;" not in colored
    assert [line.rstrip() for line in plotext.uncolorize(colored).splitlines()] == plain.splitlines()


def test_a_crossing_is_marked_where_the_lines_meet() -> None:
    assert OWN.crossings == pytest.approx((1e6, 1_133_333.3))
    for crossing in PLOT.crossings:
        for series in (API, PLOT.series[crossing.number]):
            assert series.curve.monthly_usd(crossing.requests_per_day) == pytest.approx(crossing.monthly_usd)


def test_several_crossings_are_all_marked_and_told() -> None:
    assert [crossing.number for crossing in PLOT.crossings] == [1, 1, 2]
    text = render_plot(PLOT, width=90)
    assert "cheaper above 1M here and there, always above 1.13M" in text
    assert "X crosses the baseline" in text


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Crossings(5e5, 5e5, 1e6), "own (cheaper above 500k)"),
        (Crossings(5e5, 500_100.0, 1e6), "own (cheaper above 500k)"),
        (Crossings(5e5, None, 1e6), "own (cheaper above 500k here and there)"),
        (CheaperFromTheStart(), "own (cheaper at any volume)"),
        (NoBreakEven(1.0), "own (no break-even)"),
        (None, "own"),
    ],
)
def test_a_legend_tells_the_break_even(found: Crossings | CheaperFromTheStart | NoBreakEven | None, words: str) -> None:
    assert Series("own", OWNED, found).legend == words


def test_stairs_rise_at_once() -> None:
    drawn_at = volumes(PLOT)
    for edge in (STAIRS.edge(count) for count in (3, 4, 5)):
        after = drawn_at[drawn_at.index(edge) + 1]
        assert after == pytest.approx(edge, rel=1e-5)
        assert OWNED.monthly_usd(after) - OWNED.monthly_usd(edge) == pytest.approx(2000.0)


def test_what_is_free_is_drawn_as_a_cent_and_said_so() -> None:
    text = render_plot(Plot("x", (Series("free", CostCurve(0.0, 0.0)), API), 10.0), width=60)
    assert "less than 0.01 USD is drawn as 0.01 USD" in text
    assert "less than" not in render_plot(PLOT, width=60)


def test_options_that_are_not_drawn_are_named() -> None:
    last = [line for line in render_plot(PLOT, width=200).splitlines() if line.startswith("not drawn")]
    assert last == ["not drawn: rag on own-cloud: small (2 options); prompting on on-premises: small"]


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [(30.0, 2e4, [1e2, 1e3, 1e4]), (150.0, 700.0, [200.0, 500.0]), (18_000.0, 26_300.0, [18_000.0, 26_300.0]),
     (3000.0, 3000.0, [3000.0])],
)  # fmt: skip
def test_an_axis_never_goes_without_a_scale(low: float, high: float, labels: list[float]) -> None:
    assert ticks(low, high) == pytest.approx(labels)


def test_the_axis_reaches_ten_times_beyond_today_and_the_last_crossing() -> None:
    far = Series("far", PAID, Crossings(1e15, 1e15, 1e16))
    assert Plot("x", (API, far), 1000.0).bounds == (100.0, 10_000.0)
    assert Plot("x", (API, OWN), 1e5).bounds == pytest.approx((1e4, 11_333_333.3))
    assert Plot("x", (API, OWN), 1e7).bounds == pytest.approx((1e5, 1e8))


def test_rows_of_labels_do_not_touch() -> None:
    assert rows_apart([]) == []
    assert rows_apart([(0.0, 0.1), (0.05, 0.15), (0.1, 0.2), (0.12, 0.22)]) == [0, 1, 0, 2]


@pytest.mark.parametrize("apart", [1.0001, 1.01, 1.1, 2.0])
def test_no_two_labels_of_a_picture_overlap(apart: float) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    found = [Crossings(1.23e5 * apart**n, 1.23e5 * apart ** (n + 0.5), 1e9) for n in range(1, 6)]
    figure = figure_of(Plot("x", (API, *(Series(f"s{n}", OWNED, each) for n, each in enumerate(found))), 1.2e5))
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert len(boxes) > 5
    assert not [pair for pair in itertools.combinations(boxes, 2) if pair[0].overlaps(pair[1])]
    assert all(figure.axes[0].get_window_extent().containsx(box.x1) for box in boxes)


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_a_picture_has_the_same_bytes_whatever_the_hash_seed_and_settings(suffix: str, tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_text("font.size: 20\naxes.facecolor: red\n", encoding="utf-8")
    plain = picture(tmp_path / f"1.{suffix}", PYTHONHASHSEED="1", MATPLOTLIBRC=os.devnull)
    assert picture(tmp_path / f"2.{suffix}", PYTHONHASHSEED="4711", MATPLOTLIBRC=str(tmp_path)) == plain
    if suffix == "png":
        assert plain.startswith(b"\x89PNG\r\n\x1a\n")
    else:
        words = "".join(ElementTree.fromstring(plain).itertext())
        for expected in ("USD a month", "requests a day", "today: 100k", "1.13M", "(baseline)", "x: cost over volume"):
            assert expected in words


@pytest.mark.parametrize("name", ["a $x_{$ b", "\\frac{1}", "100 % & <b>"])
def test_a_name_is_drawn_as_it_is_written(name: str, tmp_path: Path) -> None:
    write_plot(str(tmp_path / "x.svg"), one(name, title=name))
    assert "".join(ElementTree.parse(tmp_path / "x.svg").getroot().itertext()).count(name) == 2


def test_a_name_without_a_font_is_kept_in_svg_and_refused_in_png(tmp_path: Path) -> None:
    name = "\U0001f9ff\u4e00\U00012000"
    write_plot(str(tmp_path / "x.svg"), one(name))
    assert name in (tmp_path / "x.svg").read_text(encoding="utf-8")
    with pytest.raises(UsageError, match=r"no font for this name.*ends in `\.svg`"):
        write_plot(str(tmp_path / "x.png"), one(name))
    assert not (tmp_path / "x.png").exists()


@pytest.mark.parametrize("name", ["x.pdf", "x", "x.svgz", "x.svg.txt"])
def test_another_kind_of_picture_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"ends in `\.svg` or `\.png`"):
        write_plot(str(tmp_path / name), PLOT)
    assert not list(tmp_path.iterdir())


def test_a_picture_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot write"):
        write_plot(str(tmp_path / "missing" / "x.svg"), PLOT)


def test_without_matplotlib_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(UsageError, match=r"aipolicy\[plot\]"):
        write_plot(str(tmp_path / "x.svg"), PLOT)
