"""Dated events: the days on which the answer about a feature can change, and what happens on them."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from aipolicy.value import Frozen

DAY = timedelta(days=1)
MONTHS_A_YEAR = 12


class Cause(StrEnum):
    """What brings a change about."""

    RULE = "rule"
    EVIDENCE = "evidence"
    WAIVER = "waiver"
    MODEL = "model"
    PRICE = "price"
    CATALOG = "catalog"
    GROWTH = "growth"


class Input(StrEnum):
    """What is exchanged one at a time, in this order, to find out which change has which cause."""

    RULES = "rules"
    EVIDENCE = "evidence"
    WAIVERS = "waivers"
    CATALOG = "catalog"
    GROWTH = "growth"


INPUT_OF = {
    Cause.RULE: Input.RULES,
    Cause.EVIDENCE: Input.EVIDENCE,
    Cause.WAIVER: Input.WAIVERS,
    Cause.MODEL: Input.CATALOG,
    Cause.PRICE: Input.CATALOG,
    Cause.CATALOG: Input.CATALOG,
    Cause.GROWTH: Input.GROWTH,
}


class Event(Frozen, kw_only=True, order=True):
    """Something that happens on a day; `text` is for people, names from input are made safe to show."""

    day: date
    cause: Cause
    text: str
    feature: str = ""
    """The one feature that it concerns; empty when it may concern every one."""
    rule: str = ""
    """The rule that it is about; empty for none."""
    fact: str = ""
    """The fact of the feature or the option that it changes; empty for many."""
    leg: tuple[str, str] | None = None
    """Provider and model that it is about; None for others."""


class Horizon(Frozen):
    """The days that a forecast looks at: after `start`, up to and including `end`."""

    start: date
    end: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start < day <= self.end

    @property
    def year(self) -> date:
        """Return the day to which growth is declared, twelve months from the start."""
        return months_later(self.start, MONTHS_A_YEAR)


def months_later(day: date, months: int) -> date:
    """Return the day some months later, the last of a month where it is too short; raises `OverflowError`."""
    index = day.year * MONTHS_A_YEAR + day.month - 1 + months
    year, month = divmod(index, MONTHS_A_YEAR)
    if year > date.max.year:
        raise OverflowError("no such year")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def within(events: Iterable[Event], horizon: Horizon) -> tuple[Event, ...]:
    """Return the events of a horizon, each once, in order."""
    return tuple(sorted({event for event in events if event.day in horizon}, key=_order))


def _order(event: Event) -> tuple[date, str, str, str, str]:
    return (event.day, event.cause.value, event.feature, event.rule, event.text)
