"""Every output format by name: what it is for, and where its renderer is; choices and help follow from this table."""

from __future__ import annotations

from typing import NamedTuple


class Format(NamedTuple):
    """An output format; formats with a `renderer` are made from records of the whole run."""

    purpose: str
    renderer: str = ""
    """Module below `aipolicy.report` with a function `render(run)`; empty for the formats that are pages themselves."""


FORMATS: dict[str, Format] = {
    "text": Format("for people: source lines with carets, reasons and fixes, the verdicts"),
    "concise": Format("one line a finding, for editors and grep"),
    "json": Format("everything, for programs; `schemas/report.v1.json`"),
    "sarif": Format("for code scanning: SARIF 2.1.0", "sarif"),
    "github": Format("for GitHub Actions: annotations; the rest goes to the step summary", "github_commands"),
    "gitlab": Format("for GitLab: a Code Quality report", "gitlab_quality"),
    "junit": Format("for test reports: a suite a manifest, a case a feature and rule", "junit"),
    "markdown": Format("for a comment on a pull request", "markdown"),
    "csv": Format("for spreadsheets: a row a finding", "csv_rows"),
    "statistics": Format("for an overview: how often each rule was found", "statistics"),
}
"""A format never changes what was found or the exit code."""
