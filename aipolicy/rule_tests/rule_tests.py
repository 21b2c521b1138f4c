"""A policy in, what became of the examples of its rules out: results, coverage, and mutants where they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from aipolicy.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_NOTHING, PolicyError
from aipolicy.findings.finding import Outcome
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.reading.condition_lines import VARIABLES
from aipolicy.policy.rule import Rule
from aipolicy.rule_tests.case_search import Bench, CaseSearch, Variation
from aipolicy.rule_tests.coverage import LineCoverage, line_coverage, share_covered
from aipolicy.rule_tests.evaluation_costs import RuleCost, costs_of
from aipolicy.rule_tests.example_files import FileTest
from aipolicy.rule_tests.examples import ExampleResult, run_example, why_not_evaluated
from aipolicy.rule_tests.manifest_tests import ManifestCase
from aipolicy.rule_tests.mutation_run import MutantResult, MutationScore, mutation_score, rule_under_test, run_mutants
from aipolicy.rule_tests.pack_compiler import default_parameters, mutator_of, mutator_of_groups, with_default_parameters
from aipolicy.rule_tests.portfolio_examples import portfolio_coverage, portfolio_results
from aipolicy.rule_tests.portfolio_mutation import run_portfolio_mutants
from aipolicy.rule_tests.suggestions import Suggestion, suggestions
from aipolicy.rule_tests.variable_mutants import variable_mutants
from aipolicy.run.policy import Policy
from aipolicy.source.mistakes import Mistakes
from aipolicy.value import Frozen, replace


class TestRun(Frozen):
    """What came of running the tests of rules."""

    __test__ = False

    results: tuple[ExampleResult, ...]
    coverage: tuple[LineCoverage, ...]
    untested: tuple[Rule, ...]
    """Rules without a test."""
    mutants: tuple[MutantResult, ...]
    suggestions: tuple[Suggestion, ...]
    is_mutated: bool
    is_suggesting: bool
    min_coverage_percent: float = 0.0
    min_mutation_percent: float = 0.0
    costs: tuple[RuleCost, ...] = ()
    """What each rule takes, the most first; examples evaluated once each are not counted."""

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
    def without_suggestion(self) -> int:
        """Return how many surviving mutants and missing truths no suggestion settles; 0 where none was asked for."""
        gaps = self.mutation.survived + sum(len(line.missing) for line in self.coverage)
        return gaps - sum(len(suggestion.shows) for suggestion in self.suggestions) if self.is_suggesting else 0

    @property
    def covers_too_little(self) -> bool:
        """Return whether fewer conditions are covered than asked for."""
        return self.covered_percent < self.min_coverage_percent

    @property
    def kills_too_few(self) -> bool:
        """Return whether fewer mutants are killed than asked for."""
        return self.is_mutated and self.mutation.percent < self.min_mutation_percent

    @property
    def exit_code(self) -> int:
        """Return 3 where there was nothing to run, 1 where a test fails or too little is covered or killed, else 0."""
        if not self.results:
            return EXIT_NOTHING
        return EXIT_FINDINGS if self.failed or self.covers_too_little or self.kills_too_few else EXIT_CLEAN


class TestSettings(Frozen):
    """What a run of tests is to find out, and from when on it is not enough."""

    __test__ = False

    mutate: bool = False
    suggest: bool = False
    min_coverage_percent: float = 0.0
    min_mutation_percent: float = 0.0


def run_tests(policy: Policy, settings: TestSettings, tests: Sequence[FileTest] = (),
              policy_on: Callable[[date], Policy] | None = None) -> TestRun:  # fmt: skip
    """Return what becomes of every test of the rules that are not left out, ended ones included.

    `policy_on` gives the policy of another day; raises `PolicyError` or `Problems` for manifests that contradict
    themselves.
    """
    in_files = _FileTests(policy, tests, policy_on)
    parts = [_PackRun(policy, pack, settings, in_files) for pack in policy.packs_with_tests()]
    portfolio = [_PortfolioRun(policy, pack, settings) for pack in policy.packs_with_tests() if pack.portfolio_rules]
    everything: list[_PackRun | _PortfolioRun] = [*parts, *portfolio]
    untested = [rule for part in everything for rule in part.untested]
    return TestRun(
        results=tuple(result for part in everything for result in part.results),
        coverage=tuple(line for part in everything for line in part.coverage),
        untested=tuple(sorted(untested, key=lambda rule: rule.id)),
        mutants=tuple(mutant for part in everything for mutant in part.mutants),
        suggestions=tuple(suggestion for part in parts for suggestion in part.suggested),
        is_mutated=settings.mutate or settings.suggest,
        is_suggesting=settings.suggest,
        min_coverage_percent=settings.min_coverage_percent,
        min_mutation_percent=settings.min_mutation_percent,
        costs=tuple(sorted((cost for part in parts for cost in part.costs), key=lambda cost: -cost.evaluations)),
    )


class _PortfolioRun:
    """The tests of the rules of one pack over all features, evaluated with the parameters that their author set."""

    def __init__(self, policy: Policy, pack: PolicyPack, settings: TestSettings) -> None:
        defaults, catalog = default_parameters(pack, policy.catalog), policy.catalog
        rules = [
            replace(portfolio_rule, rule=with_default_parameters(portfolio_rule.rule, defaults))
            for portfolio_rule in pack.portfolio_rules
            if portfolio_rule.rule.id not in policy.ignored_rules
        ]
        self.results = portfolio_results(rules, catalog)
        self.coverage = portfolio_coverage(rules, self.results)
        self.untested = [portfolio_rule.rule for portfolio_rule in rules if not portfolio_rule.tests]
        self.mutants: list[MutantResult] = []
        if settings.mutate or settings.suggest:
            of_features = mutator_of(pack, catalog, policy.evaluator.known.specs)
            for portfolio_rule in rules:
                results = [result for result in self.results if result.rule.id == portfolio_rule.rule.id]
                of_groups = mutator_of_groups(portfolio_rule, pack, catalog, policy.evaluator.known.specs)
                self.mutants += run_portfolio_mutants(portfolio_rule, results, of_features, of_groups, catalog)


class _FileTests:
    """The tests that stand in files of their own, evaluated with the settings of the run."""

    def __init__(self, policy: Policy, tests: Sequence[FileTest],
                 policy_on: Callable[[date], Policy] | None) -> None:  # fmt: skip
        self.given: dict[str, list[ExampleResult]] = {}
        self.manifests: dict[str, list[ManifestCase]] = {}
        self._policies = {policy.catalog.as_of: policy}
        self._policy_on = policy_on
        mistakes = Mistakes(PolicyError)
        for test in tests:
            if test.rule_id not in policy.ignored_rules:
                self._run(test, self._policy(test.as_of or policy.catalog.as_of), mistakes)
        mistakes.raise_if_any()

    def _policy(self, day: date) -> Policy:
        if day not in self._policies and self._policy_on is not None:
            self._policies[day] = self._policy_on(day)
        return self._policies[day]

    def _run(self, test: FileTest, policy: Policy, mistakes: Mistakes) -> None:
        rule = next(rule for pack in policy.packs for rule in pack.rules if rule.id == test.rule_id)
        rule_evaluator = policy.evaluator.rule_evaluator
        if test.feature is not None:
            case = ManifestCase(rule, test.test, test.feature, policy.evaluator, strict=policy.strict)
            for problem in case.problems:
                mistakes.add_at(f"in the manifest: {problem}", test.test.defined_at)
            self.manifests.setdefault(rule.id, []).append(case)
        elif test.as_of is not None and (note := why_not_evaluated(rule, test.as_of)):
            result = ExampleResult(rule, test.test, Outcome.NOT_APPLICABLE, (), note=note)
            self.given.setdefault(rule.id, []).append(result)
        else:
            result = run_example(rule, test.test, policy.catalog, rule_evaluator)
            self.given.setdefault(rule.id, []).append(result)


class _PackRun:
    """The tests of one pack; examples are evaluated with the parameters that their author wrote them for."""

    def __init__(self, policy: Policy, pack: PolicyPack, settings: TestSettings, in_files: _FileTests) -> None:
        defaults = default_parameters(pack, policy.catalog)
        self._variables = pack.variables
        named = [example for variable in pack.variables for example in variable.tests]
        own = [rule for rule in pack.rules if rule.id not in policy.ignored_rules]
        self.rules = [with_default_parameters(rule, defaults) for rule in (*named, *own)]
        self._policy = policy
        self._bench = Bench()
        self._specs = policy.evaluator.known.specs
        self._searches = {
            rule.id: CaseSearch(rule, policy.catalog, self._bench.of(rule), self._specs) for rule in self.rules
        }
        self._manifests = in_files.manifests
        rule_evaluator = policy.evaluator.rule_evaluator
        self._given = {
            rule.id: [
                *(run_example(rule, test, policy.catalog, rule_evaluator) for test in rule.tests),
                *in_files.given.get(rule.id, ()),
            ]
            for rule in self.rules
        }
        self.results = [
            result
            for rule in self.rules
            for result in (*self._given[rule.id], *(case.result for case in self._manifests.get(rule.id, ())))
        ]
        tested = {result.rule.id for result in self.results}
        self.untested = [rule for rule in self.rules if rule.id not in tested]
        of_rules = [self._searches[rule.id] for rule in self.rules if not rule.id.startswith(VARIABLES)]
        self.coverage = line_coverage(of_rules, self.results)
        self.mutants: list[MutantResult] = self._mutate(pack) if settings.mutate or settings.suggest else []
        self.suggested = self._suggest() if settings.suggest else []

    @property
    def costs(self) -> tuple[RuleCost, ...]:
        """Return what each rule took so far."""
        return costs_of(self.rules, self._bench.counts, (mutant.rule.id for mutant in self.mutants))

    def _mutate(self, pack: PolicyPack) -> list[MutantResult]:
        catalog = self._policy.catalog
        tested = [
            rule_under_test(
                rule,
                self._given[rule.id],
                self._searches[rule.id],
                self._bench.of(rule),
                catalog,
                self._told_by_manifest,
            )
            for rule in self.rules
        ]
        mutator = mutator_of(pack, catalog, self._specs)
        of_rules = [under_test for under_test in tested if not under_test.rule.id.startswith(VARIABLES)]
        return [*variable_mutants(self._variables, tested, mutator), *run_mutants(of_rules, mutator)]

    def _told_by_manifest(self, rule: Rule, variation: Variation) -> str:
        cases = self._manifests.get(rule.id, ())
        return next((case.result.test.name for case in cases if case.tells(variation)), "")

    def _suggest(self) -> list[Suggestion]:
        suggested: list[Suggestion] = []
        for rule in self.rules:
            mutants = [mutant for mutant in self.mutants if mutant.rule is rule]
            coverage = [line for line in self.coverage if line.rule is rule]
            suggested.extend(suggestions(self._searches[rule.id], mutants, coverage))
        return suggested
