"""The first day on which a way that passes breaks a rule though nothing about it changes.

Rules come into force, evidence expires, models retire and prices grow old. Volume, prices and the rest of the catalog stay
as they are today; what else is dated is the business of `aipolicy forecast`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from aipolicy.answer.answer import Answering
from aipolicy.answer.margins import YEARS, Margin, Passing, margins_of, passing_of
from aipolicy.catalog.catalog import Catalog
from aipolicy.evaluation.evaluation import Evaluator
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.option_set_parts import on_day
from aipolicy.evaluation.prepared_rule import active_rules
from aipolicy.facts.assume import assume
from aipolicy.facts.facts import derive_facts
from aipolicy.forecast.catalog_days import of_another_day
from aipolicy.forecast.events import DAY, Horizon, months_later
from aipolicy.forecast.rule_events import evidence_events, rule_events
from aipolicy.value import Frozen

HORIZON_MONTHS = 12 * YEARS


class FirstBreak(Frozen):
    """A day, and the rules of severity error that break on it."""

    on: date
    rules: tuple[str, ...]


class Holding(Frozen):
    """How far what passes holds: by numbers, and by the calendar."""

    of_plan: bool
    """Whether it is the plan that passes; else it is what is recommended."""
    margins: tuple[Margin, ...]
    first: FirstBreak | None


def holding_of(answering: Answering) -> Holding | None:
    """Return how far the plan holds where it passes, else what is recommended; None where neither does."""
    evaluator = answering.evaluator
    passing = passing_of(answering, evaluator.rule_evaluator)
    if passing is None:
        return None
    margins = margins_of(passing, evaluator.catalog.as_of)
    return Holding(passing.of_plan, margins, first_break(passing, evaluator))


def first_break(passing: Passing, evaluator: Evaluator) -> FirstBreak | None:
    """Return the first day within three years, None where there is none."""
    start = evaluator.catalog.as_of
    try:
        horizon = Horizon(start, months_later(start, HORIZON_MONTHS))
    except OverflowError:
        return None
    days = _Days(passing, evaluator)
    before = start
    for day in _turning_days(passing, evaluator, horizon):
        # NOTE: between two such days only ages move, each in one direction, so that the last day tells of those before.
        last = day - DAY
        if last > before and days.breaks(last):
            return days.first_between(before, last)
        if days.breaks(day):
            return FirstBreak(day, days.breaks(day))
        before = day
    return None


def _turning_days(passing: Passing, evaluator: Evaluator, horizon: Horizon) -> Iterator[date]:
    """Yield the days on which a rule changes its stage or a document begins or ceases to hold, then the last."""
    rules = tuple(rule for pack in evaluator.packs for rule in pack.rules)
    events = (*rule_events(rules), *evidence_events((passing.answering.certain.feature,), rules))
    yield from sorted({event.day for event in events if event.day in horizon} | {horizon.end})


class _Days:
    """What breaks on each day; what was asked is kept."""

    def __init__(self, passing: Passing, evaluator: Evaluator) -> None:
        self._passing = passing
        self._evaluator = evaluator
        self._rules = sorted((rule for pack in evaluator.packs for rule in pack.rules), key=lambda rule: rule.id)
        self._kept: dict[date, tuple[str, ...]] = {}

    def breaks(self, day: date) -> tuple[str, ...]:
        if day not in self._kept:
            self._kept[day] = self._breaks(day)
        return self._kept[day]

    def first_between(self, before: date, last: date) -> FirstBreak:
        """Return the first day after one on which nothing breaks, up to one on which something does."""
        while (last - before).days > 1:
            middle = before + timedelta(days=(last - before).days // 2)
            if self.breaks(middle):
                last = middle
            else:
                before = middle
        return FirstBreak(last, self.breaks(last))

    def _breaks(self, day: date) -> tuple[str, ...]:
        evaluator, feature = self._evaluator, self._passing.answering.certain.feature
        catalog = of_another_day(evaluator.catalog, day)
        facts = derive_facts(feature, catalog, day, evaluator.known)
        expected = assume(facts, catalog, feature.path_in_repository)
        return self._passing.breaks(expected, (active_rules(self._rules, day), self._option_set(catalog)))

    def _option_set(self, catalog: Catalog) -> OptionSet:
        return on_day(self._passing.option_set, catalog)
