"""The plan to get there: from what is declared to what is recommended, never by way of what breaks a rule."""

from __future__ import annotations

from datetime import date

import pytest
from answers import answering, evaluator

from aipolicy.answer.migration import STEPS, migration_of
from aipolicy.facts.known_facts import STANDARD_FACTS
from aipolicy.facts.migration_stages import STAGE_FACTS, STAGES, stages_due, stages_out_of_order
from aipolicy.facts.spec import Kind

BROKEN = (
    "metadata: {name: f, lifecycle: pilot}\ndata: {classes: [itar], residency: [US]}\ntask: {type: summarization}\n"
    "plan: {hosting: provider-api, adaptation: prompting, provider: openai, region: us, model: gpt-6-luna}\n"
)
LAWFUL = (
    "metadata: {name: f}\ndata: {classes: [internal], residency: [US]}\nlatency: {p95_ms: 9000}\n"
    "plan: {hosting: provider-api, adaptation: prompting, provider: openai, region: us, model: gpt-6-luna, "
    "evaluation: {set: true}}\n"
)


def test_every_fact_of_a_stage_is_one_that_a_manifest_declares_as_done() -> None:
    for step in STEPS:
        for fact in (*step.facts, *step.of_own, *step.of_fallback):
            assert STANDARD_FACTS.specs[fact].kind is Kind.DONE


def test_there_is_an_evaluation_set_before_anything_and_an_exit_at_the_end() -> None:
    names = [step.name for step in STEPS]
    assert names == ["evaluation set", "baseline", "side by side", "shadow", "canary", "cut-over", "exit"]


def test_what_breaks_a_rule_is_measured_and_never_the_fallback() -> None:
    of = answering(BROKEN)
    migration = migration_of(of)
    assert migration is not None
    assert "DATA-001" in migration.broken
    assert migration.baseline is None or migration.baseline.boundary in evaluator().organization.own_boundaries
    assert migration.goal is of.recommended


def test_a_plan_that_keeps_the_rules_stays_as_the_fallback() -> None:
    migration = migration_of(answering(LAWFUL))
    assert migration is not None
    assert migration.broken == ()
    assert migration.baseline is not None
    assert migration.baseline.provider == "openai"


def test_what_is_done_already_is_not_missing_and_no_fact_stands_twice() -> None:
    migration = migration_of(answering(LAWFUL))
    assert migration is not None
    first = migration.stages[0]
    assert "plan.evaluation.set" in first.facts
    assert "plan.evaluation.set" not in first.missing
    facts = [fact for stage in migration.stages for fact in stage.facts]
    assert len(facts) == len(set(facts))
    assert all(set(stage.missing) <= set(stage.facts) for stage in migration.stages)


def test_every_to_do_of_what_is_recommended_has_its_stage() -> None:
    of = answering(BROKEN.split("plan:")[0])
    owed = {task.fact for task in of.to_do}
    migration = migration_of(answering(BROKEN))
    assert migration is not None
    assert owed <= {fact for stage in migration.stages for fact in stage.facts}


def test_on_call_is_asked_of_own_machines_and_a_rehearsal_of_a_fallback_alone() -> None:
    own, hosted = migration_of(answering(BROKEN)), migration_of(answering(LAWFUL))
    assert own is not None
    assert hosted is not None
    for migration in (own, hosted):
        facts = {fact for stage in migration.stages for fact in stage.facts}
        assert ("team.on_call" in facts) is (migration.goal.hosting != "provider-api")
        assert ("plan.fallback_tested" in facts) is (migration.goal.fallback != "none")


def test_the_triggers_to_go_back_are_the_budget_and_the_bill_of_nine_draws_in_ten() -> None:
    migration = migration_of(answering(LAWFUL))
    assert migration is not None
    assert migration.latency_above_ms == 9000
    assert migration.bill_above_usd is not None
    assert migration.bill_above_usd >= migration.goal.cost.monthly_usd


def test_without_a_plan_there_is_nothing_to_get_from() -> None:
    assert migration_of(answering(LAWFUL.split("plan:")[0])) is None
    assert migration_of(answering("metadata: {name: f, lifecycle: retired}\n")) is None


STAGED = LAWFUL.replace(
    "evaluation: {set: true}",
    "evaluation: {set: true}, terms: {no_training: true}, migration: {evaluation_set: 2026-11-01, baseline: 2026-11-15, "
    "side_by_side: 2027-01-15, shadow: 2027-01-01, cut_over: 2027-03-01, go_back_on: [quality]}",
)


def test_each_stage_is_a_stage_of_the_plan() -> None:
    assert [step.word for step in STEPS] == list(STAGES)


def test_the_days_of_the_plan_say_where_the_team_stands() -> None:
    migration = migration_of(answering(STAGED))
    assert migration is not None
    assert migration.has_days
    assert [stage.name for stage in migration.stages if stage.is_late] == ["baseline"]
    assert [stage.name for stage in migration.stages if stage.is_too_early] == ["shadow"]
    assert migration.current is migration.stages[1]
    assert migration.stages[5].day == date(2027, 3, 1)
    assert migration.go_back_on == ("quality",)


def test_what_is_wrong_with_the_stages_does_not_make_the_plan_no_fallback() -> None:
    migration = migration_of(answering(STAGED))
    assert migration is not None
    assert migration.broken == ()


def test_the_stages_are_shown_of_a_plan_that_is_what_is_recommended() -> None:
    recommended = answering(LAWFUL).recommended
    assert recommended is not None
    plan = ", ".join(
        f"{name}: {getattr(recommended, name)}"
        for name in ("hosting", "adaptation", "provider", "region", "model", "fallback", "routing")
        if getattr(recommended, name) is not None
    )
    same = (
        LAWFUL.split("plan:")[0] + f"plan: {{{plan}, evaluation: {{set: true}}, migration: {{cut_over: 2027-03-01}}}}\n"
    )
    migration = migration_of(answering(same))
    assert migration is not None
    assert migration.start is None
    assert migration_of(answering(same.replace("migration: {cut_over: 2027-03-01}", "exit_plan: false"))) is None


@pytest.mark.parametrize(
    ("days", "today", "due", "out_of_order"),
    [
        ({}, "2027-01-01", [], []),
        ({"shadow": "2027-01-01"}, "2026-12-31", [], []),
        ({"shadow": "2027-01-01"}, "2027-01-01", ["shadow"], []),
        ({"shadow": "none", "canary": "2026-01-01"}, "2027-01-01", ["canary"], []),
        ({"baseline": "2027-01-01", "shadow": "2027-01-01"}, "2026-01-01", [], []),
        ({"baseline": "2027-01-02", "shadow": "2027-01-01"}, "2026-01-01", [], ["shadow"]),
        (
            {"evaluation_set": "2027-05-01", "shadow": "2027-01-01", "cut_over": "2027-04-30", "exit": "2027-06-01"},
            "2027-05-01", ["cut_over", "evaluation_set", "shadow"], ["cut_over", "shadow"],
        ),
    ],
)  # fmt: skip
def test_a_stage_is_due_from_its_day_on_and_follows_those_before_it(
    days: dict[str, str], today: str, due: list[str], out_of_order: list[str]
) -> None:
    values = {fact: days.get(stage, "none") for stage, fact in STAGE_FACTS.items()}
    assert list(stages_due(values, date.fromisoformat(today))) == due
    assert list(stages_out_of_order(values)) == out_of_order


def test_a_day_that_no_calendar_has_is_refused_at_its_line() -> None:
    facts = answering("metadata: {name: f}\nplan: {migration: {exit: 2027-02-30}}\n").certain.facts
    assert [problem.message for problem in facts.problems] == ["`2027-02-30` is not a day"]
