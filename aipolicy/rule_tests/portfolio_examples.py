"""Runs the examples of rules over all features, with the same outcomes as a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aipolicy.catalog.catalog import Catalog
from aipolicy.facts.facts import facts_from_values
from aipolicy.facts.spec import FactValue
from aipolicy.policy.cel.expressions import Truth
from aipolicy.policy.portfolio_rule import PortfolioRule, PortfolioTest, TestFeature
from aipolicy.policy.rule import Rule, RuleTest
from aipolicy.portfolio.feature_records import Subject, over_traces, record_of
from aipolicy.portfolio.groups import Portfolio, with_parameters
from aipolicy.rule_tests.coverage import LineCoverage, sections
from aipolicy.rule_tests.examples import ExampleResult
from aipolicy.value import replace


def portfolio_results(rules: Iterable[PortfolioRule], catalog: Catalog) -> tuple[ExampleResult, ...]:
    """Return what comes of every example of the rules."""
    return tuple(run_portfolio_example(rule, test, catalog) for rule in rules for test in rule.tests)


def run_portfolio_example(rule: PortfolioRule, test: PortfolioTest, catalog: Catalog) -> ExampleResult:
    """Return the result of one example: the outcome for its group, or the worst of all groups.

    Its trace has the lines of each feature first, then those of each group.
    """
    rule = with_parameters(rule, test.parameters)
    subjects = [_subject(feature, catalog) for feature in test.features]
    records = [record_of(subject, (rule,)) for subject in subjects]
    portfolio = Portfolio(rule, ((record, record.entries[0]) for record in records), test.unreadable)
    results = portfolio.results() if test.group is None else (portfolio.result(test.group),)
    outcome = portfolio.outcome() if test.group is None else results[0].outcome
    groups = [trace for result in results for trace in result.traces()]
    traces = [trace for subject in subjects for trace in over_traces(subject, rule)]
    traces += [trace for trace in groups if trace.section == "when"]
    traces += [trace for trace in groups if trace.section == "require"]
    lines = {(section, line.text): line for section, line in sections(_with_over(rule))}
    shown = [lines["require" if trace.section == "require" else "when", trace.text] for trace in traces]
    first = sum(trace.section != "require" for trace in traces)
    # NOTE: a trace is shown beside the lines of its rule; here each stands once for each feature or group.
    shown_rule = replace(rule.rule, when=tuple(shown[:first]), require=tuple(shown[first:]))
    expected = RuleTest(name=test.name, given={}, option={}, partner={}, expect=test.expect, defined_at=test.defined_at)
    return ExampleResult(shown_rule, expected, outcome, tuple(traces))


def portfolio_coverage(rules: Iterable[PortfolioRule], results: Iterable[ExampleResult]) -> tuple[LineCoverage, ...]:
    """Return the coverage of every line that reads a feature, a group or all of them."""
    seen: dict[tuple[str, str], set[Truth]] = {}
    for result in results:
        for trace in result.trace:
            seen.setdefault((result.rule.id, trace.text), set()).add(trace.truth)
    return tuple(
        LineCoverage(
            rule.rule, "over" if index < len(rule.over) else section, index, line,
            frozenset(seen.get((rule.rule.id, line.text), ())), frozenset(Truth),
        )
        for rule in rules
        for index, (section, line) in enumerate(sections(_with_over(rule)))
        if line.feature_reads or line.option_reads
    )  # fmt: skip


def _with_over(rule: PortfolioRule) -> Rule:
    return replace(rule.rule, when=(*rule.over, *rule.rule.when))


def _subject(feature: TestFeature, catalog: Catalog) -> Subject:
    def options(names: tuple[str, ...]) -> Sequence[tuple[FactValue | None, ...]]:
        return [tuple(feature.option.get(name) for name in names)]

    return Subject(feature.name, "", facts_from_values(feature.given, catalog), options)
