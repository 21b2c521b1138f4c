"""A manifest file and a policy in, its features evaluated and its findings in order out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from aipolicy.errors import UsageError
from aipolicy.evaluation.evaluation import Evaluation, Evaluator
from aipolicy.evaluation.findings import findings_of
from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.findings.finding import Finding, sorted_findings
from aipolicy.findings.reserved_rules import MANIFEST_PREFIX
from aipolicy.manifest.feature import Feature
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.manifest.read import Manifests, read_manifests
from aipolicy.manifest.skipped import Skipped
from aipolicy.run.policy import Policy
from aipolicy.source.regex import regex
from aipolicy.value import Frozen

if TYPE_CHECKING:
    from aipolicy.waivers.waiver import WaiverUse

_MAY_WAIVE = regex(r"aipolicy[ \t]*:|[\w:][ \t]*\[[ \t]*[A-Z][A-Z0-9-]*-[0-9]", re.IGNORECASE)
"""Text in which a comment may waive something, if perhaps misspelt."""


class EvaluatedFile(Frozen):
    """What a policy says of the features of a file, of several shown under one path, or of any other features."""

    evaluations: tuple[Evaluation, ...]
    findings: tuple[Finding, ...]
    """On the features and on the file itself, in the one order."""
    skipped: tuple[Skipped, ...] = ()
    """What in it is no manifest."""
    waiver_uses: tuple[WaiverUse, ...] = ()
    """What became of the waivers of its features."""
    files: int = 1

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of its features."""
        return tuple(evaluation.feature.name for evaluation in self.evaluations)

    @property
    def unread(self) -> bool:
        """Return whether it holds a manifest that could not be read, which may declare any feature."""
        names = set(self.names)
        return any(f.rule_id.startswith(MANIFEST_PREFIX) and f.feature not in names for f in self.findings)


def evaluate_file(files: Sequence[ManifestFile], policy: Policy,
                  taken: Mapping[str, str] = MappingProxyType({})) -> EvaluatedFile:  # fmt: skip
    """Return what a policy says of a file, or of several that are shown under one path.

    `taken` are the names of features in files before, each with its file. Raises `UsageError` where a rule is left out
    that a pack forbids to leave out.
    """
    return evaluate_manifests(
        read_manifests(files, taken, policy.evaluator.known.extensions_schema), len(files), policy
    )


def evaluate_feature(feature: Feature, policy: Policy) -> Evaluation:
    """Return the evaluation of a feature under a policy."""
    return evaluation_by(feature, policy.evaluator)


def evaluation_by(feature: Feature, evaluator: Evaluator) -> Evaluation:
    """Return the evaluation of a feature that stands in no file yet."""
    return evaluator.evaluate(feature)


def findings_on(evaluation: Evaluation, policy: Policy) -> tuple[Finding, ...]:
    """Return what is to be said about an evaluated feature, whatever waivers say of it."""
    return findings_by(evaluation, policy.evaluator.rule_evaluator, strict=policy.strict)


def findings_by(evaluation: Evaluation, rule_evaluator: RuleEvaluator, *, strict: bool = False) -> tuple[Finding, ...]:
    """Return what is to be said about an evaluated feature, by what evaluated its rules."""
    return findings_of(evaluation, rule_evaluator, strict=strict)


def evaluate_manifests(manifests: Manifests, files: int, policy: Policy) -> EvaluatedFile:
    """Return what a policy says of manifests that were read from a number of files; raises as `evaluate_file`."""
    if policy.forbidden_choice:
        raise UsageError(policy.forbidden_choice)
    findings = list(manifests.findings)
    if manifests.refused:
        from aipolicy.run.refused import words_of_refused

        findings += [
            finding for document in manifests.refused for finding in words_of_refused(document, policy.catalog)
        ]
    evaluations = [evaluate_feature(feature, policy) for feature in manifests.features]
    every = [findings_on(evaluation, policy) for evaluation in evaluations]
    has_routes = any(feature.name != feature.declared["metadata.name"] for feature in manifests.features)
    if has_routes:
        from aipolicy.run.told_once import told_once, waivers_told_once

        every = told_once(manifests.features, every)
    uses: list[WaiverUse] = []
    for feature, evaluation, own in zip(manifests.features, evaluations, every, strict=True):
        if (policy.waivers is not None and policy.waivers.entries) or _may_waive(feature):
            own, used = _beside_waivers(own, evaluation, policy, manifests.features)
            uses.extend(used)
        findings.extend(own)
    if has_routes:
        findings = waivers_told_once(manifests.features, findings)
    return EvaluatedFile(tuple(evaluations), sorted_findings(findings), manifests.skipped, tuple(uses), files)


def _may_waive(feature: Feature) -> bool:
    return _MAY_WAIVE.search(feature.document.source.text) is not None


def _beside_waivers(findings: Sequence[Finding], evaluation: Evaluation, policy: Policy,
                    features: Iterable[Feature]) -> tuple[tuple[Finding, ...], tuple[WaiverUse, ...]]:  # fmt: skip
    from aipolicy.waivers.apply import apply_waivers, starts_of
    from aipolicy.waivers.waiver import Waivers

    starts = starts_of(features, evaluation.feature.document.source) if _may_waive(evaluation.feature) else ()
    applied = apply_waivers(
        findings, evaluation, policy.waivers or Waivers(), policy.all_rules, policy.ignored_rules,
        policy.waived_on or policy.catalog.as_of, starts,
    )  # fmt: skip
    return applied.findings, applied.uses
