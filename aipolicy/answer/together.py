"""What two alternatives may come to together, as far as each alone tells: most pairs need no evaluation.

What becomes of a rule is another thing only where an alternative moves something that it reads, and is then what this one
alone makes of it; of a rule that both move nothing is known.
"""

from __future__ import annotations

from functools import cached_property

from aipolicy.answer.alternatives import Alternative
from aipolicy.answer.change_effects import moved_facts
from aipolicy.answer.trials import Trials
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.paired_outcomes import LegOutcomes
from aipolicy.findings.finding import Severity
from aipolicy.options.memo import Memo
from aipolicy.policy.rule import RuleKind

_Against = dict[int, int]
"""The main legs that are not expected to keep a rule, whatever the partner, by the places of the rules.

They are the rules of severity error on legs that rest on no estimate.
"""


class Together:
    """Knows of the main legs of one feature which of them two alternatives cannot lead to.

    What a rule leaves open that neither moves is no way that they lead to: what is unknown there is told as a gap.
    """

    def __init__(self, trials: Trials) -> None:
        self._trials = trials
        self._alone = Memo(self._of)

    def may_lead_to(self, legs: int, one: Alternative, other: Alternative) -> bool:
        """Return whether one of some main legs may be expected to keep every rule after two alternatives."""
        of_one, of_other = self._alone.of(one), self._alone.of(other)
        if of_one is None or of_other is None:
            return True
        against = 0
        for place, before in self._before.items():
            moved = [alone[place] for alone in (of_one, of_other) if place in alone]
            against |= before if not moved else moved[0] if len(moved) == 1 else 0
        return bool(legs & ~against)

    @cached_property
    def _before(self) -> _Against:
        rules = (ruled.active for ruled in self._trials.base.rules)
        errors = (
            place
            for place, active in enumerate(rules)
            if active.rule.kind is RuleKind.CONSTRAINT and active.severity is Severity.ERROR
        )
        found = {place: _against(self._trials.base, place) for place in errors}
        return {place: against for place, against in found.items() if against is not None}

    def _of(self, alternative: Alternative) -> _Against | None:
        """Return what rules are against that an alternative moves; None where the feature then has other main legs."""
        base, after = self._trials.base, self._trials.evaluation(alternative.changes)
        if after.candidates.mains is not base.candidates.mains:
            return None
        moved = moved_facts(base.facts, after.facts)
        touched = (place for place in self._before if not moved.isdisjoint(base.rules[place].active.rule.feature_reads))
        return {place: _against(after, place) or 0 for place in touched}


def _against(evaluation: Evaluation, place: int) -> int | None:
    """Return what a rule is against, None for rules on pairs and on estimates."""
    outcomes = evaluation.rules[place].candidates
    if not isinstance(outcomes, LegOutcomes) or outcomes.is_estimated:
        return None
    return outcomes.main.violated | outcomes.main.unlikely
