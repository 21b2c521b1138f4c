"""Variables: of any type, each after those it uses, imported by name, shown in messages, with examples of their own."""

from __future__ import annotations

from pathlib import Path

import pytest
from law_pack import law_catalog, law_pack

from aipolicy.errors import AipolicyError
from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.facts.spec import FactType
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.sources.locate import find_packs
from aipolicy.rule_tests.examples import run_example

HEAD = "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: eu-base, version: 1.0.0}\n"
PARAMETERS = "parameters:\n- {name: level, type: number, default: 3, unit: level, description: d, source: s}\n"
VARIABLES = """variables:
- {name: either, expression: 'variables.sensitive || data.personal'}
- name: sensitive
  expression: data.sensitivity >= params.level
  export: true
  tests:
  - {name: at, given: {data.classes: [health]}, expect: true}
  - {name: below, given: {data.classes: [internal]}, expect: false}
  - {name: nobody knows, given: {}, expect: unknown}
- name: days
  expression: 'data.personal ? 30 : 365'
  export: true
  tests:
  - {name: personal, given: {data.classes: [health]}, expect: 30}
  - {name: others, given: {data.classes: [public]}, expect: 365}
  - {name: nobody knows, given: {}, expect: unknown}
- {name: words, expression: '["DE", "FR"]'}
"""
RULE = """rules:
- {id: V-001, name: v, title: T, kind: duty, severity: error, when: variables.either,
   require: [logs.retention_days <= variables.days, 'data.subject_countries.all(c, c in variables.words)'],
   message: 'kept {logs.retention_days}, at most {variables.days}',
   tests: [{name: n, given: {data.classes: [health], logs.retention_days: 31, data.subject_regions: [DE]},
            expect: violated, message: 'kept 31, at most 30'}]}
"""
BASE = HEAD + PARAMETERS + VARIABLES + RULE


def test_variables_have_any_type_and_use_each_other_in_any_order() -> None:
    pack = law_pack(BASE)
    assert {each.name: each.type for each in pack.variables} == {
        "either": FactType.BOOL, "sensitive": FactType.BOOL, "days": FactType.NUMBER, "words": FactType.TEXTS,
    }  # fmt: skip
    assert pack.variables[0].expanded == "(data.sensitivity >= params.level) || data.personal"


def test_a_message_shows_the_value_of_a_variable() -> None:
    rule = law_pack(BASE).rules[0]
    assert run_example(rule, rule.tests[0], law_catalog(), RuleEvaluator()).differences == ()


def test_examples_of_variables_are_run() -> None:
    variables = {each.name: each.tests for each in law_pack(BASE).variables}
    assert [rule.id for rule in variables["sensitive"]] == ["variables.sensitive"]
    assert [rule.id for rule in variables["days"]] == [
        "variables.days == 30", "variables.days == 365", "variables.days unknown",
    ]  # fmt: skip
    for rule in (*variables["sensitive"], *variables["days"]):
        for test in rule.tests:
            assert run_example(rule, test, law_catalog(), RuleEvaluator()).passed, (rule.id, test.name)


def packs(
    tmp_path: Path, imports: str, base: str = BASE, rule: str = "when: variables.sensitive"
) -> tuple[PolicyPack, ...]:
    from pathlib import Path

    folder = Path(str(tmp_path))
    (folder / "base.yaml").write_text(base)
    top = (
        "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: top, version: 1.0.0}\nextends: [{pack: ./base.yaml}]\n"
        f"imports: [{imports}]\nparameters:\n"
        "- {name: level, type: number, default: 1, unit: level, description: d, source: s}\n"
        f"rules:\n- {{id: T-001, name: t, title: T, kind: duty, severity: error, {rule},\n"
        "   require: data.minimized, message: m}\n"
    )
    (folder / "top.yaml").write_text(top)
    return load_packs(find_packs([str(folder / "top.yaml")], folder), law_catalog(), {})


def test_an_imported_variable_keeps_the_parameters_of_its_pack(tmp_path: Path) -> None:
    _, top = packs(tmp_path, "eu-base.sensitive")
    rule = top.rules[0]
    assert rule.when[0].expanded == "(data.sensitivity >= params.eu_base.level)"
    assert rule.parameters == {"params.eu_base.level": 3.0}


IMPORTS = [
    ("eu-base.either", "`eu-base.either` is not exported; write `export: true` there"),
    ("eu-base.sensitiv", "`eu-base` has no variable `sensitiv`; did you mean `sensitive`?"),
    ("eu.sensitive", "is of no pack that this one extends"),
    ("eu-base.sensitive, eu-base.sensitive", "is imported twice"),
]


@pytest.mark.parametrize(("imports", "message"), IMPORTS)
def test_what_cannot_be_imported_is_told_at_its_line(tmp_path: Path, imports: str, message: str) -> None:
    with pytest.raises(AipolicyError) as caught:
        packs(tmp_path, imports, rule="when: data.personal")
    assert message in str(caught.value)
    assert "top.yaml:5:" in str(caught.value)


MISTAKES = [
    ("- {name: a, expression: variables.b}\n- {name: b, expression: variables.a}\n", "`b` uses itself: a → b → a"),
    ("- {name: a, expression: variables.c}\n", "unknown variable `variables.c`"),
    ("- {name: a, expression: data.x}\n", "(column 1 of the expression)"),
    ("- {name: a, expression: data.personal}\n- {name: a, expression: data.personal}\n", "`a` is defined twice"),
    ("- {name: A, expression: data.personal}\n", "`A` is no name of a variable"),
    ("- {name: a, expression: data.personal, tests: [{name: n, given: {}, expect: 3}]}\n", "be of type bool, or `unknown`"),
    ("- {name: a, expression: data.personal, tests: [{name: n, given: {x.y: 1}, expect: true}]}\n", "unknown fact `x.y`"),
    ("- {name: a, expression: data.personal, expport: true}\n", "unknown key `expport`; did you mean `export`?"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_a_slip_in_a_variable_is_told_at_its_line(text: str, message: str) -> None:
    with pytest.raises(AipolicyError) as caught:
        law_pack(HEAD + "variables:\n" + text + RULE.replace("variables.either", "data.personal"))
    assert message in str(caught.value)
