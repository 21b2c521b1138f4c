"""Volume month by month, as declared growth has it: `requests_per_day × factor ^ (days passed / days of twelve months)`.

The factor is `growth_12_months`, or `requests_per_day_in_12_months / requests_per_day`. The volume of a month is that of its
first day. Growth is not declared beyond twelve months: from then on the volume stays, and the forecast says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from math import isfinite

from aipolicy.facts.spec import RANGE_KEYS
from aipolicy.forecast.events import Cause, Event, Horizon, months_later
from aipolicy.manifest.feature import Feature
from aipolicy.source.document import PlainValue
from aipolicy.value import Frozen, replace

NOW, LATER, FACTOR = "volume.requests_per_day", "volume.requests_per_day_in_12_months", "volume.growth_12_months"
_SCALED = (NOW, LATER)


class Growth(Frozen):
    """How a feature's requests grow from the start of a forecast on."""

    factor: float
    """By which they grow in twelve months."""
    requests_per_day: float

    def scale(self, day: date, horizon: Horizon) -> float:
        """Return the factor by which requests have grown at the last step up to a day."""
        step = _step(day, horizon)
        passed = (step - horizon.start).days / (horizon.year - horizon.start).days
        return float(self.factor ** min(passed, 1.0))


def growth_of(feature: Feature) -> Growth | None:
    """Return the growth that a feature declares; None where today's volume or the growth is not declared, or ends at 0."""
    now, later, factor = (_likely(feature.declared.get(name)) for name in (NOW, LATER, FACTOR))
    if now is None or now <= 0:
        return None
    if factor is None:
        factor = None if later is None else later / now
    if factor is None or factor <= 0 or not isfinite(factor):
        return None
    return Growth(factor, now)


def growth_events(features: Iterable[Feature], horizon: Horizon) -> Iterator[Event]:
    """Yield an event for every month in which the volume of a feature is another one."""
    for feature in features:
        growth = growth_of(feature)
        if growth is None or growth.factor == 1.0:
            continue
        for day in _steps(horizon):
            requests = growth.requests_per_day * growth.scale(day, horizon)
            text = f"requests a day reach {_number(requests)} from {_number(growth.requests_per_day)} today"
            yield Event(day=day, cause=Cause.GROWTH, text=text, feature=feature.name)


def projected(feature: Feature, day: date, horizon: Horizon) -> Feature:
    """Return the feature with the volume of a day; growth goes on at the declared rate."""
    growth = growth_of(feature)
    if growth is None or day <= horizon.start:
        return feature
    scale = growth.scale(day, horizon)
    if scale == 1.0:
        return feature
    declared = dict(feature.declared)
    for name in _SCALED:
        if name in declared:
            declared[name] = _scaled(declared[name], scale)
    return replace(feature, declared=declared)


def _steps(horizon: Horizon) -> Iterator[date]:
    """Yield the first of every month, and the day on which twelve months have passed."""
    month = horizon.start.replace(day=1)
    last = min(horizon.end, horizon.year)
    while (month := months_later(month, 1)) <= last:
        yield month
    if horizon.year <= horizon.end and horizon.year.day != 1:
        yield horizon.year


def _step(day: date, horizon: Horizon) -> date:
    if day >= horizon.year:
        return horizon.year
    return max(day.replace(day=1), horizon.start)


def _likely(declared: PlainValue) -> float | None:
    value = declared.get(RANGE_KEYS[1]) if isinstance(declared, dict) else declared
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _scaled(declared: PlainValue, scale: float) -> PlainValue:
    if isinstance(declared, dict):
        return {key: _scaled(value, scale) for key, value in declared.items()}
    return declared * scale if isinstance(declared, int | float) else declared


def _number(value: float) -> str:
    return f"{value:,.0f}".replace(",", " ") if value >= 100 else f"{value:.3g}"
