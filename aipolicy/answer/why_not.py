"""Why ways that somebody asks about are not the answer: the rules in the way, and the least changes that make them it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipolicy.answer.counterfactuals import Counterfactual, Counterfactuals, WayStanding
from aipolicy.answer.gaps import gaps_of
from aipolicy.answer.model import Gap, Way
from aipolicy.answer.targets import AskedWays, ways_asked
from aipolicy.answer.ways import way_of
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.option_masks import fewest, first_in
from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.facts.known_facts import base_facts
from aipolicy.findings.finding import Severity
from aipolicy.policy.rule import RuleKind
from aipolicy.value import Frozen

if TYPE_CHECKING:
    from aipolicy.answer.answer import Answering


class InTheWay(Frozen):
    """A rule of severity error, with how many of the ways it removes or leaves open, and one that shows it."""

    rule: str
    ways: int
    is_open: bool
    """Whether it is undetermined for them; else it removes them."""
    number: int


class WhyNot(Frozen):
    """How the ways of a target stand, what is in their way, and what would have to change."""

    target: AskedWays
    ways: int
    standing: WayStanding
    best: Way | None
    """The one that is nearest to keeping every rule, and of these the one that would be recommended."""
    in_the_way: tuple[InTheWay, ...]
    gaps: tuple[Gap, ...]
    """What is not known of the best of them."""
    changes: tuple[Counterfactual, ...]
    held: tuple[str, ...]
    """The facts that rules in the way read and of which no change is proposed: what the feature is, and what is fixed."""
    is_cut_short: bool
    """Whether the search for changes was cut short: what it did not find may exist."""


def why_not(answering: Answering, target: AskedWays, rule_evaluator: RuleEvaluator) -> WhyNot:
    """Return why the ways of a target, of which there are some, are not the answer."""
    expected = answering.expected
    mask = ways_asked(expected.candidates, target)
    legs = expected.candidates.legs_of(mask)
    search = Counterfactuals(answering.trials, legs, answering.vocabulary)
    standing = search.standing({})
    in_the_way = _in_the_way(expected, mask) if standing < WayStanding.ADMISSIBLE else ()
    best = _best(answering, mask)
    gaps: tuple[Gap, ...] = ()
    if best is not None and standing is not WayStanding.ANSWER:
        gaps = tuple(dict.fromkeys(gaps_of(expected, rule_evaluator, expected.candidates, best.number, of_plan=False)))
    result, held = search.found(), _held(answering, in_the_way)
    return WhyNot(target, legs.bit_count(), standing, best, in_the_way, gaps, result.changes, held, result.is_cut_short)


def _best(answering: Answering, mask: int) -> Way | None:
    """Return the way of a mask that comes nearest to keeping every rule of severity error."""
    verdict, expected = answering.expected.verdict, answering.expected
    nearest = mask & verdict.admissible or fewest(mask & verdict.open, verdict.opened_by.values())
    ranked = answering.recommender.ranking.first(nearest or fewest(mask, verdict.removed_by.values()))
    return None if ranked is None else way_of(expected, expected.candidates, ranked)


def _in_the_way(evaluation: Evaluation, mask: int) -> tuple[InTheWay, ...]:
    """Return the rules that remove ways of a mask or leave them open, those that concern most of them first."""
    in_the_way = []
    nearest = fewest(mask, evaluation.verdict.removed_by.values())
    legs_of = evaluation.candidates.legs_of
    for ruled in evaluation.rules:
        if ruled.active.rule.kind is not RuleKind.CONSTRAINT or ruled.active.severity is not Severity.ERROR:
            continue
        outcomes = ruled.candidates
        removed = outcomes.violated & mask
        stands = removed or outcomes.undetermined & mask & evaluation.verdict.open
        if stands:
            shown = first_in(stands & nearest or stands)
            in_the_way.append(InTheWay(ruled.active.rule.id, legs_of(stands).bit_count(), not removed, shown))
    return tuple(sorted(in_the_way, key=lambda obstacle: (obstacle.is_open, -obstacle.ways, obstacle.rule)))


def _held(answering: Answering, in_the_way: tuple[InTheWay, ...]) -> tuple[str, ...]:
    specs, fixed = answering.expected.facts.known.specs, answering.weighing.fixed
    rules = {obstacle.rule for obstacle in in_the_way}
    reads = {
        base
        for ruled in answering.expected.rules
        if ruled.active.rule.id in rules
        for name in ruled.active.rule.feature_reads
        for base in base_facts(name, specs)
    }
    return tuple(name for name in specs if name in reads and (specs[name].is_subject or name in fixed))
