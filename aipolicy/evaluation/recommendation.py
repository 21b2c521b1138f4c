"""The admissible option with the least against it, then the cheapest, unless a simpler one is within the margin."""

from __future__ import annotations

from collections.abc import Mapping

from aipolicy.economics.break_even import Crossings
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.universe import numbers_in
from aipolicy.findings import Severity
from aipolicy.options.option import Option
from aipolicy.value import Frozen

_HOSTINGS = ("provider-api", "own-cloud", "on-premises", "on-device")
_ADAPTATIONS = ("prompting", "rag", "classical-ml", "fine-tuning", "training-from-scratch")
_FALLBACKS = ("none", "provider-api", "self-hosted")
_ROUTINGS = ("single", "cascade")


class Choice(Frozen):
    """An option with what counts against it and what it costs a month (None is unknown)."""

    number: int
    option: Option
    against: tuple[str, ...]
    monthly_usd: float | None
    fixed_monthly_usd: float | None


class Recommendation(Frozen):
    """What to build, the best different way, and what would turn the choice around."""

    chosen: Choice
    runner_up: Choice | None
    because: str
    flips: tuple[str, ...]


def recommend(evaluation: Evaluation, *, margin_percent: float) -> Recommendation | None:
    """Return the recommendation, or None when no option is free of doubt."""
    verdict = evaluation.verdict
    if not verdict.admissible:
        return None
    severities = {ruled.active.rule.id: ruled.active.severity for ruled in evaluation.rules}
    weights = _weights(verdict.counted_against, severities, verdict.admissible)
    least = min(weights.values())
    finalists = [_choice(evaluation, number) for number, weight in weights.items() if weight == least]
    chosen, because = _cheapest_or_simpler(finalists, margin_percent)
    others = [number for number in weights if _way(evaluation.candidates.options[number]) != _way(chosen.option)]
    runner_up = None
    if others:
        best = min(weights[number] for number in others)
        rivals = [_choice(evaluation, number) for number in others if weights[number] == best]
        runner_up, _ = _cheapest_or_simpler(rivals, margin_percent)
    return Recommendation(chosen, runner_up, because, _flips(evaluation, chosen, runner_up, margin_percent))


def _weights(against: Mapping[str, int], severities: Mapping[str, Severity], mask: int) -> dict[int, tuple[int, int]]:
    """Return the violated warnings and notes of every option in the mask."""
    warnings = [rule for rule in against if severities[rule] is Severity.WARNING]
    notes = [rule for rule in against if severities[rule] is Severity.NOTE]
    return {
        number: (
            sum(against[rule] >> number & 1 for rule in warnings),
            sum(against[rule] >> number & 1 for rule in notes),
        )
        for number in numbers_in(mask)
    }


def _choice(evaluation: Evaluation, number: int) -> Choice:
    facts = evaluation.candidates.facts_of(number, evaluation.workload)
    against = tuple(sorted(r for r, mask in evaluation.verdict.counted_against.items() if mask >> number & 1))
    monthly, fixed = facts.get("option.monthly_usd"), facts.get("option.fixed_monthly_usd")
    return Choice(
        number,
        evaluation.candidates.options[number],
        against,
        monthly if isinstance(monthly, float) else None,
        fixed if isinstance(fixed, float) else None,
    )


def _cheapest_or_simpler(choices: list[Choice], margin_percent: float) -> tuple[Choice, str]:
    known = [choice for choice in choices if choice.monthly_usd is not None]
    if not known:
        return min(choices, key=_simplicity), "simplest of those with the least against them; no cost is known"
    cheapest = min(known, key=lambda choice: (choice.monthly_usd or 0.0, _simplicity(choice)))
    limit = (cheapest.monthly_usd or 0.0) * (1 + margin_percent / 100)
    near = [choice for choice in known if (choice.monthly_usd or 0.0) <= limit]
    simplest = min(near, key=lambda choice: (_simplicity(choice)[:4], choice.monthly_usd or 0.0, choice.option.id))
    if _simplicity(simplest)[:4] == _simplicity(cheapest)[:4]:
        return cheapest, "cheapest of those with the least against them"
    return simplest, f"simplest within {margin_percent:g} % of the cheapest of those with the least against them"


def _simplicity(choice: Choice) -> tuple[int, int, int, int, str]:
    option = choice.option
    return (
        _HOSTINGS.index(option.hosting),
        _ADAPTATIONS.index(option.adaptation),
        _ROUTINGS.index(option.routing),
        _FALLBACKS.index(option.fallback),
        option.id,
    )


def _way(option: Option) -> tuple[str, str]:
    return option.adaptation, option.hosting


def _flips(evaluation: Evaluation, chosen: Choice, rival: Choice | None, margin_percent: float) -> tuple[str, ...]:
    """Return what would make the runner-up the better choice."""
    if rival is None:
        return ()
    flips = []
    only = [rule for rule in rival.against if rule not in chosen.against]
    if only:
        flips.append(f"if {', '.join(only)} no longer counted against {' on '.join(_way(rival.option))}")
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
    today = evaluation.workload.requests_per_day
    if today is None or chosen.monthly_usd is None or rival.monthly_usd is None:
        return None
    universe = evaluation.candidates
    estimator = universe.estimator(evaluation.workload)
    ours, theirs = universe.cost_basis(chosen.number), universe.cost_basis(rival.number)
    above = estimator.break_even(ours, theirs)
    if isinstance(above, Crossings) and above.first > today:
        return True, above.first
    below = estimator.break_even(theirs, ours)
    if isinstance(below, Crossings) and 0.0 < below.first < today:
        return False, below.first
    return None
