"""What there is to choose from for a feature: the ways to answer, and where its task asks for it models of another kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipolicy.catalog.axes import KIND_TIERS
from aipolicy.catalog.catalog import Catalog
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.facts.facts import Facts
from aipolicy.options.attributes import Organization
from aipolicy.options.option import ANSWERS, Option

if TYPE_CHECKING:
    from aipolicy.evaluation.planned_sets import PlannedSets

_KINDS = "task.kinds"


def kind_of(facts: Facts) -> str:
    """Return the kind of model that a task asks for beside models that answer, empty where it asks for none."""
    kinds = facts.values.get(_KINDS)
    words = kinds if isinstance(kinds, tuple) else ()
    return next((kind for kind in KIND_TIERS.values() if kind in words), ANSWERS)


class LegsOfKinds:
    """The legs of one catalog and organisation by the kind of work: those that answer, and all of these and one kind."""

    def __init__(self, legs: OptionSet, catalog: Catalog, organization: Organization,
                 earlier: LegsOfKinds | None = None) -> None:  # fmt: skip
        self._catalog = catalog
        self._organization = organization
        self._earlier = earlier
        """Of another day, on which plans have the same legs."""
        self._legs = {ANSWERS: legs}
        self._plans: dict[str, PlannedSets] = {}

    def of(self, facts: Facts) -> OptionSet:
        """Return the legs that are looked at for a feature."""
        kind = kind_of(facts)
        if kind not in self._legs:
            self._legs[kind] = OptionSet(lambda: self._made(kind), self._catalog, self._organization)
        return self._legs[kind]

    def plans(self, facts: Facts) -> PlannedSets:
        """Return the legs of plans for a feature."""
        from aipolicy.evaluation.planned_sets import PlannedSets  # NOTE: not every feature has a plan.

        kind = kind_of(facts)
        if kind not in self._plans:
            earlier = None if self._earlier is None else self._earlier.plans(facts)
            self._plans[kind] = PlannedSets(self._catalog, self._organization, self.of(facts), earlier, kind)
        return self._plans[kind]

    def _made(self, kind: str) -> tuple[Option, ...]:
        from aipolicy.options.candidates import candidate_legs

        return candidate_legs(self._catalog, self._organization, kind)
