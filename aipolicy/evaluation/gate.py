"""What gates: certain violations always, and from pilot on what is not known to be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipolicy.findings.finding import Severity
from aipolicy.value import NamedTuple

if TYPE_CHECKING:
    from aipolicy.evaluation.evaluation import Evaluation, RuleEvaluation

MILDER = {Severity.ERROR: Severity.WARNING, Severity.WARNING: Severity.NOTE, Severity.NOTE: Severity.NOTE}
"""What an undetermined rule weighs while a feature is an idea or a prototype, so that it can be written down early."""


class Gate(NamedTuple):
    """What decides how much a rule weighs that is not certain."""

    past_prototype: bool
    passing: int
    """The options of the plan on which no rule of severity error fails or is open."""

    def severity(self, ruled: RuleEvaluation, relevant: int, full: int) -> Severity:
        """Return what a rule weighs that fails on the relevant options of a plan, or is open on them.

        What a plan leaves open gates only where every way that agrees with it fails or is open.
        """
        severity = ruled.active.severity
        stands_in_the_way = not self.passing if severity is Severity.ERROR else relevant == full
        return severity if self.past_prototype and stands_in_the_way else MILDER[severity]


def passing_options(evaluation: Evaluation) -> int:
    """Return the options of the plan on which no rule of severity error fails or is open."""
    passing = evaluation.planned.full
    for ruled in evaluation.rules:
        if ruled.active.severity is Severity.ERROR:
            outcomes = ruled.planned
            passing &= ~(outcomes.violated | outcomes.undetermined | outcomes.undeclared)
    return passing


def broken_by(evaluation: Evaluation) -> dict[str, int]:
    """Return the options of the plan that break each rule of severity error, by its id."""
    return {
        ruled.active.rule.id: ruled.planned.violated
        for ruled in evaluation.rules
        if ruled.active.severity is Severity.ERROR
    }
