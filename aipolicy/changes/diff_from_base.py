"""The two sides of a change, each with the features that either side has at and below the paths of a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aipolicy.changes.against_base import base_report, files_holding
from aipolicy.changes.base_side import BaseSide
from aipolicy.changes.diff import Diff, diff_of
from aipolicy.changes.steps import SideInputs, weighed_by
from aipolicy.config.scope import SOME_FEATURES
from aipolicy.findings.finding import Finding
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.run.evaluated_run import Report, check
from aipolicy.run.policy import Policy
from aipolicy.value import replace


def diff_from_base(
    now: SideInputs, side: BaseSide, policy: Policy, everything: Callable[[], Sequence[ManifestFile]]
) -> Diff:
    """Return the diff over the features at and below the paths on either side, wherever the other side has them.

    `policy` evaluates the base; `everything` finds every manifest of the working tree.
    """
    at_base = base_report(side, policy, now.report, now.files)
    names = _names(at_base) | _names(now.report)
    before_files = (*side.files, *files_holding(names - _names(at_base), side.elsewhere))
    here = {side.file_of(file.path) for file in now.files}
    elsewhere = files_holding(names - _names(now.report), everything)
    now_files = (*now.files, *(file for file in elsewhere if side.file_of(file.path) not in here))
    in_scope = here | {side.file_of(file.path) for file in side.files}

    def is_concerned(finding: Finding) -> bool:
        return finding.feature in names or side.file_of(finding.file) in in_scope

    def scoped(report: Report, files: Sequence[ManifestFile], known: Sequence[ManifestFile]) -> Report:
        if len(files) > len(known):
            report = check(files, report.policy, SOME_FEATURES)
        return report.of_features(names, is_concerned)

    before = SideInputs(
        before_files, side.settings._replace(as_of=policy.catalog.as_of, strict=policy.strict), side.policy_files,
        weighed_by(side.config), policy, scoped(at_base, before_files, side.files),
    )  # fmt: skip
    now = replace(now, files=now_files, report=scoped(now.report, now_files, now.files))
    return diff_of(before, now, side.base.revision, side.base.commit, side.file_of, names)


def _names(report: Report) -> set[str]:
    return {evaluation.feature.name for evaluation in report.evaluations}
