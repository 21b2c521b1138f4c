"""Which amounts decided that a group breaks a rule, and in which direction each of them is worse."""

from __future__ import annotations

from fractions import Fraction

from aipolicy.findings.finding import Decided, Worse
from aipolicy.policy.cel.checked_expr import decode
from aipolicy.policy.cel.expressions import Truth
from aipolicy.policy.cel.interval import Interval, plus
from aipolicy.policy.cel.interval_evaluation import Form, Value, truth
from aipolicy.policy.portfolio_rule import GROUP, TOTAL
from aipolicy.policy.rule import Line
from aipolicy.portfolio.groups import Group, GroupResult
from aipolicy.value import replace

_FAR = Fraction(10) ** 30
"""More than anything is: an amount moved by as much decides every comparison."""


class _WithMoved:
    """A group in which one amount is another than it is."""

    def __init__(self, group: Group, name: str, by: Fraction) -> None:
        self._group = group
        self._name = name
        self._by = by

    def value(self, name: str) -> Value:
        """Return the value of a name."""
        return self._group.value(name)

    def bounds(self, form: Form) -> Interval:
        """Return what a sum of measures comes to."""
        moved = self._by * sum(factor for name, factor in form.factors if name == self._name)
        return plus(self._group.bounds(form), Interval(moved, moved))


def decided_by(result: GroupResult) -> tuple[Decided, ...]:
    """Return the amounts that decided the violation of a rule by a group, by name; what is known of them for certain."""
    failing = [
        line for section, line, line_truth in result.truths if section == "require" and line_truth is Truth.FALSE
    ]
    names = {name for line in failing for name in line.feature_reads if name.startswith((GROUP, TOTAL))}
    decided = []
    for name in sorted(names):
        if not isinstance(result.group.value(name), Form):
            continue
        directions = {_direction(result.group, name, line) for line in failing if name in line.feature_reads}
        worse = directions.pop() if len(directions) == 1 else Worse.UNTOLD
        low, high = result.group.amount(name)
        bound = high if worse is Worse.LOWER else low
        if bound is not None:
            decided.append(Decided(name, float(bound), worse))
    worse_names = {fact.name for fact in decided if fact.worse}
    return tuple(
        replace(fact, against=tuple(sorted(worse_names - {fact.name}))) if fact.worse else fact for fact in decided
    )


def _direction(group: Group, name: str, line: Line) -> Worse:
    tree = decode(line.checked)
    low, high = (truth(tree, _WithMoved(group, name, by)) for by in (-_FAR, _FAR))
    if (low, high) == (Truth.TRUE, Truth.FALSE):
        return Worse.HIGHER
    return Worse.LOWER if (low, high) == (Truth.FALSE, Truth.TRUE) else Worse.UNTOLD
