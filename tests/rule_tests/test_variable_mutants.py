"""Mutants of variables are counted where a variable is defined, and told by its own examples and by rules that use it."""

from __future__ import annotations

from law_pack import law_catalog, law_pack

from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.facts.all_facts import REGISTRY
from aipolicy.rule_tests.case_search import Bench, CaseSearch
from aipolicy.rule_tests.examples import run_example
from aipolicy.rule_tests.mutation_run import Fate, rule_under_test, run_mutants
from aipolicy.rule_tests.pack_compiler import mutator_of
from aipolicy.rule_tests.variable_mutants import variable_mutants

PACK = """apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: p, version: 1.0.0}
variables:
- {name: both, expression: 'variables.high && data.minimized'}
- name: high
  expression: data.sensitivity >= 3.0
  tests:
  - {name: below, given: {data.classes: [internal]}, expect: false}
- {name: unused, expression: data.personal}
rules:
- {id: V-001, name: v, title: T, kind: duty, severity: error, when: variables.both, require: team.on_call, message: m,
   tests: [{name: v, given: {data.sensitivity: 3, data.minimized: true, team.on_call: false}, expect: violated}]}
"""


def test_a_slip_in_a_variable_is_counted_once_and_told_by_all_that_use_it() -> None:
    pack, catalog, bench, judge = law_pack(PACK), law_catalog(), Bench(), RuleEvaluator()
    rules = [*(rule for variable in pack.variables for rule in variable.tests), *pack.rules]
    tested = [
        rule_under_test(
            rule, [run_example(rule, test, catalog, judge) for test in rule.tests], CaseSearch(rule, catalog, bench), bench,
            catalog,
        )
        for rule in rules
    ]  # fmt: skip
    mutator = mutator_of(pack, catalog, REGISTRY)
    found = {(each.defined_at, each.mutant.text): each for each in variable_mutants(pack.variables, tested, mutator)}
    assert {place for place, _ in found} == {"law.yaml:5", "law.yaml:6"}
    assert found["law.yaml:6", "data.sensitivity > 3.0"].killed_by == "v"
    assert found["law.yaml:6", "data.sensitivity < 3.0"].killed_by == "below"
    assert found["law.yaml:6", "data.sensitivity >= (2.0)"].fate is Fate.SURVIVED
    assert found["law.yaml:5", "variables.high || data.minimized"].fate is Fate.SURVIVED
    of_rules = list(run_mutants([each for each in tested if each.rule.id == "V-001"], mutator))
    assert [each.mutant.text for each in of_rules if each.section == "when"] == ["!(variables.both)", ""]
