"""Events of reference data: models that retire, prices that grow old, entries that take effect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from math import ceil, floor

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.prices import Price
from aipolicy.forecast.catalog_days import CatalogDays
from aipolicy.forecast.events import DAY, Cause, Event, Horizon
from aipolicy.manifest.feature import Feature
from aipolicy.options.attributes import AGEING
from aipolicy.policy.rule import Line, Rule
from aipolicy.source.text import shown
from aipolicy.value import NamedTuple

RETIREMENT, PRICE_AGE, RATE_AGE = (
    "option.days_until_retirement", "option.price_age_days", "option.exchange_rate_age_days",
)  # fmt: skip
WEEK = timedelta(days=7)
_STALE = "stale-price-days"


class _Mark(NamedTuple):
    """A day of the catalog that an ageing fact counts from or to."""

    fact: str
    day: date
    text: str
    leg: tuple[str, str] | None


def catalog_events(days: CatalogDays, rules: Sequence[Rule], features: Sequence[Feature],
                   horizon: Horizon) -> Iterator[Event]:  # fmt: skip
    """Yield an event for every day on which reference data can change an answer."""
    for entry in days.entries:
        text = f"an entry of `{entry.section}` takes effect: {entry.name}"
        yield Event(day=entry.day, cause=Cause.CATALOG, text=text, leg=entry.leg)
    for day in days.turning_days:
        if all(entry.day != day for entry in days.entries):
            yield Event(day=day, cause=Cause.PRICE, text="the installed price package dates prices from this day")
    lines = [(rule, line) for rule in rules for line in (*rule.when, *rule.require)]
    for catalog in days.catalogs:
        marks = tuple(dict.fromkeys(_marks(catalog)))
        yield from _ends(catalog)
        yield from _stale_prices(catalog)
        for rule, line in lines:
            for fact in AGEING.keys() & line.option_reads:
                yield from _crossings(rule, line, fact, marks, features)
    for rule in formulas(rules):
        day = horizon.start
        while (day := day + WEEK) <= horizon.end:
            yield Event(day=day, cause=Cause.PRICE, text=f"{rule.id} reads an age in a formula", rule=rule.id)


def formulas(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return the rules that read an age in another way than by a limit: they are looked at week by week."""
    return tuple(
        rule
        for rule in rules
        if any(
            (AGEING.keys() & line.option_reads) and (line.ordered_by not in AGEING or line.turns_at is None)
            for line in (*rule.when, *rule.require)
        )
    )


def _marks(catalog: Catalog) -> Iterator[_Mark]:
    for provider, model, ends in _retirements(catalog):
        yield _Mark(
            RETIREMENT, ends, f"`{shown(model)}` at `{shown(provider)}` is retired on {ends}", (provider, model)
        )
    for price in catalog.prices:
        leg = (price.provider, price.model)
        text = (
            f"the price of `{shown(price.model)}` at `{shown(price.provider)}` was last checked on {price.checked_on}"
        )
        yield _Mark(PRICE_AGE, price.checked_on, text, leg)
        rate = price.exchange_rate
        if rate is not None:
            checked = rate.dated.checked_on
            yield _Mark(RATE_AGE, checked, f"the exchange rate of {rate.currency} was last checked on {checked}", leg)


def _retirements(catalog: Catalog) -> Iterator[tuple[str, str, date]]:
    for offering in catalog.offerings:
        ends = offering.retires_on or catalog.models[offering.model].retires_on
        if ends is not None:
            yield offering.provider, offering.model, ends


def _ends(catalog: Catalog) -> Iterator[Event]:
    for provider, model, ends in _retirements(catalog):
        text = f"`{shown(model)}` at `{shown(provider)}` is retired on {ends}"
        yield Event(day=ends, cause=Cause.MODEL, text=text, leg=(provider, model))


def _stale_prices(catalog: Catalog) -> Iterator[Event]:
    """Yield the days from which an estimate takes a price for stale, and draws it."""
    limit = catalog.assumptions[_STALE].value
    for price in catalog.prices:
        text = (
            f"the price of `{shown(price.model)}` at `{shown(price.provider)}` was last checked on {price.checked_on}, "
            f"more than {limit:g} days before; estimates take it for stale"
        )
        for day in _stale_from(price, limit):
            yield Event(day=day, cause=Cause.PRICE, text=text, leg=(price.provider, price.model))


def ends_of(catalog: Catalog) -> tuple[date, ...]:
    """Return the days from which models are retired, in order."""
    return tuple(sorted({ends for _, _, ends in _retirements(catalog)}))


def stale_days_of(catalog: Catalog) -> tuple[date, ...]:
    """Return the days from which estimates take prices for stale, in order."""
    limit = catalog.assumptions[_STALE].value
    return tuple(sorted({day for price in catalog.prices for day in _stale_from(price, limit)}))


def _stale_from(price: Price, limit: float) -> Iterator[date]:
    yield from _later(price.checked_on, floor(limit) + 1)


def _crossings(rule: Rule, line: Line, fact: str, marks: Iterable[_Mark],
               features: Iterable[Feature]) -> Iterator[Event]:  # fmt: skip
    """Yield the days on which an age reaches the limit of a rule, or passes it."""
    if line.ordered_by != fact or line.turns_at is None:
        return
    limits: list[tuple[str, object]] = [("", line.turns_at)]
    if isinstance(line.turns_at, str):
        name = line.turns_at
        parameter = rule.parameters.get(name)
        limits = [("", parameter)] if parameter is not None else [(f.name, f.declared.get(name)) for f in features]
    for feature, limit in limits:
        if not isinstance(limit, int | float) or isinstance(limit, bool) or not abs(limit) < date.max.toordinal():
            continue
        for mark in marks:
            if mark.fact != fact:
                continue
            turns = (floor(limit), ceil(limit), floor(limit) + 1)
            if fact == RETIREMENT:
                turns = (-floor(limit), -ceil(limit), 1 - floor(limit))
            for day in {later_day for turn in turns for later_day in _later(mark.day, turn)}:
                yield Event(day=day, cause=Cause.MODEL if fact == RETIREMENT else Cause.PRICE,
                            text=mark.text + _distance(day, mark), feature=feature, rule=rule.id, fact=fact,
                            leg=mark.leg)  # fmt: skip


def _distance(day: date, mark: _Mark) -> str:
    days = (day - mark.day).days
    if mark.fact == RETIREMENT:
        return f", {-days} days later" if days < 0 else ""
    return f", {days} days before" if days > 0 else ""


def _later(day: date, days: int) -> Iterator[date]:
    try:
        yield day + days * DAY
    except OverflowError:
        return
