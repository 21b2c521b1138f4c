"""What became of a rule for a feature, as a map of many rules and features shows it: what there is to say of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from aipolicy.findings.finding import Finding, Outcome
from aipolicy.frameworks.states import State, on_the_day
from aipolicy.run.feature_result import FeatureResult

LETTERS: Mapping[State, str] = {
    State.VIOLATED: "V", State.MISSING: "M", State.PERSON: "P", State.UNDECIDED: "U", State.WAIVED: "W",
    State.NOT_BEGUN: "N",
}  # fmt: skip
"""One letter a state that a map shows, so that it does not speak by colour alone; of the others there is nothing to say."""

_UNSETTLED = frozenset({Outcome.UNDETERMINED.value, Outcome.UNDECLARED.value})
_FAILING = frozenset({Outcome.VIOLATED.value, *_UNSETTLED})


def stated_rules(details: Mapping[str, object], findings: Iterable[Finding]) -> dict[str, State]:
    """Return the state of every rule that was evaluated, by id, as a page of a framework shows it; waived ones marked."""
    stated = details.get("states")
    states = {rule: State(state) for rule, state in stated.items()} if isinstance(stated, dict) else {}
    waived = {finding.rule_id for finding in findings if finding.outcome is Outcome.WAIVED}
    return states | {rule: State.WAIVED for rule in states if rule in waived}


def rule_states(feature: FeatureResult, stated: Mapping[str, State], findings: Sequence[Finding],
                coming: Iterable[str]) -> dict[str, State]:  # fmt: skip
    """Return the state of every rule of which there is something to say, by id.

    Without a plan a constraint is broken by some of all ways, which is no violation: then only findings count. A rule that
    is satisfied, or does not apply, is missing something where a later stage asks for it. `stated` is of every rule.
    """
    of_findings = {finding.rule_id: finding.outcome for finding in findings}
    waived = {finding.rule_id for finding in findings if finding.outcome is Outcome.WAIVED}
    has_plan = feature.planned_options is not None
    outcomes = {rule: outcome for rule, outcome in feature.outcomes if has_plan and outcome in _UNSETTLED}
    outcomes |= {rule: outcome.value for rule, outcome in of_findings.items() if outcome.value in _FAILING}
    to_do = {entry.rule for entry in feature.answer.to_do} if feature.answer is not None else frozenset()
    not_yet = frozenset(coming)

    def state(rule: str) -> State:
        known = stated.get(rule, State.NOT_APPLICABLE)
        comes_to = known if known in LETTERS else _comes_to(outcomes.get(rule, ""), is_to_do=rule in to_do)
        return on_the_day(comes_to, is_in_force=rule not in not_yet, is_waived=rule in waived)

    return {rule: state(rule) for rule in sorted(outcomes.keys() | to_do | waived)}


def _comes_to(outcome: str, *, is_to_do: bool) -> State:
    if is_to_do:
        return State.MISSING
    return State.VIOLATED if outcome == Outcome.VIOLATED.value else State.UNDECIDED
