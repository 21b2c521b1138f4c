"""What `aipolicy explain PATH --summary` says: what the answers to many features have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aipolicy.answer.summary import Summary, summary_of
from aipolicy.commands.console import Console
from aipolicy.commands.reported import Reported, reported, tell_broken
from aipolicy.config.config_file import Config
from aipolicy.config.scope import SOME_FEATURES
from aipolicy.errors import UsageError
from aipolicy.evaluation.ranking import weighing_of
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.run.evaluated_run import check
from aipolicy.run.policy import Policy
from aipolicy.source.text import shown


def summary(files: Iterable[ManifestFile], paths: Sequence[str], policy: Policy, config: Config, output_format: str,
            console: Console) -> Reported:  # fmt: skip
    """Return the summary of all features below some paths, of whose manifest files it is; raises `UsageError` for none."""
    report = check(files, policy, SOME_FEATURES)
    if not report.evaluations:
        tell_broken(report.findings, console)
        raise UsageError(f"no feature in {', '.join(f'`{shown(path)}`' for path in paths)}")
    weighing = weighing_of(config, policy.evaluator.known)
    text = _rendered(summary_of(report.evaluations, policy.evaluator, weighing), policy, output_format, console)
    return reported((text,), report.findings, console, is_empty=False)


def _rendered(summed: Summary, policy: Policy, output_format: str, console: Console) -> str:
    if output_format == "json":
        from aipolicy.report.explain.summary_json import render_summary_json

        return render_summary_json(summed, policy)
    from aipolicy.report.explain.summary_text import render_summary

    return render_summary(summed, width=console.width, style=console.style)
