"""Times beside their budgets: those that rules read, with what the rules come to, on the page and in Markdown."""

from __future__ import annotations

from typing import Any

import pytest
from answer_pages import SHOWN, answerings
from portfolio_pages import HEAD, elements, page_of, report_on, report_on_files

from aipolicy.answer.comparison import compared_ways
from aipolicy.facts.value_text import shown_value
from aipolicy.findings.finding import Outcome
from aipolicy.report.portfolio.latency_table import latency_tables
from aipolicy.report.portfolio.portfolio_markdown import render_markdown
from aipolicy.source.text import grouped

QUICKSTART = "examples/quickstart/claims-triage/aifeature.yaml"
NOT_BEYOND = {"", "within it"}


def table(budgets: str) -> list[Any]:
    """Return the tables of a feature with some budgets."""
    text = f"{HEAD}metadata: {{name: a}}\ndata: {{classes: [internal], residency: [US]}}\nlatency: {budgets}\n"
    (row,) = report_on([("a.aifeature.yaml", text)]).rows
    return list(row.details["latency"])


@pytest.mark.parametrize("path", SHOWN)
def test_times_are_those_that_rules_read_and_beyond_is_what_they_say_is_violated(path: str) -> None:
    for answering in answerings(path):
        if answering.certain.is_retired:
            continue
        expected, rows = answering.expected, compared_ways(answering)
        shown = {each["budget"].partition(":")[0]: each for each in latency_tables(answering, rows)}
        if "Whole answers" not in shown:
            continue
        for row, cells in zip(rows, shown["Whole answers"]["ways"], strict=True):
            names = ("option.latency_floor_ms", "option.latency_p50_ms", "option.latency_p95_ms")
            known = row.way.option_set.facts_of(row.way.number, expected.workload)
            assert cells[2:5] == [grouped(round(known[name])) if name in known else "not known" for name in names]
            of_plan = row.way.option_set is expected.planned
            by_rule = {ruled.active.rule.id: ruled.planned if of_plan else ruled.candidates for ruled in expected.rules}
            violated = [rule for rule in ("LAT-001", "LAT-002", "LAT-003")
                        if by_rule[rule].outcome_of(row.way.number) is Outcome.VIOLATED]  # fmt: skip
            assert cells[5].startswith(f"beyond it ({', '.join(violated)})") is bool(violated)
            assert ("too close to tell" in cells[5]) is any(
                by_rule[rule].close >> row.way.number & 1 for rule in ("LAT-001", "LAT-002", "LAT-003")
            )


@pytest.mark.parametrize(
    ("budgets", "told"),
    [
        ("{p95_ms: 5000}", ["Whole answers: the budget for 95 % is 5 000 ms (line 5)"]),
        ("{p95_ms: none}", []),
        ("{streaming: true}", ["Whole answers: the budget for 95 % is 10 000 ms (assumed)"]),
        (
            "{p95_ms: 5000, first_token_p95_ms: 900}",
            [
                "Whole answers: the budget for 95 % is 5 000 ms (line 5)",
                "First tokens: the budget for 95 % is 900 ms (line 5)",
            ],
        ),
    ],
)
def test_a_budget_has_a_table_where_it_limits_something(budgets: str, told: list[str]) -> None:
    assert [each["budget"] for each in table(budgets)] == told


def test_no_cell_is_empty_but_where_no_rule_applies() -> None:
    for each in table("{p95_ms: 5000, first_token_p95_ms: 900}"):
        for cells in each["ways"]:
            assert len(cells) == len(each["columns"]) + 3
            assert all(cells[:-1])


def test_the_page_and_markdown_have_the_table() -> None:
    report = report_on_files(QUICKSTART)
    (latency,) = report.rows[0].details["latency"]
    page, text = elements(page_of(report)), "".join(render_markdown(report))
    (shown,) = [each for each in page.all("table") if "Estimates in ms" in each.one("caption").text]
    cells = [[each.text for each in (row.one("th"), *row.all("td"))] for row in shown.one("tbody").all("tr")]
    assert cells == [[" ".join(cell.split()) for cell in way] for way in latency["ways"]]
    assert latency["budget"] in [each.text for each in page.all("h3")]
    assert f"### {latency['budget']}" in text
    assert {way[-1] for way in latency["ways"]} - NOT_BEYOND
    assert shown_value(800.0) in latency["budget"]
