"""Two answers to one feature beside each other: what is another thing, and the rules by which it turned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.verdict import ways_of
from aipolicy.value import Frozen

if TYPE_CHECKING:
    from aipolicy.answer.answer import Answering


class RuleMoved(Frozen):
    """A rule of severity error that removes another number of ways than before."""

    rule: str
    before: int
    after: int


class WhatIf(Frozen):
    """The answer as it is, and as it would be with other declarations."""

    changes: tuple[str, ...]
    """The declarations, as `path=value`."""
    now: Answering
    then: Answering
    moved: tuple[RuleMoved, ...]

    @property
    def is_another(self) -> bool:
        """Return whether another way would be built."""
        one, other = self.now.recommended, self.then.recommended
        if one is None or other is None:
            return one is not other
        return one.option.id != other.option.id


def what_if(changes: tuple[str, ...], now: Answering, then: Answering) -> WhatIf:
    """Return two answers beside each other."""
    return WhatIf(changes, now, then, rules_moved(now.expected, then.expected))


def rules_moved(before: Evaluation, after: Evaluation) -> tuple[RuleMoved, ...]:
    """Return the rules that remove more or fewer ways than before, those first of which most changed."""
    return moved_counts(removed_counts(before), removed_counts(after))


def removed_counts(evaluation: Evaluation) -> dict[str, int]:
    """Return how many ways each rule of severity error removes."""
    removed_by = ways_of(evaluation.verdict, evaluation.candidates).removed_by
    return {rule: mask.bit_count() for rule, mask in removed_by.items()}


def moved_counts(before: Mapping[str, int], after: Mapping[str, int]) -> tuple[RuleMoved, ...]:
    """Return the rules with other counts, those first of which most changed."""
    counts = [RuleMoved(rule, before.get(rule, 0), after.get(rule, 0)) for rule in before.keys() | after.keys()]
    other = [moved for moved in counts if moved.before != moved.after]
    return tuple(sorted(other, key=lambda moved: (-abs(moved.after - moved.before), moved.rule)))
