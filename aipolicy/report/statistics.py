"""Counts of findings by rule, the most frequent first."""

from __future__ import annotations

from collections import Counter

from aipolicy.findings import Outcome, Severity
from aipolicy.report.records import Run

_WORST = {severity.value: severity.rank for severity in Severity}


def render(run: Run) -> str:
    """Return a line a rule: how often it was found, in how many features, how bad at worst, its id and name."""
    counts = Counter(finding.rule for finding in run.findings)
    lines = []
    for rule, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        found = [finding for finding in run.findings if finding.rule == rule]
        features = len({(finding.file, finding.feature) for finding in found})
        waived = sum(finding.outcome == Outcome.WAIVED.value for finding in found)
        name = found[0].name + (f"  ({waived} waived)" if waived else "")
        worst = min((finding.severity for finding in found), key=lambda severity: _WORST[severity])
        lines.append(f"{count:>6}  {features:>6}  {worst:<7}  {rule:<10}  {name}\n")
    head = f"{'found':>6}  {'in':>6}  {'worst':<7}  {'rule':<10}  name\n"
    return (head if lines else "") + "".join(lines)
