"""What a run prints whose findings are compared with earlier ones, and its exit code."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from aipolicy.cli.comparing import ComparedRun, compared_report
from aipolicy.cli.settings import stdout_style, stdout_width
from aipolicy.findings import Change, Severity
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.policy.locate import PolicyFiles
from aipolicy.report.comparison_text import comparison_lines
from aipolicy.report.formats import TELLING_FORMATS
from aipolicy.report.part import WIDTH_OF_FILES, make_page
from aipolicy.report.style import Styler

MARKING_FORMATS = frozenset({"json", "sarif"})
"""Formats that mark each finding as new, worse or unchanged, so that none is left out."""


def compared_run(run: ComparedRun, files: Sequence[ManifestFile], judged_by: PolicyFiles, output_format: str,
                 fail_on: str) -> tuple[str, int]:  # fmt: skip
    """Return what a run prints and its exit code; findings that are no worse than before are counted, or in JSON marked.

    Formats that are joined by `+` come as a JSON list of texts, as for a run that is not compared.
    """
    report = compared_report(run, files, judged_by)
    threshold = Severity(fail_on)
    first, *others = output_format.split("+")
    pages = [(first, make_page(first, threshold, stdout_width(), stdout_style()))]
    pages += [(name, make_page(name, threshold, WIDTH_OF_FILES, Styler())) for name in others]
    totals = report.totals
    texts = []
    for name, page in pages:
        everything = run.options.show_unchanged or name in MARKING_FORMATS
        findings = [f for f in report.findings if everything or f.change is not Change.UNCHANGED]
        texts.append(page.whole(report.policy, totals, [page.findings(findings)], [page.features(report.evaluations)]))
    if first not in TELLING_FORMATS:
        compared = () if totals.comparison is None else comparison_lines(totals.comparison)
        for line in (*totals.notices, *compared):
            click.echo(f"aipolicy: {line}", err=True)
    return json.dumps(texts) if others else texts[0], totals.exit_code(threshold)
