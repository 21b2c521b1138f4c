"""The state that a map shows of a rule for a feature, of everything that is known of it."""

from __future__ import annotations

import pytest

from aipolicy.findings.finding import Finding, Outcome, Severity
from aipolicy.report.portfolio.rule_states import LETTERS, RuleState, rule_states
from aipolicy.run.answer_result import AnswerResult, ToDoResult
from aipolicy.run.feature_result import FeatureResult

V, S, U, D, NA, W = (
    Outcome.VIOLATED, Outcome.SATISFIED, Outcome.UNDETERMINED, Outcome.UNDECLARED, Outcome.NOT_APPLICABLE, Outcome.WAIVED,
)  # fmt: skip


def feature(outcome: Outcome, *, has_plan: bool, before: str = "") -> FeatureResult:
    to_do = (ToDoResult("A-001", "plan.terms.dpa", before, True),) if before else ()
    answer = AnswerResult("expected", (), None, None, {}, to_do, (), None)
    outcomes = (("A-001", outcome.value),)
    return FeatureResult("x", "x.yaml", "pilot", {}, {}, {}, 1 if has_plan else None, None, outcomes, answer)


def finding(outcome: Outcome) -> Finding:
    return Finding(rule_id="A-001", rule_name="a", severity=Severity.ERROR, outcome=outcome, message="m", file="x.yaml")


@pytest.mark.parametrize(
    ("outcome", "has_plan", "found", "before", "coming", "state"),
    [
        (V, True, V, "", False, RuleState.VIOLATED),
        (V, False, V, "", False, RuleState.VIOLATED),
        (V, False, None, "", False, None),  # some of all ways break it, and nobody plans one of them
        (V, True, None, "", False, None),  # one of the ways of the plan breaks it
        (U, True, None, "", False, RuleState.UNDECIDED),
        (U, False, None, "", False, None),
        (U, False, U, "", False, RuleState.UNDECIDED),
        (D, True, D, "", False, RuleState.UNDECIDED),
        (V, True, V, "now", False, RuleState.TO_DO),
        (S, True, None, "production", False, RuleState.TO_DO),
        (NA, True, None, "pilot", False, RuleState.TO_DO),
        (V, True, W, "", False, RuleState.WAIVED),
        (V, True, W, "now", True, RuleState.WAIVED),
        (V, True, V, "", True, RuleState.COMING),
        (U, True, None, "now", True, RuleState.COMING),
        (S, True, None, "", True, None),
        (S, True, None, "", False, None),
        (NA, True, None, "", False, None),
    ],
)  # fmt: skip
def test_a_rule_has_the_weightiest_state_that_holds_of_it(
    outcome: Outcome, has_plan: bool, found: Outcome | None, before: str, coming: bool, state: RuleState | None
) -> None:
    findings = [] if found is None else [finding(found)]
    states = rule_states(feature(outcome, has_plan=has_plan, before=before), findings, ["A-001"] if coming else [])
    assert states == ({} if state is None else {"A-001": state})


def test_every_state_has_a_letter_of_its_own() -> None:
    assert set(LETTERS) == set(RuleState)
    assert len(set(LETTERS.values())) == len(LETTERS)
