"""A feature as it was evaluated in, its answer out: what to build, how sure that is, what it rests on, what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from aipolicy.answer.gaps import cost_gaps, gaps_of, offering_gap, open_gaps
from aipolicy.answer.model import (
    Answer,
    Certainty,
    Change,
    Conflict,
    Gap,
    Measure,
    PlanStanding,
    PricedRule,
    StatedNeed,
    ToDo,
    Way,
)
from aipolicy.answer.to_do import to_dos
from aipolicy.answer.trials import Trials
from aipolicy.answer.ways import measures_of, plan_standing, way_of, ways_left
from aipolicy.evaluation.evaluation import Evaluation, Evaluator, RuleEvaluation
from aipolicy.evaluation.needs import NEEDS
from aipolicy.evaluation.ranking import Ranked, Weighing
from aipolicy.evaluation.recommendation import Recommender
from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.facts.all_facts import REGISTRY
from aipolicy.facts.known_facts import base_facts
from aipolicy.facts.spec import FactValue, Kind
from aipolicy.policy.rule import Rule, RuleScope

if TYPE_CHECKING:
    from aipolicy.answer.today import Today

TRIED_VOCABULARIES = ("task-type",)
"""The vocabularies of the catalog of which every word is tried."""
_COSTED = ("volume.requests_per_day", "volume.growth_12_months", "volume.input_tokens", "volume.output_tokens")


class Answering:
    """Answers for one feature; what is asked for is worked out once, and nothing that is not asked for."""

    def __init__(self, evaluator: Evaluator, evaluation: Evaluation, weighing: Weighing) -> None:
        self.evaluator = evaluator
        self.weighing = weighing
        self.certain = evaluation
        self.expected = evaluation.expected
        self.recommender = Recommender(self.expected, weighing)

    @property
    def rule_evaluator(self) -> RuleEvaluator:
        """Return what evaluates rules."""
        return self.evaluator.rule_evaluator

    @cached_property
    def answer(self) -> Answer:
        """Return the answer."""
        chosen = self._chosen
        return Answer(
            certainty=self.certainty,
            needs=self.needs,
            recommended=self.recommended,
            runner_up=self.runner_up,
            because="" if chosen is None else self.recommender.because(chosen),
            plan=self.plan,
            assumed=self.assumed,
            to_do=self.to_do,
            gaps=self.gaps,
            measures=self.measures,
            clash=self.expected.verdict.conflict,
            rule_prices=() if chosen is None else tuple(self._rule_prices(chosen)),
            ways_left=ways_left(self.expected),
        )

    @cached_property
    def recommended(self) -> Way | None:
        """Return the way to build, None where nothing remains."""
        return None if self._chosen is None else self._way(self._chosen)

    @cached_property
    def runner_up(self) -> Way | None:
        """Return the best way that is a different one, None where there is none."""
        second = None if self._chosen is None else self.recommender.runner_up(self._chosen)
        return None if second is None else self._way(second)

    @cached_property
    def plan(self) -> PlanStanding | None:
        """Return how the plan stands, None without one."""
        return plan_standing(self.certain, self.weighing)

    @cached_property
    def today(self) -> Today | None:
        """Return what runs today with its bill, None where that is not declared."""
        if self.certain.feature.bill is None:
            return None
        from aipolicy.answer.today import today_of  # NOTE: few manifests say what runs today.

        return today_of(self.evaluator, self.certain, self.recommended, self.weighing)

    @cached_property
    def questions(self) -> tuple[Change, ...]:
        """Return what is worth asking, what changes most first."""
        from aipolicy.answer.questions import questions_of  # NOTE: few runs ask.

        return () if self.certain.is_retired else questions_of(self.trials, self.vocabulary)

    @cached_property
    def turns(self) -> tuple[Change, ...]:
        """Return what would turn the answer though it is declared, or could be done; no number that is out of reach."""
        from aipolicy.answer.turns import turns_of

        return () if self.certain.is_retired else turns_of(self.trials, self.vocabulary)

    @cached_property
    def conflict(self) -> Conflict | None:
        """Return what clashes and the smallest changes that end it, None where something remains."""
        if self.certain.is_retired:
            return None
        from aipolicy.answer.alternatives import alternatives
        from aipolicy.answer.turns import conflict_of

        return conflict_of(self.trials, self.vocabulary, alternatives(self.certain, self.vocabulary))

    @cached_property
    def trials(self) -> Trials:
        """Return what tries other facts of the feature."""
        return Trials(self.evaluator, self.certain, self.weighing)

    @cached_property
    def vocabulary(self) -> Mapping[str, tuple[str, ...]]:
        """Return the words of the vocabularies of which every word is tried."""
        return {name: self.evaluator.catalog.vocabulary(name) for name in TRIED_VOCABULARIES}

    @cached_property
    def _chosen(self) -> Ranked | None:
        return self.recommender.chosen()

    def _way(self, ranked: Ranked) -> Way:
        return way_of(self.expected, self.expected.candidates, ranked)

    @cached_property
    def needs(self) -> tuple[StatedNeed, ...]:
        """Return what every way has that is expected to remain."""
        if self.certain.is_retired:
            return ()
        certain = {need.id for need in self.certain.verdict.needs if need.certain}
        # NOTE: what only ways free of doubt have is no need where another one is recommended, to be measured first.
        chosen = 0 if self.recommended is None else 1 << self.recommended.number
        had = {need.id for need in NEEDS if chosen & self.expected.candidates.mask_of(need.attribute, need.values)}
        return tuple(
            StatedNeed(
                need.id, need.title,
                Certainty.CERTAIN if need.id in certain else Certainty.EXPECTED if need.certain else Certainty.GAP,
            )
            for need in self.expected.verdict.needs
            if need.certain or not chosen or need.id in had or need.values
        )  # fmt: skip

    @cached_property
    def certainty(self) -> Certainty:
        """Return how sure it is what to build, or that nothing remains."""
        if self.certain.is_retired:
            return Certainty.CERTAIN
        recommended = self.recommended
        if recommended is None:
            return Certainty.EXPECTED if self.certain.verdict.remaining else Certainty.CERTAIN
        if recommended.open_for or not recommended.cost.is_whole:
            return Certainty.GAP
        option_set = self.certain.candidates
        same = option_set.mask_of("option.hosting", frozenset({recommended.hosting}))
        if recommended.adaptation is not None:
            same &= option_set.mask_of("option.adaptation", frozenset({recommended.adaptation}))
        nothing_else = self.certain.verdict.remaining & ~same == 0
        return Certainty.CERTAIN if nothing_else or not self.assumed else Certainty.EXPECTED

    @cached_property
    def assumed(self) -> Mapping[str, FactValue]:
        """Return the expected values that played a part: a rule comes out otherwise with them, or a cost rests on them."""
        recommended = self.recommended
        facts = self.expected.facts
        specs = facts.known.specs
        used = set(_costs_rest_on(recommended)) if recommended is not None else set()
        # NOTE: rules that read no estimate come first, and one that could name nothing new is not evaluated.
        for after in sorted(self.expected.rules, key=lambda ruled: ruled.candidates.is_estimated):
            rule = after.active.rule
            reads = (*rule.feature_reads, *(read for name in rule.option_reads for read in REGISTRY[name].reads))
            read = {base for name in reads for base in base_facts(name, specs) if base in facts.assumed}
            if not read <= used and self._comes_out_otherwise(rule, after):
                used |= read
        return {
            name: facts.values[name]
            for name in specs
            if name in used and name in facts.assumed and specs[name].kind is Kind.DESCRIBES
        }

    def _comes_out_otherwise(self, rule: Rule, after: RuleEvaluation) -> bool:
        """Return whether a rule comes to something else for the same options while only what is certain counts."""
        evaluate, certain, expected = self.evaluator.rule_evaluator.evaluate, self.certain, self.expected
        pairs = [(expected.planned, after.planned)] if expected.planned is not expected.candidates else []
        if rule.scope is RuleScope.OPTIONS:
            pairs.append((expected.candidates, after.candidates))
        return any(
            evaluate(rule, certain.facts, certain.workload, option_set) != outcomes for option_set, outcomes in pairs
        )

    @cached_property
    def to_do(self) -> tuple[ToDo, ...]:
        """Return what is to be done for the plan; without one, for what is recommended."""
        recommended = self.recommended
        if self.plan is not None:
            return to_dos(self.trials, self.plan.way.number, of_plan=True)
        return () if recommended is None else to_dos(self.trials, recommended.number, of_plan=False)

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """Return what is to be looked up."""
        return () if self.certain.is_retired else tuple(dict.fromkeys(self._gaps()))

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """Return what is worth measuring first."""
        if self.certain.is_retired:
            return ()
        margin = self.weighing.margin_percent
        return measures_of(self.recommender, self.expected, self.recommended, self.plan, margin)

    def _gaps(self) -> Iterator[Gap]:
        recommended = self.recommended
        rule_evaluator, expected = self.evaluator.rule_evaluator, self.expected
        if self.plan is not None and self.plan.is_offered:
            way = self.plan.way
            yield from gaps_of(expected, rule_evaluator, expected.planned, way.number, of_plan=True)
            if not way.cost.is_whole:
                yield from cost_gaps(expected.planned, way.number, of_plan=True)
        if recommended is not None:
            yield from gaps_of(expected, rule_evaluator, expected.candidates, recommended.number, of_plan=False)
            if not recommended.cost.is_whole:
                yield from cost_gaps(expected.candidates, recommended.number, of_plan=False)
        for left in ways_left(expected):
            if left.hosting == "provider-api" and not left.admissible:
                yield from offering_gap(expected, self.evaluator.catalog)
            if left.open and not left.admissible:
                mask = expected.candidates.mask_of("option.hosting", frozenset({left.hosting}))
                yield from open_gaps(expected, rule_evaluator, mask & expected.verdict.open, left.hosting)

    def _rule_prices(self, chosen: Ranked) -> Iterator[PricedRule]:
        for price in self.recommender.rule_prices(chosen):
            yield PricedRule(price.rule, self._way(price.ranked))


def _costs_rest_on(way: Way) -> Iterator[str]:
    """Yield the declared facts that the cost of a way hangs on."""
    yield from _COSTED
    if way.hosting != "provider-api":
        yield "latency.p95_ms"
    if way.routing == "cascade":
        yield "task.hard_case_share"
    if way.adaptation == "rag":
        yield "volume.corpus_tokens"
    if way.adaptation in ("fine-tuning", "classical-ml"):
        yield "data.labelled_examples"
