"""The facts of legs and options that do not depend on the feature; what is not known is left out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import inf
from typing import TYPE_CHECKING

from aipolicy.catalog.axes import KIND_TIERS, TERMS_OF_PACKS, TIERS, way_evaluated
from aipolicy.catalog.prices import price_of
from aipolicy.config.settings import Organization as Organization
from aipolicy.facts.all_facts import OFFERED_TERMS, of_partner
from aipolicy.facts.spec import FactValue

if TYPE_CHECKING:
    from aipolicy.catalog.catalog import Catalog
    from aipolicy.options.option import Leg, Option

_OFFERED = {
    "option.offers_dpa": "dpa_offered",
    "option.offers_baa": "baa_offered",
    "option.offers_sccs": "eu_sccs_offered",
    "option.dpf_certified": "dpf_certified",
    "option.no_training": "no_training_by_default",
    "option.offers_zero_retention": "zero_retention_offered",
}
_RETENTION_OFFER = "zero_retention_offered"
_AS_IT_IS = frozenset({"prompting", "rag"})
"""Adaptations that leave the model as it was measured."""
_TASK_MODELS = frozenset({"encoder", "classical", *KIND_TIERS})
AGEING: Mapping[str, int] = {
    "option.days_until_retirement": -1, "option.price_age_days": 1, "option.exchange_rate_age_days": 1,
}  # fmt: skip
"""The facts that are other ones every day, and by how much they change in one."""
WEEKS_PER_MONTH = 52.0 / 12.0


def leg_facts(adaptation: str, leg: Leg, catalog: Catalog, organization: Organization) -> dict[str, FactValue]:
    """Return the facts of one way to answer: of what is done to a model, and of the leg on which it runs."""
    facts: dict[str, FactValue] = {
        "option.hosting": leg.hosting,
        "option.boundary": leg.boundary,
        "option.leaves_organization": leg.boundary not in organization.own_boundaries,
        "option.works_offline": leg.hosting in ("on-premises", "on-device"),
        "option.weights_controlled": leg.hosting != "provider-api",
    }
    for name, word in (
        ("adaptation", adaptation), ("provider", leg.provider), ("model", leg.model.id), ("region", leg.region),
        ("tier", leg.model.tier),
    ):  # fmt: skip
        if word:
            facts[f"option.{name}"] = word
    if adaptation and leg.model.id:
        facts["option.way"] = way_evaluated(adaptation, leg.model.id)
    if leg.model.tier:
        facts["option.foundation_model"] = leg.model.tier not in _TASK_MODELS and adaptation != "training-from-scratch"
    facts.update(_limits(leg))
    if leg.model.modalities:
        facts["option.modalities"] = tuple(sorted(leg.model.modalities))
    if leg.model.kinds:
        facts["option.kinds"] = tuple(sorted(leg.model.kinds))
    if leg.countries is not None or leg.boundary == "device":
        facts["option.regions"] = () if leg.boundary == "device" else tuple(sorted(leg.countries or ()))
    if leg.model.pinned is not None:
        facts["option.model_pinned"] = leg.model.pinned
    facts.update(_scores(adaptation, leg, catalog))
    facts.update(_terms(leg))
    facts.update(_retirement(leg, catalog.as_of))
    facts.update(_effort(adaptation, leg.hosting, catalog))
    facts.update(_price_age(leg, catalog))
    return facts


def _limits(leg: Leg) -> dict[str, FactValue]:
    """Return how many tokens a model takes; where no limit is set, none is a fact."""
    facts: dict[str, FactValue] = {}
    for name in ("context_tokens", "input_tokens", "output_tokens"):
        limit: float | None = getattr(leg.window, name)
        if limit is not None and limit != inf:
            facts[f"option.{name if name == 'context_tokens' else f'max_{name}'}"] = limit
    return facts


def _scores(adaptation: str, leg: Leg, catalog: Catalog) -> dict[str, FactValue]:
    """Return what was published of the model that answers; one that is trained further is another model."""
    if adaptation not in _AS_IT_IS:
        return {}
    published = catalog.scores.get(leg.model.id, {})
    return {f"option.{benchmark}_score": score for benchmark, score in published.items()}


def whole_facts(option: Option) -> dict[str, FactValue]:
    """Return the facts of main leg and partner together, estimates excepted."""
    facts: dict[str, FactValue] = {
        "option.fallback": option.fallback,
        "option.routing": option.routing,
        "option.providers": tuple(sorted({leg.provider for leg in option.legs})),
        "option.second_provider": option.other is not None and option.other.provider != option.leg.provider,
    }
    legs = option.legs if option.routing == "cascade" else (option.leg,)
    if all(leg.model.tier for leg in legs):
        facts["option.top_tier"] = (
            legs[0].model.tier if len(legs) == 1 else max((leg.model.tier for leg in legs), key=TIERS.index)
        )
    return facts


def _terms(leg: Leg) -> dict[str, FactValue]:
    """Return the terms that hold on a leg that somebody else runs; own sites need none."""
    if leg.boundary in ("device", "on-premises"):
        return {**dict.fromkeys(_OFFERED, True), "option.retention_days": 0.0}
    facts: dict[str, FactValue] = {}
    for name, term in _OFFERED.items():
        # NOTE: machines in an own account keep what their owner keeps; zero retention is nothing to be offered there.
        offered = True if term == _RETENTION_OFFER and leg.boundary == "own-account" else leg.terms.get(term)
        if offered is not None:
            facts[name] = bool(offered)
    days = 0.0 if leg.boundary == "own-account" else leg.terms.get("retention_days")
    if days is not None:
        facts["option.retention_days"] = float(days)
    for term, value in leg.terms.items():
        if term.startswith(TERMS_OF_PACKS):
            facts[f"{OFFERED_TERMS}{term.removeprefix(TERMS_OF_PACKS)}"] = value
    return facts


def _retirement(leg: Leg, as_of: date) -> dict[str, FactValue]:
    facts: dict[str, FactValue] = {"option.retirement_announced": leg.retires_on is not None}
    if leg.retires_on is not None:
        facts["option.days_until_retirement"] = float((leg.retires_on - as_of).days)
    return facts


def _price_age(leg: Leg, catalog: Catalog) -> dict[str, FactValue]:
    """Return for how long nobody checked the price of a hosted model and the exchange rate behind it."""
    if leg.hosting != "provider-api":
        return {}
    price = price_of(catalog.price_index, leg.provider, leg.model.id, leg.region)
    if price is None:
        return {}
    facts: dict[str, FactValue] = {
        "option.price_age_days": float((catalog.as_of - price.checked_on).days),
        "option.price_converted": price.exchange_rate is not None,
    }
    if price.exchange_rate is not None:
        facts["option.exchange_rate_age_days"] = float((catalog.as_of - price.exchange_rate.dated.checked_on).days)
    return facts


def _effort(adaptation: str, hosting: str, catalog: Catalog) -> dict[str, FactValue]:
    effort = catalog.efforts.get((adaptation, hosting))
    if effort is None:
        return {}
    facts: dict[str, FactValue] = {}
    if effort.ml_engineers is not None:
        facts["option.ml_engineers"] = effort.ml_engineers
    if effort.lead_time_weeks is not None:
        facts["option.lead_time_weeks"] = effort.lead_time_weeks
        if effort.ml_engineers is not None:
            facts["option.capacity_months"] = effort.ml_engineers * effort.lead_time_weeks / WEEKS_PER_MONTH
    if effort.labelled_examples is not None:
        facts["option.labelled_examples"] = effort.labelled_examples
    elif adaptation in ("prompting", "rag"):
        facts["option.labelled_examples"] = 0.0
    return facts


def option_attributes(option: Option, catalog: Catalog, organization: Organization) -> dict[str, FactValue]:
    """Return the facts of an option by name, estimates excepted: of its main leg, of the whole, of its partner."""
    facts = leg_facts(option.adaptation, option.leg, catalog, organization) | whole_facts(option)
    if option.other is not None:
        partner = leg_facts(option.other_adaptation, option.other, catalog, organization)
        facts |= {of_partner(name): value for name, value in partner.items()}
    return facts
