"""An evaluated file in, its result out: data alone, with every place resolved; what formats and rules over all need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipolicy.findings.finding import Finding, Place, Severity
from aipolicy.findings.reserved_rules import MANIFEST_PREFIX
from aipolicy.manifest.skipped import Skipped
from aipolicy.policy.rule import RuleScope
from aipolicy.run.answers_asked import NO_ANSWERS, AnswersAsked, Depth
from aipolicy.run.evaluated_file import EvaluatedFile
from aipolicy.run.feature_result import Detailed, FeatureResult, feature_result
from aipolicy.run.policy import Policy
from aipolicy.value import NamedTuple, replace

if TYPE_CHECKING:
    from aipolicy.portfolio.feature_records import KeptFeature
    from aipolicy.waivers.waiver import WaiverUse


class FileResult(NamedTuple):
    """What came of a file, or of several that are shown under one path."""

    files: int
    findings: tuple[Finding, ...]
    """In order; every place has its span."""
    features: tuple[FeatureResult, ...]
    evaluated: bool
    """Whether any rule had something to evaluate: rules about plans have nothing where nobody plans."""
    skipped: tuple[Skipped, ...] = ()
    waiver_uses: tuple[WaiverUse, ...] = ()
    unread: bool = False
    """Whether the file holds a manifest that cannot be read, which may declare any feature."""
    records: tuple[KeptFeature, ...] = ()
    """What rules over all features need to know of each."""
    unread_files: tuple[str, ...] = ()
    """Its path where it holds a manifest that was not evaluated."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the features that it declares."""
        return tuple(feature.name for feature in self.features)


def file_result(file: EvaluatedFile, policy: Policy, asked: AnswersAsked = NO_ANSWERS,
                detailed: Detailed | None = None) -> FileResult:  # fmt: skip
    """Return the result of an evaluated file, with the answers to its features that are asked for.

    `detailed` makes of each answer what a format shows of the feature besides.
    """
    records, unread_files = portfolio_part(file, policy)
    acted_on = {finding.feature for finding in file.findings if finding.is_to_act_on}

    # NOTE: an answer from facts of which one is refused would be an answer to another feature.
    refused = {
        finding.feature
        for finding in file.findings
        if finding.rule_id.startswith(MANIFEST_PREFIX) and finding.severity is Severity.ERROR
    }

    def depth(name: str) -> Depth:
        if name in refused:
            return Depth.NONE
        return asked.with_findings if name in acted_on else asked.without_findings

    return FileResult(
        files=file.files,
        findings=tuple(map(located, file.findings)),
        features=tuple(
            feature_result(evaluation, policy.evaluator, asked, depth(evaluation.feature.name), detailed)
            for evaluation in file.evaluations
        ),
        evaluated=is_evaluated(file, policy),
        skipped=file.skipped,
        waiver_uses=file.waiver_uses,
        unread=file.unread,
        records=records,
        unread_files=unread_files,
    )


def portfolio_part(file: EvaluatedFile, policy: Policy) -> tuple[tuple[KeptFeature, ...], tuple[str, ...]]:
    """Return what rules over all features need of a file: records of its features, its path where one was not read."""
    if not policy.evaluated_portfolio_rules:
        return (), ()
    from aipolicy.portfolio.run_records import records_of, unread_files

    return (
        records_of(file.evaluations, policy.evaluated_portfolio_rules),
        unread_files(file.evaluations, file.findings),
    )


def is_evaluated(file: EvaluatedFile, policy: Policy) -> bool:
    """Return whether any rule had something to evaluate in a file."""
    if any(rule.scope is RuleScope.OPTIONS for rule in policy.rules):
        return bool(file.evaluations)
    return bool(policy.rules) and any(
        evaluation.planned is not evaluation.candidates for evaluation in file.evaluations
    )


def located(finding: Finding) -> Finding:
    """Return a finding with the span of every place."""
    place, related = _located(finding, finding.place), tuple(_located(finding, other) for other in finding.related)
    return replace(finding, place=place, related=related)


def _located(finding: Finding, place: Place) -> Place:
    span = finding.span_of(place)
    return place if span is place.span else replace(place, span=span)
