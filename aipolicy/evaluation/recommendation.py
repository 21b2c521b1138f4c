"""An evaluation in, what to build out: the way with the least against it, a different one, what rules cost."""

from __future__ import annotations

from functools import cached_property

from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.option_masks import fewest
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.ranking import Ranked, Ranking, Weighing
from aipolicy.facts.known_facts import base_facts
from aipolicy.facts.spec import FactValue
from aipolicy.findings.finding import Severity
from aipolicy.options.option import Option
from aipolicy.policy.rule import Rule, RuleKind
from aipolicy.value import Frozen

_KINDS = "option.kinds"
_RETRIEVAL_TWINS = frozenset({"prompting", "rag"})
"""Adaptations that are the same model, once with an index."""
_WAY = ("option.hosting", "option.adaptation", "option.provider", "option.model")


class Choice(Frozen):
    """An option with what counts against it and what it costs a month (None is unknown)."""

    number: int
    option_set: OptionSet
    ranked: Ranked
    monthly_usd: float | None
    fixed_monthly_usd: float | None

    @property
    def option(self) -> Option:
        """Return the option itself; making it makes all of them."""
        return self.option_set.options[self.number]

    @property
    def against(self) -> tuple[str, ...]:
        """Return the warnings and notes that count against it, by rule id."""
        return self.ranked.against

    def value(self, name: str) -> FactValue | None:
        """Return a fact of the option that is no estimate."""
        return next(iter(self.option_set.distinct(name, 1 << self.number)))


class RulePrice(Frozen):
    """The cheapest way that only one rule removes, where it costs less than what is recommended."""

    rule: str
    ranked: Ranked


class Recommendation(Frozen):
    """What to build, the best different way, what rules cost, and what would turn the choice around."""

    chosen: Choice
    runner_up: Choice | None
    because: str
    flips: tuple[str, ...]
    is_open: bool = False
    """Whether an error constraint cannot be decided for it: the catalog has a gap."""


class Recommender:
    """Recommends among the candidates of one evaluation."""

    def __init__(self, evaluation: Evaluation, weighing: Weighing) -> None:
        self._evaluation = evaluation
        self._weighing = weighing
        self._option_set = evaluation.candidates
        verdict = evaluation.verdict
        expected = verdict.admissible | verdict.likely
        self.is_open = not expected
        self.pool = expected or fewest(verdict.open, verdict.opened_by.values())
        """The options that are recommended from: those that are expected to keep every rule, else with the least doubt."""
        self.ranking = Ranking(evaluation, evaluation.candidates, weighing, self.pool)

    def chosen(self) -> Ranked | None:
        """Return the way that comes first, None where nothing remains or the feature is retired."""
        return None if self._evaluation.is_retired or self._first is None else self._surer or self._first

    @cached_property
    def _first(self) -> Ranked | None:
        return self.ranking.first(self.pool)

    @cached_property
    def _surer(self) -> Ranked | None:
        """Return a way known to keep every rule that costs hardly more than the first, which is to be measured before.

        It is of the same hosting and adaptation: an API is measured before something is built at nearly the same cost.
        """
        first, sure = self._first, self._evaluation.verdict.admissible
        if first is None or sure >> first.number & 1:
            return None
        alike = self._equal("option.hosting", first.number) & self._equal("option.adaptation", first.number)
        surest = self.ranking.first(sure & alike)
        if surest is None or not (surest.cost.is_whole and first.cost.is_whole):
            return None
        counted, least = ((len(ranked.warnings), len(ranked.notes)) for ranked in (surest, first))
        limit = first.cost.total_usd * (1.0 + self._weighing.margin_percent / 100.0)
        return surest if counted == least and surest.cost.total_usd <= limit else None

    def because(self, ranked: Ranked) -> str:
        """Return why the chosen way comes first, in words."""
        if ranked is self._surer:
            margin = f"{self._weighing.margin_percent:g} %"
            return (
                f"surest within {margin} of the cheapest of those with the least against them, which is to be measured"
            )
        return because(ranked, self._weighing)

    def runner_up(self, chosen: Ranked) -> Ranked | None:
        """Return the best way with another hosting or adaptation, where there is one, else with another provider.

        The same model with an index is no other way.
        """
        hosting, adaptation, provider, model = (self._equal(name, chosen.number) for name in _WAY)
        word = self._word("option.adaptation", chosen.number)
        twins = self._option_set.mask_of("option.adaptation", _RETRIEVAL_TWINS) if word in _RETRIEVAL_TWINS else 0
        others = self.pool & ~(hosting & (adaptation | twins & model))
        return self.ranking.first(others or self.pool & ~(hosting & provider & (adaptation | twins & model)))

    def choice(self, ranked: Ranked) -> Choice:
        """Return a way with what it costs at likely values."""
        facts = self._option_set.facts_of(ranked.number, self._evaluation.workload)
        monthly, fixed = facts.get("option.monthly_usd"), facts.get("option.fixed_monthly_usd")
        return Choice(
            ranked.number, self._option_set, ranked, monthly if isinstance(monthly, float) else None,
            fixed if isinstance(fixed, float) else None,
        )  # fmt: skip

    def rule_prices(self, chosen: Ranked) -> tuple[RulePrice, ...]:
        """Return for every constraint the cheapest way that it alone removes, where that costs less than the chosen.

        A model that gives something else than the task asks for is no cheaper way to do it, nor is one on a device where
        there is none: of a rule that holds because nobody said anything there is nothing to take back.
        """
        removed_by = self._evaluation.verdict.removed_by
        rules = [ruled.active.rule for ruled in self._evaluation.rules]
        unpriced = {rule.id for rule in rules if _KINDS in rule.option_reads or self._is_unsaid(rule)}
        prices = []
        for rule, mask in sorted(removed_by.items()):
            if rule in unpriced:
                continue
            alone = mask
            for other, others in removed_by.items():
                if other != rule:
                    alone &= ~others
            # NOTE: what another rule leaves undecided is not known to be the price of this one.
            sure = alone & ~self._undecided
            best = self.ranking.cheapest(sure or alone) if alone else None
            if best is not None and best.cost.total_usd < chosen.cost.total_usd:
                prices.append(RulePrice(rule, best))
        return tuple(sorted(prices, key=lambda price: (price.ranked.cost.total_usd, price.rule)))

    def _is_unsaid(self, rule: Rule) -> bool:
        """Return whether all that a rule asks of the feature is answered by being left out."""
        facts = self._evaluation.facts
        reads = {base for name in rule.feature_reads for base in base_facts(name, facts.known.specs)}
        return bool(reads) and reads.isdisjoint(facts.declared | facts.assumed)

    @cached_property
    def _undecided(self) -> int:
        """Return the options on which a constraint of severity error is undetermined, removed by others or not."""
        undecided = 0
        for ruled in self._evaluation.rules:
            if ruled.active.rule.kind is RuleKind.CONSTRAINT and ruled.active.severity is Severity.ERROR:
                undecided |= ruled.candidates.undetermined
        return undecided

    def _equal(self, name: str, number: int) -> int:
        value = self._word(name, number)
        return 0 if value is None else self._option_set.mask_of(name, frozenset({value}))

    def _word(self, name: str, number: int) -> FactValue | None:
        return next(iter(self._option_set.distinct(name, 1 << number)))


def recommend(evaluation: Evaluation, *, margin_percent: float, horizon_months: float = 36.0) -> Recommendation | None:
    """Return what `explain` recommends for a feature, None when nothing remains or it is retired.

    Facts that the manifest leaves out have the values that are expected of them.
    """
    evaluation, weighing = evaluation.expected, Weighing(margin_percent, horizon_months)
    recommender = Recommender(evaluation, weighing)
    ranked = recommender.chosen()
    if ranked is None:
        return None
    chosen = recommender.choice(ranked)
    second = recommender.runner_up(ranked)
    runner_up = None if second is None else recommender.choice(second)
    flips = _flips(evaluation, chosen, runner_up, margin_percent)
    return Recommendation(chosen, runner_up, recommender.because(ranked), flips, recommender.is_open)


def because(ranked: Ranked, weighing: Weighing) -> str:
    """Return why a way comes first, in words."""
    if not ranked.cost.is_whole:
        return "least known cost of those with the least against them; part of it is unknown"
    if ranked.is_simpler:
        return f"simplest within {weighing.margin_percent:g} % of the cheapest of those with the least against them"
    return "cheapest of those with the least against them"


def _way(choice: Choice) -> tuple[str, str]:
    return str(choice.value("option.adaptation")), str(choice.value("option.hosting"))


def _flips(evaluation: Evaluation, chosen: Choice, rival: Choice | None, margin_percent: float) -> tuple[str, ...]:
    """Return what would make the runner-up the better choice."""
    if rival is None:
        return ()
    flips = []
    only = [rule for rule in rival.against if rule not in chosen.against]
    if only:
        flips.append(f"if {', '.join(only)} no longer counted against {' on '.join(_way(rival))}")
    volume = _turning_volume(evaluation, chosen, rival)
    if volume is not None:
        passed, requests = volume
        flips.append(
            f"if volume {'passed' if passed else 'fell below'} about {requests:,.0f}".replace(",", " ")
            + f" requests a day, where the costs cross (margin {margin_percent:g} % not counted)"
        )
    if chosen.monthly_usd is None or rival.monthly_usd is None:
        flips.append("if a cost that is unknown today turned out to be lower")
    return tuple(flips)


def _turning_volume(evaluation: Evaluation, chosen: Choice, rival: Choice) -> tuple[bool, float] | None:
    """Return the volume above (True) or below which the rival costs less, None when there is none."""
    from aipolicy.economics.break_even import Crossings

    today = evaluation.workload.requests_per_day
    if today is None or chosen.monthly_usd is None or rival.monthly_usd is None:
        return None
    option_set = evaluation.candidates
    estimator = option_set.estimator(evaluation.workload)
    ours, theirs = option_set.cost_inputs(chosen.number), option_set.cost_inputs(rival.number)
    above = estimator.break_even(ours, theirs)
    if isinstance(above, Crossings) and above.first > today:
        return True, above.first
    below = estimator.break_even(theirs, ours)
    if isinstance(below, Crossings) and 0.0 < below.first < today:
        return False, below.first
    return None
