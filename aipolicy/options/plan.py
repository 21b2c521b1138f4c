"""The legs that agree with what a plan declares: one when it is complete, several when it is partial."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from aipolicy.catalog.axes import FALLBACKS, ROUTINGS
from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.entries import Dated
from aipolicy.catalog.offerings import Model
from aipolicy.facts.declared import PLAN_AXES
from aipolicy.facts.spec import FactValue
from aipolicy.options.attributes import Organization
from aipolicy.options.candidates import Legs, alone, own_adaptations, ways_to_answer
from aipolicy.options.option import Leg, Option, PlanProblem, fallback_word, may_follow, stands_apart
from aipolicy.source.suggest import misspelt
from aipolicy.source.text import shown
from aipolicy.value import Frozen, replace

_TERMS = {"plan.terms.no_training": "no_training_by_default", "plan.terms.retention_days": "retention_days"}


class Partners(Frozen):
    """What a plan says of the partner of its main leg."""

    fallbacks: frozenset[str]
    """The words for a fallback that agree with the plan; none where it has no partner."""
    routings: tuple[str, ...]
    named: tuple[Option, ...] | None
    """The legs at the provider or in the region that it names; None where it names neither."""

    @property
    def is_needed(self) -> bool:
        """Return whether no main leg agrees with the plan by itself."""
        return self.named is not None or "none" not in self.fallbacks or "single" not in self.routings


class PlannedLegs(Frozen):
    """The main legs of a plan and its partners; what the plan names beyond the catalog stands in with unknown facts."""

    mains: tuple[Option, ...]
    partners: Partners
    problems: tuple[PlanProblem, ...]
    overrides: Mapping[str, FactValue]
    """Facts of the main leg that the plan states itself."""


def plan_legs(values: Mapping[str, FactValue], declared: Iterable[str], catalog: Catalog,
                 organization: Organization) -> PlannedLegs:  # fmt: skip
    """Return the legs that agree with the declared parts of a plan."""
    plan = {name: str(values[name]) for name in PLAN_AXES if name in declared}
    terms = {term: values[name] for name, term in _TERMS.items() if name in declared}
    if values.get("plan.terms.zero_retention") is True:
        terms["retention_days"] = 0.0
    overrides = {"option.model_pinned": values["plan.model_pinned"]} if "plan.model_pinned" in declared else {}
    return _Planner(plan, terms, catalog, organization).planned(overrides)


def unknown_names(plan: Mapping[str, str], catalog: Catalog) -> tuple[PlanProblem, ...]:
    """Return the names of a plan, by fact, that the catalog does not know."""
    return _Planner(dict(plan), {}, catalog, Organization()).unknown_names()


class _Planner:
    def __init__(self, plan: dict[str, str], terms: Mapping[str, FactValue], catalog: Catalog,
                 organization: Organization) -> None:  # fmt: skip
        self._plan = plan
        self._terms = terms
        self._catalog = catalog
        self._legs = Legs(catalog, organization)
        self._problems: list[PlanProblem] = []

    def unknown_names(self) -> tuple[PlanProblem, ...]:
        """Return the names that the catalog does not know."""
        self._check_words()
        return tuple(self._problems)

    def planned(self, overrides: Mapping[str, FactValue]) -> PlannedLegs:
        """Return the legs, or a stand-in when the catalog has none."""
        self._check_words()
        partners = self._partners()
        mains: tuple[Option, ...] = ()
        if not self._problems:
            mains = tuple(self._mains())
            if not self._agree(mains, partners):
                self._problems.append(self._explain_nothing())
        if self._problems:
            mains, partners = (self._stand_in(),), Partners(frozenset(), ("single",), None)
        return PlannedLegs(mains, partners, tuple(self._problems), overrides)

    def exists(self) -> bool:
        """Return whether some option agrees with the plan."""
        return self._agree(tuple(self._mains()), self._partners())

    def _mains(self) -> Iterator[Option]:
        narrow = not {"plan.provider", "plan.region", "plan.model"}.isdisjoint(self._plan)
        for way in ways_to_answer(self._legs, every_region=narrow):
            if self._plan.get("plan.adaptation", way.adaptation) == way.adaptation:
                matched = self._matched(way.leg)
                if matched is not None:
                    yield alone(way.adaptation, matched)

    def _partners(self) -> Partners:
        plan = self._plan
        fallback, routing = plan.get("plan.fallback"), plan.get("plan.routing")
        named = None
        if not {"plan.fallback_provider", "plan.fallback_region"}.isdisjoint(plan):
            named = tuple(way for way in ways_to_answer(self._legs, every_region=True) if self._is_named(way.leg))
        return Partners(
            frozenset(FALLBACKS if fallback is None else (fallback,)),
            ROUTINGS if routing is None else (routing,),
            named,
        )

    def _agree(self, mains: tuple[Option, ...], partners: Partners) -> bool:
        """Return whether some main leg, with a partner where it takes one, agrees with the plan."""
        if not mains or not partners.is_needed:
            return bool(mains)
        offered = partners.named
        if offered is None:
            offered = ways_to_answer(self._legs, every_region=False)
        others = {
            (way.leg.provider, way.leg.region, way.leg.model.id): way
            for way in offered
            if fallback_word(way.hosting) in partners.fallbacks
        }
        cascades = "single" not in partners.routings
        return any(
            (not cascades or may_follow(main.leg.model.tier, other.leg.model.tier))
            and stands_apart(main.leg, other.leg, is_named=partners.named is not None)
            for main in mains
            for other in others.values()
        )

    def _matched(self, leg: Leg) -> Leg | None:
        """Return the leg under the plan's terms when it agrees with the plan, else None."""
        plan = self._plan
        if plan.get("plan.hosting", leg.hosting) != leg.hosting:
            return None
        if plan.get("plan.model", leg.model.id) != leg.model.id:
            return None
        provider = plan.get("plan.provider")
        if provider is not None and self._provider_id(provider) != leg.provider:
            return None
        place = plan.get("plan.region")
        if place is not None:
            if leg.hosting == "on-premises" and self._catalog.places.knows(place):
                leg = replace(leg, region=place, countries=self._catalog.places.countries((place,)))
            else:
                region = self._catalog.region(leg.provider, place)
                if region is None or region.id != leg.region:
                    return None
        return replace(leg, terms={**leg.terms, **self._terms}) if self._terms else leg  # type: ignore[dict-item]

    def _is_named(self, leg: Leg) -> bool:
        provider, region = self._plan.get("plan.fallback_provider"), self._plan.get("plan.fallback_region")
        return provider in (None, leg.provider) and (region is None or self._is_region(leg, region))

    def _is_region(self, leg: Leg, name: str) -> bool:
        region = self._catalog.region(leg.provider, name)
        return region is not None and region.id == leg.region

    def _provider_id(self, name: str) -> str:
        provider = self._catalog.provider(name)
        return provider.id if provider is not None else name

    def _check_words(self) -> None:
        for fact in ("plan.provider", "plan.fallback_provider"):
            name = self._plan.get(fact)
            if name is None:
                continue
            provider = self._catalog.provider(name)
            if provider is None:
                by_name = {
                    word: each.id for each in self._catalog.providers.values() for word in (each.id, *each.aliases)
                }
                near = misspelt(name, by_name)
                self._unknown(fact, "provider", name, None if near is None else by_name[near])
            else:
                self._plan[fact] = provider.id
        model = self._plan.get("plan.model")
        if model is not None and model not in self._catalog.models:
            self._unknown_model(model)
        elif model is not None and not self._catalog.models[model].answers:
            tier = self._catalog.models[model].tier
            problem = f"model `{shown(model)}` is of the kind `{tier}` and answers nothing; name the model that answers"
            self._problems.append(PlanProblem(problem, "plan.model"))
        for fact, owner in (("plan.region", "plan.provider"), ("plan.fallback_region", "plan.fallback_provider")):
            self._check_region(fact, self._plan.get(owner))

    def _check_region(self, fact: str, provider: str | None) -> None:
        name = self._plan.get(fact)
        if name is None:
            return
        if self._plan.get("plan.hosting") == "on-premises" and self._catalog.places.knows(name):
            return
        if provider is not None and self._catalog.provider(provider) is None:
            return  # what an unknown provider has is unknown, and it is reported already
        regions = [r for r in self._catalog.regions if provider in (None, r.provider)]
        known = {word for region in regions for word in (region.id, *region.aliases)}
        if provider in (None, "on-premises"):
            known |= set(self._catalog.places.names())
        if name not in known:
            self._unknown(fact, f"region of `{provider}`" if provider else "region", name, misspelt(name, known))

    def _unknown_model(self, name: str) -> None:
        from aipolicy.catalog.model_names import list_of, meant_model, same_model

        versions = same_model(name, self._catalog)
        if len(versions) > 1:
            hint = f"; of the same model the catalog has {list_of(versions)}"
            self._problems.append(PlanProblem(f"unknown model: `{shown(name)}`{hint}", "plan.model"))
            return
        self._unknown("plan.model", "model", name, next(iter(versions), None) or meant_model(name, self._catalog))

    def _unknown(self, fact: str, what: str, name: str, meant: str | None) -> None:
        hint = "; it is not in the catalog" if meant is None else f"; did you mean `{meant}`?"
        if meant is None and what == "model":
            hint += "; where it is a name of your own, say under `deployments` of a catalog file which model it is"
        self._problems.append(PlanProblem(f"unknown {what}: `{shown(name)}`{hint}", fact))

    def _explain_nothing(self) -> PlanProblem:
        """Return which declarations of a plan clash, and what the catalog offers in the place of one."""
        from aipolicy.options.plan_clash import PlanClash

        own = list(self._legs.own(every_region=True))
        ways = (*self._legs.api(every_region=True), *((leg, own_adaptations(leg)) for leg in own))

        def exists(part: Mapping[str, str]) -> bool:
            return _Planner(dict(part), {}, self._catalog, Organization()).exists()

        return PlanClash(self._plan, ways, self._catalog, exists).problem()

    def _stand_in(self) -> Option:
        """Return an option made of what the plan says, with everything else unknown."""
        plan = self._plan
        provider = self._catalog.provider(plan.get("plan.provider", ""))
        hosting = plan.get("plan.hosting", "provider-api")
        boundary = {"own-cloud": "own-account", "on-premises": "on-premises", "on-device": "device"}.get(hosting)
        region = self._catalog.region(plan.get("plan.provider", ""), plan.get("plan.region", ""))
        countries = region.countries if region is not None else None
        known = self._catalog.models.get(plan.get("plan.model", ""))
        leg = Leg(
            hosting=hosting, provider=plan.get("plan.provider", ""), region=plan.get("plan.region", ""),
            countries=countries, boundary=boundary or (provider.boundary if provider is not None else "third-party"),
            model=known if known is not None and known.answers else _unknown_model(plan.get("plan.model", "")),
            accelerator="", retires_on=None,
            terms={**(self._legs.terms(provider.id, "") if provider is not None else {}), **self._terms},  # type: ignore[dict-item]
        )  # fmt: skip
        return Option(
            adaptation=plan.get("plan.adaptation", ""), fallback=plan.get("plan.fallback", "none"),
            routing=plan.get("plan.routing", "single"), leg=leg, other=None,
        )  # fmt: skip


def _unknown_model(name: str) -> Model:
    from datetime import date

    nothing = Dated(source="", checked_on=date.min, effective_from=date.min, verified=False)
    return Model(
        id=name, provider="", name=name, tier="", open_weights=False, tunable=None, pinned=None, reasoning=None,
        params_b=None, active_params_b=None, layers=None, heads=None, kv_heads=None, head_dim=None, hidden_size=None,
        context_tokens=None, embedding_dimensions=None, modalities=(), licence="", released_on=None,
        retires_on=None, dated=nothing,
    )  # fmt: skip
