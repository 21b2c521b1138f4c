"""What `aipolicy coverage` says: controls of frameworks beside features, or clauses beside rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from aipolicy.commands.console import Console
from aipolicy.commands.reported import Reported, reported
from aipolicy.config.scope import SOME_FEATURES
from aipolicy.errors import UsageError
from aipolicy.frameworks.framework_policy import PolicyFrameworks
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.run.evaluated_run import Report, check

if TYPE_CHECKING:
    from aipolicy.frameworks.coverage import FrameworkCoverage

FORMATS = ("text", "json", "csv", "oscal")


def clauses_shown(asked: PolicyFrameworks, output_format: str, console: Console) -> str:
    """Return which clauses rules speak of; raises `UsageError` for a format that is about features."""
    from aipolicy.frameworks.clauses import clauses_of

    clauses = [
        (linked.entry, clauses_of(linked.entry, linked)) for linked in asked.frameworks if linked.entry is not None
    ]
    if output_format == "oscal":
        raise UsageError("OSCAL assessment results are about features; leave out `--clauses`, or use text, json or csv")
    if output_format == "text":
        from aipolicy.report.coverage.coverage_text import clauses_text

        return clauses_text(clauses, width=console.width, style=console.style)
    from aipolicy.report.coverage.coverage_tables import clauses_csv, clauses_json

    return clauses_json(clauses, asked.policy) if output_format == "json" else "".join(clauses_csv(clauses))


def controls_shown(files: Iterable[ManifestFile], asked: PolicyFrameworks, output_format: str,
                   console: Console) -> Reported:  # fmt: skip
    """Return the states of controls for the features of manifest files."""
    from aipolicy.frameworks.coverage import coverage_of

    report = check(files, asked.policy, SOME_FEATURES)
    coverage = coverage_of(report, asked.frameworks, asked.policy)
    if not any(control.cells for framework in coverage for control in framework.controls):
        why = "its rules have ended" if report.evaluations else "no feature was found; name a folder that has manifests"
        nothing = reported((), report.findings, console, is_empty=True)
        console.tell(f"aipolicy: nothing was evaluated: {why}")
        return nothing
    text = _rendered(coverage, report, output_format, console)
    return reported((text,), report.findings, console, is_empty=False)


def _rendered(coverage: tuple[FrameworkCoverage, ...], report: Report, output_format: str,
              console: Console) -> str:  # fmt: skip
    policy = report.policy
    if output_format == "text":
        from aipolicy.report.coverage.coverage_text import coverage_text

        day = policy.catalog.as_of.isoformat()
        return coverage_text(coverage, len(report.evaluations), day, width=console.width, style=console.style)
    if output_format == "oscal":
        from aipolicy.report.coverage.oscal import assessment_results

        return assessment_results(coverage, report, policy)
    from aipolicy.report.coverage.coverage_tables import coverage_csv, coverage_json

    return coverage_json(coverage, policy) if output_format == "json" else "".join(coverage_csv(coverage))
