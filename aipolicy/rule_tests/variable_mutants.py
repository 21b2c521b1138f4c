"""Variables of a pack in, what became of their mutants out: counted where a variable is defined, told by all that use it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aipolicy.policy.cel.tokens import TokenKind, tokens
from aipolicy.policy.pack import Variable
from aipolicy.policy.reading.condition_lines import VARIABLES, written_out
from aipolicy.policy.rule import Line
from aipolicy.rule_tests.case_search import Variation
from aipolicy.rule_tests.mutation import Mutant, MutationKind, Mutator
from aipolicy.rule_tests.mutation_run import Fate, MutantResult, RuleUnderTest

SECTION = "variables"
"""The section of a pack that a mutant of a variable stands in."""


def variable_mutants(variables: Sequence[Variable], rules: Sequence[RuleUnderTest],
                     mutator: Mutator) -> Iterator[MutantResult]:  # fmt: skip
    """Yield what becomes of every mutant of the variables that rules or their own examples use."""
    for variable in variables:
        users = _users(variable.name, variables)
        uses = [
            (tested, index)
            for tested in rules
            for index, line in enumerate(_lines(tested))
            if users & _named(line.text)
        ]
        if not uses:
            continue
        for kind, text in mutator.values(variable.text, variable.line):
            yield _fate(variable, kind, text, uses, variables, mutator)


def _fate(variable: Variable, kind: MutationKind, text: str, uses: Sequence[tuple[RuleUnderTest, int]],
          variables: Sequence[Variable], mutator: Mutator) -> MutantResult:  # fmt: skip
    changed = _written_out(variable.name, text, variables, mutator)
    first, index = uses[0]
    lines = [(tested, at, mutator.line(_lines(tested)[at].text, changed)) for tested, at in uses]
    variations = [(tested, Variation(at, line)) for tested, at, line in lines if line is not None]
    killer = next(filter(None, (tested.killer(variation) for tested, variation in variations)), "")
    is_equivalent = not killer and all(tested.search.is_equivalent(variation) for tested, variation in variations)
    fate = Fate.KILLED if killer else Fate.EQUIVALENT if is_equivalent else Fate.SURVIVED
    mutant = Mutant(kind, text, lines[0][2])
    return MutantResult(
        first.rule, SECTION, Variation(index, mutant.line), variable.line, mutant, fate, killer, variable.defined_at
    )


def _lines(tested: RuleUnderTest) -> tuple[Line, ...]:
    return (*tested.rule.when, *tested.rule.require)


def _written_out(name: str, text: str, variables: Sequence[Variable], mutator: Mutator) -> dict[str, str]:
    """Return a changed variable and those that use it, written out; variables stand in any order."""
    changed = {name: mutator.written_out(text)}
    waiting = [user for user in variables if user.name != name and name in _users_of(user, variables)]
    while waiting:
        ready = [user for user in waiting if not _named(user.text) & {other.name for other in waiting}]
        for variable in ready:
            changed[variable.name] = mutator.written_out(written_out(variable.text, changed))
        waiting = [user for user in waiting if user not in ready]
    return changed


def _users(name: str, variables: Sequence[Variable]) -> set[str]:
    """Return a variable and every other one that uses it, through others too."""
    return {name, *(variable.name for variable in variables if name in _users_of(variable, variables))}


def _users_of(variable: Variable, variables: Sequence[Variable]) -> set[str]:
    """Return the variables that a variable uses, through others too."""
    by_name = {other.name: other for other in variables}
    seen: set[str] = set()
    waiting = [variable]
    while waiting:
        for name in _named(waiting.pop().text) - seen:
            seen.add(name)
            waiting += [by_name[name]] if name in by_name else []
    return seen


def _named(text: str) -> set[str]:
    """Return the variables that an expression names itself."""
    names = (token.text for token in tokens(text) if token.kind is TokenKind.NAME)
    return {name.removeprefix(VARIABLES).partition(".")[0] for name in names if name.startswith(VARIABLES)}
