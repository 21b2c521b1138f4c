"""Workflow commands of GitHub Actions, the worst findings first; what is too many is in the step summary.

GitHub shows ten annotations of each level a step (https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions,
read 2026-11-21).
"""

from __future__ import annotations

from collections.abc import Iterator

from aipolicy.findings.finding import Outcome, Severity
from aipolicy.report.formats.records import FindingRecord, Run, WorstFindings
from aipolicy.report.repository_places import RepositoryPlaces

MOST_OF_A_LEVEL = 10
_LISTED = "in the step summary; where there is none, `--format markdown` lists them"
_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def render(run: Run) -> Iterator[str]:
    """Yield one command a finding, and one that counts what is left out."""
    # NOTE: the last notice is kept for saying how many are left out.
    most = {severity.value: MOST_OF_A_LEVEL - (severity is Severity.NOTE) for severity in Severity}
    worst = WorstFindings(most)
    waived = 0
    for finding in run.findings():
        if finding.outcome == Outcome.WAIVED.value:
            waived += 1
        else:
            worst.add(finding)
    places = RepositoryPlaces()
    shown = [_command(finding, places.from_here(finding.file)) for finding in worst]
    yield from (f"{command}\n" for command in shown)
    if len(worst) > len(shown):
        yield f"::notice title=aipolicy::{len(worst) - len(shown)} more findings are {_LISTED}\n"
    if waived:
        # NOTE: in the log whatever the limit; an annotation for each would bury those that somebody has to act on.
        yield f"{waived} waived, which do not gate: {_LISTED}\n"


def _command(finding: FindingRecord, file: str) -> str:
    place = finding.place
    properties = {"file": file, "line": str(finding.line)}
    if place is not None:
        properties["col"] = str(place.column)
        if place.end_line == place.line:
            properties["endColumn"] = str(place.end_column)
    properties["title"] = f"{finding.rule} {finding.name}"
    message = finding.message + (f"\nfix: {finding.fix}" if finding.fix else "")
    joined = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{_COMMANDS[finding.severity]} {joined}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
