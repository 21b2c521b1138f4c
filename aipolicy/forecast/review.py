"""When a decision is to be looked at again: prices grow old, costs cross, models retire, rules come into force."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from aipolicy.answer.answer import Answering
from aipolicy.answer.margins import VOLUME, Margin, Passing, dated
from aipolicy.economics.break_even import Crossings
from aipolicy.forecast.events import Horizon, months_later
from aipolicy.forecast.first_break import HORIZON_MONTHS, first_break
from aipolicy.forecast.rule_events import rule_events
from aipolicy.source.text import grouped
from aipolicy.value import Frozen

_PRICE_AGES = frozenset({"option.price_age_days", "option.exchange_rate_age_days"})


class ReviewDay(Frozen, order=True):
    """A day, and why the decision is to be looked at again by then."""

    on: date
    reason: str


def reviews_of(answering: Answering) -> tuple[ReviewDay, ...]:
    """Return the days within three years on which what is recommended is to be looked at again, the first one first."""
    if answering.recommended is None or answering.certain.is_retired:
        return ()
    start = answering.evaluator.catalog.as_of
    try:
        horizon = Horizon(start, months_later(start, HORIZON_MONTHS))
    except OverflowError:
        return ()
    reviews = (*_price_ages(answering), *_crossing(answering), *_retirements(answering), *_law(answering))
    return tuple(sorted({review for review in reviews if review.on in horizon}))


def _price_ages(answering: Answering) -> Iterator[ReviewDay]:
    """Yield the day on which a rule on the age of prices breaks, whatever it weighs."""
    evaluator, way = answering.evaluator, answering.recommended
    if way is None:
        return
    passing = Passing(answering, evaluator.rule_evaluator, of_plan=False, number=way.number, reading=_PRICE_AGES)
    broken = None if passing.breaks(answering.expected.facts) else first_break(passing, evaluator)
    if broken is not None:
        yield ReviewDay(broken.on, f"prices are too old ({', '.join(broken.rules)})")


def _crossing(answering: Answering) -> Iterator[ReviewDay]:
    """Yield the day on which growth leads to the volume at which the runner-up costs less."""
    way, other, workload = answering.recommended, answering.runner_up, answering.expected.workload
    now = workload.requests_per_day
    if way is None or other is None or now is None:
        return
    all_inputs = [compared.option_set.cost_inputs(compared.number) for compared in (way, other)]
    crossing = way.option_set.estimator(workload).break_even(*all_inputs)
    if isinstance(crossing, Crossings) and crossing.first > now:
        values = answering.expected.facts.values
        margin = dated(Margin(VOLUME, now, crossing.first, ()), values, answering.evaluator.catalog.as_of)
        if margin.on is not None:
            yield ReviewDay(
                margin.on, f"growth reaches the break-even with the runner-up, {grouped(crossing.first)} requests a day"
            )


def _retirements(answering: Answering) -> Iterator[ReviewDay]:
    way = answering.recommended
    for leg in () if way is None else way.option.legs:
        if leg.retires_on is not None:
            yield ReviewDay(leg.retires_on, f"`{leg.model.id}` retires")


def _law(answering: Answering) -> Iterator[ReviewDay]:
    rules = (rule for pack in answering.evaluator.packs for rule in pack.rules)
    yield from (ReviewDay(event.day, event.text) for event in rule_events(rules))
