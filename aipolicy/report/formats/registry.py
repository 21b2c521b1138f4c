"""Every output format by name: what it is for, and where its renderer is; choices and help follow from this table."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from aipolicy.report.view import View
from aipolicy.value import NamedTuple

if TYPE_CHECKING:
    from aipolicy.report.formats.records import Run
    from aipolicy.run.run_result import RunResult


_FOLDER = "aipolicy.report.formats"


class Format(NamedTuple):
    """An output format; formats with a `renderer` are made from records, which other results can be put into too."""

    purpose: str
    renderer: str = ""
    """Module beside this one with a function `render(run)`; empty where `OWN` names one that takes the result."""
    details: str = ""
    """What else its users should know; the table in `docs/formats.md` is made of it."""


FORMATS: dict[str, Format] = {
    "text": Format("for people: source lines with carets, reasons and fixes, the verdicts"),
    "concise": Format("one line a finding, for editors and grep"),
    "json": Format("everything, for programs; `schemas/report.v2.json`"),
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
        "rule_counts",
        "`--statistics` is short for it",
    ),
}
"""A format never changes what was found or the exit code."""

OWN = {"text": "text", "concise": "concise", "json": "json_report"}
"""Modules with a function `render(result, view)`."""

MARKING_FORMATS = frozenset({"json", "sarif"})
"""Formats that mark each finding as new, worse or unchanged, so that none is left out."""

TELLING_FORMATS = frozenset({"text", "json"})
"""Formats with a place for what is said of the whole run; beside the others it is told on standard error."""


def rendered(output_format: str, result: RunResult, view: View) -> Iterator[str]:
    """Yield a run in an output format, piece by piece, ending with a newline where anything is written."""
    if output_format in MARKING_FORMATS:
        view = view._replace(unchanged=True)
    if output_format in OWN:
        yield from import_module(f"{_FOLDER}.{OWN[output_format]}").render(result, view)
    else:
        from aipolicy.report.formats.records import run_of

        yield from rendered_records(output_format, run_of(result, view))


def rendered_records(output_format: str, run: Run) -> Iterator[str]:
    """Yield records in an output format that has a renderer, piece by piece."""
    yield from import_module(f"{_FOLDER}.{FORMATS[output_format].renderer}").render(run)
