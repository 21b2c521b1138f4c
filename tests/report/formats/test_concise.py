"""One line a finding."""

from __future__ import annotations

import re
from itertools import permutations

import pytest
from report_scenarios import FLOW, SCENARIOS, document, finding, hostile

from aipolicy.findings.finding import Outcome, Place, Severity
from aipolicy.report.formats.concise import render_concise


def test_a_line_names_place_severity_rule_and_message() -> None:
    found = finding(document(FLOW), place=Place(path=("plan", "hosting")), severity=Severity.WARNING)
    assert render_concise([found]) == (
        "claims.aifeature.yaml:7:40: warning[DATA-001]: `health` would be sent to `openai`\n"
    )


def test_a_finding_without_place_stands_at_the_start_of_the_file() -> None:
    assert render_concise([finding()]).startswith("claims.aifeature.yaml:1:1: error[DATA-001]: ")


def test_undetermined_and_waived_are_told_from_violated() -> None:
    assert "]: undetermined: `health`" in render_concise([finding(outcome=Outcome.UNDETERMINED)])
    assert "]: waived: `health`" in render_concise([finding(outcome=Outcome.WAIVED)])


def test_nothing_found_is_an_empty_text() -> None:
    assert render_concise([]) == ""


def test_undetermined_findings_are_never_grouped() -> None:
    findings = [finding(rule_id=f"R-{n}", outcome=Outcome.UNDETERMINED) for n in range(9)]
    assert len(render_concise(findings).splitlines()) == 9


def test_the_order_of_findings_does_not_matter() -> None:
    findings = [finding(rule_id=f"R-{n}", file=f"{n % 2}.yaml") for n in range(4)]
    assert len({render_concise(order) for order in permutations(findings)}) == 1


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_finding_is_one_line_of_the_promised_form(name: str) -> None:
    findings = SCENARIOS[name]()
    lines = render_concise(findings).split("\n")[:-1]
    assert len(lines) == len(findings)
    assert all(re.match(r".+:\d+:\d+: (error|warning|note)\[.+\]: .", line) for line in lines)


def test_hostile_text_cannot_steer_the_terminal_or_end_the_line() -> None:
    text = render_concise(hostile())
    assert text.isprintable() or text[:-1].isprintable()
    assert text.count("\n") == 1
    assert "[/foo] [bold]x" in text
    assert "\\u001b[31mred" in text
