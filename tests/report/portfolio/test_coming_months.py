"""The calendar of a report is the forecast: every change of `aipolicy forecast` in its month, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from answer_pages import ROOT
from command_line import run_here
from portfolio_pages import elements

EXAMPLE = ("examples/forecast", "--policy", "examples/forecast/pack.yaml", "--as-of", "2026-11-21")
MONTHS = 12


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, object], str]:
    """Return the forecast as JSON, and the page with the calendar of it."""
    page = tmp_path_factory.mktemp("page") / "report.html"
    forecast = run_here(["forecast", *EXAMPLE, "--months", str(MONTHS), "--format", "json"], ROOT)
    done = run_here(["report", *EXAMPLE, "--forecast", str(MONTHS), "--output", str(page)], ROOT)
    assert done.returncode == 0, done.stderr
    return json.loads(forecast.stdout), page.read_text(encoding="utf-8")


def test_every_change_of_a_forecast_stands_in_its_month(told: tuple[dict[str, object], str]) -> None:
    forecast, text = told
    section = elements(text).one("section", id="coming")
    changes = forecast["changes"]
    assert isinstance(changes, list)
    assert changes
    wanted = sorted((each["day"], each["feature"] or "(the run)", each["rule"]) for each in changes)
    shown = []
    for body in section.all("tbody"):
        month, *rows = body.all("tr")
        name = month.one("th").text[:7]
        assert re.fullmatch(r"\d{4}-\d\d", name)
        for row in rows:
            day, by, _, feature, rule, becomes = (cell.text for cell in row.all("td"))
            assert day.startswith(name)
            assert by
            if feature:
                shown.append((day, feature, rule))
            else:
                assert becomes == "no finding changes by it"
    assert sorted(shown) == wanted


def test_what_a_forecast_comes_to_stands_first_and_what_is_not_known_last(told: tuple[dict[str, object], str]) -> None:
    forecast, text = told
    section = elements(text).one("section", id="coming")
    lines = [each.text for each in section.all("li")]
    summary, unknown = forecast["summary"], forecast["unknown"]
    assert isinstance(summary, dict)
    assert isinstance(unknown, list)
    assert ("red" if summary["red_today"] else "green") in lines[0]
    assert summary["first_failure"] is None or summary["first_failure"] in lines[1]
    assert len(lines) == 3 + len(unknown)


def test_the_same_stands_in_markdown_and_nothing_where_nobody_asked() -> None:
    markdown = run_here(["report", *EXAMPLE, "--forecast", str(MONTHS), "--format", "markdown"], ROOT).stdout
    assert "\n## What is coming\n" in markdown
    assert "What is coming" not in run_here(["report", *EXAMPLE, "--format", "markdown"], ROOT).stdout


def test_a_calendar_that_ends_beyond_all_days_is_refused(tmp_path: Path) -> None:
    done = run_here(["report", "--forecast", "12", "--as-of", "9999-06-01", "--format", "markdown"], tmp_path)
    assert done.returncode == 2
    assert "beyond the calendar" in done.stderr
