"""Counts of findings by rule, the most frequent first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from aipolicy.findings.finding import Outcome, Severity
from aipolicy.report.formats.records import FindingRecord, Run
from aipolicy.report.terminal.drawing import Screen, said, table
from aipolicy.report.terminal.style import Role

_WIDTH_FOR_NAMES = 60
"""Narrower tables leave the names of rules out."""


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
    named = run.width >= _WIDTH_FOR_NAMES
    names: list[tuple[str, Literal["left"]]] = [("name", "left")] if named else []
    drawn = table(("found", "right"), ("features", "right"), ("worst", "left"), ("rule", "left"), *names, gap=2)
    for rule, count in sorted(counts.items(), key=lambda item: (-item[1].findings, item[0])):
        waived = f" ({count.waived} waived)" if count.waived else ""
        amounts = (said(str(count.findings)), said(str(len(count.features))))
        worst = said(count.worst.value, Role[count.worst.name])
        texts = (said(rule), said(count.name + waived)) if named else (said(rule + waived),)
        drawn.add_row(*amounts, worst, *texts)
    screen = Screen(run.width, run.style)
    screen.add(drawn)
    yield screen.result()
