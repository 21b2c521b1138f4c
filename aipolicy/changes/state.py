"""One evaluation of a feature, reduced to what is compared between two sides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from aipolicy.answer.answer import Answering
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.option_masks import union
from aipolicy.evaluation.ranking import Weighing
from aipolicy.evaluation.recommendation import Recommender
from aipolicy.evaluation.verdict import NeedFound, ways_of
from aipolicy.findings.comparison import Identity, KnownFinding, known_from
from aipolicy.manifest.feature import Feature
from aipolicy.options.option import Option
from aipolicy.run.answer_result import WayResult, way_result
from aipolicy.run.evaluated_run import Report
from aipolicy.value import Frozen, replace


class MonthlyCost(Frozen):
    """What a month costs at likely values in USD: of the plan, a range where it leaves several, else as recommended."""

    low_usd: float
    high_usd: float
    of: str
    """`plan` or `recommendation`."""
    complete: bool
    """Whether the cost of every option of the plan is known."""


class Answered(Frozen):
    """What is recommended, and how many ways are left and removed; the option itself is None where nothing is left."""

    way: WayResult | None
    option: Option | None
    removed: Mapping[str, int]
    """How many ways each rule of severity error removes."""
    left: int
    removing: Callable[[Option], tuple[str, ...]]
    """Returns the rules that remove an option here; none where it remains, or is not offered."""

    @property
    def built(self) -> tuple[str | None, ...] | None:
        """Return what tells ways apart that are recommended; what they cost does not."""
        way = self.way
        if way is None:
            return None
        return way.hosting, way.adaptation, way.provider, way.model, way.region, way.fallback, way.routing


class FeatureState(Frozen):
    """A feature under one policy, catalog and day."""

    feature: Feature
    verdict: str
    """`conflict`, `admissible` (some way is free of doubt) or `open`."""
    needs: tuple[str, ...]
    cost: MonthlyCost | None
    """None is unknown."""
    answer: Answered
    known: Mapping[Identity, Sequence[KnownFinding]]


def states_of(report: Report, weighing: Weighing,
              known: Mapping[str, FeatureState] = MappingProxyType({})) -> dict[str, FeatureState]:  # fmt: skip
    """Return the state of every feature of a report by name; of several with one name, the first.

    `known` are states under the same policy and weighing: a feature of the same text and path is in the same state.
    """
    findings: dict[str, dict[Identity, list[KnownFinding]]] = {}
    for finding in report.findings:
        known_finding = known_from(finding)
        findings.setdefault(finding.feature, {}).setdefault(known_finding.identity, []).append(known_finding)
    states: dict[str, FeatureState] = {}
    for evaluation in report.evaluations:
        name = evaluation.feature.name
        if name in states:
            continue
        earlier = known.get(name)
        if earlier is not None and _same_text(earlier.feature, evaluation.feature):
            states[name] = replace(earlier, feature=evaluation.feature)
        else:
            expected = evaluation.expected
            states[name] = FeatureState(
                evaluation.feature, _verdict(expected), tuple(map(_need, expected.verdict.needs)),
                monthly_cost(expected, weighing), _answered(report, evaluation, weighing), findings.get(name, {}),
            )  # fmt: skip
    return states


def _same_text(one: Feature, other: Feature) -> bool:
    mine, theirs = one.document, other.document
    # NOTE: rules may be limited by path.
    moved = one.path_in_repository != other.path_in_repository
    return not moved and mine.index == theirs.index and mine.source.text == theirs.source.text


def _verdict(evaluation: Evaluation) -> str:
    if not evaluation.verdict.remaining:
        return "conflict"
    return "admissible" if evaluation.verdict.admissible else "open"


def _need(need: NeedFound) -> str:
    words = f"{need.id} {', '.join(need.values)}" if need.values else need.id
    return words if need.certain else f"{words} (not certain)"


def _answered(report: Report, evaluation: Evaluation, weighing: Weighing) -> Answered:
    answering, expected = Answering(report.policy.evaluator, evaluation, weighing), evaluation.expected
    way, verdict = answering.recommended, expected.verdict

    def removing(option: Option) -> tuple[str, ...]:
        return tuple(sorted(_removing(option, expected)))

    ways = ways_of(verdict, expected.candidates)
    return Answered(
        None if way is None else way_result(way), None if way is None else way.option,
        {rule: mask.bit_count() for rule, mask in ways.removed_by.items()}, ways.admissible.bit_count(), removing,
    )  # fmt: skip


def _removing(option: Option, evaluation: Evaluation) -> Iterator[str]:
    """Yield the rules that remove an option; where its partner is none any more, those that remove its main leg."""
    candidates, verdict = evaluation.candidates, evaluation.verdict
    begin = option.id.partition("+")[0]
    mains = [n for n, main in enumerate(candidates.mains.options) if main.id.partition("+")[0] == begin]
    numbers = [candidates.number_of(main, slot) for main in mains for slot, part in candidates.slices(verdict.full)
               if part >> main & 1]  # fmt: skip
    same = union(1 << number for number in numbers if candidates.options[number].id == option.id)
    for rule, mask in verdict.removed_by.items():
        if mask & same or (
            not same and union(1 << main for main in mains) & verdict.removed_by.with_every_partner(rule)
        ):
            yield rule


def monthly_cost(evaluation: Evaluation, weighing: Weighing) -> MonthlyCost | None:
    """Return what a month costs, or None when it is not known."""
    if evaluation.planned is not evaluation.candidates:
        groups = evaluation.planned.groups(("option.monthly_usd",), evaluation.workload)
        values = [value for (value,), mask in groups if mask & evaluation.planned.full]
        numbers = [value for value in values if isinstance(value, float)]
        return MonthlyCost(min(numbers), max(numbers), "plan", len(numbers) == len(values)) if numbers else None
    # NOTE: what is recommended rests on what is expected, what it costs only on what is declared: the gate counts that.
    chosen = Recommender(evaluation.expected, weighing).chosen()
    facts = None if chosen is None else evaluation.candidates.facts_of(chosen.number, evaluation.workload)
    usd = None if facts is None else facts.get("option.monthly_usd")
    return MonthlyCost(usd, usd, "recommendation", True) if isinstance(usd, float) else None
