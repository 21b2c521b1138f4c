"""The state that a map shows of a rule for a feature, of everything that is known of it."""

from __future__ import annotations

import pytest

from aipolicy.findings.finding import Finding, Outcome, Severity
from aipolicy.frameworks.states import State, on_the_day
from aipolicy.report.portfolio.rule_states import LETTERS, WORDS, rule_states
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
        (V, True, V, "", False, State.VIOLATED),
        (V, False, V, "", False, State.VIOLATED),
        (V, False, None, "", False, None),  # some of all ways break it, and nobody plans one of them
        (V, True, None, "", False, None),  # one of the ways of the plan breaks it
        (U, True, None, "", False, State.UNDECIDED),
        (U, False, None, "", False, None),
        (U, False, U, "", False, State.UNDECIDED),
        (D, True, D, "", False, State.UNDECIDED),
        (V, True, V, "now", False, State.MISSING),
        (S, True, None, "production", False, State.MISSING),
        (NA, True, None, "pilot", False, State.MISSING),
        (V, True, W, "", False, State.WAIVED),
        (V, True, W, "now", True, State.WAIVED),
        (V, True, V, "", True, State.NOT_BEGUN),
        (U, True, None, "now", True, State.NOT_BEGUN),
        (S, True, None, "", True, None),
        (S, True, None, "", False, None),
        (NA, True, None, "", False, None),
    ],
)  # fmt: skip
def test_a_rule_has_the_weightiest_state_that_holds_of_it(
    outcome: Outcome, has_plan: bool, found: Outcome | None, before: str, coming: bool, state: State | None
) -> None:
    findings = [] if found is None else [finding(found)]
    states = rule_states(feature(outcome, has_plan=has_plan, before=before), findings, ["A-001"] if coming else [])
    assert states == ({} if state is None else {"A-001": state})


def test_every_state_that_a_map_shows_has_a_letter_and_words_of_its_own() -> None:
    assert set(LETTERS) == set(WORDS) < set(State)
    assert len(set(LETTERS.values())) == len(set(WORDS.values())) == len(LETTERS)


def test_what_does_not_apply_waits_for_no_day() -> None:
    assert on_the_day(State.NOT_APPLICABLE, is_in_force=False) is State.NOT_APPLICABLE
    assert on_the_day(State.SATISFIED, is_in_force=False) is State.NOT_BEGUN
    assert on_the_day(State.VIOLATED, is_in_force=False, is_waived=True) is State.WAIVED
