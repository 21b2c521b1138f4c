"""Rules and their examples in, what became of every mutant out: killed by an example, surviving, or equivalent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from aipolicy.catalog.catalog import Catalog
from aipolicy.errors import About
from aipolicy.evaluation.outcome_masks import OUTCOMES_BY_WEIGHT
from aipolicy.evaluation.rule_evaluator import MUST_DECLARE
from aipolicy.facts.facts import facts_from_values
from aipolicy.facts.spec import FactValue
from aipolicy.policy.cel.expressions import Checked, Truth
from aipolicy.policy.rule import Line, Rule
from aipolicy.rule_tests.case_search import Bench, CaseSearch, Variation, demanded
from aipolicy.rule_tests.examples import ExampleResult, evaluated_options, outcome_of_truths
from aipolicy.rule_tests.mutation import Mutant, MutationKind, Mutator
from aipolicy.value import Frozen


class Fate(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    EQUIVALENT = "equivalent"
    """No case tells it from the rule: there is nothing that an example could show."""


class MutantResult(Frozen):
    """One mutant of one line of a rule, and what became of it."""

    rule: Rule
    section: str
    variation: Variation
    original: Line
    mutant: Mutant
    fate: Fate
    killed_by: str = ""
    """The name of the first example that came out otherwise."""
    at: str = ""
    """The file and line of a variable, which is defined elsewhere than the rule."""

    @property
    def defined_at(self) -> str:
        """Return the file and line of the condition."""
        return self.at or self.rule.place_of(self.original)


class MutationScore(Frozen):
    """How many mutants there are of each fate."""

    killed: int
    survived: int
    equivalent: int

    @property
    def percent(self) -> float:
        """Return the killed over those that an example could kill; 0 where there are none."""
        counted = self.killed + self.survived
        return 100.0 * self.killed / counted if counted else 0.0


Killer = Callable[[Rule, Variation], str]
"""Whether something beside the examples of a rule tells a variation from it: its name, or nothing."""


def mutation_score(results: Iterable[MutantResult]) -> MutationScore:
    """Return the score of a run; equivalent mutants are counted apart."""
    fates = [result.fate for result in results]
    return MutationScore(*(fates.count(fate) for fate in (Fate.KILLED, Fate.SURVIVED, Fate.EQUIVALENT)))


class RuleUnderTest(Frozen):
    """A rule with what tells its mutants apart: its examples that hold, other tests, and a search for cases."""

    rule: Rule
    examples: tuple[_Example, ...]
    search: CaseSearch
    bench: Bench
    also: Killer | None = None

    def killer(self, variation: Variation) -> str:
        """Return the name of the first test that comes out otherwise under a variation, or nothing."""
        killer = next((example.name for example in self.examples if example.tells(variation, self.bench)), "")
        return killer or (self.also(self.rule, variation) if self.also is not None else "")


def rule_under_test(rule: Rule, results: Sequence[ExampleResult], search: CaseSearch, bench: Bench, catalog: Catalog,
                    also: Killer | None = None) -> RuleUnderTest:  # fmt: skip
    """Return a rule with its examples; those that fail already kill nothing."""
    examples = tuple(_Example(result, bench, catalog) for result in results if result.passed and not result.note)
    return RuleUnderTest(rule, examples, search, bench, also)


def run_mutants(rules: Sequence[RuleUnderTest], mutator: Mutator) -> Iterator[MutantResult]:
    """Yield what becomes of every mutant of some rules; one of a line that several rules have is made once."""
    done: set[str] = set()
    for tested in rules:
        with About(f"rule {tested.rule.id}"):
            yield from _mutants_of(tested, rules, mutator, done)


def _mutants_of(tested: RuleUnderTest, rules: Sequence[RuleUnderTest], mutator: Mutator,
                done: set[str]) -> Iterator[MutantResult]:  # fmt: skip
    rule = tested.rule
    for index, line in enumerate((*rule.when, *rule.require)):
        section = "when" if index < len(rule.when) else "require"
        below = [tested]
        if index < len(rule.shared_when):
            place = rule.place_of(line) + line.text
            if place in done:
                continue
            done.add(place)
            below = [other for other in rules if line in other.rule.shared_when]
        for mutant in mutator.mutants(line):
            yield _fate(below, index, section, line, mutant)
    yield from _undemanded(tested, [other for other in rules if other is not tested])


def _fate(below: Sequence[RuleUnderTest], index: int, section: str, line: Line, mutant: Mutant) -> MutantResult:
    """Return what becomes of a mutant of a line that stands above some rules, or in one of them."""
    rule, variation = below[0].rule, Variation(index, mutant.line)
    killer = next(filter(None, (tested.killer(variation) for tested in below)), "")
    if killer:
        return MutantResult(rule, section, variation, line, mutant, Fate.KILLED, killer)
    is_equivalent = all(tested.search.is_equivalent(variation) for tested in below)
    fate = Fate.EQUIVALENT if is_equivalent else Fate.SURVIVED
    return MutantResult(rule, section, variation, line, mutant, fate)


def _undemanded(tested: RuleUnderTest, others: Sequence[RuleUnderTest]) -> Iterator[MutantResult]:
    """Yield what becomes of a rule that demands one declaration less; one for several rules is told with the first."""
    rule = tested.rule
    for number, name in enumerate(rule.must_declare, len(rule.when) + len(rule.require)):
        scope = next((scope for scope in rule.shared if name in scope.must_declare), None)
        below = [tested, *(other for other in others if scope is not None and scope in other.rule.shared)]
        if min(below, key=lambda under_test: under_test.rule.id) is not tested:
            continue
        killer = next(filter(None, (under_test.killer(_demand(under_test.rule, name)) for under_test in below)), "")
        fate = Fate.KILLED if killer else Fate.SURVIVED
        mutant = Mutant(MutationKind.DROPPED, "", None)
        variation = Variation(number, None)
        yield MutantResult(rule, MUST_DECLARE, variation, _demand_line(rule, name), mutant, fate, killer)


def _demand(rule: Rule, name: str) -> Variation:
    return Variation(len(rule.when) + len(rule.require) + rule.must_declare.index(name), None)


class _Example:
    """An example with its facts, and the truth of each line as it stands."""

    def __init__(self, result: ExampleResult, bench: Bench, catalog: Catalog) -> None:
        rule = result.rule
        self.name = result.test.name
        self._outcome = result.outcome
        facts = facts_from_values(result.test.given, catalog).values
        self._values: list[Mapping[str, FactValue]] = [
            {**facts, **option, **rule.parameters} for option in evaluated_options(rule, result.test)
        ]
        lines = (*rule.when, *rule.require)
        self._truths = [[bench.truth(line, values) for line in lines] for values in self._values]
        self._given = result.test.given.keys()
        self._rule = rule

    def tells(self, variation: Variation, bench: Bench) -> bool:
        """Return whether the outcome is another under a variation."""
        whens = len(self._rule.when)
        all_declared = all(name in self._given for name in demanded(self._rule, variation))
        outcomes = []
        for values, before in zip(self._values, self._truths, strict=True):
            truths: list[Truth] = [*before]
            if variation.at < len(truths):
                truths[variation.at] = bench.truth(variation.line, values)
            outcomes.append(outcome_of_truths(truths[:whens], truths[whens:], all_declared=all_declared))
        return min(outcomes, key=OUTCOMES_BY_WEIGHT.index) is not self._outcome


def _demand_line(rule: Rule, name: str) -> Line:
    """Return a demanded declaration in the form in which the lines of a rule are told."""
    number = int(rule.defined_at.rpartition(":")[2] or 0)
    return Line(name, Checked(b""), (name,), (), (), number=number)
