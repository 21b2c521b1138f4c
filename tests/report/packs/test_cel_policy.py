"""`aipolicy policy export`: what a rule says in CEL Policy comes out as the rule does, and what cannot be said is named."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from aipolicy.catalog.load import read_catalog
from aipolicy.cli.main import cli
from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.facts.facts import facts_from_values
from aipolicy.facts.known_facts import known_facts
from aipolicy.facts.spec import FactSpec, FactType, FactValue
from aipolicy.findings.finding import Outcome
from aipolicy.policy.cel.expressions import Compiler, Condition, Truth, cel_value
from aipolicy.policy.reading.load import find_pack, load_packs, shipped_packs
from aipolicy.policy.rule import Rule, RuleTest
from aipolicy.report.packs.cel_policy import cel_policy
from aipolicy.rule_tests.examples import run_example

DAY = date(2026, 11, 30)
CATALOG = read_catalog((), as_of=DAY)
EVALUATOR = RuleEvaluator()
DEFINITE = (Outcome.VIOLATED, Outcome.SATISFIED, Outcome.NOT_APPLICABLE)


@cache
def packs() -> tuple[Any, ...]:
    return tuple(load_packs([find_pack(name, Path())], CATALOG, {})[0] for name in shipped_packs())


def output_of(policy: Mapping[str, Any], compiler: Compiler, values: Mapping[str, FactValue]) -> bool | None:
    """Return whether the policy has an output for values, None where a condition is not known."""
    for match in policy["match"]:
        truth = Truth.TRUE
        if "condition" in match:
            checked = compiler.compile(match["condition"]).checked
            truth, problem = Condition(checked).evaluate({name: cel_value(value) for name, value in values.items()})
            assert not problem
        if truth is Truth.UNKNOWN:
            return None
        if truth is Truth.TRUE:
            found = True if "output" in match else output_of(match["rule"], compiler, values)
            if found is not False:
                return found
    return False


def variables_of(policy: Mapping[str, Any]) -> dict[str, FactValue]:
    values = {f"variables.{each['name']}": json.loads(each["expression"]) for each in policy.get("variables", ())}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


def type_of(value: FactValue) -> FactType:
    kinds = {bool: FactType.BOOL, str: FactType.TEXT, tuple: FactType.TEXTS}
    return kinds.get(type(value), FactType.NUMBER)


def compared(rule: Rule, policy: Mapping[str, Any], compiler: Compiler, test: RuleTest) -> bool:
    """Compare an example of a definite outcome; return whether the policy comes to anything."""
    values = {**facts_from_values(test.given, CATALOG).values, **test.option, **test.partner, **variables_of(policy)}
    found = output_of(policy, compiler, values)
    if found is not None:
        outcome = run_example(rule, test, CATALOG, EVALUATOR).outcome
        assert found is (outcome is Outcome.VIOLATED), (rule.id, test.name)
    return found is not None


@pytest.mark.parametrize("name", shipped_packs())
def test_what_is_exported_comes_out_as_the_rule_does_on_every_example(name: str) -> None:
    pack = next(pack for pack in packs() if pack.name == name)
    specs = known_facts(pack.facts).specs
    plain = {name: FactSpec(name, spec.type, spec.meaning) for name, spec in specs.items()}
    for rule in pack.rules:
        exported = cel_policy(rule, CATALOG, specs)
        if exported is None:
            assert not rule.require
            continue
        policy = yaml.safe_load(exported.text)["rule"]
        named = {key: FactSpec(key, type_of(value), "v") for key, value in variables_of(policy).items()}
        compiler = Compiler({**plain, **named}, {})
        examples = [test for test in rule.tests if test.expect in DEFINITE and not test.partner]
        assert any([compared(rule, policy, compiler, test) for test in examples]) or not examples, rule.id


def test_what_a_policy_cannot_say_stands_above_it() -> None:
    rules = {rule.id: rule for pack in packs() for rule in pack.rules}
    specs = known_facts(()).specs
    inside, abroad = (cel_policy(rules[name], CATALOG, specs) for name in ("NYC-144-1", "GDPR-44-1"))
    assert inside is not None
    assert inside.left == ("it is a duty of severity error", "it is in force from 2023-07-05")
    assert abroad is not None
    assert "places are those of 2026-11-30" in abroad.left
    assert all(f"# Not said here: {each}\n" in abroad.text for each in abroad.left)


def test_the_command_prints_a_document_for_each_rule_and_tells_what_no_policy_says() -> None:
    result = CliRunner().invoke(cli, ["policy", "export", "--policy", "build-or-buy", "--as-of", "2026-11-30"])
    documents = list(yaml.safe_load_all(result.stdout))
    assert result.exit_code == 0
    assert len(documents) > 40
    assert all(document.keys() == {"name", "description", "rule"} for document in documents)
    assert "left out: TASK-006" in result.stderr
    assert "cel-policy does not say everything: a fact that is not declared is an error there" in result.stderr


def test_a_rule_that_there_is_not_is_an_error() -> None:
    result = CliRunner().invoke(cli, ["policy", "export", "VOL-999", "--policy", "build-or-buy"])
    assert "unknown rule `VOL-999`" in str(result.exception)
