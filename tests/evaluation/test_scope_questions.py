"""Several rules that wait for one declaration above them are one question that names them."""

from __future__ import annotations

from law_pack import LAW, law_catalog, law_pack
from worlds import feature

from aipolicy.evaluation.evaluation import Evaluator
from aipolicy.evaluation.findings import findings_of
from aipolicy.findings.finding import Decided, Finding, Severity
from aipolicy.options.attributes import Organization

PLAN = (
    "plan: {adaptation: prompting, hosting: provider-api, provider: openai, model: gpt-6-luna, region: eu, "
    "fallback: none}\n"
)


def found(declared: str) -> list[Finding]:
    evaluator = Evaluator((law_pack(),), law_catalog(), Organization())
    evaluation = evaluator.evaluate(feature(declared))
    return [
        each for each in findings_of(evaluation, evaluator.rule_evaluator, strict=True) if each.rule_id != "PLAN-002"
    ]


def test_rules_that_wait_for_one_declaration_are_one_question() -> None:
    (question,) = found("data: {classes: [health], retention_days: 9}\n" + PLAN)
    assert (question.rule_id, question.severity) == ("SCOPE-001", Severity.ERROR)
    assert question.message == "declare `data.subject_regions`: 2 rules wait for it (L-001, L-003)"
    assert question.missing_facts == ("data.subject_regions",)
    assert question.decided_by == (Decided("rules", ("L-001", "L-003")),)


def test_a_rule_that_waits_alone_asks_under_its_own_id() -> None:
    asked = found("data: {classes: [health], retention_days: 9, minimized: true}\n" + PLAN)
    assert [each.rule_id for each in asked] == ["L-001"]


def test_rules_of_a_decided_scope_ask_for_what_each_of_them_lacks() -> None:
    asked = found("data: {classes: [health], subject_regions: [DE], retention_days: 9}\n" + PLAN)
    assert {each.rule_id for each in asked} == {"L-001", "L-003"}
    assert found("data: {classes: [health], subject_regions: [US], retention_days: 9}\n" + PLAN) == []


def test_a_country_that_is_declared_without_its_parts_is_to_be_said_in_full() -> None:
    text = "data: {classes: [health], subject_regions: [US], retention_days: 9}\n" + PLAN
    states = law_pack(LAW.replace('within(data.subject_countries, "EU")', 'within(data.subject_places, "US-CA")'))
    evaluator = Evaluator((states,), law_catalog(), Organization())
    evaluation = evaluator.evaluate(feature(text))
    messages = [each.message for each in findings_of(evaluation, evaluator.rule_evaluator, strict=True)]
    assert "say in full `data.subject_regions`: 2 rules wait for it (L-001, L-003)" in messages


def test_what_stands_further_out_is_asked_for_first() -> None:
    group = "groups:\n- {title: Minimised, when: ['data.must_stay_inside'], rules: ["
    rules = (
        f"{{id: L-00{number}, name: r{number}, title: T, kind: duty, severity: error, require: evidence.{kind}, message: m}}"
        for number, kind in ((4, "dpia"), (5, "fria"))
    )
    grouped = law_pack(f"{LAW}{group}{', '.join(rules)}]}}\n")
    evaluator = Evaluator((grouped,), law_catalog(), Organization())
    evaluation = evaluator.evaluate(feature("data: {classes: [health], retention_days: 9}\n" + PLAN))
    messages = [each.message for each in findings_of(evaluation, evaluator.rule_evaluator, strict=True)]
    assert "declare `data.subject_regions`: 4 rules wait for it (L-001, L-003, L-004 and 1 more)" in messages
