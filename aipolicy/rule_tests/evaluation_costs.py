"""Rules and counts of what was evaluated in, what each rule and each of its conditions takes out, the most first.

Counts are the same on every machine and in every run, which seconds are not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from aipolicy.policy.cel.checked_expr import Node, decode
from aipolicy.policy.rule import Line, Rule
from aipolicy.value import Frozen, NamedTuple

Counts = Mapping[tuple[str, int], int]
"""Evaluations by the id of a rule and the line of the file on which a condition stands."""


class ConditionCost(NamedTuple):
    """What one condition takes."""

    line: Line
    evaluations: int
    parts: int
    """Comparisons, calls, facts and values of which it is made up, with its variables and places written out."""


class RuleCost(Frozen):
    """What one rule takes."""

    rule: Rule
    examples: int
    mutants: int
    conditions: tuple[ConditionCost, ...]

    @property
    def evaluations(self) -> int:
        """Return how often its conditions were evaluated, mutants of them among these."""
        return sum(condition.evaluations for condition in self.conditions)

    @property
    def parts(self) -> int:
        """Return how many parts its conditions have together."""
        return sum(condition.parts for condition in self.conditions)


def costs_of(rules: Iterable[Rule], counts: Counts, mutants: Iterable[str] = ()) -> tuple[RuleCost, ...]:
    """Return what rules take, the one with most evaluations first; `mutants` are the ids of the rules that were mutated."""
    mutated = Counter(mutants)
    costs = [RuleCost(rule, len(rule.tests), mutated[rule.id], _conditions(rule, counts)) for rule in rules]
    return tuple(sorted(costs, key=lambda cost: (-cost.evaluations, -cost.parts, cost.rule.id)))


def _conditions(rule: Rule, counts: Counts) -> tuple[ConditionCost, ...]:
    lines: dict[int, list[Line]] = {}
    for line in (*rule.when, *rule.require):
        lines.setdefault(line.number, []).append(line)
    costs = [
        ConditionCost(
            several[0], counts.get((rule.id, number), 0), sum(_parts(decode(part.checked)) for part in several)
        )
        for number, several in lines.items()
    ]
    return tuple(sorted(costs, key=lambda cost: (-cost.evaluations, -cost.parts, cost.line.number)))


def _parts(node: Node) -> int:
    return 1 + sum(_parts(child) for child in node.children)
