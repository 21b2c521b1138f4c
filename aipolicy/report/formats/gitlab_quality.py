"""A Code Quality report for GitLab (https://docs.gitlab.com/ci/testing/code_quality/, read 2026-11-21)."""

from __future__ import annotations

from collections.abc import Iterator

from aipolicy.findings.finding import Outcome
from aipolicy.report.formats.fingerprints import Fingerprints
from aipolicy.report.formats.json_text import ITEMS, JsonObject, json_with_items
from aipolicy.report.formats.records import Run
from aipolicy.report.repository_places import RepositoryPlaces

_SEVERITIES = {"error": "critical", "warning": "minor", "note": "info"}


def render(run: Run) -> Iterator[str]:
    """Yield a JSON list of issues; waived findings are none."""
    return json_with_items([ITEMS], _issues(run))


def _issues(run: Run) -> Iterator[JsonObject]:
    fingerprints, places = Fingerprints(), RepositoryPlaces()
    for finding in run.findings():
        if finding.outcome == Outcome.WAIVED.value:
            continue
        path = places.from_here(finding.file)
        yield {
            "description": f"{finding.rule}: {finding.message}",
            "check_name": finding.name,
            "fingerprint": fingerprints.of(finding),
            "severity": _SEVERITIES[finding.severity],
            "location": {"path": path, "lines": {"begin": finding.line}},
        }
