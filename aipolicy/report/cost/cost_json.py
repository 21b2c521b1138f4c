"""A comparison of costs in, versioned JSON out; columns of FOCUS where they fit, `x_` before the names that are our own.

FOCUS (https://focus.finops.org/focus-specification/) is the common format of bills; estimates under its names can be
joined with what is billed later. Amounts are USD at likely values unless a percentile is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from aipolicy import __version__
from aipolicy.catalog.machine_prices import MachinePrice
from aipolicy.catalog.prices import Price
from aipolicy.economics.break_even import BreakEven, CheaperFromTheStart, Crossings, NoBreakEven
from aipolicy.economics.uncertainty import Influence, Range
from aipolicy.evaluation.costed_options import Against, CostComparison, CostedOption
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.report.cost.cost_text import machine_prices_of
from aipolicy.report.formats.json_text import json_text
from aipolicy.run.policy import Policy
from aipolicy.source.text import escaped

if TYPE_CHECKING:
    from aipolicy.answer.today import Today

COST_SCHEMA = "aipolicy/cost/v1"
_SIGNIFICANT_DIGITS = 6


def render_costs_json(evaluation: Evaluation, comparison: CostComparison, policy: Policy,
                      today: Today | None = None) -> str:  # fmt: skip
    """Return the costs of a feature's options, and of what runs today, as strict JSON, ending with a newline."""
    return json_text(costs_object(evaluation, comparison, policy, today))


def costs_object(evaluation: Evaluation, comparison: CostComparison, policy: Policy,
                 today: Today | None = None) -> dict[str, Any]:  # fmt: skip
    """Return the costs of a feature's options, and of what runs today, as plain JSON values."""
    decision = comparison.decision
    return {
        "schema": COST_SCHEMA,
        "tool": {"name": "aipolicy", "version": __version__},
        "as_of": policy.catalog.as_of.isoformat(),
        "policy_digest": policy.digest,
        "feature": escaped(evaluation.feature.name),
        "file": escaped(evaluation.feature.file),
        "baseline": None if comparison.baseline is None else comparison.baseline.option.id,
        "decision": None
        if decision is None
        else {
            "beside": decision.cheapest.option.id,
            "probability_cheaper": _rounded(decision.probability),
            "confidence": policy.evaluator.organization.confidence,
            "conclusive": decision.conclusive,
            "measure": decision.measure or None,
        },
        "today": _today(today),
        "options": [_option(costed) for costed in comparison.options],
        "hidden_options": comparison.hidden,
        "tornado": [_influence(influence, comparison.drivers) for influence in comparison.tornado],
        "drivers": {name: _range(range_) for name, range_ in comparison.drivers.items()},
        "constants": [
            {
                "id": constant.id, "value": constant.value, "unit": constant.unit, "low": constant.low,
                "high": constant.high, "source": constant.dated.source,
                "checked_on": constant.dated.checked_on.isoformat(), "verified": constant.dated.verified,
            }
            for constant in policy.catalog.assumptions.values()
        ],
        "prices": [_price(price) for price in comparison.prices],
        "machines": [_machine(price) for price in machine_prices_of(comparison, policy.catalog)],
    }  # fmt: skip


def _today(today: Today | None) -> dict[str, Any] | None:
    if today is None:
        return None
    from aipolicy.report.answer_json import today_object

    return today_object(today)


def _option(costed: CostedOption) -> dict[str, Any]:
    option = costed.option
    quantiles = costed.monthly_usd
    return {
        "id": option.id,
        "state": costed.state,
        "breaks": list(costed.breaks),
        "adaptation": option.adaptation,
        "hosting": option.hosting,
        "routing": option.routing,
        "fallback": option.fallback,
        "monthly_usd": None
        if quantiles is None
        else {
            "likely": _rounded(costed.likely_monthly_usd),
            "p10": _rounded(quantiles.p10),
            "p50": _rounded(quantiles.p50),
            "p90": _rounded(quantiles.p90),
        },
        "running_usd": _rounded(_running_usd(costed)),
        "people_usd": _rounded(costed.people_usd),
        "people": [{"work": work, "engineers": _rounded(count)} for work, count in costed.people],
        "usd_per_request": _rounded(costed.usd_per_request),
        "upfront_usd": _rounded(costed.upfront_usd),
        "unknown": list(costed.unknown),
        "charges": [*_charges(costed, costed.lines, "Recurring"), *_charges(costed, costed.upfront or (), "One-Time")],
        "against_baseline": None if costed.against is None else _against(costed.against),
    }


def _running_usd(costed: CostedOption) -> float | None:
    total, people = costed.likely_monthly_usd, costed.people_usd
    return None if total is None or people is None else total - people


def _charges(costed: CostedOption, lines: tuple[tuple[str, float], ...], frequency: str) -> list[dict[str, Any]]:
    leg = costed.option.leg
    return [
        {
            "BillingCurrency": "USD",
            "ChargeCategory": "Usage",
            "ChargeDescription": name,
            "ChargeFrequency": frequency,
            "ListCost": _rounded(usd),
            "ProviderName": leg.provider,
            "RegionId": leg.region or None,
            "ServiceCategory": "AI and Machine Learning",
            "ServiceName": leg.model.id,
            "x_Estimate": True,
        }
        for name, usd in lines
    ]


def _against(against: Against) -> dict[str, Any]:
    return {
        "probability_cheaper": _rounded(against.probability_cheaper),
        "break_even": _break_even(against.break_even),
        "reached_on": None if against.day is None else against.day.isoformat(),
        "payback_months": _rounded(against.payback_months),
    }


def _break_even(found: BreakEven | None) -> dict[str, Any]:
    match found:
        case None:
            return {"exists": None}
        case NoBreakEven():
            return {"exists": False, "usd_per_daily_request": _rounded(found.slope_usd)}
        case CheaperFromTheStart():
            return {"exists": True, "first_requests_per_day": 0.0, "last_requests_per_day": 0.0}
        case Crossings():
            return {
                "exists": True,
                "first_requests_per_day": _rounded(found.first),
                "last_requests_per_day": _rounded(found.last),
                "searched_to_requests_per_day": _rounded(found.searched_to),
            }


def _influence(influence: Influence, drivers: Mapping[str, Range]) -> dict[str, Any]:
    return {
        "input": influence.name,
        "low": _rounded(drivers[influence.name].low),
        "high": _rounded(drivers[influence.name].high),
        "usd_at_low": _rounded(influence.at_low),
        "usd_at_high": _rounded(influence.at_high),
    }


def _range(range_: Range) -> dict[str, Any]:
    return {"p10": _rounded(range_.low), "p50": _rounded(range_.likely), "p90": _rounded(range_.high)}


def _price(price: Price) -> dict[str, Any]:
    return {
        "ProviderName": price.provider,
        "RegionId": price.region,
        "SkuId": price.model,
        "BillingCurrency": "USD",
        "PricingUnit": "1000000 tokens",
        "x_InputListUnitPrice": price.input_usd_per_mtok,
        "x_CachedInputListUnitPrice": price.cached_input_usd_per_mtok,
        "x_OutputListUnitPrice": price.output_usd_per_mtok,
        "x_CheckedOn": price.checked_on.isoformat(),
        "x_EffectiveFrom": price.dated.effective_from.isoformat(),
        "x_Source": price.dated.source,
        "x_Verified": price.dated.verified,
        "x_Disputed": price.disputed or None,
    }


def _machine(price: MachinePrice) -> dict[str, Any]:
    return {
        "ProviderName": price.provider,
        "RegionId": price.region,
        "SkuId": price.accelerator,
        "BillingCurrency": "USD",
        "PricingUnit": "hours",
        "ListUnitPrice": _rounded(price.hourly_usd),
        "x_CommittedYearUnitPrice": _rounded(price.committed_hourly_usd),
        "x_TimesPriceOfRegionRead": _rounded(price.factor),
        "x_CheckedOn": price.dated.checked_on.isoformat(),
        "x_EffectiveFrom": price.dated.effective_from.isoformat(),
        "x_Source": price.dated.source,
        "x_Verified": price.dated.verified,
    }


def _rounded(value: float | None) -> float | None:
    """Return a value with six significant digits: more would say more than is known, and differ between machines."""
    return None if value is None else float(f"{value:.{_SIGNIFICANT_DIGITS}g}")
