"""A rule and its variations over cases: which outcome each comes to, and a case on which two of them differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, product
from math import prod

from aipolicy.catalog.catalog import Catalog
from aipolicy.facts.all_facts import REGISTRY
from aipolicy.facts.spec import FactSpec, FactValue
from aipolicy.findings.finding import Outcome
from aipolicy.policy.cel.expressions import Checked, Condition, Truth, cel_value
from aipolicy.policy.rule import Line, Rule
from aipolicy.rule_tests.case_domains import Domains, Values, values_of
from aipolicy.rule_tests.examples import outcome_of_truths
from aipolicy.value import NamedTuple

_MAX_CASES = 20_000
"""More cases of one line, or of one rule, are not gone through."""
_MAX_STEPS = 4_000
"""Evaluations that one search for a case may take."""

_HOLDS, _FAILS = frozenset({Truth.TRUE}), frozenset({Truth.FALSE})
_MAY_HOLD, _MAY_FAIL = frozenset({Truth.TRUE, Truth.UNKNOWN}), frozenset({Truth.FALSE, Truth.UNKNOWN})

_Goal = tuple[int, frozenset[Truth]]
"""The number of a line, and the truths that it may have."""


class Bench:
    """Evaluates lines over plain values; conditions are kept, and it is counted for which rule each is evaluated."""

    def __init__(self) -> None:
        self._conditions: dict[Checked, Condition] = {}
        self._rule = ""
        self.counts: Counter[tuple[str, int]] = Counter()
        """Evaluations by the id of a rule and the line of the file on which a condition, or what it was mutated from, is."""

    def of(self, rule: Rule) -> Bench:
        """Return the same bench with evaluations counted for a rule."""
        own = Bench()
        own._conditions, own.counts, own._rule = self._conditions, self.counts, rule.id
        return own

    def truth(self, line: Line | None, values: Mapping[str, FactValue]) -> Truth:
        """Return the truth of a line; a line that was dropped always holds."""
        if line is None:
            return Truth.TRUE
        condition = self._conditions.get(line.checked)
        if condition is None:
            condition = self._conditions[line.checked] = Condition(line.checked)
        self.counts[self._rule, line.number] += 1
        reads = (*line.feature_reads, *line.option_reads, *line.parameter_reads)
        return condition.evaluate({name: cel_value(values[name]) for name in reads if name in values})[0]


class Variation(NamedTuple):
    """One line of a rule, by its number among `when`, `require` and `must_declare`, and what stands in its place."""

    at: int
    line: Line | None


def demanded(rule: Rule, variation: Variation | None = None) -> tuple[str, ...]:
    """Return the facts that a rule, or a variation of it, wants declared: those are numbered after its lines."""
    first = len(rule.when) + len(rule.require)
    at = variation.at if variation is not None else -1
    return tuple(name for number, name in enumerate(rule.must_declare, first) if number != at)


class LineCase(NamedTuple):
    """What one line rests on, with a value for each fact, and the truth that it comes to."""

    case: Values
    values: dict[str, FactValue]
    truth: Truth


class LineCases(NamedTuple):
    """Every case of one line; complete when no other case could show more."""

    cases: tuple[LineCase, ...]
    is_complete: bool
    is_cut_short: bool


class CaseSearch:
    """Looks for cases of one rule."""

    def __init__(self, rule: Rule, catalog: Catalog, bench: Bench,
                 specs: Mapping[str, FactSpec] = REGISTRY) -> None:  # fmt: skip
        self.rule = rule
        self.lines: tuple[Line, ...] = (*rule.when, *rule.require)
        self.domains = Domains(rule, catalog, specs)
        self._catalog = catalog
        self._bench = bench
        self._reads = tuple(dict.fromkeys(n for line in self.lines for n in (*line.feature_reads, *line.option_reads)))
        self._bases = tuple(self.domains.bases_of(line) for line in self.lines)
        self._line_cases: dict[int, LineCases] = {}

    def outcome(self, case: Values, variation: Variation | None = None) -> Outcome:
        """Return what the rule, or a variation of it, comes to for a case."""
        values = self._values(case, self._reads)
        truths = [
            self._bench.truth(variation.line if variation is not None and variation.at == index else line, values)
            for index, line in enumerate(self.lines)
        ]
        return outcome_of_truths(
            truths[: len(self.rule.when)], truths[len(self.rule.when) :],
            all_declared=all(name in case for name in demanded(self.rule, variation)),
        )  # fmt: skip

    def truth(self, index: int, case: Values) -> Truth:
        """Return the truth of one line for a case."""
        line = self.lines[index]
        return self._bench.truth(line, self._values(case, (*line.feature_reads, *line.option_reads)))

    def line_cases(self, index: int) -> LineCases:
        """Return the cases of one line, those with fewer facts left out first."""
        if index not in self._line_cases:
            self._line_cases[index] = self._find_line_cases(self.lines[index])
        return self._line_cases[index]

    def telling_case(self, variation: Variation) -> Values | None:
        """Return a case on which the rule and a variation come to different outcomes, if one is found."""
        if variation.at >= len(self.lines):
            return self._case_without(variation)
        budget = [_MAX_STEPS]
        for cased in self.line_cases(variation.at).cases:
            if budget[0] <= 0:
                return None
            if self._bench.truth(variation.line, cased.values) is cased.truth:
                continue
            for case in self._completed(variation.at, cased.case, budget):
                if self.outcome(case) is not self.outcome(case, variation):
                    return case
        return None

    def is_equivalent(self, variation: Variation) -> bool:
        """Return whether it is known that a variation always comes to the outcome of the rule."""
        if variation.at >= len(self.lines):
            return False
        line_cases = self.line_cases(variation.at)
        if line_cases.is_complete and all(
            self._bench.truth(variation.line, c.values) is c.truth for c in line_cases.cases
        ):
            return True
        domains = [self.domains.of(name) for name in self.domains.names]
        if not all(d.is_complete for d in domains) or prod(len(d.values) for d in domains) > _MAX_CASES:
            return False
        cases = self._product(self.domains.names)
        return all(self.outcome(case) is self.outcome(case, variation) for case in cases)

    def case_with(self, index: int, truth: Truth) -> Values | None:
        """Return a case in which one line has a truth and the others let it decide, or any case with that truth."""
        budget = [_MAX_STEPS]
        cases = [cased.case for cased in self.line_cases(index).cases if cased.truth is truth]
        for case in cases:
            completed = next(iter(self._completed(index, case, budget)), None)
            if completed is not None:
                return completed
        return cases[0] if cases else None

    def _case_without(self, variation: Variation) -> Values | None:
        """Return a case that lacks the demanded fact which a variation no longer demands, and tells the two apart."""
        lacking = self.rule.must_declare[variation.at - len(self.lines)]
        for case in islice(self._product(self.domains.names), _MAX_STEPS):
            if lacking not in case and self.outcome(case) is not self.outcome(case, variation):
                return case
        return None

    def _find_line_cases(self, line: Line) -> LineCases:
        names = self.domains.bases_of(line)
        domains = [self.domains.of(name) for name in names]
        reads = (*line.feature_reads, *line.option_reads)
        cases = []
        size = prod(len(domain.values) for domain in domains)
        for case in self._product(names):
            values = self._values(case, reads)
            cases.append(LineCase(case, values, self._bench.truth(line, values)))
            if len(cases) == _MAX_CASES:
                break
        cases.sort(key=lambda cased: _oddity(names, cased.case))
        cut_short = size > _MAX_CASES
        return LineCases(tuple(cases), not cut_short and all(domain.is_complete for domain in domains), cut_short)

    def _completed(self, index: int, case: Values, budget: list[int]) -> Iterator[Values]:
        """Yield the case with the other lines decided so that this one matters to the outcome."""
        when = [number for number in range(len(self.rule.when)) if number != index]
        required = [number for number in range(len(self.rule.when), len(self.lines)) if number != index]
        decided = frozenset(self._bases[index])
        for holding, failing in (_HOLDS, _FAILS), (_MAY_HOLD, _MAY_FAIL):
            others = [(number, holding) for number in when]
            if index < len(self.rule.when):
                for number in required:
                    yield from self._first(case, decided, [*others, (number, failing)], budget)
            yield from self._first(case, decided, [*others, *((number, _HOLDS) for number in required)], budget)

    def _first(self, case: Values, decided: frozenset[str], goals: Sequence[_Goal],
               budget: list[int]) -> Iterator[Values]:  # fmt: skip
        values = self._extended(case, decided, goals, budget)
        if values is not None:
            yield values

    def _extended(self, case: Values, decided: frozenset[str], goals: Sequence[_Goal],
                  budget: list[int]) -> Values | None:  # fmt: skip
        """Return the case with every goal reached, depth first within the budget; what is nearly decided goes first."""
        if not goals:
            return case
        free = {number: [n for n in self._bases[number] if n not in decided] for number, _ in goals}
        index, truths = min(goals, key=lambda goal: prod(len(self.domains.of(n).values) for n in free[goal[0]]))
        rest = [goal for goal in goals if goal[0] != index]
        for more in self._product(free[index]):
            budget[0] -= 1
            if budget[0] <= 0:
                return None
            tried = {**case, **more}
            if self.truth(index, tried) in truths:
                values = self._extended(tried, decided.union(free[index]), rest, budget)
                if values is not None:
                    return values
        return None

    def _product(self, names: Sequence[str]) -> Iterator[Values]:
        for values in product(*(self.domains.of(name).values for name in names)):
            yield {name: value for name, value in zip(names, values, strict=True) if value is not None}

    def _values(self, case: Values, reads: Iterable[str]) -> dict[str, FactValue]:
        return {**values_of(case, reads, self._catalog), **self.rule.parameters}


def _oddity(names: Sequence[str], case: Values) -> float:
    """Return how far a case is from one that people declare in full; an empty list is odder than nothing at all."""
    return len(names) - len(case) + 1.5 * sum(value == () for value in case.values())
