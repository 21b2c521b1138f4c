"""Where a rule comes from: the instrument, the provision, how far it was checked, and who has to look."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from aipolicy.findings.finding import Reference
from aipolicy.value import NamedTuple

if TYPE_CHECKING:
    from aipolicy.policy.rule import Rule

VERIFIED = ("text", "secondary", "memory")
"""How far a provision was checked: its text was read, a dated page about it was, or nothing was."""
PROPOSED, ADOPTED, IN_FORCE, SUPERSEDED = STATUSES = ("proposed", "adopted", "in-force", "superseded")
"""How far a law has come."""
RELATIONS = ("satisfies", "supports", "relates")
"""What meeting a rule does for a control: all of it, a part of it, or it speaks of the same."""

LAW_KEYS = frozenset(("basis", "clause", "verified", "status", "superseded_by", "review", "controls"))
"""What a rule may say of the law behind it."""
FROM_MEMORY = "This was written from memory; have somebody read the provision before you rely on it."
"""What people are told where such a rule decides."""


class Basis(NamedTuple):
    """The law or the standard that rules come from, in the version that was read."""

    instrument: str
    as_amended: str = ""
    url: str = ""
    checked_on: date | None = None

    def reference(self, clause: str) -> Reference:
        """Return it with a provision as one of the references of a rule."""
        version = f", as amended by {self.as_amended}" if self.as_amended else ""
        read = f", read {self.checked_on.isoformat()}" if self.checked_on is not None else ""
        return Reference(title=f"{self.instrument}{version}{read}", url=self.url, clause=clause)


class Control(NamedTuple):
    """A control of a framework that a rule has to do with."""

    framework: str
    id: str
    relation: str

    def __str__(self) -> str:
        """Return the control in words."""
        return f"{self.relation} {self.framework} {self.id}"


class Review(NamedTuple):
    """Somebody has to look, and what shows that it was done."""

    by: str
    evidence: tuple[str, ...]

    def __str__(self) -> str:
        """Return who looks, and what shows it."""
        return f"by {self.by}, shown by {' and '.join(self.evidence)}"


class Law(NamedTuple):
    """What a rule says of the provision behind it; empty where it says nothing."""

    basis: Basis | None = None
    clause: str = ""
    verified: str = ""
    status: str = ""
    """As written; what it is on a day follows from the days of the rule (`status_on`)."""
    superseded_by: str = ""
    review: Review | None = None
    controls: tuple[Control, ...] = ()

    @property
    def provision(self) -> str:
        """Return instrument and clause in words; empty where neither is said."""
        instrument = "" if self.basis is None else self.basis.instrument
        return " ".join(filter(None, (instrument, self.clause)))


NO_LAW = Law()


def law_of(rule: Rule) -> Law:
    """Return what a rule says of the law behind it, which may be nothing."""
    return rule.law or NO_LAW


def status_on(rule: Rule, day: date) -> str:
    """Return how far the law behind a rule has come on a day; empty where the rule names none."""
    law = law_of(rule)
    if law.status in (PROPOSED, SUPERSEDED) or not law.provision:
        return law.status
    begun = rule.effective_from is None or day >= rule.effective_from
    return IN_FORCE if begun else ADOPTED


def law_facts(rule: Rule, day: date) -> tuple[tuple[str, str], ...]:
    """Return what a rule says of its law, each as key and words; nothing for what it does not say."""
    law = law_of(rule)
    checked = "" if law.basis is None or law.basis.checked_on is None else f", {law.basis.checked_on.isoformat()}"
    facts = (
        ("law", law.provision),
        ("status", _status(rule, day)),
        ("verified", f"by {law.verified}{checked}" if law.verified else ""),
        ("review", "" if law.review is None else str(law.review)),
        ("controls", "; ".join(map(str, law.controls))),
    )
    return tuple((key, words) for key, words in facts if words)


def _status(rule: Rule, day: date) -> str:
    status, begins = status_on(rule, day), rule.effective_from
    if status == ADOPTED and begins is not None:
        return f"{status}, in force from {begins.isoformat()}"
    return f"{status} by {law_of(rule).superseded_by}" if law_of(rule).superseded_by else status
