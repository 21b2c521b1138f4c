"""A Code Quality report for GitLab (https://docs.gitlab.com/ci/testing/code_quality/, read 2026-11-21)."""

from __future__ import annotations

import os
from collections.abc import Iterator

from aipolicy.findings.finding import Outcome
from aipolicy.report.formats.fingerprints import Fingerprints
from aipolicy.report.formats.json_text import ITEMS, JsonObject, json_with_items
from aipolicy.report.formats.records import Run

_SEVERITIES = {"error": "critical", "warning": "minor", "note": "info"}


def render(run: Run) -> Iterator[str]:
    """Yield a JSON list of issues; waived findings are none."""
    return json_with_items([ITEMS], _issues(run))


def _issues(run: Run) -> Iterator[JsonObject]:
    fingerprints = Fingerprints()
    for finding in run.findings():
        if finding.outcome == Outcome.WAIVED.value:
            continue
        yield {
            "description": f"{finding.rule}: {finding.message}",
            "check_name": finding.name,
            "fingerprint": fingerprints.of(finding),
            "severity": _SEVERITIES[finding.severity],
            "location": {"path": _path(finding.file), "lines": {"begin": finding.line}},
        }


def _path(path: str) -> str:
    """Return a path from the folder of the run, without a leading `./`, as GitLab matches it with the change."""
    return (os.path.relpath(path) if os.path.isabs(path) else os.path.normpath(path)).replace(os.sep, "/")
