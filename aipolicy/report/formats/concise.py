"""Findings in, one line each out: for editors, grep and people in a hurry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from aipolicy.findings.finding import Finding, Outcome, sorted_findings
from aipolicy.source.text import escaped

if TYPE_CHECKING:
    from aipolicy.report.view import View
    from aipolicy.run.run_result import RunResult

_PREFIXES = {Outcome.UNDETERMINED: "undetermined: ", Outcome.UNDECLARED: "undeclared: ", Outcome.WAIVED: "waived: "}


def render_concise(findings: Iterable[Finding]) -> str:
    """Return one line a finding, `path:line:col: severity[RULE-ID]: message`.

    Line and column of a finding without a place are 1.
    """
    return "".join(f"{_line(finding)}\n" for finding in sorted_findings(findings))


def render(result: RunResult, view: View) -> Iterator[str]:
    """Yield one line a finding."""
    return (f"{_line(finding)}\n" for finding in result.findings(unchanged=view.unchanged))


def message_of(finding: Finding) -> str:
    """Return the message of a finding, safe to show, led by the outcome unless that is a violation."""
    return _PREFIXES.get(finding.outcome, "") + escaped(finding.message)


def waived_until(finding: Finding) -> str:
    """Return until when a finding is waived, and where that is written; empty for one that is not."""
    waiver = finding.waiver
    return f" (until {waiver.expires}, {escaped(waiver.at)})" if waiver is not None and waiver.holds else ""


def location_of(finding: Finding) -> str:
    """Return `path:line:col` of a finding, safe to show; the path alone when there is no place in it."""
    span = finding.span_of(finding.place)
    path = escaped(finding.file)
    return path if span is None else f"{path}:{span.start.line}:{span.start.column}"


def _line(finding: Finding) -> str:
    location = location_of(finding)
    if finding.span_of(finding.place) is None:
        location += ":1:1"
    return f"{location}: {finding.severity.value}[{escaped(finding.rule_id)}]: {message_of(finding)}{waived_until(finding)}"
