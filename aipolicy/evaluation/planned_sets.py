"""The legs of plans: those of equal plans are found once."""

from __future__ import annotations

from aipolicy.catalog.catalog import Catalog
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.partners import Allowed
from aipolicy.facts.facts import Facts
from aipolicy.options.attributes import Organization
from aipolicy.options.option import ANSWERS, PlanProblem
from aipolicy.options.plan import plan_legs
from aipolicy.value import Frozen


class PlannedSet(Frozen):
    """The main legs of a plan, and the legs from which its partners come."""

    mains: OptionSet
    table: OptionSet
    allowed: Allowed
    is_named: bool
    """Whether the plan names the partner, which then may be where the main leg is."""
    problems: tuple[PlanProblem, ...]


class PlannedSets:
    """The legs of plans under one catalog and organisation."""

    def __init__(self, catalog: Catalog, organization: Organization, legs: OptionSet,
                 earlier: PlannedSets | None = None, kind: str = ANSWERS) -> None:  # fmt: skip
        self._catalog = catalog
        self._organization = organization
        self._legs = legs
        self._earlier = earlier
        """Of another day, on which plans have the same legs."""
        self._kind = kind
        self._known: dict[object, PlannedSet] = {}

    def of(self, facts: Facts) -> PlannedSet:
        """Return the legs of the plan of a feature that plans something which tells legs apart."""
        names = sorted(name for name in facts.declared if name.startswith("plan."))
        key = tuple((name, facts.values[name]) for name in names)
        if key not in self._known:
            self._known[key] = self._of_earlier(facts) if self._earlier is not None else self._made(facts)
        return self._known[key]

    def _of_earlier(self, facts: Facts) -> PlannedSet:
        from aipolicy.evaluation.option_set_parts import OptionSetOnDay

        assert self._earlier is not None
        earlier = self._earlier.of(facts)
        table = self._legs if earlier.table is self._earlier._legs else OptionSetOnDay(earlier.table, self._catalog)
        mains = OptionSetOnDay(earlier.mains, self._catalog)
        return PlannedSet(mains, table, earlier.allowed, earlier.is_named, earlier.problems)

    def _made(self, facts: Facts) -> PlannedSet:
        planned = plan_legs(facts.values, facts.declared, self._catalog, self._organization, self._kind)
        mains, partners, named = planned.mains, planned.partners, planned.partners.named
        option_set = OptionSet(lambda: mains, self._catalog, self._organization, overrides=planned.overrides)
        table = self._legs if named is None else OptionSet(lambda: named, self._catalog, self._organization)
        is_alone = "none" in partners.fallbacks and "single" in partners.routings and named is None
        alone = is_alone or bool(planned.problems)
        allowed = Allowed(partners.fallbacks - {"none"}, partners.routings, alone)
        return PlannedSet(option_set, table, allowed, named is not None, planned.problems)
