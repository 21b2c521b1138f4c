"""The legs that agree with what a plan declares: one when it is complete, several when it is partial."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from aipolicy.catalog.axes import FALLBACKS, KIND_TIERS, ROUTINGS
from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.entries import Dated
from aipolicy.catalog.measured import Measured
from aipolicy.catalog.offerings import Model
from aipolicy.facts.declared import PLAN_CHOICES
from aipolicy.facts.spec import FactValue
from aipolicy.options.attributes import Organization
from aipolicy.options.candidates import OfferedLegs, alone, own_adaptations, ways_to_answer
from aipolicy.options.option import ANSWERS, Leg, Option, PlanProblem, fallback_word, may_follow, stands_apart
from aipolicy.options.plan_words import checked_words
from aipolicy.source.text import shown
from aipolicy.value import Frozen, replace

PARTNER_CHOICES = tuple(fact for fact in PLAN_CHOICES if fact.startswith("plan.fallback_"))
"""What a plan says of its partner beside whether there is one."""
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


def plan_legs(values: Mapping[str, FactValue], declared: Iterable[str], catalog: Catalog, organization: Organization,
              kind: str = ANSWERS) -> PlannedLegs:  # fmt: skip
    """Return the legs that agree with the declared parts of a plan; of one kind of work only those of this kind.

    A model that the plan names stands, of whatever kind it is.
    """
    plan = {name: str(values[name]) for name in PLAN_CHOICES if name in declared}
    terms = {term: values[name] for name, term in _TERMS.items() if name in declared}
    if values.get("plan.terms.zero_retention") is True:
        terms["retention_days"] = 0.0
    overrides = {"option.model_pinned": values["plan.model_pinned"]} if "plan.model_pinned" in declared else {}
    return _Planner(plan, terms, catalog, organization, kind, _measured(values, declared)).planned(overrides)


def _measured(values: Mapping[str, FactValue], declared: Iterable[str]) -> Measurement | None:
    if not any(name.startswith("plan.measured.") for name in declared):
        return None
    from aipolicy.facts.measurement import MACHINE, MODEL, measurement_of

    measured = measurement_of(values)
    model, machine = (values.get(a, values.get(b)) for a, b in ((MODEL, "plan.model"), (MACHINE, "plan.machine")))
    return None if measured is None or model is None else Measurement(measured, str(model), machine)


def unknown_names(plan: Mapping[str, str], catalog: Catalog) -> tuple[PlanProblem, ...]:
    """Return the names of a plan, by fact, that the catalog does not know."""
    return checked_words(plan, catalog)[1]


class Measurement(Frozen):
    """What was measured, and of which legs."""

    measured: Measured
    model: str
    machine: FactValue | None
    """None where it was measured at a provider."""

    def is_of(self, leg: Leg) -> bool:
        """Return whether the measurement is of a leg."""
        is_api = leg.hosting == "provider-api"
        fits = self.measured.p50_ms is not None if is_api else self.machine == leg.accelerator
        return leg.model.id == self.model and fits

    def of_no_leg(self) -> PlanProblem:
        """Return what is wrong where no leg of the plan is what was measured."""
        on = f" on `{shown(str(self.machine))}`" if self.machine is not None else ""
        message = f"the plan has no `{shown(self.model)}`{on} that was measured; measure what is planned"
        return PlanProblem(message, "plan.measured.machine" if self.machine is not None else "plan.measured.on")


class _Planner:
    def __init__(self, plan: dict[str, str], terms: Mapping[str, FactValue], catalog: Catalog,
                 organization: Organization, kind: str = ANSWERS,
                 measurement: Measurement | None = None) -> None:  # fmt: skip
        self._plan = plan
        self._measurement = measurement
        self._terms = terms
        self._catalog = catalog
        self._legs = OfferedLegs(catalog, organization)
        self._kind = self._kind_of("plan.model", kind)

    def _kind_of(self, fact: str, kind: str) -> str:
        """Return the kind of work of the model that the plan names there, else the kind that is given."""
        model = self._catalog.models.get(self._plan.get(fact, ""))
        return kind if model is None else KIND_TIERS.get(model.tier, kind)

    def planned(self, overrides: Mapping[str, FactValue]) -> PlannedLegs:
        """Return the legs, or a stand-in when the catalog has none."""
        self._plan, problems = checked_words(self._plan, self._catalog)
        partners = self._partners()
        mains: tuple[Option, ...] = ()
        if not problems:
            mains = self._of_the_kind(tuple(self._mains()))
            if not self._agree(mains, partners):
                problems = (self._itself(mains, partners.named or ()) or self._explain_nothing(),)
            elif self._measurement is not None:
                # NOTE: what was measured is what is planned; other machines with the same model are not.
                mains = tuple(way for way in mains if way.leg.measured is not None)
                problems = () if mains else (self._measurement.of_no_leg(),)
        if problems:
            mains, partners = (self._stand_in(),), Partners(frozenset(), ("single",), None)
        return PlannedLegs(mains, partners, problems, overrides)

    def exists(self) -> bool:
        """Return whether some option agrees with the plan."""
        return self._agree(tuple(self._mains()), self._partners())

    def _of_the_kind(self, mains: tuple[Option, ...]) -> tuple[Option, ...]:
        """Return what of the main legs is of the kind that the task asks for, where the plan leaves the model open."""
        of_kind = tuple(main for main in mains if self._kind and main.leg.model.tier in KIND_TIERS)
        return mains if "plan.model" in self._plan else of_kind or mains

    def _mains(self) -> Iterator[Option]:
        narrow = not {"plan.provider", "plan.region", "plan.model", "plan.machine"}.isdisjoint(self._plan)
        for way in ways_to_answer(self._legs, every_region=narrow, kind=self._kind):
            if self._plan.get("plan.adaptation", way.adaptation) == way.adaptation:
                matched = self._matched(way.leg)
                if matched is not None:
                    yield alone(way.adaptation, matched)

    def _partners(self) -> Partners:
        plan = self._plan
        fallback, routing = plan.get("plan.fallback"), plan.get("plan.routing")
        named = None
        if any(fact in plan for fact in PARTNER_CHOICES):
            kind = self._kind_of("plan.fallback_model", self._kind)
            ways = map(self._named, ways_to_answer(self._legs, every_region=True, kind=kind))
            named = tuple(way for way in ways if way is not None)
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
            offered = ways_to_answer(self._legs, every_region=False, kind=self._kind)
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
        if plan.get("plan.machine", leg.accelerator) != leg.accelerator:
            return None
        provider = plan.get("plan.provider")
        if provider is not None and self._provider_id(provider) != leg.provider:
            return None
        placed = self._placed(leg, plan.get("plan.region"))
        if placed is not None and self._measurement is not None and self._measurement.is_of(placed):
            placed = replace(placed, measured=self._measurement.measured)
        if placed is None or not self._terms:
            return placed
        return replace(placed, terms={**placed.terms, **self._terms})  # type: ignore[dict-item]

    def _named(self, way: Option) -> Option | None:
        """Return a leg, in the place that is named, when it agrees with all that the plan says of the partner."""
        leg = way.leg
        has = {
            "provider": leg.provider, "hosting": leg.hosting, "adaptation": way.adaptation, "model": leg.model.id,
            "machine": leg.accelerator,
        }  # fmt: skip
        if any(self._plan.get(f"plan.fallback_{name}", word) != word for name, word in has.items()):
            return None
        placed = self._placed(leg, self._plan.get("plan.fallback_region"))
        return None if placed is None else replace(way, leg=placed)

    def _placed(self, leg: Leg, place: str | None) -> Leg | None:
        """Return a leg in the place that a plan names, None where it is in another."""
        if place is None:
            return leg
        if leg.hosting == "on-premises" and self._catalog.places.knows(place):
            return replace(leg, region=place, countries=self._catalog.places.countries((place,)))
        region = self._catalog.region(leg.provider, place)
        return leg if region is not None and region.id == leg.region else None

    def _provider_id(self, name: str) -> str:
        provider = self._catalog.provider(name)
        return provider.id if provider is not None else name

    def _itself(self, mains: Iterable[Option], named: Sequence[Option]) -> PlanProblem | None:
        """Return that the only partner that a plan names is its main leg, None where there is another, or none."""
        mains = tuple(mains)
        if not mains or not named or any(
            stands_apart(main.leg, other.leg, is_named=True) for main in mains for other in named
        ):  # fmt: skip
            return None
        fact = next(fact for fact in PARTNER_CHOICES if fact in self._plan)
        return PlanProblem("the fallback is the main leg itself, and fails with it; name another place or model", fact)

    def _explain_nothing(self) -> PlanProblem:
        """Return which declarations of a plan clash, and what the catalog offers in the place of one."""
        from aipolicy.options.plan_clash import PlanClash

        own = list(self._legs.own(every_region=True))
        ways = (*self._legs.api(every_region=True), *((leg, own_adaptations(leg)) for leg in own))

        def exists(part: Mapping[str, str]) -> bool:
            return _Planner(dict(part), {}, self._catalog, Organization(), self._kind).exists()

        return PlanClash(self._plan, ways, self._catalog, exists).problem()

    def _stand_in(self) -> Option:
        """Return an option made of what the plan says, with everything else unknown."""
        plan = self._plan
        provider = self._catalog.provider(plan.get("plan.provider", ""))
        hosting = plan.get("plan.hosting", "provider-api")
        boundary = {"own-cloud": "own-account", "on-premises": "on-premises", "on-device": "device"}.get(hosting)
        region = self._catalog.region(plan.get("plan.provider", ""), plan.get("plan.region", ""))
        countries = region.countries if region is not None else None
        model = self._catalog.models.get(plan.get("plan.model", ""))
        leg = Leg(
            hosting=hosting, provider=plan.get("plan.provider", ""), region=plan.get("plan.region", ""),
            countries=countries, boundary=boundary or (provider.boundary if provider is not None else "third-party"),
            model=model if model is not None and model.answers else _unknown_model(plan.get("plan.model", "")),
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
