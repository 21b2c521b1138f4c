"""An evaluation in, what is reported of the feature out: plain values that can be kept, sent and read again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from aipolicy.evaluation.evaluation import Evaluation, Evaluator
from aipolicy.evaluation.verdict import ways_of
from aipolicy.facts.all_facts import is_option_fact
from aipolicy.facts.facts import Provenance
from aipolicy.facts.spec import FactValue, RecordList, RecordValue, cel_value
from aipolicy.findings.finding import Outcome
from aipolicy.run.answer_result import AnswerResult, answering_of, result_of_answer
from aipolicy.run.answers_asked import AnswersAsked, Depth
from aipolicy.value import NamedTuple

if TYPE_CHECKING:
    from aipolicy.answer.answer import Answering

Detailed: TypeAlias = Callable[["Answering", Depth], Mapping[str, Any]]
"""Makes of an answer, while it is at hand, what a format shows of the feature besides: plain values, as JSON has them."""

CONFLICT, ADMISSIBLE, OPEN = "conflict", "admissible", "open"
"""No way is left; some way is free of doubt; every way that remains hangs on a fact."""


class NeedResult(NamedTuple):
    """A need of a feature, in the words of `NeedFound`."""

    id: str
    title: str
    certain: bool
    values: Sequence[str]


class VerdictResult(NamedTuple):
    """A verdict: sets of options as their sizes, and the rules behind them by id."""

    options: int
    admissible: int
    open: int
    removed: int
    needs: Sequence[NeedResult]
    remaining: Mapping[str, Sequence[str]]
    """The values that remain on each axis."""
    removed_by: Mapping[str, int]
    opened_by: Mapping[str, int]
    counted_against: Mapping[str, int]
    duties: Mapping[str, int]
    conflict: Sequence[str]

    @property
    def status(self) -> str:
        """Return `conflict`, `admissible` or `open`."""
        if not self.admissible and not self.open:
            return CONFLICT
        return ADMISSIBLE if self.admissible else OPEN


class FeatureResult(NamedTuple):
    """A feature with its facts, its verdict, and what became of every rule over its plan."""

    name: str
    file: str
    lifecycle: str
    declared: Mapping[str, object]
    assumed: Mapping[str, object]
    derived: Mapping[str, object]
    """Facts by name, in the order of the registry; those in none of the three are unknown."""
    planned_options: int | None
    """Options that agree with the plan; None without one."""
    verdict: VerdictResult | None
    """What is expected to remain; None where no answer was asked for."""
    outcomes: Sequence[tuple[str, str]]
    """Rule and outcome; empty where no format shows them."""
    answer: AnswerResult | None = None
    """None where it was not asked for."""
    details: Mapping[str, Any] | None = None
    """What a format shows besides, as it made them; None where none did."""


def feature_result(evaluation: Evaluation, evaluator: Evaluator, asked: AnswersAsked, depth: Depth,
                   detailed: Detailed | None = None) -> FeatureResult:  # fmt: skip
    """Return what is reported of an evaluated feature, with its answer as deep as that is shown."""
    feature = feature_of(evaluation, with_rules=asked.rules)
    if not depth:
        return feature
    answering = answering_of(evaluation, evaluator, asked)
    return feature._replace(
        verdict=verdict_result(evaluation.expected, with_rules=asked.rules),
        answer=result_of_answer(answering, depth),
        details=None if detailed is None else detailed(answering, depth),
    )


def feature_of(evaluation: Evaluation, *, with_rules: bool = True) -> FeatureResult:
    """Return what is reported of an evaluated feature whatever is shown of its answer, with what became of every rule."""
    facts = evaluation.facts
    by_provenance: dict[Provenance, dict[str, object]] = {provenance: {} for provenance in Provenance}
    for name in facts.known.specs:
        if not is_option_fact(name) and facts.is_told(name):
            fact = facts.fact(name)
            by_provenance[fact.provenance][name] = _plain(fact.value)
    return FeatureResult(
        name=evaluation.feature.name,
        file=evaluation.feature.file,
        lifecycle=str(facts.values["metadata.lifecycle"]),
        declared=by_provenance[Provenance.DECLARED],
        assumed=by_provenance[Provenance.ASSUMED],
        derived=by_provenance[Provenance.DERIVED],
        planned_options=_planned_ways(evaluation) if evaluation.has_plan else None,
        verdict=None,
        outcomes=_outcomes(evaluation) if with_rules else (),
    )


def _plain(value: FactValue | None) -> object:
    """Return a value as plain data, records as mappings."""
    return cel_value(value) if isinstance(value, RecordValue | RecordList) else value


def verdict_result(evaluation: Evaluation, *, with_rules: bool = True) -> VerdictResult:
    """Return the verdict of an evaluation with the sizes of its sets, counted in ways, and what each rule does to them."""
    verdict = evaluation.verdict
    ways = ways_of(verdict, evaluation.candidates)
    return VerdictResult(
        options=ways.full.bit_count(),
        admissible=ways.admissible.bit_count(),
        open=ways.open.bit_count(),
        removed=ways.removed.bit_count(),
        needs=tuple(NeedResult(n.id, n.title, n.certain, n.values) for n in verdict.needs),
        remaining={name.partition(".")[2]: values for name, values in sorted(verdict.remaining_values.items())},
        removed_by=_sizes(ways.removed_by) if with_rules else {},
        opened_by=_sizes(ways.opened_by) if with_rules else {},
        counted_against=_sizes(ways.counted_against) if with_rules else {},
        duties=_sizes(ways.duties) if with_rules else {},
        conflict=verdict.conflict,
    )


def _planned_ways(evaluation: Evaluation) -> int:
    return evaluation.planned.legs_of(evaluation.planned.full).bit_count()


def _sizes(masks: Mapping[str, int]) -> dict[str, int]:
    return {rule_id: mask.bit_count() for rule_id, mask in sorted(masks.items())}


def _outcomes(evaluation: Evaluation) -> tuple[tuple[str, str], ...]:
    outcomes = []
    for ruled in evaluation.rules:
        planned = ruled.planned
        outcome = (
            Outcome.VIOLATED if planned.is_some("violated")
            else Outcome.UNDETERMINED if planned.is_some("undetermined")
            else Outcome.UNDECLARED if planned.is_some("undeclared")
            else Outcome.SATISFIED if planned.is_some("satisfied") else Outcome.NOT_APPLICABLE
        )  # fmt: skip
        outcomes.append((ruled.active.rule.id, outcome.value))
    return tuple(outcomes)
