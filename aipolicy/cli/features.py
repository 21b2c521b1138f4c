"""The features that a command is about: named, or by the path of a manifest."""

from __future__ import annotations

import os
import sys

from aipolicy.cli.settings import read_stdin
from aipolicy.config import Config
from aipolicy.errors import UsageError
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.manifest.discovery import find_manifests
from aipolicy.report.concise import render_concise
from aipolicy.run.policy import Policy
from aipolicy.run.report import check
from aipolicy.run.scope import SOME_FEATURES
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown


def features_named(subject: str, paths: tuple[str, ...], policy: Policy, settings: Config) -> tuple[Evaluation, ...]:
    """Return the evaluation of the features with a name below the paths, or of a manifest; raises `UsageError` for none."""
    is_path = subject == "-" or os.path.exists(subject) or os.sep in subject
    files = find_manifests(
        (subject,) if is_path else paths or (".",), patterns=settings.manifests, exclude=settings.exclude,
        stdin=read_stdin,
    )  # fmt: skip
    report = check(files, policy, SOME_FEATURES)
    found = tuple(e for e in report.evaluations if is_path or e.feature.name == subject)
    broken = [finding for finding in report.findings if finding.rule_id.startswith("MAN-") and (is_path or not found)]
    if broken:
        sys.stderr.write(render_concise(broken))
    if not found:
        names = [evaluation.feature.name for evaluation in report.evaluations]
        what = "no feature in" if is_path else "no feature is named"
        raise UsageError(f"{what} `{shown(subject)}`{did_you_mean(subject, names)}")
    return found
