"""A policy in, what became of the examples of its rules out: results, coverage, and mutants where they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aipolicy.checking import Policy
from aipolicy.evaluation.case_search import Bench, CaseSearch
from aipolicy.evaluation.coverage import LineCoverage, line_coverage, share_covered
from aipolicy.evaluation.examples import ExampleResult, run_example
from aipolicy.evaluation.mutation_run import MutantResult, MutationScore, mutation_score, run_mutants
from aipolicy.evaluation.suggestions import Suggestion, suggestions
from aipolicy.policy.pack_compiler import default_parameters, mutator_of, with_default_parameters
from aipolicy.policy.rule import PolicyPack, Rule


@dataclass(frozen=True, slots=True)
class TestRun:
    """What came of running the tests of rules."""

    __test__ = False

    results: tuple[ExampleResult, ...]
    coverage: tuple[LineCoverage, ...]
    untested: tuple[Rule, ...]
    """Rules without a test."""
    mutants: tuple[MutantResult, ...]
    suggestions: tuple[Suggestion, ...]
    is_mutated: bool
    min_coverage_percent: float = 0.0
    min_mutation_percent: float = 0.0

    @property
    def failed(self) -> tuple[ExampleResult, ...]:
        """Return the tests that came out otherwise than expected."""
        return tuple(result for result in self.results if not result.passed)

    @property
    def covered_percent(self) -> float:
        """Return the condition coverage in percent."""
        return 100.0 * share_covered(self.coverage)

    @property
    def mutation(self) -> MutationScore:
        """Return how many mutants were killed, survived, and are equivalent."""
        return mutation_score(self.mutants)

    @property
    def covers_too_little(self) -> bool:
        """Return whether fewer conditions are covered than asked for."""
        return self.covered_percent < self.min_coverage_percent

    @property
    def kills_too_few(self) -> bool:
        """Return whether fewer mutants are killed than asked for."""
        return self.is_mutated and self.mutation.percent < self.min_mutation_percent


@dataclass(frozen=True, slots=True)
class TestSettings:
    """What a run of tests is to find out, and from when on it is not enough."""

    __test__ = False

    mutate: bool = False
    suggest: bool = False
    min_coverage_percent: float = 0.0
    min_mutation_percent: float = 0.0


def run_tests(policy: Policy, settings: TestSettings) -> TestRun:
    """Return what becomes of every test of the rules that are not left out, ended ones included."""
    parts = [_PackRun(policy, pack, settings) for pack in policy.packs_with_tests()]
    rules = [rule for part in parts for rule in part.rules]
    return TestRun(
        results=tuple(result for part in parts for result in part.results),
        coverage=tuple(line for part in parts for line in part.coverage),
        untested=tuple(sorted((rule for rule in rules if not rule.tests), key=lambda rule: rule.id)),
        mutants=tuple(mutant for part in parts for mutant in part.mutants),
        suggestions=tuple(suggestion for part in parts for suggestion in part.suggested),
        is_mutated=settings.mutate or settings.suggest,
        min_coverage_percent=settings.min_coverage_percent,
        min_mutation_percent=settings.min_mutation_percent,
    )


class _PackRun:
    """The tests of one pack, with the parameters for which its examples were written."""

    def __init__(self, policy: Policy, pack: PolicyPack, settings: TestSettings) -> None:
        defaults = default_parameters(pack)
        left_out = set(policy.ignored_rules)
        self.rules = [with_default_parameters(rule, defaults) for rule in pack.rules if rule.id not in left_out]
        self._policy = policy
        self._bench = Bench()
        self._searches = {rule.id: CaseSearch(rule, policy.catalog, self._bench) for rule in self.rules}
        judge = policy.evaluator.judge
        self._by_rule = {
            rule.id: [run_example(rule, test, policy.catalog, judge) for test in rule.tests] for rule in self.rules
        }
        self.results = [result for results in self._by_rule.values() for result in results]
        self.coverage = line_coverage(self._searches.values(), self.results)
        self.mutants: list[MutantResult] = self._mutate(pack) if settings.mutate or settings.suggest else []
        self.suggested = list(self._suggest()) if settings.suggest else []

    def _mutate(self, pack: PolicyPack) -> list[MutantResult]:
        mutator = mutator_of(pack, self._policy.catalog)
        return [
            mutant
            for rule in self.rules
            for mutant in run_mutants(
                rule, self._by_rule[rule.id], mutator, self._searches[rule.id], self._bench, self._policy.catalog
            )
        ]

    def _suggest(self) -> Sequence[Suggestion]:
        found: list[Suggestion] = []
        for rule in self.rules:
            mutants = [mutant for mutant in self.mutants if mutant.rule is rule]
            coverage = [line for line in self.coverage if line.rule is rule]
            found.extend(suggestions(self._searches[rule.id], mutants, coverage))
        return found
