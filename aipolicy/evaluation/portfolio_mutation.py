"""A rule over all features and its examples in, what became of every mutant of its conditions out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from aipolicy.catalog.catalog import Catalog
from aipolicy.evaluation.case_search import Variation
from aipolicy.evaluation.examples import ExampleResult
from aipolicy.evaluation.mutation_run import Fate, MutantResult
from aipolicy.evaluation.portfolio_examples import run_portfolio_example
from aipolicy.policy.mutation import Mutator
from aipolicy.policy.portfolio_rule import PortfolioRule, PortfolioTest
from aipolicy.policy.rule import Line
from aipolicy.value import replace


def run_portfolio_mutants(rule: PortfolioRule, results: Iterable[ExampleResult], of_features: Mutator,
                          of_groups: Mutator, catalog: Catalog) -> Iterator[MutantResult]:  # fmt: skip
    """Yield what becomes of every mutant; examples that fail already kill nothing, and none is known to be equivalent."""
    passed = {result.test.name for result in results if result.passed}
    tests = [test for test in rule.tests if test.name in passed]
    index = 0
    for section, mutator, lines in (
        ("over", of_features, rule.over), ("when", of_groups, rule.rule.when), ("require", of_groups, rule.rule.require),
    ):  # fmt: skip
        for place, line in enumerate(lines):
            for mutant in mutator.mutants(line):
                varied = _varied(rule, section, place, mutant.line)
                killer = _killer(varied, tests, catalog)
                fate = Fate.KILLED if killer else Fate.SURVIVED
                yield MutantResult(rule.rule, section, Variation(index, mutant.line), line, mutant, fate, killer)
            index += 1


def _varied(rule: PortfolioRule, section: str, place: int, line: Line | None) -> PortfolioRule:
    def with_line(lines: tuple[Line, ...]) -> tuple[Line, ...]:
        return (*lines[:place], *((line,) if line is not None else ()), *lines[place + 1 :])

    match section:
        case "over":
            return replace(rule, over=with_line(rule.over))
        case "when":
            return replace(rule, rule=replace(rule.rule, when=with_line(rule.rule.when)))
        case _:
            return replace(rule, rule=replace(rule.rule, require=with_line(rule.rule.require)))


def _killer(varied: PortfolioRule, tests: Sequence[PortfolioTest], catalog: Catalog) -> str:
    """Return the first example that comes out otherwise, or nothing."""
    return next((t.name for t in tests if run_portfolio_example(varied, t, catalog).outcome is not t.expect), "")
