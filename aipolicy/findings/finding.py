"""What a run reports: findings, of rules and of manifests alike, each with its place in a document."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeAlias

from aipolicy.source.document import Document
from aipolicy.source.span import DocumentPath, Part, Span
from aipolicy.value import Frozen


class Severity(StrEnum):
    """How much a finding weighs; `error` is what gates unless the user says otherwise."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """Return 0 for the worst severity, more for milder ones."""
        return _RANKS[self]


_RANKS = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


class Stage(StrEnum):
    """How far a rule has come on the day of a run; it is evaluated in all but the first and the last."""

    UNANNOUNCED = "unannounced"
    ANNOUNCED = "announced"
    WARNING = "warning"
    IN_FORCE = "in-force"
    ENDED = "ended"


class Outcome(StrEnum):
    """What became of a rule for a feature and an option, or of a manifest."""

    NOT_APPLICABLE = "not-applicable"
    SATISFIED = "satisfied"
    VIOLATED = "violated"
    UNDETERMINED = "undetermined"
    UNDECLARED = "undeclared"
    """A fact that the rule demands is not declared, whatever would be assumed of it."""
    WAIVED = "waived"


class FindingChange(StrEnum):
    """How a finding compares with what was known before: at the base of a change, or in a baseline."""

    NEW = "new"
    WORSE = "worse"
    WAIVED = "waived"
    """Waived now, and not before, or until a later day."""
    CHANGED = "changed"
    """As bad as before, by other values; shown, and gates nothing."""
    UNCHANGED = "unchanged"

    @property
    def gates(self) -> bool:
        """Return whether a finding that compares so counts for the exit code."""
        return self not in (FindingChange.CHANGED, FindingChange.UNCHANGED)


class Worse(StrEnum):
    """In which direction a value that decided a violation is worse."""

    HIGHER = "higher"
    LOWER = "lower"
    MORE = "more"
    """Of a list: each member of it breaks the rule by itself, so that another one is worse."""
    UNTOLD = ""
    """The rule cannot tell."""


DecidingValue: TypeAlias = bool | float | str | tuple[str, ...]


class Decided(Frozen, order=True):
    """A value that decided a violation: of a list that is worse the longer it is, the members that break the rule."""

    name: str
    value: DecidingValue
    worse: Worse = Worse.UNTOLD
    against: tuple[str, ...] = ()
    """The other numbers that it is weighed against: nobody can tell what is worse where both moved."""


class Place(Frozen, kw_only=True):
    """A key or value of a document; or, where no document could be built, a span of the file."""

    path: DocumentPath = ()
    part: Part = "value"
    span: Span | None = None
    label: str = ""


class Reference(Frozen, kw_only=True):
    """Where a rule comes from."""

    title: str
    url: str = ""
    clause: str = ""


class Replacement(Frozen):
    """What a misspelt key or value should be; safe where only one word is near, and it is very near."""

    old: str
    new: str
    safe: bool


class WaiverNote(Frozen, kw_only=True):
    """The waiver that names a finding: what holds it back, or why it does not; days are written YYYY-MM-DD."""

    at: str
    holds: bool
    state: str
    detail: str
    """Why it does not hold; empty where it does."""
    reason: str
    owner: str
    approver: str
    ticket: str
    expires: str
    days_left: int
    inline: bool = False

    @property
    def words(self) -> str:
        """Return who waived it, until when and why, in a sentence for people."""
        ticket = f", {self.ticket}" if self.ticket else ""
        left = "last day" if self.days_left == 0 else f"{self.days_left} days left"
        return f"until {self.expires} ({left}) by {self.approver} for {self.owner}{ticket} ({self.at}): {self.reason}"


class Finding(Frozen, kw_only=True):
    """One thing to act on. Message, labels, why and fix are plain text, never markup."""

    rule_id: str
    rule_name: str
    severity: Severity
    outcome: Outcome
    message: str
    file: str
    feature: str = ""
    document: Document | None = None
    place: Place = Place()
    related: tuple[Place, ...] = ()
    why: str = ""
    fix: str = ""
    references: tuple[Reference, ...] = ()
    missing_facts: tuple[str, ...] = ()
    """For an undetermined outcome: the shortest list of facts that would settle it."""
    replacement: Replacement | None = None
    """What to write at `place` instead, where that is known."""
    change: FindingChange | None = None
    """None where nothing was compared; a changed or unchanged finding does not gate."""
    stage: Stage | None = None
    """How far the rule has come; None for problems of manifests and plans."""
    waiver: WaiverNote | None = None
    """The waiver that names it, whether it holds or not."""
    subject: str = ""
    """What tells it from others of its rule and feature, where `place` says where something is written and not what;
    of a finding on the whole run, what it is about, such as a group of features."""
    decided_by: tuple[Decided, ...] = ()
    """Of a violation: the values that decided it, by name."""

    def span_of(self, place: Place) -> Span | None:
        """Return where `place` stands in the file of this finding."""
        if place.span is not None or self.document is None:
            return place.span
        return self.document.locate(place.path, place.part)

    @property
    def is_to_act_on(self) -> bool:
        """Return whether it is neither waived nor accepted."""
        return (self.change is None or self.change.gates) and self.outcome is not Outcome.WAIVED

    @property
    def sort_key(self) -> tuple[str, int, int, str, str, str]:
        """Return what findings are ordered by: file, line, column, rule id, feature, message."""
        span = self.span_of(self.place)
        line, column = (span.start.line, span.start.column) if span is not None else (1, 1)
        return (self.file, line, column, self.rule_id, self.feature, self.message)


def sorted_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings in the one order in which every format shows them."""
    return tuple(sorted(findings, key=lambda finding: finding.sort_key))
