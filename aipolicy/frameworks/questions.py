"""Rules that wait for facts in, questions that name them out; rules that do not apply by their reason."""

from __future__ import annotations

from collections.abc import Iterable

from aipolicy.frameworks.rule_state import RuleState
from aipolicy.frameworks.states import State
from aipolicy.value import NamedTuple


class ScopeQuestion(NamedTuple):
    """Facts that say whether rules apply, and the rules that wait for some of them."""

    facts: tuple[str, ...]
    waiting: tuple[RuleState, ...]


class NotApplicableReason(NamedTuple):
    """Why rules do not apply, in words, and the rules."""

    words: str
    states: tuple[RuleState, ...]


def is_waiting(state: RuleState) -> bool:
    """Return whether it is not decided whether a rule applies, today or on the day from which it is in force."""
    return State.UNDECIDED in (state.state, state.then)


def questions_of(states: Iterable[RuleState]) -> tuple[ScopeQuestion, ...]:
    """Return what is to be asked first: one question for all rules that share a fact, the one of most rules first."""
    groups: list[tuple[set[str], list[RuleState]]] = []
    for state in filter(is_waiting, states):
        shared = [group for group in groups if not group[0].isdisjoint(state.facts)]
        facts = set(state.facts).union(*(names for names, _ in shared))
        waiting = [*(rule for _, rules in shared for rule in rules), state]
        groups = [group for group in groups if group not in shared] + [(facts, waiting)]
    questions = (ScopeQuestion(tuple(sorted(facts)), tuple(rules)) for facts, rules in groups)
    return tuple(sorted(questions, key=lambda question: (-len(question.waiting), question.facts)))


def reasons_of(states: Iterable[RuleState]) -> tuple[NotApplicableReason, ...]:
    """Return why rules do not apply, the reason of most rules before the others."""
    alike: dict[str, list[RuleState]] = {}
    for state in states:
        if state.state is State.NOT_APPLICABLE:
            alike.setdefault(", ".join(map(str, state.rests_on)), []).append(state)
    ordered = sorted(alike.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(NotApplicableReason(words, tuple(rules)) for words, rules in ordered)
