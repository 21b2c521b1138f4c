"""The facts of one option that do not depend on the feature; what is not known is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from math import inf
from typing import TYPE_CHECKING

from aipolicy.catalog.axes import TIERS, way_evaluated
from aipolicy.catalog.prices import price_of
from aipolicy.config.settings import Organization as Organization
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
_TASK_MODELS = frozenset({"encoder", "classical"})
AGEING: Mapping[str, int] = {
    "option.days_until_retirement": -1, "option.price_age_days": 1, "option.exchange_rate_age_days": 1,
}  # fmt: skip
"""The facts that are other ones every day, and by how much they change in one."""
WEEKS_PER_MONTH = 52.0 / 12.0


def option_attributes(option: Option, catalog: Catalog, organization: Organization) -> dict[str, FactValue]:
    """Return the facts of an option by name, estimates excepted."""
    facts: dict[str, FactValue] = {
        "option.hosting": option.hosting,
        "option.fallback": option.fallback,
        "option.routing": option.routing,
        "option.boundary": option.leg.boundary,
        "option.leaves_organization": any(leg.boundary not in organization.own_boundaries for leg in option.legs),
        "option.providers": tuple(sorted({leg.provider for leg in option.legs})),
        "option.second_provider": option.other is not None and option.other.provider != option.leg.provider,
        "option.works_offline": all(leg.hosting in ("on-premises", "on-device") for leg in option.legs),
        "option.weights_controlled": option.leg.hosting != "provider-api",
    }
    for name, word in (
        ("adaptation", option.adaptation), ("provider", option.leg.provider), ("model", option.leg.model.id),
        ("region", option.leg.region), ("tier", option.leg.model.tier),
    ):  # fmt: skip
        if word:
            facts[f"option.{name}"] = word
    if option.adaptation and option.leg.model.id:
        facts["option.way"] = way_evaluated(option.adaptation, option.leg.model.id)
    if all(leg.model.tier for leg in option.legs):
        facts["option.top_tier"] = _top_tier(option)
        facts["option.foundation_model"] = _is_foundation_model(option)
    facts.update(_limits(option))
    if option.leg.model.modalities:
        facts["option.modalities"] = tuple(sorted(option.leg.model.modalities))
    countries = [leg.countries for leg in option.legs if leg.boundary != "device"]
    if all(known is not None for known in countries):
        facts["option.regions"] = tuple(sorted({code for known in countries for code in known or ()}))
    if option.leg.model.pinned is not None:
        facts["option.model_pinned"] = option.leg.model.pinned
    facts.update(_scores(option, catalog))
    facts.update(_terms(option))
    facts.update(_retirement(option, catalog.as_of))
    facts.update(_effort(option, catalog))
    facts.update(_price_ages(option, catalog))
    return facts


def _limits(option: Option) -> dict[str, FactValue]:
    """Return how many tokens the narrowest leg that answers takes; where no limit is set, none is a fact."""
    legs = option.legs if option.routing == "cascade" else (option.leg,)
    facts: dict[str, FactValue] = {}
    for name in ("context_tokens", "input_tokens", "output_tokens"):
        limits: list[float | None] = [getattr(leg.window, name) for leg in legs]
        known = [limit for limit in limits if limit is not None]
        if known and len(known) == len(limits) and min(known) != inf:
            facts[f"option.{name if name == 'context_tokens' else f'max_{name}'}"] = min(known)
    return facts


def _scores(option: Option, catalog: Catalog) -> dict[str, FactValue]:
    """Return what was published of the model that answers; one that is trained further is another model."""
    if option.adaptation not in _AS_IT_IS:
        return {}
    published = catalog.scores.get(option.leg.model.id, {})
    return {f"option.{benchmark}_score": score for benchmark, score in published.items()}


def _top_tier(option: Option) -> str:
    legs = option.legs if option.routing == "cascade" else (option.leg,)
    return max((leg.model.tier for leg in legs), key=TIERS.index)


def _is_foundation_model(option: Option) -> bool:
    return option.leg.model.tier not in _TASK_MODELS and option.adaptation != "training-from-scratch"


def _terms(option: Option) -> dict[str, FactValue]:
    """Return the terms that hold on every leg that somebody else runs; own sites need none."""
    legs = [leg for leg in option.legs if leg.boundary not in ("device", "on-premises")]
    facts: dict[str, FactValue] = {}
    for name, term in _OFFERED.items():
        # NOTE: machines in an own account keep what their owner keeps; zero retention is nothing to be offered there.
        asked = [leg for leg in legs if not (term == _RETENTION_OFFER and leg.boundary == "own-account")]
        combined = _all_of([leg.terms.get(term) for leg in asked], bool)
        if combined is not None:
            facts[name] = combined
    days = [_kept_days(leg) for leg in legs]
    if all(day is not None for day in days):
        facts["option.retention_days"] = max((day or 0.0 for day in days), default=0.0)
    return facts


def _kept_days(leg: Leg) -> float | None:
    """Return for how long somebody else keeps the data; machines in an own account keep what their owner keeps."""
    if leg.boundary == "own-account":
        return 0.0
    days = leg.terms.get("retention_days")
    return None if days is None else float(days)


def _all_of(values: list[bool | float | None], convert: Callable[[object], bool]) -> bool | None:
    if any(value is not None and not convert(value) for value in values):
        return False
    return None if any(value is None for value in values) else True


def _retirement(option: Option, as_of: date) -> dict[str, FactValue]:
    ends = [leg.retires_on for leg in option.legs if leg.retires_on is not None]
    facts: dict[str, FactValue] = {"option.retirement_announced": bool(ends)}
    if ends:
        facts["option.days_until_retirement"] = float((min(ends) - as_of).days)
    return facts


def _price_ages(option: Option, catalog: Catalog) -> dict[str, FactValue]:
    """Return for how long nobody checked the oldest price and exchange rate that the option's cost rests on."""
    paid = option.legs if option.routing == "cascade" else (option.leg,)
    prices = [
        price_of(catalog.price_index, leg.provider, leg.model.id, leg.region)
        for leg in paid
        if leg.hosting == "provider-api"
    ]
    facts: dict[str, FactValue] = {}
    known = [price for price in prices if price is not None]
    if known and len(known) == len(prices):
        facts["option.price_age_days"] = float(max((catalog.as_of - price.checked_on).days for price in known))
        facts["option.price_converted"] = any(price.exchange_rate is not None for price in known)
    rates = [price.exchange_rate for price in known if price.exchange_rate is not None]
    if rates:
        oldest = min(rate.dated.checked_on for rate in rates)
        facts["option.exchange_rate_age_days"] = float((catalog.as_of - oldest).days)
    return facts


def _effort(option: Option, catalog: Catalog) -> dict[str, FactValue]:
    effort = catalog.efforts.get((option.adaptation, option.hosting))
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
    elif option.adaptation in ("prompting", "rag"):
        facts["option.labelled_examples"] = 0.0
    return facts
