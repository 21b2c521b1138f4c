"""The ways to answer that a catalog offers: every one worth telling apart, one region for each set of countries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from aipolicy.catalog.axes import KIND_TIERS
from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.offerings import Model, Offering, Region
from aipolicy.options.attributes import Organization
from aipolicy.options.option import ANSWERS, Leg, Option, window_of

SELF_HOSTED_ADAPTATIONS: Mapping[str, tuple[str, ...]] = {
    "small": ("prompting", "rag", "fine-tuning"),
    "medium": ("prompting", "rag", "fine-tuning"),
    "frontier": ("prompting", "rag", "fine-tuning"),
    "encoder": ("fine-tuning",),
    "classical": ("classical-ml",),
    **dict.fromkeys(KIND_TIERS, ("prompting",)),
}
"""What can be done with a model of a tier when its weights are at hand."""

_ON_DEVICE_TIERS = frozenset({"small", "encoder", "classical", *KIND_TIERS})
_ON_DEVICE_MAX_PARAMS_B = 4.0
"""Largest model that current phones and laptops hold with room to spare; a limit of candidates, not a rule."""


class OfferedLegs:
    """The legs that a catalog offers, as of its day."""

    def __init__(self, catalog: Catalog, organization: Organization) -> None:
        self._catalog = catalog
        self._organization = organization
        self._regions = {(region.provider, region.id): region for region in catalog.regions}
        self._terms: dict[tuple[str, str | None], dict[str, bool | float]] = {}
        for term in catalog.terms:
            self._terms.setdefault((term.provider, term.region), {})[term.term] = term.value

    def api(self, *, every_region: bool) -> Iterator[tuple[Leg, tuple[str, ...]]]:
        """Yield the hosted offerings with their adaptations: every region, or one for each set of countries."""
        seen: set[tuple[str, str, tuple[str, ...] | None]] = set()
        for offering in self._catalog.offerings:
            model = self._catalog.models[offering.model]
            if not model.answers:
                continue
            ends = offering.retires_on or model.retires_on
            retired = ends is not None and ends <= self._catalog.as_of
            for name in offering.regions:
                region = self._regions[(offering.provider, name)]
                key = (offering.provider, model.id, region.countries)
                if not every_region and (retired or region.restricted or key in seen):
                    continue
                seen.add(key)
                yield self._api_leg(offering, region, model, ends), offering.adaptations

    def _api_leg(self, offering: Offering, region: Region, model: Model, retires_on: date | None) -> Leg:
        entry = self._catalog.providers[offering.provider]
        return Leg(
            hosting="provider-api", provider=entry.id, region=region.id, countries=region.countries,
            boundary=entry.boundary, model=model, accelerator="", retires_on=retires_on,
            terms=self.terms(entry.id, region.id), window=window_of(model, offering),
        )  # fmt: skip

    def own(self, *, every_region: bool) -> Iterator[Leg]:
        """Yield machines of one's own with an open model: in a cloud account, on premises, on a device."""
        for region in self._cloud_regions(every_region=every_region):
            provider = self._catalog.providers[region.provider]
            for model, machine in self._hosted_models():
                yield Leg(
                    hosting="own-cloud", provider=provider.id, region=region.id, countries=region.countries,
                    boundary=provider.boundary, model=model, accelerator=machine, retires_on=None,
                    terms=self.terms(provider.id, region.id), window=window_of(model, None),
                )  # fmt: skip
        for provider in self._catalog.providers.values():
            if provider.kind == "self":
                yield from self._own_sites(provider.id, provider.boundary)

    def terms(self, provider: str, region: str) -> dict[str, bool | float]:
        """Return the terms of a provider in a region; a region's own terms win."""
        return {**self._terms.get((provider, None), {}), **self._terms.get((provider, region), {})}

    def _own_sites(self, provider: str, boundary: str) -> Iterator[Leg]:
        device = boundary == "device"
        seen: set[tuple[str, bool]] = set()
        for model, machine in self._hosted_models():
            if device and (model.tier not in _ON_DEVICE_TIERS or (model.params_b or 0.0) > _ON_DEVICE_MAX_PARAMS_B):
                continue
            if device and (model.id, machine == "cpu") in seen:
                continue
            seen.add((model.id, machine == "cpu"))
            yield Leg(
                hosting="on-device" if device else "on-premises", provider=provider, region="",
                countries=None if device else self._organization.on_premises_countries,
                boundary=boundary, model=model, accelerator="cpu" if machine == "cpu" else "" if device else machine,
                retires_on=None, terms={}, window=window_of(model, None),
            )  # fmt: skip

    def _cloud_regions(self, *, every_region: bool) -> Iterator[Region]:
        seen: set[tuple[str, ...] | None] = set()
        for region in self._catalog.regions:
            if self._catalog.providers[region.provider].kind != "cloud":
                continue
            if every_region or (region.countries not in seen and not region.restricted):
                seen.add(region.countries)
                yield region

    def _hosted_models(self) -> Iterator[tuple[Model, str]]:
        for hosted in self._catalog.self_hosted.values():
            model = self._catalog.models.get(hosted.model)
            if model is not None and model.answers:
                yield model, hosted.accelerator


def candidate_legs(catalog: Catalog, organization: Organization, kind: str = ANSWERS) -> tuple[Option, ...]:
    """Return every way to answer that is worth telling apart, each a main leg without a partner, in catalog order.

    Models that do one kind of work are among them where it is the kind that is asked for.
    """
    return ways_to_answer(OfferedLegs(catalog, organization), every_region=False, kind=kind)


def ways_to_answer(legs: OfferedLegs, *, every_region: bool, kind: str = ANSWERS) -> tuple[Option, ...]:
    """Return the legs of a catalog with each adaptation that they offer, those of one kind of work if it is the kind."""
    own = ((leg, own_adaptations(leg)) for leg in legs.own(every_region=every_region))
    return tuple(
        alone(adaptation, leg)
        for leg, adaptations in (*legs.api(every_region=every_region), *own)
        if KIND_TIERS.get(leg.model.tier, kind) == kind
        for adaptation in adaptations
    )


def alone(adaptation: str, leg: Leg) -> Option:
    """Return a leg without a partner."""
    return Option(adaptation=adaptation, fallback="none", routing="single", leg=leg, other=None)


def own_adaptations(leg: Leg) -> tuple[str, ...]:
    """Return what can be done with the model of an own leg."""
    adaptations = SELF_HOSTED_ADAPTATIONS.get(leg.model.tier, ())
    if leg.model.tunable is False:
        adaptations = tuple(name for name in adaptations if name != "fine-tuning")
    if leg.model.tier == "small" and leg.hosting in ("own-cloud", "on-premises") and leg.model.params_b is not None:
        return (*adaptations, "training-from-scratch")
    return adaptations
