"""`aipolicy explain PATH --summary`: what the answers to many features have in common, and what would tell them apart."""

from __future__ import annotations

import sys

from aipolicy.answer.summary import summary_of
from aipolicy.cli.manifests import told_manifests
from aipolicy.cli.policy_options import weighing_of
from aipolicy.cli.terminal import stdout_style, stdout_width
from aipolicy.config.config_file import Config
from aipolicy.config.scope import SOME_FEATURES
from aipolicy.errors import UsageError
from aipolicy.findings.reserved_rules import MANIFEST_PREFIX
from aipolicy.report.formats.concise import render_concise
from aipolicy.run.policy import Policy
from aipolicy.run.report import check
from aipolicy.source.text import shown


def summary_text(paths: tuple[str, ...], policy: Policy, settings: Config, output_format: str) -> str:
    """Return the summary of all features below some paths; what could not be read is told on standard error."""
    report = check(told_manifests(paths, settings).files, policy, SOME_FEATURES)
    broken = [finding for finding in report.findings if finding.rule_id.startswith(MANIFEST_PREFIX)]
    if broken:
        sys.stderr.write(render_concise(broken))
    if not report.evaluations:
        raise UsageError(f"no feature in {', '.join(f'`{shown(path)}`' for path in paths)}")
    weighing = weighing_of(settings, policy.evaluator.known)
    summary = summary_of(report.evaluations, policy.evaluator, weighing)
    if output_format == "json":
        from aipolicy.report.explain.summary_json import render_summary_json

        return render_summary_json(summary, policy)
    from aipolicy.report.explain.summary_text import render_summary

    return render_summary(summary, width=stdout_width(), style=stdout_style())
