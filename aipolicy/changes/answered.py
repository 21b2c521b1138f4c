"""Whether a run looked for a finding that was known before."""

from __future__ import annotations

from aipolicy.run.report import Report


def is_answered(report: Report, rule: str, feature: str, *, covers: bool) -> bool:
    """Return whether a run looked for a finding: it evaluated the rule, and the feature or everything there is."""
    if rule in report.policy.ignored_rules:
        return False
    # NOTE: a manifest that cannot be read may hold any feature.
    names = {evaluation.feature.name for evaluation in report.evaluations}
    return feature in names or (covers and not report.unread)
