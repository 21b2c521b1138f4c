"""What decides between an API and a way of one's own: what each costs, from which volume on, how sure, what moves it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aipolicy.answer.comparison import Compared, Part
from aipolicy.options.costs import running_cost
from aipolicy.options.fixed_costs import head_counts
from aipolicy.value import Frozen

if TYPE_CHECKING:
    from aipolicy.answer.answer import Answering
    from aipolicy.economics.uncertainty import Influence

_MONTHS_OF_GROWTH = 12.0
"""For how long a manifest says that requests grow; after that they stay, as costs over the horizon have it."""


class BreakEvenRange(Frozen):
    """The requests a day from which on one's own way costs less: in one draw of ten, in half, in nine; None is never."""

    low: float | None
    likely: float | None
    high: float | None


class CostSummary(Frozen):
    """The cheapest API beside the cheapest way of one's own; either may be missing, and one may break rules."""

    api: Compared | None
    own: Compared | None
    break_even: BreakEvenRange | None
    probability_own: float | None
    """That one's own way costs less today."""
    requests_now: float | None
    requests_then: float | None
    """Requests a day at the end of the horizon."""
    influences: tuple[Influence, ...]
    """What moves the distance between the two most, or the cost of the one there is."""
    parts: tuple[tuple[str, float], ...]
    """What a month of the recommended way goes into, at likely values."""
    people: tuple[tuple[str, float], ...]
    """The full-time equivalents that the recommended way takes, by kind of work."""


def cost_summary(answering: Answering, rows: Sequence[Compared]) -> CostSummary:
    """Return the summary of a comparison."""
    expected = answering.expected
    workload, option_set = expected.workload, expected.candidates
    drawn = option_set.estimator(workload).drawn
    api, own = (_cheapest(rows, is_api=is_api) for is_api in (True, False))
    ranges, probability = None, None
    influences: tuple[Influence, ...] = ()
    if api is not None and own is not None:
        one, other = (row.way.option_set.cost_inputs(row.way.number) for row in (api, own))
        ranges = BreakEvenRange(*(drawn.break_even(one, other, share) for share in (0.1, 0.5, 0.9)))
        probability = drawn.probability_cheaper(other, one)
        influences = drawn.tornado(other, one)
    elif api is not None or own is not None:
        row = api or own
        influences = () if row is None else drawn.tornado(row.way.option_set.cost_inputs(row.way.number))
    now, growth = workload.requests_per_day, workload.growth_12_months or 1.0
    grown = growth ** (min(answering.weighing.horizon_months, _MONTHS_OF_GROWTH) / _MONTHS_OF_GROWTH)
    return CostSummary(
        api,
        own,
        ranges,
        probability,
        now,
        None if now is None else now * grown,
        influences,
        _parts(answering),
        _people(answering),
    )


def _people(answering: Answering) -> tuple[tuple[str, float], ...]:
    way = answering.answer.recommended
    if way is None:
        return ()
    inputs = way.option_set.cost_inputs(way.number)
    return head_counts(inputs, answering.expected.workload, way.option_set.assumptions) or ()


def _cheapest(rows: Sequence[Compared], *, is_api: bool) -> Compared | None:
    """Return the cheapest row of known cost that is left, else of the plan, else of what is removed."""
    alike = [row for row in rows if (row.way.hosting == "provider-api") == is_api and row.figures.is_whole]
    kinds = ((Part.BUILD, Part.RUNNER_UP, Part.API, Part.OWN), (Part.PLAN,), (Part.REMOVED,))
    for parts in kinds if is_api else kinds[:2]:
        listed = [row for row in alike if row.part in parts]
        if listed:
            return min(listed, key=lambda row: row.figures.monthly_usd)
    return None


def _parts(answering: Answering) -> tuple[tuple[str, float], ...]:
    way, workload = answering.answer.recommended, answering.expected.workload
    if way is None or workload.requests_per_day is None:
        return ()
    running = running_cost(way.option_set.cost_inputs(way.number), workload, way.option_set.assumptions)
    return () if running is None else running.lines(workload.requests_per_day)
