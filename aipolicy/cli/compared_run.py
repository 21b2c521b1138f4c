"""What a run prints whose findings are compared with earlier ones, and its exit code."""

from __future__ import annotations

from collections.abc import Sequence

import click

from aipolicy.cli.comparing import ComparedRun, compared_report
from aipolicy.cli.settings import stdout_style, stdout_width
from aipolicy.findings import Change, Severity
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.policy.locate import PolicyFiles
from aipolicy.report.comparison_text import comparison_lines
from aipolicy.report.part import make_page

TELLING_FORMATS = frozenset({"text", "json"})
"""Formats with a place for what was compared; beside the others it is told on standard error."""


def compared_run(run: ComparedRun, files: Sequence[ManifestFile], judged_by: PolicyFiles, output_format: str,
                 fail_on: str) -> tuple[str, int]:  # fmt: skip
    """Return what a run prints and its exit code; findings that are no worse than before are counted, or in JSON marked."""
    report = compared_report(run, files, judged_by)
    threshold = Severity(fail_on)
    page = make_page(output_format, threshold, stdout_width(), stdout_style())
    totals = report.totals
    everything = run.options.show_unchanged or output_format == "json"
    findings = [f for f in report.findings if everything or f.change is not Change.UNCHANGED]
    text = page.whole(report.policy, totals, [page.findings(findings)], [page.features(report.evaluations)])
    if totals.comparison is not None and output_format not in TELLING_FORMATS:
        for line in comparison_lines(totals.comparison):
            click.echo(f"aipolicy: {line}", err=True)
    return text, totals.exit_code(threshold)
