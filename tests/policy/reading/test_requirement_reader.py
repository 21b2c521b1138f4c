"""Requirements with words of their own: read with their places, and judged, named and waived each by itself."""

from __future__ import annotations

import pytest
from law_pack import law_catalog, law_pack
from worlds import feature

from aipolicy.errors import AipolicyError
from aipolicy.evaluation.evaluation import Evaluator
from aipolicy.evaluation.findings import findings_of
from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.options.attributes import Organization
from aipolicy.policy.governance import NeverWaived
from aipolicy.policy.rule import parts_of
from aipolicy.rule_tests.examples import run_example
from aipolicy.waivers.read import Vocabulary

HEAD = """apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: dora, version: 1.0.0}
rules:
- id: DORA-030-2
  name: contract-terms
  title: Contracts say what is asked for
  kind: duty
  severity: error
  when: data.personal
"""
OWN = """  require:
  - {that: plan.terms.dpa, name: dpa, message: "no agreement on `{data.classes}`", fix: sign it}
  - {that: logs.retention_days >= 30, message: "kept `{logs.retention_days}` days", evidence: dpia, fix: keep them}
  - {evidence: [vendor_assessment, evidence.dpia], message: not assessed}
"""
PLAIN = "  - data.minimized\n  message: '`{data.classes}` not minimised'\n  fix: minimise\n"
PLAN = (
    "plan: {adaptation: prompting, hosting: provider-api, provider: openai, region: eu, fallback: none, "
    "terms: {dpa: false}}\n"
)


def test_a_requirement_has_a_name_and_says_what_shows_it() -> None:
    rule = law_pack(HEAD + OWN + PLAIN).rules[0]
    assert [(each.name, each.line.text, each.fix) for each in rule.requirements] == [
        ("dpa", "plan.terms.dpa", "sign it"),
        ("logs.retention_days", "logs.retention_days >= 30", "keep them; show it by `evidence.dpia`"),
        (
            "evidence.vendor_assessment", "evidence.vendor_assessment && evidence.dpia",
            "show it by `evidence.vendor_assessment` and `evidence.dpia`",
        ),
    ]  # fmt: skip
    assert [line.text for line in rule.plain_require] == ["data.minimized"]
    assert [part.id for part in parts_of(rule)] == [
        "DORA-030-2", "DORA-030-2/dpa", "DORA-030-2/logs.retention_days", "DORA-030-2/evidence.vendor_assessment",
    ]  # fmt: skip


AGED = (
    "parameters:\n- {name: audit_days, type: number, default: 365, unit: days, description: d, source: s}\n"
    + HEAD.partition("metadata")[2].partition("\n")[2]
)


@pytest.mark.parametrize(
    ("at_most", "text"),
    [
        (
            "365",
            "evidence.bias_audit && evidence.dpia && evidence.bias_audit.age_days <= 365.0 && evidence.dpia.age_days",
        ),
        (
            "params.audit_days",
            "evidence.bias_audit && evidence.dpia && evidence.bias_audit.age_days <= params.audit_days",
        ),
    ],
)
def test_evidence_may_be_asked_to_be_no_older_than_some_days(at_most: str, text: str) -> None:
    head = "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: dora, version: 1.0.0}\n" + AGED
    own = f"  require:\n  - {{evidence: [bias_audit, dpia], at_most_days: {at_most}, message: too old}}\n"
    rule = law_pack(head + own).rules[0]
    assert rule.require[0].text.startswith(text)
    assert rule.requirements[0].evidence == ("evidence.bias_audit", "evidence.dpia")


@pytest.mark.parametrize(
    ("requirement", "said"),
    [
        ("{evidence: dpia, at_most_days: a year}", "must be a number of days or a parameter such as"),
        ("{evidence: dpia, at_most_days: -1}", "`at_most_days` must be at least 0, found -1"),
        ("{evidence: dpia, at_most_days: params.nope}", "unknown fact `params.nope`"),
        ("{that: data.personal, at_most_days: 3}", "`at_most_days` is of `evidence` without `that`"),
        ("{that: data.personal, evidence: dpia, at_most_days: 3}", "`at_most_days` is of `evidence` without `that`"),
    ],
)
def test_an_age_that_cannot_be_asked_for_is_a_mistake(requirement: str, said: str) -> None:
    with pytest.raises(AipolicyError, match=said):
        law_pack(f"{HEAD}  require:\n  - {requirement}\n  message: m\n")


def test_a_rule_whose_requirements_all_speak_needs_no_message_and_is_no_part_itself() -> None:
    rule = law_pack(HEAD + OWN).rules[0]
    assert rule.message == ""
    assert [part.id.partition("/")[2] for part in parts_of(rule)] == [each.name for each in rule.requirements]


def test_each_requirement_is_a_finding_of_its_own() -> None:
    evaluator = Evaluator((law_pack(HEAD + OWN + PLAIN),), law_catalog(), Organization())
    declared = "data: {classes: [health], minimized: true}\nlogs: {retention_days: 3}\n" + PLAN
    evaluation = evaluator.evaluate(feature(declared))
    found = {each.rule_id: each for each in findings_of(evaluation, evaluator.rule_evaluator, strict=True)}
    assert found["DORA-030-2/dpa"].message == "no agreement on `health`"
    assert found["DORA-030-2/dpa"].fix == "sign it"
    assert found["DORA-030-2/logs.retention_days"].message == "kept `3` days"
    assert found["DORA-030-2/evidence.vendor_assessment"].outcome.value == "undetermined"
    assert "DORA-030-2" not in found


def test_rules_that_wait_for_one_condition_are_asked_once() -> None:
    evaluator = Evaluator((law_pack(HEAD + OWN + PLAIN),), law_catalog(), Organization())
    evaluation = evaluator.evaluate(feature("data: {residency: [EU]}\n" + PLAN))
    found = findings_of(evaluation, evaluator.rule_evaluator, strict=True)
    assert [each.message for each in found if each.rule_id == "SCOPE-001"] == [
        "declare `data.classes`: 4 rules wait for it (DORA-030-2, DORA-030-2/dpa, DORA-030-2/logs.retention_days and 1 more)"
    ]


def test_an_example_is_of_the_whole_rule_and_says_what_each_broken_requirement_says() -> None:
    tests = (
        "  tests:\n  - {name: n, given: {data.classes: [health], plan.terms.dpa: false, logs.retention_days: 3, "
        "evidence.dpia: true, evidence.vendor_assessment: true}, expect: violated}\n"
    )
    rule = law_pack(HEAD + OWN + tests).rules[0]
    result = run_example(rule, rule.tests[0], law_catalog(), RuleEvaluator())
    assert (result.passed, result.message) == (True, "no agreement on `health`; kept `3` days")


def test_requirements_are_waived_one_by_one() -> None:
    known = Vocabulary((law_pack(HEAD + OWN),), law_catalog())
    assert known.wrong_rule("DORA-030-2/dpa") == ""
    assert "is waived requirement by requirement: `DORA-030-2/dpa`" in known.wrong_rule("DORA-030-2")
    assert "did you mean `DORA-030-2/dpa`?" in known.wrong_rule("DORA-030-2/dpia")
    assert NeverWaived("DORA-030-2", "").covers("DORA-030-2/dpa")
    assert not NeverWaived("DORA-030", "").covers("DORA-0301-1")


MISTAKES = [
    ("  require:\n  - {that: data.minimizd, name: n, message: m}\n", ":12:12: unknown fact `data.minimizd`"),
    ("  require:\n  - {that: data.minimized, mesage: m}\n", "unknown key `mesage`; did you mean `message`?"),
    ("  require:\n  - {that: data.minimized, message: '{data.clases}'}\n", "unknown fact `data.clases` in the message"),
    ("  require:\n  - {that: data.minimized, message: m, evidence: dpiaa}\n", "`evidence.dpiaa` is no kind of evidence"),
    ("  require:\n  - {evidence: dpia, message: m}\n  - {that: '!evidence.dpia', message: m}\n", "is called `evidence"),
    ("  require:\n  - {that: 'true', message: m}\n", "the requirement needs a `name`"),
    ("  require:\n  - {name: Big, that: data.minimized, message: m}\n", "`Big` is no name of a requirement"),
    ("  require:\n  - {message: m}\n", "missing key `that`"),
    ("  require:\n  - {that: data.minimized}\n", "missing key `message`"),
    ("  require:\n  - {that: data.minimized, message: m}\n  - 3\n", "expected a mapping, found a number"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_a_slip_in_a_requirement_is_told_at_its_line(text: str, message: str) -> None:
    with pytest.raises(AipolicyError) as caught:
        law_pack(HEAD + text)
    assert message in str(caught.value)
