"""Where a rule comes from: the instrument, the provision, how far it was checked, and who has to look."""

from __future__ import annotations

from datetime import date

from aipolicy.findings.finding import Reference
from aipolicy.value import NamedTuple

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
        checked = f", read {self.checked_on.isoformat()}" if self.checked_on is not None else ""
        return Reference(title=f"{self.instrument}{version}{checked}", url=self.url, clause=clause)


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
