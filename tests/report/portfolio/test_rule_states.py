"""The state that a map shows of a rule for a feature, of everything that is known of it."""

from __future__ import annotations

import pytest

from aipolicy.findings.finding import Finding, Outcome, Severity
from aipolicy.frameworks.states import NOTHING_MORE, STATES, WORDS, State, on_the_day
from aipolicy.report.portfolio.rule_states import LETTERS, rule_states, stated_rules
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
    states = rule_states(feature(outcome, has_plan=has_plan, before=before), {}, findings, ["A-001"] if coming else [])
    assert states == ({} if state is None else {"A-001": state})


@pytest.mark.parametrize(
    ("known", "outcome", "found", "before", "coming", "state"),
    [
        (State.VIOLATED, V, V, "", False, State.VIOLATED),
        (State.MISSING, V, V, "", False, State.MISSING),  # what is declared as not done is missing, and nothing is wrong
        (State.MISSING, D, D, "", False, State.MISSING),
        (State.PERSON, V, V, "", False, State.PERSON),
        (State.UNDECIDED, U, None, "now", False, State.UNDECIDED),
        (State.SATISFIED, S, None, "production", False, State.MISSING),
        (State.NOT_APPLICABLE, NA, None, "pilot", False, State.MISSING),
        (State.SATISFIED, S, None, "", False, None),
        (State.MISSING, S, None, "", False, None),  # it hangs on the way that is built
        (State.NOT_BEGUN, V, V, "", True, State.NOT_BEGUN),
        (State.WAIVED, V, W, "", False, State.WAIVED),
    ],
)  # fmt: skip
def test_a_map_says_what_the_page_of_a_framework_says(
    known: State, outcome: Outcome, found: Outcome | None, before: str, coming: bool, state: State | None
) -> None:
    findings = [] if found is None else [finding(found)]
    stated = stated_rules({"states": {"A-001": known.value}}, findings)
    states = rule_states(feature(outcome, has_plan=True, before=before), stated, findings, ["A-001"] if coming else [])
    assert states == ({} if state is None else {"A-001": state})


def test_a_refused_manifest_states_nothing() -> None:
    assert stated_rules({}, [finding(V)]) == {}


def test_every_state_has_words_of_its_own_and_those_of_which_there_is_something_to_say_a_letter() -> None:
    assert tuple(WORDS) == STATES
    assert set(LETTERS) == set(STATES) - NOTHING_MORE | {State.WAIVED}
    assert len(set(LETTERS.values())) == len(LETTERS)
    assert len(set(WORDS.values())) == len(WORDS)


def test_what_does_not_apply_waits_for_no_day() -> None:
    assert on_the_day(State.NOT_APPLICABLE, is_in_force=False) is State.NOT_APPLICABLE
    assert on_the_day(State.SATISFIED, is_in_force=False) is State.NOT_BEGUN
    assert on_the_day(State.VIOLATED, is_in_force=False, is_waived=True) is State.WAIVED
