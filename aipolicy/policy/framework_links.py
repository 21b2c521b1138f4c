"""A rule and a framework in, what the rule has to do with it out."""

from __future__ import annotations

from aipolicy.catalog.frameworks import Framework
from aipolicy.policy.law_words import law_of
from aipolicy.policy.rule import Rule
from aipolicy.value import NamedTuple

OWN = ""
"""Stands for the relation of a rule that is one of the framework itself; it comes before all others."""


class Link(NamedTuple):
    """What a rule has to do with a framework."""

    clause: str
    """As the rule cites it, else the ids of the controls."""
    controls: tuple[str, ...]
    relations: tuple[str, ...] = ()
    """What meeting the rule does for each of the controls; empty where the rule is one of the framework itself."""

    @property
    def related(self) -> tuple[tuple[str, str], ...]:
        """Return each control with the relation of the rule to it, which is `OWN` for a rule of the framework itself."""
        return tuple(zip(self.controls, self.relations or (OWN,) * len(self.controls), strict=True))


def link_to(rule: Rule, framework: Framework) -> Link | None:
    """Return what a rule has to do with a framework; None where it does not speak of it."""
    law = law_of(rule)
    named = [control for control in law.controls if control.framework == framework.id]
    ids = tuple(control.id for control in named)
    if law.basis is not None and law.basis.instrument in framework.instruments:
        of_clause = framework.controls_in(law.clause)
        return Link(law.clause, tuple(dict.fromkeys((*of_clause, *ids))))
    return Link(", ".join(ids), ids, tuple(control.relation for control in named)) if named else None
