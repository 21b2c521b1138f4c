"""Findings of now beside those known before: each is new, worse or unchanged, and what is no longer found is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from aipolicy.findings.finding import Decided, DecidingValue, Finding, FindingChange, Outcome, Severity
from aipolicy.findings.moved import Moved, moved
from aipolicy.findings.reserved_rules import MANIFEST_PREFIX, WAIVER_PREFIX
from aipolicy.value import Frozen, replace

NEVER_ACCEPTED = (MANIFEST_PREFIX, WAIVER_PREFIX)
"""How the ids of rules begin whose findings no baseline accepts."""

_OUTCOMES = (
    Outcome.NOT_APPLICABLE, Outcome.SATISFIED, Outcome.WAIVED, Outcome.UNDETERMINED, Outcome.UNDECLARED,
    Outcome.VIOLATED,
)  # fmt: skip
"""From the mildest to the worst."""
_TOLD = {FindingChange.WORSE: "worse than before", FindingChange.CHANGED: "not as before"}


class Identity(Frozen, order=True):
    """What makes two findings one and the same: rule, feature and fact path, whatever file, line, number or wording."""

    rule: str
    feature: str
    path: str
    """Dotted path of the declaration that the finding points at; of a finding on the whole run, its subject."""
    wording: str = ""
    """For problems of manifests, file and message: one broken manifest never stands for another."""


class KnownFinding(Frozen):
    """A finding known before, and how bad it was; with the finding itself where it was found in this run."""

    identity: Identity
    severity: Severity
    outcome: Outcome
    finding: Finding | None = None
    values: Mapping[str, DecidingValue] | None = None
    """What decided it, by name; None where that was not written down."""

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, KnownFinding) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[object, ...]:
        """Return what makes two of them equal: not the finding, which only one of them may have."""
        values = None if self.values is None else tuple(sorted(self.values.items()))
        return self.identity, self.severity, self.outcome, values


class CostChange(Frozen):
    """What a month of a feature costs at likely values before and after a change, in USD; None is unknown, or no feature."""

    feature: str
    before_usd: float | None
    after_usd: float | None


class Comparison(Frozen, kw_only=True):
    """What findings of now were compared with, and what came of it."""

    base: str = ""
    """The base of the change in words for people; empty without one."""
    commit: str = ""
    """The commit compared with, as its full hash."""
    baseline: str = ""
    """Path of the baseline as shown to people; empty without one."""
    new: int = 0
    worse: int = 0
    waived: int = 0
    """Findings that are waived now, and were not, or until a later day."""
    changed: int = 0
    """Findings that are as bad as before, by other values."""
    unchanged: int = 0
    fixed: tuple[KnownFinding, ...] = ()
    """Found at the base, and no longer."""
    gone: tuple[str, ...] = ()
    """Features of the base that nobody declares any more, by name: what was found of them counts as fixed."""
    stale: tuple[KnownFinding, ...] = ()
    """Accepted in the baseline, and no longer found."""
    costs: tuple[CostChange, ...] = ()
    """Features whose cost the change moves, by name."""
    stale_gates: bool = False
    """Whether a stale entry is exit 1."""
    without_values: int = 0
    """Accepted violations of which the baseline does not say what decided them: they are compared by severity alone."""


def identity_of(finding: Finding, file_of: Callable[[str], str] = str) -> Identity:
    """Return the identity of a finding; `file_of` turns a path as shown into one that is equal on both sides."""
    path = finding.subject or ".".join(map(str, finding.place.path))
    wording = ""
    if (not finding.feature and not finding.subject) or finding.rule_id.startswith(MANIFEST_PREFIX):
        wording = f"{file_of(finding.file)}: {finding.message}"
    return Identity(finding.rule_id, finding.feature, path, wording)


def known_from(finding: Finding, file_of: Callable[[str], str] = str) -> KnownFinding:
    """Return a finding as something known."""
    values = {decided.name: decided.value for decided in finding.decided_by}
    return KnownFinding(identity_of(finding, file_of), finding.severity, finding.outcome, finding, values)


def compare(findings: Sequence[Finding], before: Iterable[KnownFinding],
            file_of: Callable[[str], str] = str) -> tuple[tuple[Finding, ...], tuple[KnownFinding, ...]]:  # fmt: skip
    """Return the findings, each with what changed about it, and what was known before and is no longer found.

    Of several findings with one identity the worst is compared with the worst; one more than before is new.
    """
    waiting: dict[Identity, list[KnownFinding]] = {}
    for known in sorted(before, key=_badness, reverse=True):
        waiting.setdefault(known.identity, []).append(known)
    compared = list(findings)
    for place, finding in sorted(enumerate(findings), key=lambda numbered: _badness(numbered[1]), reverse=True):
        met = waiting.get(identity_of(finding, file_of))
        compared[place] = _compared(finding, met.pop(0) if met else None)
    gone = sorted((known for rest in waiting.values() for known in rest), key=_order)
    return tuple(compared), tuple(gone)


def counted(comparison: Comparison, findings: Iterable[Finding]) -> Comparison:
    """Return a comparison with the number of findings that are new, worse, changed and so on."""
    changes = [finding.change for finding in findings]
    return replace(
        comparison, new=changes.count(FindingChange.NEW), worse=changes.count(FindingChange.WORSE),
        waived=changes.count(FindingChange.WAIVED), changed=changes.count(FindingChange.CHANGED),
        unchanged=changes.count(FindingChange.UNCHANGED),
    )  # fmt: skip


def is_worse(now: Finding | KnownFinding, before: KnownFinding) -> bool:
    """Return whether a finding weighs more than before, is certain where it was not, or rests on worse values."""
    return _weighs_more(now, before) or _moved(now, before).change is FindingChange.WORSE


def _weighs_more(now: Finding | KnownFinding, before: KnownFinding) -> bool:
    return now.severity.rank < before.severity.rank or _OUTCOMES.index(now.outcome) > _OUTCOMES.index(before.outcome)


def _moved(now: Finding | KnownFinding, before: KnownFinding) -> Moved:
    """Return how the values that decided a violation moved; what was not written down did not."""
    decided = _decided_by(now)
    return moved(decided, before.values) if decided and before.values else Moved(FindingChange.UNCHANGED, "")


def _decided_by(any_finding: Finding | KnownFinding) -> tuple[Decided, ...]:
    finding = any_finding.finding if isinstance(any_finding, KnownFinding) else any_finding
    return () if finding is None else finding.decided_by


def _compared(now: Finding, before: KnownFinding | None) -> Finding:
    """Return a finding with what changed about it, said in its message where values moved."""
    if before is None:
        return replace(now, change=_both(now.change, FindingChange.NEW))
    values = _moved(now, before)
    change = values.change
    if _weighs_more(now, before):
        change = FindingChange.WORSE
    elif change is not FindingChange.WORSE and _is_newly_waived(now, before):
        change = FindingChange.WAIVED
    moved_words = f" ({_TOLD[values.change]}: {values.words})" if values.words else ""
    both = _both(now.change, change)
    return replace(now, change=both, message=now.message + moved_words if both is change else now.message)


def _is_newly_waived(now: Finding, before: KnownFinding) -> bool:
    """Return whether a waiver is new, or was given more time."""
    if now.outcome is not Outcome.WAIVED or now.waiver is None:
        return False
    earlier = before.finding.waiver if before.finding is not None else None
    if before.outcome is not Outcome.WAIVED:
        return True
    return earlier is not None and now.waiver.expires > earlier.expires


def _both(first: FindingChange | None, second: FindingChange) -> FindingChange:
    """Return the milder of two: what the base or the baseline knows does not gate."""
    order = (
        FindingChange.UNCHANGED,
        FindingChange.CHANGED,
        FindingChange.WAIVED,
        FindingChange.WORSE,
        FindingChange.NEW,
    )
    return second if first is None else min(first, second, key=order.index)


def _badness(finding: Finding | KnownFinding) -> tuple[int, int]:
    return (-finding.severity.rank, _OUTCOMES.index(finding.outcome))


def _order(known: KnownFinding) -> tuple[Identity, tuple[int, int]]:
    return known.identity, _badness(known)
