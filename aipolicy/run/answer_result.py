"""An evaluated feature in, the answer to it out as data: what every format shows of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from aipolicy.run.answers_asked import AnswersAsked, Depth
from aipolicy.value import NamedTuple

if TYPE_CHECKING:
    from aipolicy.answer.answer import Answering
    from aipolicy.answer.model import Change, Measure, Way
    from aipolicy.evaluation.evaluation import Evaluation, Evaluator


class WayResult(NamedTuple):
    """One way of building the feature; costs in USD a month at today's volume, None is unknown."""

    hosting: str
    adaptation: str | None
    provider: str | None
    model: str | None
    region: str | None
    fallback: str
    routing: str
    tier: str | None
    """The capability class of the model."""
    people_usd: float
    monthly_usd: float
    """People included; of a cost that is known in part, what it is at least."""
    is_whole: bool
    """Whether every part of its cost is known."""
    low_usd: float | None
    high_usd: float | None
    """The 10th and the 90th percentile of the running cost, where they were asked for."""


class ThenResult(NamedTuple):
    """What follows under other facts; no hosting where nothing remains."""

    hosting: str | None
    adaptation: str | None
    needs: Sequence[str]
    violates: Sequence[str]
    monthly_usd: float | None


class ChangeResult(NamedTuple):
    """Facts with other values, and what follows; a number stands for all `from` it on, or all up `to` it."""

    facts: Mapping[str, object]
    bounds: Mapping[str, str]
    effect: str
    gates: bool
    then: ThenResult


class ToDoResult(NamedTuple):
    """What is to be done, the rule that asks, and before which stage."""

    rule: str
    fact: str
    before: str
    of_plan: bool
    how: str = ""


class GapResult(NamedTuple):
    """What is to be looked up, and the file to write it to."""

    about: str
    fact: str
    file: str


class MeasureResult(NamedTuple):
    """An estimate to be measured: of which way, for which rule, both ends and the limit between them."""

    way: WayResult
    rule: str
    fact: str
    low: float
    high: float
    limit: float
    limit_fact: str
    of_plan: bool
    saves_usd: float | None


class PlanResult(NamedTuple):
    """How the declared plan stands."""

    way: WayResult
    violates: Sequence[str]


class ConflictResult(NamedTuple):
    """Rules that together leave nothing, and the smallest changes that end it (None where they were not asked for)."""

    rules: Sequence[str]
    changes: Sequence[ChangeResult] | None


class AnswerResult(NamedTuple):
    """What to do about a feature, how sure that is, and what it rests on."""

    certainty: str
    needs: Sequence[tuple[str, str, str]]
    """Id, title and certainty."""
    recommended: WayResult | None
    plan: PlanResult | None
    assumed: Mapping[str, object]
    to_do: Sequence[ToDoResult]
    gaps: Sequence[GapResult]
    conflict: ConflictResult | None
    runner_up: WayResult | None = None
    questions: Sequence[ChangeResult] | None = None
    """None where they were not asked for."""
    broken: Sequence[str] = ()
    """Beside questions, what they are compared with: the rules that the plan is expected to break as it is."""
    measures: Sequence[MeasureResult] = ()


def answering_of(evaluation: Evaluation, evaluator: Evaluator, asked: AnswersAsked) -> Answering:
    """Return what answers for a feature, with ways weighed as they are asked to be."""
    from aipolicy.answer.answer import Answering
    from aipolicy.evaluation.ranking import Weighing

    weighing = Weighing(asked.margin_percent, asked.horizon_months)
    if asked.fixed:
        from aipolicy.facts.hardness import fixed_facts

        weighing = weighing._replace(fixed=fixed_facts(asked.fixed, evaluator.known.specs, None))
    return Answering(evaluator, evaluation, weighing)


def result_of_answer(answering: Answering, depth: Depth) -> AnswerResult:
    """Return an answer as data."""
    from aipolicy.answer.trials import plan_violates  # NOTE: few runs ask.

    is_full = depth >= Depth.FULL
    drawn = answering.expected if depth is Depth.DRAWN else None
    recommended, plan, second = answering.recommended, answering.plan, answering.runner_up if is_full else None
    return AnswerResult(
        certainty=answering.certainty.value,
        needs=tuple((need.id, need.title, need.certainty.value) for need in answering.needs),
        recommended=None if recommended is None else way_result(recommended, drawn),
        plan=None if plan is None else PlanResult(way_result(plan.way), plan.violates),
        assumed=answering.assumed,
        to_do=tuple(
            ToDoResult(to_do.rule, to_do.fact, to_do.before, to_do.of_plan, to_do.how) for to_do in answering.to_do
        ),
        gaps=tuple(GapResult(gap.about, gap.fact, gap.file) for gap in answering.gaps),
        conflict=_conflict(answering, is_full=is_full),
        runner_up=None if second is None else way_result(second, drawn),
        questions=tuple(map(change_result, answering.questions)) if is_full else None,
        broken=plan_violates(answering.expected) if is_full else (),
        measures=tuple(map(measure_result, answering.measures)),
    )


def measure_result(measure: Measure) -> MeasureResult:
    """Return what is to be measured as data."""
    close = measure.close
    return MeasureResult(
        way_result(measure.way), close.rule, close.fact, close.low, close.high, close.limit, close.limit_fact,
        measure.of_plan, measure.saves_usd,
    )  # fmt: skip


def way_result(way: Way, expected: Evaluation | None = None) -> WayResult:
    """Return a way as data; with the evaluation of what is expected its cost has a range, which takes longer."""
    cost, figures = way.cost, None
    if expected is not None:
        from aipolicy.answer.comparison import figures_of

        figures = figures_of(way, expected)
    (tier,) = way.option_set.distinct("option.tier", 1 << way.number)
    return WayResult(
        way.hosting, way.adaptation, way.provider, way.model, way.region, way.fallback, way.routing,
        tier=None if tier is None else str(tier), people_usd=cost.people_usd, monthly_usd=cost.monthly_usd,
        is_whole=cost.is_whole, low_usd=None if figures is None else figures.low_usd,
        high_usd=None if figures is None else figures.high_usd,
    )  # fmt: skip


def _conflict(answering: Answering, *, is_full: bool) -> ConflictResult | None:
    if answering.recommended is not None or answering.certain.is_retired:
        return None
    if not is_full or answering.conflict is None:
        return ConflictResult(answering.expected.verdict.conflict, None)
    return ConflictResult(answering.conflict.rules, tuple(map(change_result, answering.conflict.changes)))


def change_result(change: Change) -> ChangeResult:
    """Return a change as data."""
    then = change.then
    return ChangeResult(
        change.facts, change.bounds, change.effect.name.lower(), change.gates,
        ThenResult(then.hosting, then.adaptation, then.needs, then.violates, then.monthly_usd),
    )  # fmt: skip
