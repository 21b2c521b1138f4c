"""A waiver as read, the one function that says whether it stands on a day, and what became of it in a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum

from aipolicy.findings.finding import Finding, Outcome, Severity
from aipolicy.policy.cel.expressions import Checked
from aipolicy.policy.governance import WaiverLimits
from aipolicy.source.document import Document, PlainValue
from aipolicy.source.span import DocumentPath
from aipolicy.value import Frozen, NamedTuple

_DEFAULT_LIMITS = WaiverLimits()


class Standing(StrEnum):
    """Whether the days of a waiver have begun and not ended."""

    AHEAD = "ahead"
    STANDS = "stands"
    EXPIRED = "expired"


class WaiverState(StrEnum):
    """What became of a waiver for the feature that it names; only `waived` holds a finding back."""

    WAIVED = "waived"
    """The rule would fail."""
    UNNEEDED = "no longer needed"
    """The rule does not fail."""
    WORSE = "fails worse than approved"
    LAPSED = "lapsed"
    """A condition is false or unknown, the approval lies ahead, or the rule fails in another way."""
    EXPIRED = "expired"
    AGAINST_POLICY = "against policy"
    NOT_EVALUATED = "not evaluated"
    """The rule was left out of the run by choice."""
    OPEN = "undetermined"
    """Nobody knows whether the rule fails, which gates nothing here: the waiver is neither needed nor useless."""


class WaiverCondition(Frozen):
    """A condition on facts of the feature under which a waiver holds."""

    text: str
    checked: Checked
    reads: tuple[str, ...]


class Approved(Frozen):
    """What was approved: how the rule failed then, and every declared value that its failure rests on."""

    outcome: Outcome
    severity: Severity
    facts: Mapping[str, PlainValue]


class Waiver(Frozen, kw_only=True):
    """One well-formed waiver; `document` and `path` are where it is written, or the comment's line for one in a manifest."""

    rule: str
    feature: str
    fact: str
    """Document path to which it is limited; empty for the rule wherever it fails on the feature."""
    outcome: Outcome
    reason: str
    owner: str
    approver: str
    ticket: str
    approved_on: date | None
    expires: date
    conditions: tuple[WaiverCondition, ...]
    approved: Approved | None
    document: Document
    path: DocumentPath
    at: str
    """Path and line, for people."""
    line: int = 0
    """For a comment: the line whose findings it waives; 0 for an entry of a file."""
    breach: str = ""
    """What of the packs' governance it breaks; it waives nothing then."""
    breach_at: str = ""
    """The key at which to show the breach."""

    @property
    def subject(self) -> str:
        """Return what makes it the same waiver wherever it is written."""
        return f"{self.rule} {self.fact}".strip()


class Waivers(Frozen):
    """The waivers of a run, what packs ask of them, and what is wrong with them whatever the features say."""

    limits: WaiverLimits
    entries: tuple[Waiver, ...]
    malformed: tuple[Finding, ...]
    by_feature: Mapping[str, Sequence[tuple[int, Waiver]]]
    """The entries of each feature with their numbers."""

    def __init__(self, limits: WaiverLimits = _DEFAULT_LIMITS, entries: tuple[Waiver, ...] = (),
                 malformed: tuple[Finding, ...] = (),
                 by_feature: Mapping[str, Sequence[tuple[int, Waiver]]] | None = None) -> None:  # fmt: skip
        object.__setattr__(self, "limits", limits)
        object.__setattr__(self, "entries", entries)
        object.__setattr__(self, "malformed", malformed)
        object.__setattr__(self, "by_feature", _by_feature(entries) if by_feature is None else by_feature)


def _by_feature(entries: Iterable[Waiver]) -> Mapping[str, Sequence[tuple[int, Waiver]]]:
    numbered: dict[str, list[tuple[int, Waiver]]] = {}
    for number, waiver in enumerate(entries):
        numbered.setdefault(waiver.feature, []).append((number, waiver))
    return numbered


class WaiverUse(NamedTuple):
    """What became of one waiver for a feature of a file; `entry` counts the waivers of files, None is a comment."""

    entry: int | None
    file: str
    feature: str
    state: WaiverState
    rule: str
    detail: str = ""
    owner: str = ""
    at: str = ""


def standing(waiver: Waiver, day: date) -> Standing:
    """Return whether a waiver stands on a day (UTC): from the day of its approval through `expires`, both included."""
    if waiver.approved_on is not None and day < waiver.approved_on:
        return Standing.AHEAD
    return Standing.STANDS if day <= waiver.expires else Standing.EXPIRED


def days_left(waiver: Waiver, day: date) -> int:
    """Return how many more days a waiver stands after a day; negative once it has expired."""
    return (waiver.expires - day).days
