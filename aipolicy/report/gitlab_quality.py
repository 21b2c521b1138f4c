"""A Code Quality report for GitLab (https://docs.gitlab.com/ci/testing/code_quality/, read 2026-11-21)."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256

from aipolicy.findings import Outcome
from aipolicy.report.json_text import ITEMS, JsonObject, json_with_items
from aipolicy.report.records import Run

_SEVERITIES = {"error": "critical", "warning": "minor", "note": "info"}


def render(run: Run) -> Iterator[str]:
    """Yield a JSON list of issues; waived findings are none."""
    return json_with_items([ITEMS], _issues(run))


def _issues(run: Run) -> Iterator[JsonObject]:
    seen: Counter[str] = Counter()
    for finding in run.findings():
        if finding.outcome == Outcome.WAIVED.value:
            continue
        identity = "\0".join((finding.rule, finding.feature, finding.path, finding.file))
        seen[identity] += 1
        text = f"{identity}\0{seen[identity]}"
        yield {
            "description": f"{finding.rule}: {finding.message}",
            "check_name": finding.name,
            "fingerprint": sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
            "severity": _SEVERITIES[finding.severity],
            "location": {"path": _path(finding.file), "lines": {"begin": finding.line}},
        }


def _path(path: str) -> str:
    """Return a path from the folder of the run, without a leading `./`, as GitLab matches it with the change."""
    return (os.path.relpath(path) if os.path.isabs(path) else os.path.normpath(path)).replace(os.sep, "/")
