"""Drawings of costs over volume: stairs, today, crossings, in text and as pictures, the same bytes every time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from aipolicy.economics.break_even import CostCurve
from aipolicy.economics.fleet import Staircase
from aipolicy.errors import UsageError
from aipolicy.report.cost_plot import Plot, Series, render_plot, write_plot

API = Series("prompting on provider-api: big", CostCurve(0.0, 0.03))
OWN = Series(
    "prompting on own-cloud: small",
    CostCurve(8000.0, 0.0, (Staircase(usd=2000.0, requests_per_day=100_000.0, spare_requests_per_day=100_000.0),)),
    crossing=466_666.7,
)
PLOT = Plot("x: cost over volume", (API, OWN), today=100_000.0, not_drawn=3)
GOLDEN = Path(__file__).parents[1] / "golden" / "cost-plot.txt"
PICTURE = """
import sys
sys.path[:0] = sys.argv[2:]
from test_cost_plot import PLOT
from aipolicy.report.cost_plot import write_plot
write_plot(sys.argv[1], PLOT)
"""


def test_the_drawing_is_what_was_read_and_accepted() -> None:
    text = render_plot(PLOT, width=90)
    if os.environ.get("AIPOLICY_UPDATE_GOLDEN"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")
    assert render_plot(PLOT, width=90) == text


@pytest.mark.parametrize("width", [-1, 40, 41, 80, 200])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_any_width_is_drawn_without_escape_codes(width: int, ascii_only: bool) -> None:
    text = render_plot(PLOT, width=width, ascii_only=ascii_only)
    assert "\x1b" not in text
    assert text.isascii() or not ascii_only
    drawn = [line for line in text.splitlines() if "┤" in line or "│" in line or "|" in line]
    assert max(map(len, drawn)) <= max(width, 40)


def test_what_is_free_is_drawn_at_the_bottom_of_a_logarithmic_axis() -> None:
    assert render_plot(Plot("x", (Series("free", CostCurve(0.0, 0.0)), API), 10.0, 0), width=60)


def test_a_crossing_that_nobody_will_see_does_not_stretch_the_axis() -> None:
    far = Series("far", API.curve, crossing=1e15)
    assert Plot("x", (API, far), 1000.0, 0).bounds == (100.0, 10_000.0)
    assert PLOT.bounds == (10_000.0, pytest.approx(4_666_667.0))


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_a_picture_has_the_same_bytes_whatever_the_hash_seed(suffix: str, tmp_path: Path) -> None:
    pictures = []
    for seed in ("1", "4711"):
        path = tmp_path / f"{seed}.{suffix}"
        subprocess.run(
            [sys.executable, "-c", PICTURE, str(path), str(Path(__file__).parent), str(Path(__file__).parents[2])],
            env={**os.environ, "PYTHONHASHSEED": seed, "MPLCONFIGDIR": str(tmp_path)},
            check=True,
        )
        pictures.append(path.read_bytes())
    assert pictures[0] == pictures[1]
    if suffix == "png":
        assert pictures[0].startswith(b"\x89PNG\r\n\x1a\n")
    else:
        words = "".join(ElementTree.fromstring(pictures[0]).itertext())
        assert "USD a month" in words
        assert "crosses the first at 467k" in words


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
