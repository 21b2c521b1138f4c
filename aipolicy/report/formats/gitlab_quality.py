"""A Code Quality report for GitLab (https://docs.gitlab.com/ci/testing/code_quality/, read 2026-11-21)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256

from aipolicy.findings.finding import Outcome
from aipolicy.report.formats.json_text import ITEMS, JsonObject, json_with_items
from aipolicy.report.formats.records import Run
from aipolicy.report.repository_places import RepositoryPlaces

_SEVERITIES = {"error": "critical", "warning": "minor", "note": "info"}


def render(run: Run) -> Iterator[str]:
    """Yield a JSON list of issues; waived findings are none."""
    return json_with_items([ITEMS], _issues(run))


def _issues(run: Run) -> Iterator[JsonObject]:
    seen: Counter[str] = Counter()
    places = RepositoryPlaces()
    for finding in run.findings():
        if finding.outcome == Outcome.WAIVED.value:
            continue
        path = places.from_here(finding.file)
        # NOTE: a feature keeps its name when its file moves; what has no name is known by its file alone.
        identity = "\0".join((finding.rule, finding.feature or path, finding.path))
        seen[identity] += 1
        text = f"{identity}\0{seen[identity]}"
        yield {
            "description": f"{finding.rule}: {finding.message}",
            "check_name": finding.name,
            "fingerprint": sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
            "severity": _SEVERITIES[finding.severity],
            "location": {"path": path, "lines": {"begin": finding.line}},
        }
