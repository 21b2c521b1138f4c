"""Which rules read a fact of the feature, or an estimate: what else is evaluated alike when that changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aipolicy.evaluation.prepared_rule import ActiveRule
from aipolicy.options.estimates import ESTIMATED_FACTS


class Readers:
    """The places of rules by what they read."""

    def __init__(self, rules: Iterable[ActiveRule]) -> None:
        self._of_facts: dict[str, list[int]] = {}
        self.of_estimates: list[int] = []
        """The places of the rules that read an estimate."""
        for place, active in enumerate(rules):
            for name in active.rule.feature_reads:
                self._of_facts.setdefault(name, []).append(place)
            lines = (*active.rule.when, *active.rule.require)
            if any(not ESTIMATED_FACTS.isdisjoint(line.option_reads) for line in lines):
                self.of_estimates.append(place)

    def of_changed(self, before: Mapping[str, object], after: Mapping[str, object]) -> set[int]:
        """Return the places of the rules that read a fact of the feature which is another one."""
        changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        return {place for name in changed for place in self._of_facts.get(name, ())}
