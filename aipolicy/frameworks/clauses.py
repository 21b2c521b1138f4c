"""A framework and the rules of a run in, which of its clauses no rule speaks of, and why, out."""

from __future__ import annotations

from collections.abc import Mapping

from aipolicy.catalog.frameworks import Framework
from aipolicy.frameworks.asked import LinkedFramework
from aipolicy.frameworks.coverage import relations_by_control
from aipolicy.value import Frozen


class ClauseCoverage(Frozen):
    """A clause of a framework."""

    control: str
    relations: Mapping[str, str]
    """By the id of each rule that speaks of it, how; empty for none."""
    why: str
    """Why no rule can speak of it; empty where one does, and where nobody has said why none does."""


def clauses_of(framework: Framework, linked: LinkedFramework) -> tuple[ClauseCoverage, ...]:
    """Return every clause of a framework in its order."""
    spoken = relations_by_control(framework, linked)
    return tuple(
        ClauseCoverage(control, spoken.get(control, {}), "" if control in spoken else framework.why_unspoken(control))
        for control in framework.controls
    )
