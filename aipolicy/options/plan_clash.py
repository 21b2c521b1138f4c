"""A plan for which the catalog has nothing in, the smallest part of it that clashes out, and what is offered instead."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from difflib import SequenceMatcher
from itertools import combinations, islice
from math import inf

from aipolicy.catalog.axes import AXES
from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.model_names import list_of
from aipolicy.options.option import Leg, PlanProblem
from aipolicy.source.text import shown

LEG_FACTS = ("plan.machine", "plan.region", "plan.model", "plan.adaptation", "plan.provider", "plan.hosting")
"""What a plan says of its main leg; of those that clash, the first that alone can be changed is where to look."""
WHOLE_FACTS = (
    "plan.fallback_machine", "plan.fallback_region", "plan.fallback_model", "plan.fallback_adaptation",
    "plan.fallback_provider", "plan.fallback_hosting", "plan.fallback", "plan.routing",
)  # fmt: skip

_OTHERS = {"plan.fallback_model": "model", "plan.fallback_machine": "machine"}
"""The vocabulary from which another word for a declaration comes; that of providers for the rest."""

MOST_TRIED = 12
MOST_NAMED = 3

Plan = Mapping[str, str]
Ways = Collection[tuple[Leg, tuple[str, ...]]]
"""Legs with what can be done with their models."""


class PlanClash:
    """Finds out why a plan agrees with nothing; `exists` says whether some option agrees with a part of it."""

    def __init__(self, plan: Plan, ways: Ways, catalog: Catalog, exists: Callable[[Plan], bool]) -> None:
        self._plan = plan
        self._ways = ways
        self._catalog = catalog
        self._exists = exists

    def problem(self) -> PlanProblem:
        """Return what clashes, at the declaration to look at, with what the catalog offers in its place."""
        if self._plan.get("plan.routing") == "cascade" and self._plan.get("plan.fallback") == "none":
            return PlanProblem("a cascade needs a far side; declare `plan.fallback`", "plan.routing")
        clash = self._smallest_of_leg() or self._smallest_of_all()
        if clash == ("plan.model",):
            return PlanProblem(self._offered_nowhere(self._plan["plan.model"]), "plan.model")
        rest = tuple(fact for fact in LEG_FACTS if fact in self._plan)
        is_whole = not set(clash) <= set(LEG_FACTS)
        for part in (rest,) if is_whole else (rest, clash):
            for fact in clash:
                instead = self._instead(fact, {other: self._plan[other] for other in part if other != fact})
                if is_whole:
                    instead = self._that_exist(fact, instead)
                if instead:
                    return PlanProblem(self._message(fact, clash, instead, is_rest=part is rest), fact)
        return PlanProblem(self._message(clash[0], clash, (), is_rest=False), clash[0])

    def _smallest_of_leg(self) -> tuple[str, ...]:
        """Return the fewest declarations about the main leg that no leg agrees with, none where some leg does."""
        # NOTE: of clashes of one size the one about the broadest choices first: the others may be settled by it.
        declared = [fact for fact in reversed(LEG_FACTS) if fact in self._plan]
        for count in range(1, len(declared) + 1):
            for facts in combinations(declared, count):
                if not self._matching({fact: self._plan[fact] for fact in facts}):
                    return tuple(fact for fact in LEG_FACTS if fact in facts)
        return ()

    def _smallest_of_all(self) -> tuple[str, ...]:
        """Return declarations that agree with nothing, of which each is needed for that."""
        clash = dict(self._plan)
        for fact in (*reversed(LEG_FACTS), *WHOLE_FACTS):
            rest = {other: word for other, word in clash.items() if other != fact}
            if fact in clash and not self._exists(rest):
                clash = rest
        return tuple(fact for fact in (*WHOLE_FACTS, *LEG_FACTS) if fact in clash)

    def _matching(self, part: Plan) -> list[tuple[Leg, tuple[str, ...]]]:
        return [(leg, adaptations) for leg, adaptations in self._ways if self._agrees(leg, adaptations, part)]

    def _agrees(self, leg: Leg, adaptations: Iterable[str], part: Plan) -> bool:
        region = part.get("plan.region")
        return (
            part.get("plan.hosting", leg.hosting) == leg.hosting
            and part.get("plan.model", leg.model.id) == leg.model.id
            and part.get("plan.machine", leg.accelerator) == leg.accelerator
            and part.get("plan.provider", leg.provider) == leg.provider
            and ("plan.adaptation" not in part or part["plan.adaptation"] in adaptations)
            and (region is None or self._is_in(leg, region))
        )

    def _is_in(self, leg: Leg, name: str) -> bool:
        if leg.hosting == "on-premises" and self._catalog.places.knows(name):
            return True
        region = self._catalog.region(leg.provider, name)
        return region is not None and region.id == leg.region

    def _that_exist(self, fact: str, words: Iterable[str]) -> tuple[str, ...]:
        """Return the first words with which some option agrees with all of the plan; each takes as long as a plan."""
        exist: list[str] = []
        for word in islice(words, MOST_TRIED):
            if len(exist) < MOST_NAMED and self._exists({**self._plan, fact: word}):
                exist.append(word)
        return tuple(exist)

    def _instead(self, fact: str, rest: Plan) -> tuple[str, ...]:
        """Return the words that the catalog offers for a fact beside others, those most like the declared one first."""
        written = self._plan[fact]
        if fact in WHOLE_FACTS:
            axis = AXES.get(fact.removeprefix("plan.")) or AXES.get(fact.removeprefix("plan.fallback_"))
            words = axis.words if axis is not None else self._catalog.vocabulary(_OTHERS.get(fact, "provider"))
            return tuple(word for word in words if word != written)
        today = self._catalog.as_of
        ways = [way for way in self._matching(rest) if way[0].retires_on is None or way[0].retires_on > today]
        if fact == "plan.model":
            ways = self._of_its_kind(ways, written)
        if fact == "plan.region":
            return self._regions([leg for leg, _ in ways], written)
        offered: set[str] = set()
        for leg, adaptations in ways:
            of_leg = {
                "plan.model": (leg.model.id,), "plan.provider": (leg.provider,), "plan.hosting": (leg.hosting,),
                "plan.machine": (leg.accelerator,),
            }  # fmt: skip
            offered.update(of_leg.get(fact, adaptations))
        return tuple(sorted(offered - {"", written}, key=lambda word: (-_likeness(word, written), word)))

    def _of_its_kind(self, ways: list[tuple[Leg, tuple[str, ...]]], model: str) -> list[tuple[Leg, tuple[str, ...]]]:
        """Return the ways whose models do what a model does; all of them where there is none."""
        kinds = frozenset(self._catalog.models[model].kinds)
        return [way for way in ways if not kinds.isdisjoint(way[0].model.kinds)] or ways

    def _regions(self, legs: Iterable[Leg], written: str) -> tuple[str, ...]:
        """Return the regions of legs: those open to all first, then those with the declared countries and fewest others."""
        places: dict[str, tuple[bool, float, float]] = {}
        for leg in legs:
            region, meant = self._catalog.region(leg.provider, leg.region), self._catalog.region(leg.provider, written)
            if region is not None and leg.region not in ("", written):
                countries = frozenset(meant.countries or ()) if meant is not None else frozenset()
                holds = countries <= frozenset(region.countries or ())
                further = len(region.countries or ()) if countries and holds else inf
                places[leg.region] = (region.restricted, further, -_likeness(leg.region, written))
        return tuple(sorted(places, key=lambda name: (places[name], name)))

    def _message(self, fact: str, clash: tuple[str, ...], instead: tuple[str, ...], *, is_rest: bool) -> str:
        others = " and ".join(_named(other, self._plan[other]) for other in clash if other != fact)
        beside = f" with {others}" if others else ""
        message = f"the catalog offers no {_named(fact, self._plan[fact])}{beside}"
        if not instead:
            return message
        whose = "the rest of the plan" if is_rest else "this"
        return f"{message}; with {whose} it offers {list_of(instead)}"

    def _offered_nowhere(self, model: str) -> str:
        retires_on = self._catalog.models[model].retires_on
        if retires_on is not None and retires_on <= self._catalog.as_of:
            return f"model `{shown(model)}` retired on {retires_on}; name one that is offered"
        return (
            f"the catalog has the model `{shown(model)}`, and nobody who offers it; add an offering to a catalog file"
        )


def _named(fact: str, word: str) -> str:
    return f"{fact.removeprefix('plan.').replace('_', ' ')} `{shown(word)}`"


def _likeness(word: str, written: str) -> float:
    return SequenceMatcher(None, word, written).ratio()
