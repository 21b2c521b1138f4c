"""Article 5(1)(ba) and (bb), and the marking of output of older systems, weigh from 2 December 2026 and not a day before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from aipolicy.cli.main import cli

MANIFEST = """apiVersion: aipolicy/v1
kind: AIFeature
metadata: {{name: pictures, lifecycle: {lifecycle}, owner: web}}
purpose: {{domain: general, practices: [{practices}]}}
outputs: {{kinds: [synthetic-image], depicts_people: true, abuse_safeguards: false, marked: false}}
organization: {{role: provider, regions: [DE]}}
deployment: {{regions: [DE]{on_market}}}
evidence: {{practice_review: false}}
"""
OLD, NEW = ', on_market_since: "2026-08-01"', ', on_market_since: "2026-08-02"'
IMAGERY = ("AIA-5BA-1", "AIA-5BA-2", "AIA-5BB-1")
BOTH = "intimate-imagery, child-abuse-imagery"


def severities(folder: Path, day: str, **words: str) -> Mapping[str, str]:
    """Return how much each violated rule weighs on the day."""
    filled = {"lifecycle": "production", "practices": BOTH, "on_market": OLD} | words
    path = folder / "aifeature.yaml"
    path.write_text(MANIFEST.format_map(filled), encoding="utf-8")
    arguments = ["check", "--policy", "eu-ai-act", "--as-of", day, "--format", "json", str(path)]
    found = json.loads(CliRunner().invoke(cli, arguments).stdout)["findings"]
    return {each["rule"]: each["severity"] for each in found if each["outcome"] == "violated"}


@pytest.fixture(autouse=True)
def _without_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", "")


@pytest.mark.parametrize(
    ("day", "severity"),
    [("2026-07-27", "note"), ("2026-12-01", "note"), ("2026-12-02", "error"), ("2027-06-01", "error")],
)
@pytest.mark.parametrize("rule", IMAGERY)
def test_imagery_is_announced_until_the_first_of_december_and_gates_from_the_second(
    rule: str, day: str, severity: str, tmp_path: Path
) -> None:
    assert severities(tmp_path, day)[rule] == severity


@pytest.mark.parametrize(
    ("on_market", "day", "weights"),
    [
        (OLD, "2026-08-01", {"AIA-50-2": "note"}),
        (OLD, "2026-08-02", {"AIA-50-2": "warning"}),
        (OLD, "2026-12-01", {"AIA-50-2": "warning"}),
        (OLD, "2026-12-02", {"AIA-50-2": "error"}),
        (NEW, "2026-08-02", {"AIA-50-2": "warning", "AIA-50-2A-1": "error"}),
        (NEW, "2026-12-01", {"AIA-50-2": "warning", "AIA-50-2A-1": "error"}),
        (NEW, "2026-12-02", {"AIA-50-2": "error"}),
        (NEW, "2027-06-01", {"AIA-50-2": "error"}),
        ("", "2026-12-01", {"AIA-50-2": "warning"}),
        ("", "2026-12-02", {"AIA-50-2": "error"}),
    ],
)
def test_older_systems_mark_their_output_from_the_second_of_december_and_new_ones_at_once(
    on_market: str, day: str, weights: Mapping[str, str], tmp_path: Path
) -> None:
    found = severities(tmp_path, day, on_market=on_market)
    assert {rule: severity for rule, severity in found.items() if rule.startswith("AIA-50-2")} == weights


def test_whether_output_is_marked_at_once_is_asked_where_the_day_of_a_system_is_not_known(tmp_path: Path) -> None:
    path = tmp_path / "aifeature.yaml"
    path.write_text(MANIFEST.format(lifecycle="production", practices="", on_market=""), encoding="utf-8")
    arguments = ["check", "--policy", "eu-ai-act", "--format", "json", str(path), "--as-of"]
    asked = {
        day: [
            each["missing_facts"]
            for each in json.loads(CliRunner().invoke(cli, [*arguments, day]).stdout)["findings"]
            if each["rule"] == "AIA-50-2A-1"
        ]
        for day in ("2026-12-01", "2026-12-02")
    }
    assert asked == {"2026-12-01": [["deployment.on_market_since"]], "2026-12-02": []}


@pytest.mark.parametrize(("day", "code"), [("2026-12-01", 0), ("2026-12-02", 1)])
def test_a_prototype_that_makes_such_imagery_passes_the_gate_until_the_day(day: str, code: int, tmp_path: Path) -> None:
    path = tmp_path / "aifeature.yaml"
    path.write_text(MANIFEST.format(lifecycle="prototype", practices=BOTH, on_market=OLD), encoding="utf-8")
    run = CliRunner().invoke(cli, ["check", "--policy", "eu-ai-act", "--as-of", day, str(path)])
    assert run.exit_code == code, run.stdout
