"""Every output format by name: what it is for, and where its renderer is; choices and help follow from this table."""

from __future__ import annotations

from typing import NamedTuple


class Format(NamedTuple):
    """An output format; formats with a `renderer` are made from records of the whole run."""

    purpose: str
    renderer: str = ""
    """Module below `aipolicy.report` with a function `render(run)`; empty for the formats that are pages themselves."""
    details: str = ""
    """What else its users should know; the table in `docs/formats.md` is made of it."""


FORMATS: dict[str, Format] = {
    "text": Format("for people: source lines with carets, reasons and fixes, the verdicts"),
    "concise": Format("one line a finding, for editors and grep"),
    "json": Format("everything, for programs; `schemas/report.v1.json`"),
    "sarif": Format(
        "for code scanning: SARIF 2.1.0",
        "sarif",
        "the fingerprint `aipolicy/v1` is made of rule, feature and declaration, and survives edits; columns in UTF-16 "
        "units; the worst 5,000 findings",
    ),
    "github": Format(
        "for GitHub Actions: annotations; the rest goes to the step summary",
        "github_commands",
        "the worst ten of each level; everything is in `GITHUB_STEP_SUMMARY`, as Markdown",
    ),
    "gitlab": Format(
        "for GitLab: a Code Quality report", "gitlab_quality", "`error` is critical, `warning` minor, `note` info"
    ),
    "junit": Format(
        "for test reports: a suite a manifest, a case a feature and rule",
        "junit",
        "what gates is a failure, a broken manifest an error, what is milder or does not apply is skipped",
    ),
    "markdown": Format(
        "for a comment on a pull request",
        "markdown",
        "begins with a hidden marker, folds what does not block, stays below 65,536 characters",
    ),
    "csv": Format("for spreadsheets: a row a finding", "csv_rows", "RFC 4180; no cell is a formula"),
    "statistics": Format(
        "for an overview: how often each rule was found, in how many features",
        "statistics",
        "`--statistics` is short for it",
    ),
}
"""A format never changes what was found or the exit code."""

TELLING_FORMATS = frozenset({"text", "json"})
"""Formats with a place for what is said of the whole run; beside the others it is told on standard error."""
