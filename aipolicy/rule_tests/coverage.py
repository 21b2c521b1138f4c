"""How much of the conditions of rules their tests exercise: each line should be seen with every truth that it can have.

A line that reads only facts which are always known, or which have a documented default, cannot be unknown where features
are checked; an example need not show it. A truth that no allowed value leads to is not asked for either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aipolicy.policy.cel.expressions import Truth
from aipolicy.policy.rule import Line, Rule
from aipolicy.rule_tests.case_search import CaseSearch
from aipolicy.rule_tests.examples import ExampleResult
from aipolicy.value import Frozen

_TRUTHS = (Truth.TRUE, Truth.FALSE, Truth.UNKNOWN)


class LineCoverage(Frozen):
    """One line of a rule, the truths that it was seen with, and those that it can have."""

    rule: Rule
    section: str
    index: int
    """Its number among `when` and `require`."""
    line: Line
    seen: frozenset[Truth]
    possible: frozenset[Truth]

    @property
    def missing(self) -> tuple[Truth, ...]:
        """Return the truths that no test shows."""
        return tuple(truth for truth in _TRUTHS if truth in self.possible and truth not in self.seen)

    @property
    def defined_at(self) -> str:
        """Return the file and line of the condition."""
        return self.rule.place_of(self.line)


def line_coverage(searches: Iterable[CaseSearch], results: Iterable[ExampleResult]) -> tuple[LineCoverage, ...]:
    """Return the coverage of every line that reads a fact; a line that reads none has one truth only and is left out."""
    seen = _seen(results)
    listed = tuple(searches)
    rules: dict[str, list[str]] = {}
    for rule in (search.rule for search in listed):
        for line in rule.shared_when:
            rules.setdefault(rule.place_of(line) + line.text, []).append(rule.id)
    return tuple(
        LineCoverage(
            search.rule, section, index, line,
            frozenset(truth for rule_id in below for truth in seen.get((rule_id, section, line.text), ())),
            possible_truths(search, index),
        )
        for search in listed
        for index, (section, line) in enumerate(sections(search.rule))
        for below in (_below(search.rule, index, line, rules),)
        if below and (line.feature_reads or line.option_reads)
    )  # fmt: skip


def _below(rule: Rule, index: int, line: Line, rules: Mapping[str, list[str]]) -> list[str]:
    """Return the rules that have a line: its own alone, or all below a file or group, told with the first of them."""
    if index >= len(rule.shared_when):
        return [rule.id]
    below = rules[rule.place_of(line) + line.text]
    return below if below[0] == rule.id else []


def possible_truths(search: CaseSearch, index: int) -> frozenset[Truth]:
    """Return the truths that a line can have: those that some case shows, and what cannot be ruled out."""
    cases = search.line_cases(index)
    truths = {cased.truth for cased in cases.cases}
    if not cases.is_complete:
        truths |= {Truth.TRUE, Truth.FALSE}
    if cases.is_cut_short:
        truths.add(Truth.UNKNOWN)
    return frozenset(truths)


def share_covered(lines: Iterable[LineCoverage]) -> float:
    """Return the truths that were seen over those that can be; 0 where there is no line."""
    listed = tuple(lines)
    possible = sum(len(line.possible) for line in listed)
    return sum(len(line.seen & line.possible) for line in listed) / possible if possible else 0.0


def sections(rule: Rule) -> tuple[tuple[str, Line], ...]:
    """Return every line of a rule with the section that it stands in."""
    return tuple((name, line) for name, lines in (("when", rule.when), ("require", rule.require)) for line in lines)


def _seen(results: Iterable[ExampleResult]) -> Mapping[tuple[str, str, str], set[Truth]]:
    seen: dict[tuple[str, str, str], set[Truth]] = {}
    for result in results:
        for trace in result.trace:
            seen.setdefault((result.rule.id, trace.section, trace.text), set()).add(trace.truth)
    return seen
