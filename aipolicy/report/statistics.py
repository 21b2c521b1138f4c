"""Counts of findings by rule, the most frequent first."""

from __future__ import annotations

from collections.abc import Iterator

from aipolicy.findings import Outcome, Severity
from aipolicy.report.records import FindingRecord, Run


class _Count:
    """How often a rule was found, and in which features."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.findings = 0
        self.waived = 0
        self.features: set[tuple[str, str]] = set()
        self.worst = Severity.NOTE

    def add(self, finding: FindingRecord) -> None:
        self.findings += 1
        self.waived += finding.outcome == Outcome.WAIVED.value
        self.features.add((finding.file, finding.feature))
        self.worst = min(self.worst, Severity(finding.severity), key=lambda severity: severity.rank)


def render(run: Run) -> Iterator[str]:
    """Yield a line a rule: how often it was found, in how many features, how bad at worst, its id and name."""
    counts: dict[str, _Count] = {}
    for finding in run.findings():
        counts.setdefault(finding.rule, _Count(finding.name)).add(finding)
    if counts:
        yield f"{'found':>6}  {'in':>6}  {'worst':<7}  {'rule':<10}  name\n"
    for rule, count in sorted(counts.items(), key=lambda item: (-item[1].findings, item[0])):
        name = count.name + (f"  ({count.waived} waived)" if count.waived else "")
        yield f"{count.findings:>6}  {len(count.features):>6}  {count.worst.value:<7}  {rule:<10}  {name}\n"
