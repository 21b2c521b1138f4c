"""Clauses on a page are in the states that `aipolicy coverage` says, and the map says the same of their rules."""

from __future__ import annotations

import json
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from answer_pages import WEIGHING
from command_line import run_here
from portfolio_pages import DAY, elements, page_of, report_on_files

from aipolicy.config.run_options import PolicyOptions, read_settings
from aipolicy.config.scope import SOME_FEATURES
from aipolicy.frameworks.states import STATES, State
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.report.portfolio.feature_details import feature_details
from aipolicy.report.portfolio.portfolio_markdown import render_markdown
from aipolicy.report.portfolio.portfolio_report import PortfolioReport, portfolio_report
from aipolicy.run.answers_asked import AnswersAsked, Depth
from aipolicy.run.policy import load_policy
from aipolicy.run.remembered_files import check_remembered
from aipolicy.run.result_memory import ResultMemory

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = ("bank", "hospital", "public-agency")


def config_of(example: str) -> str:
    return f"examples/{example}/aipolicy.toml"


@cache
def report_of(example: str) -> PortfolioReport:
    """Return the report on an example that has packs of law, without questions."""
    _, settings = read_settings(PolicyOptions(str(ROOT / config_of(example)), (), DAY.isoformat(), (), ()))
    folder = ROOT / "examples" / example
    files = [ManifestFile(path.relative_to(ROOT).as_posix(), path.read_bytes(), named=True)
             for path in sorted(folder.rglob("*aifeature.yaml"))]  # fmt: skip
    asked = AnswersAsked(WEIGHING.margin_percent, WEIGHING.horizon_months, Depth.BRIEF, Depth.BRIEF)
    result = check_remembered(
        files,
        load_policy(settings),
        SOME_FEATURES,
        ResultMemory(None, ""),
        asked=asked,
        detailed=partial(feature_details),
    )
    return portfolio_report(result, WEIGHING.horizon_months)


@cache
def covered(example: str) -> Any:
    """Return what `aipolicy coverage` says of an example."""
    arguments = ["--config", config_of(example), "--as-of", DAY.isoformat(), "--format", "json"]
    result = run_here(["coverage", f"examples/{example}", *arguments], ROOT)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_clause_is_in_the_state_that_coverage_says(example: str) -> None:
    said = {
        (framework["framework"], control["control"]): (
            [rule["rule"] for rule in control["rules"]],
            {state: sum(cell["state"] == state for cell in control["features"]) for state in STATES},
        )
        for framework in covered(example)["frameworks"]
        for control in framework["controls"]
    }
    shown = {
        (framework.id, clause.clause): ([each.partition(" ")[0] for each in clause.rules.split(", ")], clause.counts)
        for framework in report_of(example).frameworks
        for clause in framework.clauses
    }
    assert shown == said
    assert len({state for _, counts in shown.values() for state, count in counts.items() if count}) > 2


@pytest.mark.parametrize("example", EXAMPLES)
def test_words_of_a_clause_are_those_of_coverage(example: str) -> None:
    arguments = ["--config", config_of(example), "--as-of", DAY.isoformat()]
    text = " ".join(run_here(["coverage", f"examples/{example}", *arguments], ROOT).stdout.split())
    clauses = [clause for framework in report_of(example).frameworks for clause in framework.clauses]
    assert [clause.states for clause in clauses if clause.states not in text] == []


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_map_says_of_a_rule_what_the_clause_says(example: str) -> None:
    for row in report_of(example).rows:
        # NOTE: what a later stage asks for is missing on the map, and satisfied or outside today.
        both = {rule: (state, row.stated[rule]) for rule, state in row.states.items() if rule in row.stated}
        assert both
        today = {State.SATISFIED, State.NOT_APPLICABLE}
        assert {pair for pair in both.values() if pair[0] is not pair[1] and pair[1] not in today} == set(), row.name


def test_the_page_and_markdown_have_every_clause() -> None:
    report = report_of("bank")
    page, text = elements(page_of(report)), "".join(render_markdown(report))
    section = page.one("section", id="frameworks")
    rows = [row for body in section.all("tbody") for row in body.all("tr")]
    clauses = [clause for framework in report.frameworks for clause in framework.clauses]
    assert [row.one("th").text for row in rows] == [clause.clause for clause in clauses]
    assert [row.all("td")[1].text for row in rows] == [clause.states for clause in clauses]
    assert [each.text.partition(" (")[0] for each in section.all("summary")] == [each.id for each in report.frameworks]
    assert "## Frameworks, clause by clause" in text
    assert "they are no legal advice" in section.text


def test_without_rules_of_law_there_is_no_such_part() -> None:
    report = report_on_files("examples/quickstart/claims-triage/aifeature.yaml")
    page = page_of(report)
    assert report.frameworks == ()
    assert 'href="#frameworks"' not in page
    assert "Frameworks, clause" not in page + "".join(render_markdown(report))
