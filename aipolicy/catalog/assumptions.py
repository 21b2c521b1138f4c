"""The constants of cost estimates and the people that ways take: dated values, with a range where one is known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from aipolicy.catalog.axes import ADAPTATIONS, HOSTINGS, MODEL_TIERS, WORKS
from aipolicy.catalog.entries import Dated, read_dated
from aipolicy.source.records import Record
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.value import Frozen

if TYPE_CHECKING:
    from aipolicy.catalog.machines import Effort

MACHINES = "machines"
EVERYTHING = "everything"
"""The work of a head count that an organisation states for a way of building in all."""

UNITS: Mapping[str, str] = {
    "hours-per-month": "h/month",
    "days-per-month": "days/month",
    "loaded-staff-year": "USD/year",
    "target-utilisation": "share",
    "spare-replicas": "replicas",
    "committed-share": "share",
    "machine-price-elsewhere": "factor",
    "retry-share": "share",
    "evaluation-traffic-share": "share",
    "monitoring-monthly": "USD/month",
    "evaluation-monthly": "USD/month",
    "retrainings-per-year": "runs/year",
    "server-overhead-share": "share",
    "server-power-factor": "factor",
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
    "first-token-p95": "factor",
    "other-host-speed": "factor",
    "unthinking-first-token": "ms",
    "judge-input-tokens": "tokens/request",
    "judge-output-tokens": "tokens/request",
    "classical-requests-per-second": "requests/s",
    "batch-latency-hours": "h",
    "machine-start-hours": "h",
    "capacity-spread": "log",
    "mixture-capacity-spread": "log",
    "accelerator-price-spread": "log",
    "open-model-price-spread": "log",
    "stale-price-spread": "log",
    "stale-price-days": "days",
    "mean-tokens-spread": "log",
    "volume-spread": "log",
    "peak-spread": "log",
    "staff-spread": "log",
    "bill-tolerance": "factor",
}
"""Every constant and its unit; a catalog file may state no other and in no other unit."""

_DIVISORS = frozenset(
    {
        "hours-per-month", "days-per-month", "target-utilisation", "amortisation-years", "training-utilisation",
        "chunk-tokens", "classical-requests-per-second",
    }
)  # fmt: skip
"""Constants that are divided by: 0 is refused."""
_AT_LEAST_ONE = frozenset(
    {
        "first-token-p95", "other-host-speed", "power-usage-effectiveness", "server-power-factor", "index-overhead",
        "bill-tolerance",
    }
)  # fmt: skip
"""Whole over part: below 1 contradicts the meaning."""
_WHOLE = frozenset({"spare-replicas"})
_SHARE = "share"
_SAYABLE_NONE = frozenset({_SHARE, "replicas", "runs/year", "USD/month", "log"})
"""Units of which an organisation may have none: no retries, no spare, nothing paid each month, no spread."""


class Assumption(Frozen):
    """A constant; `low` and `high` are its 10th and 90th percentile, None where no range is known."""

    id: str
    meaning: str
    value: float
    unit: str
    low: float | None
    high: float | None
    dated: Dated

    @property
    def may_be_none(self) -> tuple[str, ...]:
        """Return the figures of which 0 says something: the lower end, and what an organisation may have none of."""
        return ("low", "high", "value") if self.unit in _SAYABLE_NONE else ("low",)


def read_assumptions(files: list[Record], as_of: date) -> Mapping[str, Assumption]:
    """Return the constants that hold on the day by id."""
    from aipolicy.catalog.sections import read_section

    held = read_section(files, "assumptions", read_assumption, lambda e: e.id, lambda e: e.dated, as_of)
    return {entry.id: entry for entry in held}


def read_assumption(record: Record) -> Assumption:
    """Return one entry of `assumptions`; what contradicts its unit or its range is a mistake."""
    id_ = record.text("id")
    unit = record.text("unit")
    if id_ and id_ not in UNITS:
        record.mistake(f"unknown assumption `{shown(id_)}`{did_you_mean(id_, UNITS)}", "id")
    elif id_ and unit and unit != UNITS[id_]:
        record.mistake(f"`{id_}` is stated in `{UNITS[id_]}`, found `{shown(unit)}`", "unit")
    value = record.number("value")
    low, high = record.optional_number("low"), record.optional_number("high")
    for key, bound in (("value", value), ("low", low), ("high", high)):
        if bound is not None and record.has(key):
            _check_bounds(record, key, id_, bound)
    if (low is None) != (high is None):
        record.mistake("`low` and `high` are stated together or not at all", "high" if low is None else "low")
    elif low is not None and high is not None and record.has("value") and not low <= value <= high:
        record.mistake(f"`value` {value:g} must lie between `low` {low:g} and `high` {high:g}", "value")
    return Assumption(id_, record.text("meaning", ""), value, unit, low, high, read_dated(record))


def _check_bounds(record: Record, key: str, id_: str, number: float) -> None:
    if id_ in _DIVISORS and number == 0.0:
        record.mistake(f"`{key}` of `{id_}` must be more than 0", key)
    if UNITS.get(id_) == _SHARE and number > 1.0:
        record.mistake(f"`{key}` of `{id_}` is a share, at most 1, found {number:g}", key)
    if id_ in _AT_LEAST_ONE and 0.0 <= number < 1.0:
        record.mistake(f"`{key}` of `{id_}` must be at least 1, found {number:g}", key)
    if id_ in _WHOLE and number % 1.0:
        record.mistake(f"`{key}` of `{id_}` must be a whole number, found {number:g}", key)


class HeadCount(Frozen):
    """Full-time equivalents for one kind of work; `low` and `high` are their 10th and 90th percentile."""

    id: str
    work: str
    adaptations: tuple[str, ...]
    """The adaptations that take it; none named means every one."""
    hostings: tuple[str, ...]
    """The hostings that take it; none named means every one."""
    engineers: float
    low: float | None
    high: float | None
    shareable: bool
    """Whether features that stand on the same platform share these people."""
    dated: Dated
    tiers: tuple[str, ...] = ()
    """The classes of models that take it; none named means every one, and a model of no known class takes all work."""

    def belongs_to(self, adaptation: str, hosting: str, tier: str = "") -> bool:
        """Return whether a way of building takes this work with a model of a class."""
        return (
            (not self.adaptations or adaptation in self.adaptations)
            and (not self.hostings or hosting in self.hostings)
            and (not self.tiers or not tier or tier in self.tiers)
        )

    def at(self, deviation: float) -> float:
        """Return the head count where few people (-1), as many as likely (0) or many (1) do; an array gives an array."""
        if self.low is None or self.high is None:
            return self.engineers
        more, less = (deviation + abs(deviation)) / 2.0, (deviation - abs(deviation)) / 2.0
        count: float = self.engineers * (self.high / self.engineers) ** more * (self.engineers / self.low) ** less
        return count


def whole_head_count(effort: Effort) -> HeadCount:
    """Return the people that an organisation itself says a way of building takes; they stand for every kind of work."""
    return HeadCount(
        id=f"{effort.adaptation} on {effort.hosting}", work=EVERYTHING, adaptations=(), hostings=(),
        engineers=effort.ml_engineers or 0.0, low=None, high=None, shareable=False, dated=effort.dated,
    )  # fmt: skip


def read_head_count(record: Record) -> HeadCount:
    """Return one entry of `people`; a range without its likely value is a mistake."""
    engineers = record.number("engineers")
    low, high = record.optional_number("low"), record.optional_number("high")
    if (low is None) != (high is None):
        record.mistake("`low` and `high` are stated together or not at all", "high" if low is None else "low")
    elif low == 0.0:
        record.mistake("`low` must be more than 0: nobody at all is no range of a head count", "low")
    elif low is not None and high is not None and record.has("engineers") and not low <= engineers <= high:
        record.mistake(f"`engineers` {engineers:g} must lie between `low` {low:g} and `high` {high:g}", "engineers")
    return HeadCount(
        id=record.text("id"),
        work=record.text("work", choices=WORKS),
        adaptations=record.texts("adaptations", (), ADAPTATIONS),
        hostings=record.texts("hostings", (), HOSTINGS),
        engineers=engineers,
        low=low,
        high=high,
        shareable=record.flag("shareable", default=False),
        dated=read_dated(record),
        tiers=record.texts("tiers", (), MODEL_TIERS),
    )
