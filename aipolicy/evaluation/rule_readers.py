"""Which rules read a fact of the feature, or an estimate: what else is evaluated alike when that changes."""

from __future__ import annotations

from collections.abc import Iterable

from aipolicy.evaluation.prepared_rule import ActiveRule
from aipolicy.facts.facts import Facts
from aipolicy.options.estimates import ESTIMATED_FACTS
from aipolicy.policy.rule import RuleKind


class Readers:
    """The places of rules by what they read."""

    def __init__(self, rules: Iterable[ActiveRule]) -> None:
        self._of_facts: dict[str, list[int]] = {}
        of_estimates, of_options, constraints = list[int](), list[int](), list[int]()
        for place, active in enumerate(rules):
            for name in active.rule.feature_reads:
                self._of_facts.setdefault(name, []).append(place)
            reads = active.rule.option_reads
            if not ESTIMATED_FACTS.isdisjoint(reads):
                of_estimates.append(place)
            if reads:
                of_options.append(place)
            if active.rule.kind is RuleKind.CONSTRAINT:
                constraints.append(place)
        self.of_estimates = frozenset(of_estimates)
        """The places of the rules that read an estimate."""
        self.of_options = frozenset(of_options)
        """The places of the rules that read something of an option: by these options are put together."""
        self.constraints = frozenset(constraints)
        """The places of the rules by which options are removed and ranked."""

    def of_changed(self, before: Facts, after: Facts) -> set[int]:
        """Return the places of the rules that read a fact which is another one, or no more assumed, or assumed now."""
        one, other = before.values, after.values
        changed = {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}
        changed |= before.assumed ^ after.assumed
        return {place for name in changed for place in self._of_facts.get(name, ())}
