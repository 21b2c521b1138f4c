"""`aipolicy explain PATH --summary`: what the answers to many features have in common, and what would tell them apart."""

from __future__ import annotations

from aipolicy.answer.summary import summary_of
from aipolicy.cli.manifests import exit_code_of_report, told_broken, told_manifests
from aipolicy.cli.policy_options import weighing_of
from aipolicy.cli.terminal import stdout_style, stdout_width
from aipolicy.config.config_file import Config
from aipolicy.config.scope import SOME_FEATURES
from aipolicy.errors import UsageError
from aipolicy.run.policy import Policy
from aipolicy.run.report import check
from aipolicy.source.text import shown


def summary_text(paths: tuple[str, ...], policy: Policy, settings: Config, output_format: str) -> tuple[str, int]:
    """Return the summary of all features below some paths and the exit code; what could not be read is told."""
    report = check(told_manifests(paths, settings).files, policy, SOME_FEATURES)
    is_broken = told_broken(report.findings)
    if not report.evaluations:
        raise UsageError(f"no feature in {', '.join(f'`{shown(path)}`' for path in paths)}")
    weighing = weighing_of(settings, policy.evaluator.known)
    summary = summary_of(report.evaluations, policy.evaluator, weighing)
    code = exit_code_of_report(is_broken=is_broken, is_empty=False)
    if output_format == "json":
        from aipolicy.report.explain.summary_json import render_summary_json

        return render_summary_json(summary, policy), code
    from aipolicy.report.explain.summary_text import render_summary

    return render_summary(summary, width=stdout_width(), style=stdout_style()), code
