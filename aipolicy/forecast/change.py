"""What changes on a day: findings of that day beside those of the day before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum

from aipolicy.findings.comparison import Identity, KnownFinding, identity_of, is_worse, known_from
from aipolicy.findings.finding import Finding, Outcome, Severity
from aipolicy.forecast.events import Event
from aipolicy.value import Frozen


class ForecastEffect(StrEnum):
    """What becomes of a finding; it fails when it weighs enough for exit code 1."""

    STARTS = "starts-failing"
    STOPS = "stops-failing"
    NEW = "new"
    WORSE = "worse"
    MILDER = "milder"
    GONE = "gone"


class Delta(Frozen):
    """A finding on two days; None where it is not found."""

    before: Finding | None
    after: Finding | None

    @property
    def finding(self) -> Finding:
        """Return the finding as it becomes, or as it was where it goes."""
        finding = self.after or self.before
        assert finding is not None
        return finding

    @property
    def identity(self) -> Identity:
        """Return what makes it the same finding on both days."""
        return identity_of(self.finding)

    def kind(self, fail_on: Severity) -> ForecastEffect:
        """Return what becomes of it where findings of a severity fail."""
        failed, fails = gates(self.before, fail_on), gates(self.after, fail_on)
        if fails is not failed:
            return ForecastEffect.STARTS if fails else ForecastEffect.STOPS
        if self.before is None:
            return ForecastEffect.NEW
        if self.after is None:
            return ForecastEffect.GONE
        return ForecastEffect.WORSE if is_worse(self.after, known_from(self.before)) else ForecastEffect.MILDER


class ForecastChange(Frozen):
    """A finding that comes, goes or weighs another amount from a day on, and why."""

    day: date
    kind: ForecastEffect
    delta: Delta
    causes: tuple[Event, ...]
    """What brings it about; more than one where several things of one kind happen on the day."""

    @property
    def finding(self) -> Finding:
        """Return the finding as it becomes, or as it was where it goes."""
        return self.delta.finding

    @property
    def feature(self) -> str:
        """Return the name of the feature; empty for findings about the whole run."""
        return self.finding.feature


def gates(finding: Finding | None, fail_on: Severity) -> bool:
    """Return whether a finding is exit code 1."""
    return finding is not None and finding.outcome is not Outcome.WAIVED and finding.severity.rank <= fail_on.rank


def deltas(before: Iterable[Finding], after: Iterable[Finding]) -> Iterator[Delta]:
    """Yield the findings that differ between two days; of several with one identity the worst stands beside the worst."""
    old, new = _by_identity(before), _by_identity(after)
    for identity in sorted({*old, *new}):
        was, is_ = old.get(identity, ()), new.get(identity, ())
        for place in range(max(len(was), len(is_))):
            delta = Delta(was[place] if place < len(was) else None, is_[place] if place < len(is_) else None)
            if _weight(delta.before) != _weight(delta.after):
                yield delta


def has_come(delta: Delta, findings: Iterable[Finding]) -> bool:
    """Return whether a change has happened among the findings of a state in between."""
    there = [finding for finding in findings if identity_of(finding) == delta.identity]
    if delta.after is None:
        return not there
    if delta.before is None:
        return bool(there)
    start: KnownFinding = known_from(delta.before)
    worse = is_worse(delta.after, start)
    return any(is_worse(finding, start) if worse else is_worse(delta.before, known_from(finding)) for finding in there)


def _by_identity(findings: Iterable[Finding]) -> dict[Identity, Sequence[Finding]]:
    findings_of: dict[Identity, list[Finding]] = {}
    for finding in findings:
        findings_of.setdefault(identity_of(finding), []).append(finding)
    return {identity: sorted(alike, key=_badness) for identity, alike in findings_of.items()}


def _badness(finding: Finding) -> tuple[int, str, str]:
    return finding.severity.rank, finding.outcome.value, finding.message


def _weight(finding: Finding | None) -> tuple[Severity, Outcome] | None:
    return None if finding is None else (finding.severity, finding.outcome)
