"""A condition that stands above several rules is covered and mutated once, by the tests of all of them."""

from __future__ import annotations

from law_pack import law_catalog, law_pack

from aipolicy.evaluation.rule_evaluator import MUST_DECLARE, RuleEvaluator
from aipolicy.facts.all_facts import REGISTRY
from aipolicy.rule_tests.case_search import Bench, CaseSearch
from aipolicy.rule_tests.coverage import line_coverage
from aipolicy.rule_tests.examples import run_example
from aipolicy.rule_tests.mutation_run import Fate, rule_under_test, run_mutants
from aipolicy.rule_tests.pack_compiler import default_parameters, mutator_of, with_default_parameters


def test_a_shared_condition_is_covered_and_mutated_once() -> None:
    pack, catalog, bench, judge = law_pack(), law_catalog(), Bench(), RuleEvaluator()
    rules = [with_default_parameters(rule, default_parameters(pack, catalog)) for rule in pack.rules]
    results = {rule.id: [run_example(rule, test, catalog, judge) for test in rule.tests] for rule in rules}
    searches = {rule.id: CaseSearch(rule, catalog, bench) for rule in rules}
    covered = line_coverage(searches.values(), [result for of_rule in results.values() for result in of_rule])
    assert [(line.rule.id, line.section, not line.missing) for line in covered] == [
        ("L-001", "when", True), ("L-001", "require", False), ("L-002", "require", False), ("L-003", "require", False),
    ]  # fmt: skip
    tested = [rule_under_test(rule, results[rule.id], searches[rule.id], bench, catalog) for rule in rules]
    mutants = list(run_mutants(tested, mutator_of(pack, catalog, REGISTRY)))
    shared = [mutant for mutant in mutants if mutant.section == "when"]
    assert {mutant.rule.id for mutant in shared} == {"L-001"}
    assert {mutant.fate for mutant in shared} == {Fate.KILLED}
    assert len([mutant for mutant in shared if mutant.mutant.line is None]) == 1
    demands = [(mutant.rule.id, mutant.fate) for mutant in mutants if mutant.section == MUST_DECLARE]
    assert demands == [("L-001", Fate.KILLED)]
