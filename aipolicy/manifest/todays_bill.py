"""What runs today, what it is billed, and what that says of the lengths of requests that a manifest leaves out."""

from __future__ import annotations

from aipolicy.source.span import DocumentPath
from aipolicy.value import Frozen

PROVIDER, MODEL, BILL = (f"current.{field}" for field in ("provider", "model", "monthly_usd"))


class BillProblem(Frozen):
    """What is wrong with what is said of today: the rule that says so, where, and where what it clashes with stands."""

    rule_id: str
    message: str
    path: DocumentPath
    related: tuple[tuple[DocumentPath, str], ...] = ()


class TodaysBill(Frozen, kw_only=True):
    """What today's provider and model would cost for the declared workload, beside what they are billed; None is unknown."""

    provider: str
    model: str
    monthly_usd: float | None
    """The bill of a month."""
    requests_per_day: float | None = None
    """The volume that it is for; None where that is not declared."""
    computed_usd: float | None = None
    """What the declared volume would cost there, with the lengths that are declared, or expected before the bill."""
    lengths: tuple[tuple[str, float], ...] = ()
    """The lengths of requests that this is computed with, each with its fact."""
    implied: tuple[tuple[str, float], ...] = ()
    """Lengths that are not declared, as the bill implies them, each with its fact."""
    silent_because: str = ""
    """Why the bill says nothing of a request; empty where it does."""
    problems: tuple[BillProblem, ...] = ()
    """What is wrong with what is said of today: then nothing is computed."""
    contradiction: BillProblem | None = None
    """That the bill is far from what is declared."""

    @property
    def times(self) -> float | None:
        """Return how many times what is computed the bill is."""
        return None if self.monthly_usd is None or not self.computed_usd else self.monthly_usd / self.computed_usd
