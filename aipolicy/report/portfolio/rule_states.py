"""What became of a rule for a feature, as a map of many rules and features shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from aipolicy.findings.finding import Finding, Outcome
from aipolicy.run.feature_result import FeatureResult


class RuleState(StrEnum):
    """What there is to say of a rule for a feature; of one that is kept, or does not apply, nothing is said."""

    VIOLATED = "violated"
    TO_DO = "to do"
    """Something is to be done or agreed, now or before a later stage."""
    UNDECIDED = "undecided"
    """The rule hangs on something that is not known."""
    WAIVED = "waived"
    COMING = "not yet in force"
    """It would be violated, or is undecided, and the law or the pack has not begun to ask for it."""


LETTERS: Mapping[RuleState, str] = {
    RuleState.VIOLATED: "V", RuleState.TO_DO: "T", RuleState.UNDECIDED: "U", RuleState.WAIVED: "W",
    RuleState.COMING: "N",
}  # fmt: skip
"""One letter a state, so that a map does not speak by colour alone."""

_UNSETTLED = frozenset({Outcome.UNDETERMINED.value, Outcome.UNDECLARED.value})
_FAILING = frozenset({Outcome.VIOLATED.value, *_UNSETTLED})


def rule_states(feature: FeatureResult, findings: Sequence[Finding], coming: Iterable[str]) -> dict[str, RuleState]:
    """Return the state of every rule of which there is something to say, by id.

    Without a plan a constraint is broken by some of all ways, which is no violation: then only findings count.
    """
    found = {finding.rule_id: finding.outcome for finding in findings}
    waived = {finding.rule_id for finding in findings if finding.outcome is Outcome.WAIVED}
    has_plan = feature.planned_options is not None
    outcomes = {rule: outcome for rule, outcome in feature.outcomes if has_plan and outcome in _UNSETTLED}
    outcomes |= {rule: outcome.value for rule, outcome in found.items() if outcome.value in _FAILING}
    to_do = {each.rule for each in feature.answer.to_do} if feature.answer is not None else frozenset()
    not_yet = frozenset(coming)
    states = {}
    for rule in sorted(outcomes.keys() | to_do | waived):
        if rule in waived:
            states[rule] = RuleState.WAIVED
        elif rule in not_yet:
            states[rule] = RuleState.COMING
        elif rule in to_do:
            states[rule] = RuleState.TO_DO
        else:
            is_broken = outcomes[rule] == Outcome.VIOLATED.value
            states[rule] = RuleState.VIOLATED if is_broken else RuleState.UNDECIDED
    return states
