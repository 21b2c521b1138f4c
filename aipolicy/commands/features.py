"""The features that a command is about: named, or by the path of a manifest."""

from __future__ import annotations

import os

from aipolicy.commands.console import Console
from aipolicy.commands.reported import tell_broken
from aipolicy.config.config_file import Config
from aipolicy.config.scope import SOME_FEATURES
from aipolicy.errors import UsageError
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.manifest.skipped import skip_lines
from aipolicy.run.evaluated_run import Report, check
from aipolicy.run.inputs import manifests_of
from aipolicy.run.policy import Policy
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown


def features_named(subject: str, paths: tuple[str, ...], policy: Policy, config: Config,
                   console: Console) -> tuple[Evaluation, ...]:  # fmt: skip
    """Return the evaluation of the features with a name below the paths, or of a manifest; raises `UsageError` for none."""
    return report_named(subject, paths, policy, config, console).evaluations


def report_named(subject: str, paths: tuple[str, ...], policy: Policy, config: Config, console: Console) -> Report:
    """Return the report on the same features alone, with the findings on them; raises `UsageError` for none."""
    is_path = subject == "-" or os.path.exists(subject) or os.sep in subject
    # NOTE: who names one file to read about it wants it, whatever a check leaves out.
    manifests = manifests_of(
        (subject,) if is_path else paths, config, stdin=console.stdin, exclude=not os.path.isfile(subject)
    )
    report = check(manifests.files, policy, SOME_FEATURES)
    evaluations = tuple(e for e in report.evaluations if is_path or e.feature.name == subject)
    if is_path or not evaluations:
        tell_broken(report.findings, console)
    if not evaluations:
        for line in (*manifests.left_out.notices, *skip_lines(manifests.left_out.skipped)):
            console.tell(f"aipolicy: {line}")
        names = [evaluation.feature.name for evaluation in report.evaluations]
        what = "no feature in" if is_path else "no feature is named"
        raise UsageError(f"{what} `{shown(subject)}`{did_you_mean(subject, names)}")
    feature_names = {evaluation.feature.name for evaluation in evaluations}
    return report.of_features(feature_names, lambda finding: finding.feature in feature_names)
