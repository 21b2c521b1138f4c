"""Ways of building as data: one option with what it costs, what counts against it, what it breaks,
and what is to be measured before it is built."""

from __future__ import annotations

from collections.abc import Iterator

from aipolicy.answer.model import Measure, Opening, PlanStanding, Way, WaysLeft
from aipolicy.answer.trials import plan_violates, undone_duties, waits_to_be_done
from aipolicy.catalog.axes import HOSTINGS
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.gate import broken_by
from aipolicy.evaluation.option_masks import fewest
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.ranking import Ranked, Ranking, Weighing
from aipolicy.evaluation.recommendation import Recommender
from aipolicy.evaluation.verdict import ways_of
from aipolicy.facts.declared import PLAN_AXES
from aipolicy.findings.finding import Outcome, Severity

_NAMES = ("hosting", "adaptation", "provider", "model", "region", "fallback", "routing")
_BREAKS_OR_OPEN = (Outcome.VIOLATED, Outcome.UNDETERMINED)
_FALLBACK_MS = "partner.latency_p95_ms"
_AXES = tuple((f"plan.{name}", f"option.{name}") for name in _NAMES)


def way_of(evaluation: Evaluation, option_set: OptionSet, ranked: Ranked) -> Way:
    """Return a way with the rules of severity error that it is expected to break or that are open for it."""
    words = {name: next(iter(option_set.distinct(f"option.{name}", 1 << ranked.number))) for name in _NAMES}
    breaks, open_for = list[str](), list[str]()
    for ruled in evaluation.rules:
        outcomes = ruled.planned if option_set is evaluation.planned else ruled.candidates
        if ruled.active.severity is not Severity.ERROR:
            continue
        outcome = outcomes.outcome_of(ranked.number)
        if outcome in _BREAKS_OR_OPEN and not waits_to_be_done(ruled.active.rule, evaluation.facts):
            (breaks if outcome is Outcome.VIOLATED else open_for).append(ruled.active.rule.id)
    texts = {name: None if value is None else str(value) for name, value in words.items()}
    return Way(
        option_set=option_set, number=ranked.number, hosting=texts["hosting"] or "", adaptation=texts["adaptation"],
        provider=texts["provider"] or None, model=texts["model"] or None, region=texts["region"] or None,
        fallback=texts["fallback"] or "none", routing=texts["routing"] or "single", cost=ranked.cost,
        against=ranked.against, breaks=tuple(sorted(breaks)), open_for=tuple(sorted(open_for)),
        late_fallback_ms=_late_fallback_ms(evaluation, option_set, ranked.number),
    )  # fmt: skip


def _late_fallback_ms(evaluation: Evaluation, option_set: OptionSet, number: int) -> float | None:
    """Return what 95 % of answers of a fallback take where that is more than the budget; None where it is not."""
    budget, reads = evaluation.facts.values.get("latency.p95_ms"), ("option.routing", _FALLBACK_MS)
    if not isinstance(budget, float):
        return None
    values = option_set.values_of(number, reads, evaluation.workload)
    takes = values.get(_FALLBACK_MS)
    if values.get("option.routing") != "single" or not isinstance(takes, float):
        return None
    return takes if takes > budget else None


def plan_standing(certain: Evaluation, weighing: Weighing) -> PlanStanding | None:
    """Return how the plan of a feature stands, None where it names no way of building."""
    expected = certain.expected
    option_set = expected.planned
    if option_set is expected.candidates:
        return None
    removed, open_, undone = 0, 0, undone_duties(expected)
    for ruled in expected.rules:
        if ruled.active.severity is Severity.ERROR and ruled.active.rule.id not in undone:
            removed |= ruled.planned.violated
            open_ |= ruled.planned.undetermined
    full = option_set.full
    passing, left = full & ~removed & ~open_, full & ~removed
    nearest = fewest(full, broken_by(expected).values())
    ranked = Ranking(expected, option_set, weighing).first(passing or left or nearest)
    if ranked is None:
        return None
    way = way_of(expected, option_set, ranked)
    is_offered = not certain.plan_problems
    openings = _openings(expected, way) if is_offered else ()
    counts = (option_set.legs_of(mask).bit_count() for mask in (full, passing))
    return PlanStanding(way, is_offered, plan_violates(certain), next(counts), next(counts), openings)


def _openings(expected: Evaluation, way: Way) -> tuple[Opening, ...]:
    """Return the axes that the plan leaves open, with the words that no way of it keeps the rules with."""
    option_set, undone = expected.planned, undone_duties(expected)
    broken_sometimes = {
        rule: mask for rule, mask in broken_by(expected).items() if rule not in undone and mask != option_set.full
    }
    openings = []
    for fact, attribute in _AXES:
        words = option_set.distinct(attribute, option_set.full)
        if fact in expected.facts.declared or fact not in PLAN_AXES or len(words) < 2:
            continue
        fails = []
        for word in words:
            mask = option_set.full if word is None else option_set.mask_of(attribute, frozenset({word}))
            rules = sorted(rule for rule, broken in broken_sometimes.items() if mask & ~broken == 0)
            if rules and word is not None:
                fails.append((str(word), tuple(rules)))
        takes = getattr(way, fact.removeprefix("plan."))
        openings.append(Opening(fact, takes, tuple(fails)))
    return tuple(openings)


def ways_left(expected: Evaluation) -> tuple[WaysLeft, ...]:
    """Return for every hosting how many ways there are, how many are left, and which rule removes most."""
    legs, ways = expected.candidates.mains, ways_of(expected.verdict, expected.candidates)
    left_by_hosting = []
    for hosting in HOSTINGS:
        mask = legs.mask_of("option.hosting", frozenset({hosting})) & ways.full
        if mask:
            removed = {rule: (others & mask).bit_count() for rule, others in ways.removed_by.items() if others & mask}
            worst = min(removed, key=lambda rule: (-removed[rule], rule), default="")
            left = (mask & ways.admissible).bit_count(), (mask & ways.open).bit_count()
            left_by_hosting.append(WaysLeft(hosting, mask.bit_count(), *left, worst))
    return tuple(left_by_hosting)


def measures_of(recommender: Recommender, expected: Evaluation, recommended: Way | None, plan: PlanStanding | None,
                margin_percent: float) -> tuple[Measure, ...]:  # fmt: skip
    """Return what is close for the plan, for what is recommended, and for the best way that would cost less than that."""
    measures = _measures(recommender, expected, recommended, plan, margin_percent)
    return tuple(dict.fromkeys(measures))


def _measures(recommender: Recommender, expected: Evaluation, recommended: Way | None, plan: PlanStanding | None,
              margin_percent: float) -> Iterator[Measure]:  # fmt: skip
    if plan is not None and plan.is_offered and not plan.way.breaks:
        yield from _of_way(expected, expected.planned, plan.way, None, of_plan=True)
    if recommended is None:
        return
    yield from _of_way(expected, expected.candidates, recommended, None, of_plan=False)
    close = expected.verdict.close & ~recommender.pool
    worth_usd = recommended.cost.total_usd * (1.0 - margin_percent / 100.0)
    # NOTE: what costs least whatever counts against it is known sooner than what comes first.
    cheapest = recommender.ranking.cheapest(close) if recommended.cost.is_whole else None
    if cheapest is None or cheapest.cost.total_usd >= worth_usd:
        return
    best = recommender.ranking.first(close)
    if best is not None and best.cost.is_whole and best.cost.total_usd < worth_usd:
        way = way_of(expected, expected.candidates, best)
        saves_usd = recommended.cost.monthly_usd - best.cost.monthly_usd
        yield from _of_way(expected, expected.candidates, way, saves_usd, of_plan=False)


def _of_way(evaluation: Evaluation, option_set: OptionSet, way: Way, saves_usd: float | None, *,
            of_plan: bool) -> Iterator[Measure]:  # fmt: skip
    for ruled in evaluation.rules:
        outcomes = ruled.planned if option_set is evaluation.planned else ruled.candidates
        if ruled.active.severity is Severity.ERROR and outcomes.close >> way.number & 1:
            from aipolicy.evaluation.settling import close_of  # NOTE: few ways are close.

            close = close_of(ruled, evaluation, option_set, way.number)
            if close is not None:
                yield Measure(way, close, of_plan, saves_usd)
