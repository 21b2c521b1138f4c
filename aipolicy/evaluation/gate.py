"""What gates: certain violations always, and from pilot on what is not known to be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipolicy.evaluation.option_masks import union
from aipolicy.evaluation.verdict import keeping, union_of
from aipolicy.findings.finding import Severity
from aipolicy.value import NamedTuple

if TYPE_CHECKING:
    from aipolicy.evaluation.evaluation import Evaluation


class Gate(NamedTuple):
    """What decides how much a rule weighs that is not certain."""

    past_prototype: bool
    passing: int
    """The options of the plan on which no rule of severity error fails or is open."""

    def is_shut_by(self, severity: Severity) -> bool:
        """Return whether what is open gates: an error rule, from pilot on, where no way of the plan is free of doubt.

        What a plan leaves open gates only where every way that agrees with it fails or is open.
        """
        return self.past_prototype and severity is Severity.ERROR and not self.passing


def passing_options(evaluation: Evaluation) -> int:
    """Return the options of the plan on which no rule of severity error fails or is open."""
    errors = [ruled.planned for ruled in evaluation.rules if ruled.active.severity is Severity.ERROR]
    left, errors = keeping(evaluation.planned, errors)
    return left & ~union(union_of(evaluation.planned, errors, way) for way in ("undetermined", "undeclared"))


def broken_by(evaluation: Evaluation) -> dict[str, int]:
    """Return the options of the plan that break each rule of severity error, by its id."""
    return {
        ruled.active.rule.id: ruled.planned.violated
        for ruled in evaluation.rules
        if ruled.active.severity is Severity.ERROR
    }


def broken_somewhere(evaluation: Evaluation) -> int:
    """Return the options of the plan that break some rule of severity error."""
    broken = 0
    for mask in broken_by(evaluation).values():
        broken |= mask
    return broken
