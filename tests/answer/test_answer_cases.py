"""What the answer says in situations that people meet: ways, certainty, questions, margins, to-dos, gaps, conflicts."""

from __future__ import annotations

import pytest
from answers import answering, leading_to, way_of

from aipolicy.answer.model import Certainty, Effect

FOUR = (
    "data: {classes: [internal], residency: [US]}\nlatency: {p95_ms: 8000}\nvolume: {requests_per_day: 2000}\n"
)  # fmt: skip
PILOT = "metadata: {name: f, owner: o, lifecycle: pilot}\n"

WAYS: tuple[tuple[str, str, tuple[str, str | None] | None], ...] = (
    ("four facts", FOUR, ("provider-api", "prompting")),
    ("nothing at all", "", ("provider-api", "prompting")),
    (
        "no restriction", "data: {classes: [public], residency: [any]}\nlatency: {p95_ms: none}\n",
        ("provider-api", "prompting"),
    ),
    ("restricted data", "data: {classes: [classified]}\n", ("own-cloud", "prompting")),
    ("a ruling that data stays inside", FOUR.replace("[US]", "[US], must_stay_inside: true"), ("own-cloud", "prompting")),
    ("no network", "latency: {air_gapped: true}\n", ("on-premises", "prompting")),
    ("fraud", "task: {type: fraud-detection}\n" + FOUR, ("own-cloud", "classical-ml")),
    ("documents", "task: {answers_from: own-documents}\n" + FOUR, ("provider-api", "rag")),
    ("knowledge that changes", "task: {knowledge_changes: weekly}\n" + FOUR, ("provider-api", "rag")),
    (
        "prompting measured as insufficient, with labels",
        "task: {type: extraction, prompting: insufficient, required_behavior: [fixed-output-format]}\n"
        + FOUR.replace("[US]", "[US], labelled_examples: 5000"),
        ("provider-api", "fine-tuning"),
    ),
    (
        "the same without labels",
        "task: {type: extraction, prompting: insufficient, required_behavior: [fixed-output-format]}\n" + FOUR,
        None,
    ),
)  # fmt: skip


@pytest.mark.parametrize(("body", "way"), [w[1:] for w in WAYS], ids=[w[0] for w in WAYS])
def test_there_is_an_answer_from_whatever_little_is_declared(body: str, way: tuple[str, str | None] | None) -> None:
    assert way_of(body) == way


CERTAINTIES: tuple[tuple[str, str, Certainty], ...] = (
    ("assumptions play a part", FOUR.replace("8000", "20000"), Certainty.EXPECTED),
    ("the speed of the best way is too close to the budget to tell", FOUR.replace("8000", "1500"), Certainty.GAP),
    (
        "nothing else remains, whatever is left out",
        "task: {type: fraud-detection}\nlatency: {p95_ms: 8000, device: mobile}\n" + FOUR.split("latency")[0],
        Certainty.GAP,
    ),
    (
        "an own site without a place",
        "data: {classes: [classified], residency: [US]}\nlatency: {air_gapped: true}\n", Certainty.GAP,
    ),
)  # fmt: skip


@pytest.mark.parametrize(("body", "certainty"), [c[1:] for c in CERTAINTIES], ids=[c[0] for c in CERTAINTIES])
def test_an_answer_says_how_sure_it_is(body: str, certainty: Certainty) -> None:
    assert answering(body).answer.certainty is certainty


def test_a_gap_that_is_filled_leaves_no_gap() -> None:
    body = "data: {classes: [classified], residency: [US]}\nlatency: {air_gapped: true}\n"
    open_, known = answering(body).answer, answering(body, ("US",)).answer
    assert ("organization.on_premises_countries", "aipolicy.toml") in {(gap.fact, gap.file) for gap in open_.gaps}
    assert known.certainty is Certainty.EXPECTED
    assert known.recommended is not None
    assert known.recommended.hosting == "on-premises"
    assert "organization.on_premises_countries" not in {gap.fact for gap in known.gaps}


def test_needs_follow_from_what_remains_and_name_no_more_than_that() -> None:
    body = (
        "task: {type: classification, specialization: domain, prompting: insufficient, required_behavior: [strict-rules]}\n"
        "data: {classes: [customer], residency: [EU, US], labelled_examples: 40000}\nteam: {ml_engineers: 4}\n"
    )
    answer = answering(body).answer
    needs = {need.id: need.certainty for need in answer.needs}
    assert "trained-model" in needs
    assert not {"fine-tuning", "classical-ml", "provider", "places"} & needs.keys()


def test_what_only_the_catalog_limits_is_no_need() -> None:
    needs = {need.id for need in answering("data: {classes: [itar], residency: [US]}\n").answer.needs}
    assert needs == {"self-hosting"}


def test_nothing_runs_on_a_device_that_nobody_declared_and_that_has_no_price() -> None:
    asked = answering(FOUR)
    assert not leading_to(asked.questions, "on-device")
    assert {priced.rule for priced in asked.answer.rule_prices}.isdisjoint({"LAT-013"})
    assert way_of(FOUR.replace("p95_ms: 8000", "p95_ms: 8000, device: mobile")) == ("on-device", "prompting")


def test_of_equal_regions_that_one_is_named_whose_price_was_read() -> None:
    recommended = answering("task: {type: fraud-detection}\n").answer.recommended
    assert recommended is not None
    assert (recommended.provider, recommended.region) == ("aws", "us-east-1")


def test_a_word_that_saves_is_told_though_the_way_stays_the_same() -> None:
    body = "task: {type: extraction, prompting: sufficient, prompting_model: frontier}\n"
    body += "volume: {requests_per_day: 3000000}\n"
    saving = [change for change in answering(body).turns if change.facts == {"task.prompting_model": "small"}]
    assert [(change.then.hosting, change.then.adaptation) for change in saving] == [("provider-api", "prompting")]


def test_the_fact_that_decides_most_is_asked_for() -> None:
    questions = answering(FOUR).questions
    assert {"data.must_stay_inside": True} in leading_to(questions, "own-cloud")
    assert {"task.answers_from": "own-documents"} in leading_to(questions, "rag")


def test_two_facts_are_tried_where_one_is_not_enough() -> None:
    ways = leading_to(answering("task: {type: extraction}\n" + FOUR).questions, "fine-tuning")
    assert ways == [
        {
            "task.prompting": "insufficient", "task.required_behavior": ("domain-terminology", "fixed-output-format"),
            "data.labelled_examples": 500.0,
        }
    ]  # fmt: skip


def test_what_gates_is_asked_first_then_what_changes_most_then_what_leaves_nothing() -> None:
    questions = answering(PILOT + FOUR).questions
    gates = [change.gates for change in questions]
    assert gates == sorted(gates, reverse=True)
    assert {"task.type", "task.specialization"} <= {name for c in questions if c.gates for name in c.facts}
    rest = [(change.then.hosting is None, change.effect) for change in questions if not change.gates]
    assert rest == sorted(rest)


def test_a_question_names_rules_that_only_together_leave_nothing_of_the_plan() -> None:
    """Every rule alone leaves some model of a plan that leaves its model open."""
    plan = "task: {type: dialogue}\nvolume: {output_tokens: 2000}\nplan: {hosting: provider-api, region: us}\n"
    asked = answering(plan + "data: {classes: [internal], residency: [US]}\n")
    change = next(c for c in asked.questions if c.facts.keys() == {"latency.p95_ms"} and len(c.then.violates) > 1)
    budget = f"latency: {{p95_ms: {change.facts['latency.p95_ms']}}}\n"
    declared = answering(plan + "data: {classes: [internal], residency: [US]}\n" + budget)
    assert declared.answer.plan is not None
    assert declared.answer.plan.violates == ("LAT-001", "LAT-002")
    assert {"LAT-001", "LAT-002"} < set(change.then.violates), "nothing else remains either"
    assert change.effect is Effect.GATE


def test_a_duty_that_what_is_declared_breaks_is_broken_whatever_else_nobody_said() -> None:
    """QUAL-001 asks for a set and a comparison: without a set it is broken, whether or not there is a comparison."""
    plan = OPENAI.replace("region: us", "region: us, evaluation: {set: false}")
    asked = answering(FOUR + plan)
    (change,) = (c for c in asked.questions if c.facts == {"task.error_cost": "high"})
    assert change.effect is Effect.GATE
    declared = answering("task: {error_cost: high}\n" + FOUR + plan)
    assert declared.answer.plan is not None
    assert "QUAL-001" in change.then.violates
    assert "QUAL-001" in declared.answer.plan.violates
    assert "QUAL-001" not in answering("task: {error_cost: high}\n" + FOUR + OPENAI).trials.then({}).violates


def test_a_duty_of_the_feature_is_broken_without_a_plan_too() -> None:
    asked = answering(FOUR + "plan: {evaluation: {set: false}}\n")
    assert asked.answer.plan is None
    (change,) = (c for c in asked.questions if c.facts == {"task.error_cost": "high"})
    assert (change.effect, change.then.violates) == (Effect.GATE, ("QUAL-001",))


def test_a_prototype_waits_for_nothing() -> None:
    assert not [change for change in answering(FOUR).questions if change.gates]


def test_what_the_feature_is_is_asked_when_left_out_and_never_a_change_when_declared() -> None:
    body = "data: {classes: [classified], residency: [US]}\ntask: {type: dialogue}\nteam: {ml_engineers: 0}\n"
    found = answering(body)
    changes = (*found.questions, *found.turns, *(found.conflict.changes if found.conflict else ()))
    assert not {"data.classes", "data.residency", "task.type"} & {name for c in changes for name in c.facts}
    assert "task.type" in {name for change in answering(FOUR).questions for name in change.facts}


def test_a_question_on_a_number_names_the_value_from_which_on_it_decides() -> None:
    body = "task: {type: extraction, prompting: insufficient, required_behavior: [fixed-output-format]}\n" + FOUR
    change = next(c for c in answering(body).questions if "data.labelled_examples" in c.facts)
    assert (dict(change.facts), dict(change.bounds)) == (
        {"data.labelled_examples": 500.0}, {"data.labelled_examples": "from"},
    )  # fmt: skip


KNIFE_EDGE = (
    "task: {type: dialogue, specialization: generic, stable: true, hard_case_share: 0.2, prompting: sufficient, "
    "knowledge_changes: never}\ndata: {classes: [public], residency: [US], labelled_examples: 0}\n"
    "latency: {p95_ms: 500}\nvolume: {requests_per_day: 2000, input_tokens: 1000, output_tokens: 200}\n"
    "team: {ml_engineers: 2, deadline_weeks: 40, capacity_months: 30}\nbudget: {monthly_usd: 30000}\n"
)


def test_a_margin_of_a_declared_number_is_found_by_search() -> None:
    found = answering(KNIFE_EDGE)
    assert found.answer.recommended is not None
    assert found.answer.recommended.hosting == "own-cloud"
    turn = next(c for c in found.turns if c.bounds.get("latency.p95_ms") == "from")
    value = turn.facts["latency.p95_ms"]
    assert isinstance(value, float)
    assert 600.0 < value <= 700.0
    assert turn.then.hosting == "provider-api"
    assert way_of(KNIFE_EDGE.replace("p95_ms: 500", f"p95_ms: {value:g}")) == ("provider-api", "prompting")
    assert way_of(KNIFE_EDGE.replace("p95_ms: 500", f"p95_ms: {value - 10:g}")) == ("own-cloud", "prompting")


def test_a_conflict_names_the_smallest_changes_that_end_it() -> None:
    body = (
        "task: {type: extraction, prompting: insufficient, required_behavior: [fixed-output-format]}\n"
        "data: {classes: [confidential], residency: [US], labelled_examples: 300}\nteam: {ml_engineers: 2}\n"
    )
    found = answering(body)
    assert found.answer.recommended is None
    assert found.conflict is not None
    assert found.conflict.rules == ("ADAPT-003", "ADAPT-006", "ADAPT-009")
    assert {"data.labelled_examples": 500.0} in [dict(change.facts) for change in found.conflict.changes]
    assert all(len(change.facts) == 1 for change in found.conflict.changes)
    assert all(change.effect is Effect.GATE for change in found.conflict.changes)


OPENAI = "plan: {adaptation: prompting, hosting: provider-api, provider: openai, model: gpt-6-luna, region: us}\n"
HEALTH = (
    "metadata: {name: f, owner: o, lifecycle: production}\ndata: {classes: [health], residency: [DE]}\n"
    "latency: {p95_ms: 1000}\nvolume: {requests_per_day: 1000, input_tokens: 1200, output_tokens: 200}\n"
)


def test_a_plan_stands_with_what_it_breaks_and_what_it_leaves_open() -> None:
    plan = answering(HEALTH + OPENAI).answer.plan
    assert plan is not None
    assert plan.violates == ("LAT-002", "RES-001")
    assert plan.passing == 0
    assert {opening.fact for opening in plan.openings} == {"plan.fallback", "plan.routing"}
    assert (plan.way.provider, plan.way.fallback) == ("openai", "none")


def test_an_axis_that_is_left_open_names_the_words_that_break_a_rule() -> None:
    body = FOUR + "plan: {provider: openai, adaptation: prompting, fallback: none}\n"
    plan = answering(body).answer.plan
    assert plan is not None
    assert plan.passing
    region = next(opening for opening in plan.openings if opening.fact == "plan.region")
    assert region.takes == "us"
    assert dict(region.fails) == {"eu": ("RES-001",)}


def test_without_a_plan_the_to_dos_are_those_of_the_recommended_way() -> None:
    assert {each.of_plan for each in answering(PILOT + FOUR).answer.to_do} == {False}
    assert {each.of_plan for each in answering(HEALTH + OPENAI).answer.to_do} == {True}


STAGES = (("prototype", "pilot"), ("pilot", "now"), ("production", "now"))


@pytest.mark.parametrize(("lifecycle", "before"), STAGES)
def test_what_is_to_be_done_is_told_with_the_stage_that_asks_for_it(lifecycle: str, before: str) -> None:
    body = f"metadata: {{name: f, lifecycle: {lifecycle}}}\n{FOUR}"
    found = {(each.rule, each.fact): each.before for each in answering(body).answer.to_do}
    assert found["OPS-004", "plan.monitoring.drift"] == before


def test_an_on_call_rota_is_asked_for_before_production() -> None:
    body = "metadata: {name: f, lifecycle: pilot}\ndata: {classes: [classified], residency: [US]}\n"
    found = {(each.rule, each.fact): each.before for each in answering(body).answer.to_do}
    assert found["TEAM-004", "team.on_call"] == "production"


def test_of_two_things_that_would_do_one_is_to_be_done() -> None:
    body = HEALTH.replace("[DE]", "[US]").replace("1000}", "9000}", 1) + OPENAI
    facts = [each.fact for each in answering(body).answer.to_do if each.rule == "TERM-004"]
    assert facts == ["plan.terms.zero_retention"]


def test_what_is_done_is_no_to_do() -> None:
    body = HEALTH + OPENAI.replace("region: us", "region: us, terms: {dpa: true}")
    assert "TERM-001" not in {each.rule for each in answering(body).answer.to_do}


def test_the_regions_within_the_residency_of_which_nothing_is_known_are_named() -> None:
    body = "data: {classes: [customer], residency: [FI]}\nteam: {ml_engineers: 0}\n"
    answer = answering(body).answer
    assert answer.certainty is Certainty.GAP
    gap = next(gap for gap in answer.gaps if gap.fact == "offerings.regions")
    assert "google-vertex-ai europe-north1" in gap.about


def test_a_rule_is_told_with_the_price_of_what_it_alone_removes() -> None:
    answer = answering(KNIFE_EDGE).answer
    assert answer.recommended is not None
    prices = {each.rule: each.way for each in answer.rule_prices}
    assert "LAT-001" in prices
    assert prices["LAT-001"].hosting == "provider-api"
    assert prices["LAT-001"].cost.total_usd < answer.recommended.cost.total_usd
    assert prices["LAT-001"].breaks == ("LAT-001",)


def test_ways_are_counted_by_hosting_with_the_rule_that_removes_most() -> None:
    left = {each.hosting: each for each in answering("data: {classes: [classified]}\n").answer.ways_left}
    assert (left["provider-api"].admissible, left["provider-api"].open) == (0, 0)
    assert left["provider-api"].removed_by == "DATA-001"
    assert left["own-cloud"].admissible


def test_people_are_told_apart_in_what_a_way_costs() -> None:
    recommended = answering("data: {classes: [classified]}\n").answer.recommended
    assert recommended is not None
    assert 0.0 < recommended.cost.people_usd < recommended.cost.monthly_usd


def test_a_fact_of_the_assumed_kind_is_named_with_its_value_and_nothing_that_is_declared() -> None:
    assumed = answering(FOUR).answer.assumed
    assert assumed["task.type"] == "generation"
    assert assumed["data.must_stay_inside"] is False
    assert not {"data.classes", "latency.p95_ms"} & assumed.keys()
    assert "plan.terms.dpa" not in assumed
