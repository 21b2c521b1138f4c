"""What is said about a plan, and how much it weighs."""

from __future__ import annotations

import pytest
from worlds import (
    COST,
    DPA,
    FLOOR,
    LATENCY,
    LEAVES,
    MANY,
    OWN,
    RESIDENCY,
    SHUT,
    catalog,
    evaluate,
    feature,
    findings,
    pack,
    rule,
    shown,
)

from aipolicy.evaluation.evaluation import Evaluator
from aipolicy.evaluation.findings import findings_of
from aipolicy.findings.finding import Stage

US = (
    "plan: {adaptation: prompting, hosting: provider-api, provider: openai, model: gpt-6-luna, region: us, "
    "fallback: none}\n"
)
HEALTH_EU = "data: {classes: [health], residency: [EU]}\n"


def test_a_constraint_that_fails_on_the_whole_plan_is_a_violation_at_the_deciding_value() -> None:
    found = [f for f in findings(HEALTH_EU + US, RESIDENCY) if f.rule_id == "DATA-002"]
    assert shown(found) == {("DATA-002", "violated", "error")}
    assert found[0].place.path == ("plan", "region")
    assert [place.path for place in found[0].related] == [("data", "residency")]


def test_a_constraint_that_fails_on_some_of_a_plan_leaves_it_open_and_names_the_axis() -> None:
    partial = "plan: {provider: mistral, model: mistral-small-2603, adaptation: prompting, fallback: none}\n"
    found = [f for f in findings("data: {classes: [health], residency: [US]}\n" + partial, RESIDENCY, SHUT, strict=True)
             if f.rule_id == "DATA-002"]  # fmt: skip
    assert [f.outcome.value for f in found] == ["undetermined"]
    assert found[0].missing_facts == ("plan.region",)
    assert "would break the rule" in found[0].message


@pytest.mark.parametrize(
    ("lifecycle", "strict", "gates"),
    [
        ("idea", False, False),
        ("prototype", False, False),
        ("pilot", False, True),
        ("production", False, True),
        ("prototype", True, True),
    ],
)
def test_an_undetermined_error_is_told_and_gates_from_pilot_on_or_when_strict(
    lifecycle: str, strict: bool, gates: bool
) -> None:
    body = f"metadata: {{name: f, lifecycle: {lifecycle}}}\n" + US
    found = [f for f in findings(body, RESIDENCY, strict=strict) if f.rule_id == "DATA-002"]
    told = [(f.outcome.value, f.severity.value, f.missing_facts) for f in found]
    assert told == ([("undetermined", "error", ("data.residency",))] if gates else [])


def test_a_warning_that_cannot_be_decided_is_no_finding() -> None:
    assert not [f for f in findings(US, FLOOR, strict=True) if f.rule_id == "LAT-002"]


def test_what_a_rule_removes_is_no_finding_without_a_plan() -> None:
    volume = "volume: {requests_per_day: 1000, input_tokens: 1000, output_tokens: 200}\n"
    assert not findings(HEALTH_EU + "latency: {p95_ms: 800}\n" + volume, RESIDENCY, LATENCY)


def test_a_duty_that_hangs_on_the_option_is_told_by_the_verdict_without_a_plan() -> None:
    evaluation = evaluate(HEALTH_EU, DPA)
    assert not findings(HEALTH_EU, DPA)
    assert 0 < evaluation.verdict.duties["TERM-001"].bit_count() < evaluation.candidates.count


def test_a_duty_removes_nothing() -> None:
    evaluation = evaluate(HEALTH_EU + US.replace("}", ", terms: {dpa: false}}"), DPA)
    assert evaluation.verdict.removed == 0
    assert evaluation.rules[0].planned.violated == evaluation.planned.full


def test_a_warning_removes_nothing_and_counts_against() -> None:
    evaluation = evaluate("latency: {p95_ms: 20}\n", FLOOR)
    assert evaluation.verdict.removed == 0
    assert evaluation.verdict.counted_against["LAT-002"]


@pytest.mark.parametrize(
    ("effective", "expected"),
    [
        ("effective: {from: 2027-01-01}", ("DATA-002", "violated", "warning")),
        ("effective: {from: 2026-11-21}", ("DATA-002", "violated", "error")),
        ("effective: {announced: 2026-11-22, from: 2027-01-01}", None),
        ("effective: {announced: 2026-11-21, from: 2027-01-01}", ("DATA-002", "violated", "note")),
        ("effective: {announced: 2026-11-01, warning: 2026-11-21}", ("DATA-002", "violated", "warning")),
        ("effective: {until: 2026-11-21}", ("DATA-002", "violated", "error")),
        ("effective: {until: 2026-11-20}", None),
    ],
)
def test_a_rule_warns_before_it_is_in_force_and_is_gone_after(effective: str, expected: tuple[str, ...] | None) -> None:
    dated = RESIDENCY.rstrip("\n") + f"\n    {effective}\n"
    found = shown(findings(HEALTH_EU + US, dated, LEAVES))
    assert ({expected} if expected else set()) == {entry for entry in found if entry[0] == "DATA-002"}


@pytest.mark.parametrize(
    "effective",
    ["from: 2027-01-01", "announced: 2026-11-01, from: 2027-01-01", "announced: 2027-01-01", "warning: 2026-11-01"],
)
def test_law_that_has_not_begun_removes_nothing(effective: str) -> None:
    later = RESIDENCY.rstrip("\n") + f"\n    effective: {{{effective}}}\n"
    assert evaluate(HEALTH_EU, later).verdict.removed == 0


def test_a_finding_of_a_rule_that_is_not_in_force_says_what_comes_and_when() -> None:
    dated = RESIDENCY.rstrip("\n") + "\n    effective: {announced: 2026-11-01, warning: 2027-01-01, from: 2027-06-01}\n"
    found = next(f for f in findings(HEALTH_EU + US, dated, LEAVES) if f.rule_id == "DATA-002")
    assert found.message.endswith(" (a warning from 2027-01-01, an error from 2027-06-01)")
    assert found.stage is Stage.ANNOUNCED


def test_a_plan_without_a_lifecycle_is_a_finding() -> None:
    assert ("PLAN-002", "violated", "warning") in shown(findings(US, LEAVES))


@pytest.mark.parametrize(("counts_as", "asked"), [("prototype", set()), ("production", {"DATA-009"})])
def test_a_plan_without_a_lifecycle_counts_as_the_organisation_says_and_says_so(
    counts_as: str, asked: set[str]
) -> None:
    judging = Evaluator(
        pack(rule("DATA-009", "team.on_call", kind="duty")), catalog(), OWN, expected={"metadata.lifecycle": counts_as}
    )
    found = findings_of(judging.evaluate(feature(US)), judging.rule_evaluator, strict=False)
    assert {f.message for f in found if f.rule_id == "PLAN-002"} == {
        f"a plan is declared, but no lifecycle; `{counts_as}` is assumed"
    }
    assert {f.rule_id for f in found} - {"PLAN-002"} == asked


def test_a_feature_past_prototype_without_a_plan_is_an_error() -> None:
    assert ("PLAN-003", "violated", "error") in shown(findings("metadata: {name: f, lifecycle: pilot}\n", LEAVES))


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ("{provider: opnai}", "unknown provider: `opnai`; did you mean `openai`?"),
        ("{provider: openai, model: gpt-6-lunar}", "unknown model: `gpt-6-lunar`; did you mean `gpt-6-luna`?"),
        ("{provider: openai, region: eu-wst-1}", "unknown region of `openai`: `eu-wst-1`"),
        (
            "{provider: anthropic, model: gpt-6-luna}",
            "the catalog offers no model `gpt-6-luna` with provider `anthropic`",
        ),
        ("{routing: cascade, fallback: none}", "a cascade needs a far side; declare `plan.fallback`"),
    ],
)
def test_a_plan_beyond_the_catalog_is_an_error_that_says_what_is_wrong(plan: str, message: str) -> None:
    found = [f for f in findings(f"plan: {plan}\n", LEAVES) if f.rule_id == "PLAN-001"]
    assert len(found) == 1
    assert found[0].message.startswith(message)


def test_data_rules_still_speak_about_a_plan_beyond_the_catalog() -> None:
    body = "data: {classes: [itar]}\nplan: {hosting: provider-api, provider: acme-models}\n"
    assert ("DATA-001", "violated", "error") in shown(findings(body, LEAVES))


def test_constraints_that_leave_nothing_of_a_plan_only_together_are_a_finding() -> None:
    small = rule("ONE-001", 'option.region != "us"')
    large = rule("TWO-001", 'option.region == "us"')
    body = "plan: {provider: openai, model: gpt-6-luna, adaptation: prompting, fallback: none}\n"
    assert ("PLAN-004", "violated", "error") in shown(findings(body, small, large, LEAVES))


def test_nothing_left_names_a_smallest_set_that_clashes() -> None:
    inside = rule("IN-001", "!option.leaves_organization")
    outside = rule("OUT-001", "option.leaves_organization")
    found = findings(HEALTH_EU, inside, outside, RESIDENCY)
    conflict = next(f for f in found if f.rule_id == "VERDICT-001")
    assert "IN-001, OUT-001" in conflict.message


def test_an_evaluation_error_is_reported_and_no_pass() -> None:
    broken = rule("ERR-001", "1 / 0 == 1", kind="duty")
    found = [f for f in findings("metadata: {name: f, lifecycle: production}\n" + US, broken) if f.rule_id == "ERR-001"]
    assert [(f.outcome.value, f.severity.value) for f in found] == [("undetermined", "error")]
    assert "cannot be evaluated, divide by zero" in found[0].message


def test_terms_of_a_plan_hold_for_its_options_only() -> None:
    retention = rule("KEEP-001", "option.retention_days <= 0")
    body = US.replace("}", ", terms: {zero_retention: true}}")
    evaluation = evaluate(body, retention)
    assert evaluation.rules[0].planned.violated == 0
    assert evaluation.rules[0].candidates.violated != 0


def test_adding_a_rule_never_removes_the_finding_of_another() -> None:
    body = HEALTH_EU + "latency: {p95_ms: 100}\n" + US
    for rules in (MANY[:1], MANY[:2], MANY[:4]):
        fewer, more = findings(body, *rules), findings(body, *MANY)
        kept = {(f.rule_id, f.message) for f in more}
        assert {(f.rule_id, f.message) for f in fewer if not f.rule_id.startswith(("PLAN", "VERDICT"))} <= kept


def test_the_order_of_rules_changes_nothing() -> None:
    body = HEALTH_EU + "latency: {p95_ms: 100}\n" + US
    forward, backward = findings(body, *MANY), findings(body, *reversed(MANY))
    assert sorted(f.sort_key for f in forward) == sorted(f.sort_key for f in backward)
    assert evaluate(body, *MANY).verdict.removed == evaluate(body, *reversed(MANY)).verdict.removed


def test_a_cascade_has_no_known_cost_while_nobody_says_how_many_cases_are_hard() -> None:
    body = (
        "budget: {monthly_usd: 1000000}\ndata: {classes: [health]}\n"
        "volume: {requests_per_day: 9000, input_tokens: 9, output_tokens: 9}\n"
    )
    evaluation = evaluate(body, COST)
    cascades = evaluation.candidates.mask_of("option.routing", frozenset({"cascade"}))
    assert evaluation.rules[0].candidates.undetermined & cascades == cascades


@pytest.mark.parametrize("declared", ["classes: [internl]", "classes: [public, internl]"])
def test_a_word_that_is_no_data_class_leaves_sensitivity_unknown(declared: str) -> None:
    evaluation = evaluate(f"data: {{{declared}}}\n", LEAVES)
    assert evaluation.facts.get("data.sensitivity") is None
    assert evaluation.rules[0].candidates.undetermined


def test_a_word_that_is_no_place_leaves_residency_unknown() -> None:
    evaluation = evaluate("data: {classes: [health], residency: [EU, UXX]}\n", RESIDENCY)
    assert evaluation.facts.get("data.residency_countries") is None
    assert not evaluation.verdict.removed


CASCADE = (
    "plan: {adaptation: prompting, hosting: own-cloud, fallback: provider-api, routing: cascade}\n"
    "budget: {monthly_usd: 1000000}\n"
)
WORK = "volume: {requests_per_day: 9000, input_tokens: 900, output_tokens: 90}\n"
BUDGET = rule("COST-009", "option.monthly_usd <= budget.monthly_usd")


def test_the_cost_of_a_planned_cascade_hangs_on_the_share_of_hard_cases() -> None:
    missing = [
        f.missing_facts
        for f in findings(CASCADE + WORK + "latency: {p95_ms: 9000}\n", BUDGET, strict=True)
        if f.rule_id == "COST-009"
    ]
    assert missing == [("task.hard_case_share",)]
    settled = findings(CASCADE + WORK + "task: {hard_case_share: 0.2}\n", BUDGET, strict=True)
    assert "task.hard_case_share" not in {fact for finding in settled for fact in finding.missing_facts}


def test_what_a_cascade_lacks_is_named_at_once() -> None:
    missing = next(f.missing_facts for f in findings(CASCADE, BUDGET, strict=True) if f.rule_id == "COST-009")
    assert {"task.hard_case_share", "volume.requests_per_day"} <= set(missing)
