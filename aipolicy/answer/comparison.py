"""The ways that are put beside each other, with what each costs: what is recommended, what it is compared with, the plan.

`explain` and `cost` show these rows and no others, so that both name the same ways and the same figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

from aipolicy.answer.model import Figures as Figures
from aipolicy.answer.model import Way
from aipolicy.answer.ways import way_of
from aipolicy.evaluation.option_masks import fewest
from aipolicy.evaluation.ranking import Ranked
from aipolicy.findings.finding import Severity
from aipolicy.value import Frozen

if TYPE_CHECKING:
    from aipolicy.answer.answer import Answering
    from aipolicy.evaluation.evaluation import Evaluation

_HARDLY_LESS = 0.95


class Part(StrEnum):
    """What a way is in a comparison."""

    BUILD = "build"
    RUNNER_UP = "runner-up"
    API = "cheapest API"
    OWN = "cheapest of one's own"
    REMOVED = "removed"
    TODAY = "today"
    PLAN = "plan"


class Compared(Frozen):
    """A way in a comparison."""

    part: Part
    way: Way
    figures: Figures
    removed_by: tuple[str, ...] = ()
    """The rules of severity error that remove it, or that the plan, or what runs today, is expected to break."""


def figures_of(way: Way, evaluation: Evaluation) -> Figures:
    """Return what a way costs; the range has the likely value in it."""
    cost, likely = way.cost, way.cost.monthly_usd
    quantiles = None
    if cost.is_whole:
        quantiles = way.option_set.estimator(evaluation.workload).drawn.quantiles(
            way.option_set.cost_inputs(way.number)
        )
    low, high = (None, None) if quantiles is None else (min(quantiles.p10, likely), max(quantiles.p90, likely))
    return Figures(
        likely - cost.people_usd, cost.people_usd, likely, low, high, cost.upfront_usd, cost.total_usd, cost.is_whole
    )


def compared_ways(answering: Answering) -> tuple[Compared, ...]:
    """Return the ways to show, each once: what is recommended first, last what runs today and the plan."""
    expected = answering.expected
    shown: dict[str, Compared] = {}
    plan = answering.plan
    for part, way, removed_by in _parts(answering):
        if way.option.id not in shown and not any(_repeats(part, way, row.way) for row in shown.values()):
            shown[way.option.id] = Compared(part, way, figures_of(way, expected), removed_by)
    if plan is not None and plan.is_offered and not is_recommended(answering, plan.way):
        shown.pop(plan.way.option.id, None)
        removed_by = tuple(sorted({*plan.violates, *plan.way.breaks}))
        shown[plan.way.option.id] = Compared(Part.PLAN, plan.way, figures_of(plan.way, expected), removed_by)
    today = answering.today
    if today is not None and today.way.option.id not in shown:
        broken = tuple(sorted({*today.standing.violates, *today.way.breaks}))
        row = Compared(Part.TODAY, today.way, today.figures, broken)
        before_plan = [compared for compared in shown.values() if compared.part is not Part.PLAN]
        return (*before_plan, row, *(compared for compared in shown.values() if compared.part is Part.PLAN))
    return tuple(shown.values())


def is_recommended(answering: Answering, way: Way) -> bool:
    """Return whether a way is the one that is recommended."""
    recommended = answering.answer.recommended
    return recommended is not None and recommended.option.id == way.option.id


def _repeats(part: Part, way: Way, shown: Way) -> bool:
    """Return whether the cheapest way of a kind is of the kind of one that is shown already, and costs hardly less."""
    is_alike = (way.hosting == "provider-api") == (shown.hosting == "provider-api")
    return part in (Part.API, Part.OWN) and is_alike and way.cost.total_usd > _HARDLY_LESS * shown.cost.total_usd


def _parts(answering: Answering) -> Iterator[tuple[Part, Way, tuple[str, ...]]]:
    answer, expected = answering.answer, answering.expected
    if answer.recommended is not None:
        yield Part.BUILD, answer.recommended, ()
    if answer.runner_up is not None:
        yield Part.RUNNER_UP, answer.runner_up, ()
    verdict, option_set = expected.verdict, expected.candidates
    api = option_set.mask_of("option.hosting", frozenset({"provider-api"}))
    ranking = answering.recommender.ranking

    def made(ranked: Ranked) -> Way:
        return way_of(expected, option_set, ranked)

    for part, mask in ((Part.API, api), (Part.OWN, option_set.full & ~api)):
        left = mask & (verdict.admissible or verdict.open)
        cheapest = ranking.cheapest(left) if left else None
        if cheapest is not None:
            yield part, made(cheapest), ()
    if not api & verdict.remaining and api:
        # NOTE: people ask first what an API would cost; the one that comes nearest to keeping every rule is told.
        undetermined = (
            ruled.candidates.undetermined for ruled in expected.rules if ruled.active.severity is Severity.ERROR
        )
        nearest = ranking.cheapest(fewest(fewest(api, verdict.removed_by.values()), undetermined))
        if nearest is not None:
            way = made(nearest)
            yield Part.REMOVED, way, way.breaks
    for priced in answer.rule_prices:
        yield Part.REMOVED, priced.way, (priced.rule,)
