"""What a rule can come to for a feature, wherever that is shown: pages of a framework, coverage, the map of a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum


class State(StrEnum):
    """What a rule comes to for a feature, as somebody asks who answers for a framework; the weightiest first."""

    VIOLATED = "violated"
    MISSING = "missing"
    """A fact or evidence is not there, so that nobody can tell, or a duty is open."""
    PERSON = "needs-a-person"
    """It applies, and somebody has to look."""
    UNDECIDED = "undecided"
    """Whether it applies hangs on a fact that is not declared."""
    WAIVED = "waived"
    NOT_BEGUN = "not-in-force"
    """It applies, or may, and its days have not come."""
    SATISFIED = "satisfied"
    NOT_APPLICABLE = "not-applicable"


STATES = tuple(State)
WORDS: Mapping[State, str] = {
    State.VIOLATED: "violated", State.MISSING: "missing", State.PERSON: "needs a person", State.UNDECIDED: "undecided",
    State.WAIVED: "waived", State.NOT_BEGUN: "not yet in force", State.SATISFIED: "satisfied",
    State.NOT_APPLICABLE: "not applicable",
}  # fmt: skip
"""What people read of each, wherever it is shown."""
NOTHING_MORE = frozenset((State.SATISFIED, State.WAIVED, State.NOT_APPLICABLE))
"""Where nothing is left to be done."""


def on_the_day(state: State, *, is_in_force: bool, is_waived: bool = False) -> State:
    """Return what is told of a rule that comes to a state, where it may be waived or its days may not have come."""
    if is_waived:
        return State.WAIVED
    return state if is_in_force or state is State.NOT_APPLICABLE else State.NOT_BEGUN


def counts_of(states: Iterable[State]) -> Mapping[State, int]:
    """Return how often each state is among some, the weightiest first; none that is not."""
    listed = list(states)
    return {state: listed.count(state) for state in STATES if state in listed}
