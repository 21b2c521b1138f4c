"""Whether a run looked for a finding that was known before."""

from __future__ import annotations

from aipolicy.findings.comparison import KnownFinding
from aipolicy.findings.finding import Outcome
from aipolicy.run.evaluated_run import Report


def is_answered(report: Report, rule: str, feature: str, *, covers: bool) -> bool:
    """Return whether a run looked for a finding: it evaluated the rule, and the feature or everything there is."""
    if rule in report.policy.ignored_rules:
        return False
    # NOTE: a manifest that cannot be read may hold any feature.
    names = {evaluation.feature.name for evaluation in report.evaluations}
    return feature in names or (covers and not report.unread)


def is_still_open(report: Report, known: KnownFinding) -> bool:
    """Return whether what was undetermined is so still, though it may be no finding any more."""
    if known.outcome not in (Outcome.UNDETERMINED, Outcome.UNDECLARED):
        return False
    return any(
        ruled.active.rule.id == known.identity.rule and bool(ruled.planned.undetermined | ruled.planned.undeclared)
        for evaluation in report.evaluations if evaluation.feature.name == known.identity.feature
        for ruled in evaluation.rules
    )  # fmt: skip
