"""The constants of cost estimates: one dated value each, with a range where one is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aipolicy.catalog.entries import Dated, read_dated
from aipolicy.source.records import Record
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown

UNITS: Mapping[str, str] = {
    "hours-per-month": "h/month",
    "days-per-month": "days/month",
    "loaded-staff-year": "USD/year",
    "target-utilisation": "share",
    "spare-replicas": "replicas",
    "retry-share": "share",
    "evaluation-traffic-share": "share",
    "monitoring-monthly": "USD/month",
    "evaluation-monthly": "USD/month",
    "retrainings-per-year": "runs/year",
    "server-overhead-share": "share",
    "amortisation-years": "years",
    "power-usage-effectiveness": "factor",
    "electricity-price": "USD/kWh",
    "colocation-monthly": "USD/kW/month",
    "labelling-cost": "USD/example",
    "training-tokens-per-example": "tokens/example",
    "training-epochs": "epochs",
    "training-utilisation": "share",
    "training-tokens-per-parameter": "tokens/parameter",
    "embedding-dimensions": "dimensions",
    "bytes-per-dimension": "bytes",
    "index-overhead": "factor",
    "chunk-tokens": "tokens/chunk",
    "vector-store-monthly": "USD/GB/month",
    "index-refreshes-per-year": "runs/year",
    "query-tokens": "tokens/request",
    "embedding-price": "USD/Mtok",
    "retrieval-ms": "ms",
    "judge-input-tokens": "tokens/request",
    "judge-output-tokens": "tokens/request",
    "classical-requests-per-second": "requests/s",
    "batch-latency-hours": "h",
    "capacity-spread": "log",
    "accelerator-price-spread": "log",
    "open-model-price-spread": "log",
    "stale-price-spread": "log",
    "stale-price-days": "days",
    "mean-tokens-spread": "log",
    "volume-spread": "log",
    "peak-spread": "log",
    "staff-spread": "log",
}
"""Every constant and its unit; a catalog file may state no other and in no other unit."""

_POSITIVE = frozenset(
    {
        "hours-per-month", "days-per-month", "target-utilisation", "amortisation-years", "training-utilisation",
        "chunk-tokens", "classical-requests-per-second",
    }
)  # fmt: skip
"""Constants that are divided by."""
_AT_MOST_ONE = frozenset({"target-utilisation", "training-utilisation"})


@dataclass(frozen=True, slots=True)
class Assumption:
    """A constant; `low` and `high` are its 10th and 90th percentile, None where it is taken as certain."""

    id: str
    meaning: str
    value: float
    unit: str
    low: float | None
    high: float | None
    dated: Dated


def read_assumption(record: Record) -> Assumption:
    """Return one entry of `assumptions`."""
    id_ = record.text("id")
    unit = record.text("unit")
    value = record.number("value")
    low, high = record.optional_number("low"), record.optional_number("high")
    if id_ not in UNITS:
        record.mistake(f"unknown assumption `{shown(id_)}`{did_you_mean(id_, UNITS)}", "id")
    elif unit != UNITS[id_]:
        record.mistake(f"`{id_}` is stated in `{UNITS[id_]}`, not in `{shown(unit)}`", "unit")
    if id_ in _POSITIVE and value <= 0.0:
        record.mistake(f"`{id_}` must be more than 0", "value")
    if id_ in _AT_MOST_ONE and value > 1.0:
        record.mistake(f"`{id_}` is a share; it must be at most 1, found {value:g}", "value")
    if (low is None) != (high is None):
        record.mistake("`low` and `high` are stated together", "low" if high is None else "high")
    elif low is not None and high is not None and not low <= value <= high:
        record.mistake(f"`low` {low:g}, `value` {value:g} and `high` {high:g} must not fall", "value")
    return Assumption(id_, record.text("meaning", ""), value, unit, low, high, read_dated(record))
