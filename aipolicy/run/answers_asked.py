"""How much of an answer a run gives beside its findings: what is not shown is not worked out."""

from __future__ import annotations

from enum import IntEnum

from aipolicy.value import NamedTuple


class Depth(IntEnum):
    """How much of the answer to a feature is worked out."""

    NONE = 0
    BRIEF = 1
    """What to build, how sure that is, what it assumes, what is to be done and looked up."""
    FULL = 2
    """Also what is worth asking, what comes second, and what ends a conflict."""
    DRAWN = 3
    """Also the range of costs, for which everything uncertain is drawn many times."""


class AnswersAsked(NamedTuple):
    """How deep answers go, and how an organisation weighs ways against each other."""

    margin_percent: float = 0.0
    horizon_months: float = 0.0
    without_findings: Depth = Depth.NONE
    with_findings: Depth = Depth.NONE
    """For features of which a finding is shown that is not accepted."""
    fixed: tuple[str, ...] = ()
    """Facts, and sections of facts, of which no change is proposed."""
    rules: bool = True
    """Whether it is shown what became of every rule, and how many ways each of them removes."""


NO_ANSWERS = AnswersAsked()
