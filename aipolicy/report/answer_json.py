"""An answer in, plain JSON values out: the keys that other programs read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aipolicy.answer.answer import Answering
from aipolicy.answer.comparison import figures_of
from aipolicy.answer.model import Change, Conflict, PlanStanding, PricedRule, Then, Way
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.facts.spec import FactValue
from aipolicy.report.formats.json_report import json_value
from aipolicy.source.text import escaped

JsonObject = dict[str, Any]


def answer_fields(answering: Answering) -> JsonObject:
    """Return what to do about a feature, how sure that is, what it assumes, and what is to be asked, done, looked up."""
    answer = answering.answer
    return {
        "answer": {
            "certainty": answer.certainty.value,
            "needs": [{"id": need.id, "certainty": need.certainty.value} for need in answer.needs],
            "recommended": _way(answer.recommended, answering.expected),
            "runner_up": _way(answer.runner_up, answering.expected),
        },
        "assumed": _values(answer.assumed),
        "questions": [{"facts": _values(change.facts), "then": _then(change.then)} for change in answering.questions],
        "to_do": [{"rule": each.rule, "fact": each.fact, "before": each.before} for each in answer.to_do],
        "gaps": [{"about": escaped(gap.about), "fact": gap.fact, "file": gap.file} for gap in answer.gaps],
        "conflict": _conflict(answering.conflict),
    }


def reasons_fields(answering: Answering) -> JsonObject:
    """Return what stands behind an answer: the plan, what would turn it, and what rules cost."""
    answer, expected = answering.answer, answering.expected
    return {
        "because": answer.because,
        "plan": None if answer.plan is None else _plan(answer.plan, expected),
        "turns": [_change(change) for change in answering.turns],
        "rule_prices": [_priced(each, expected) for each in answer.rule_prices],
        "ways_left": [
            {
                "hosting": each.hosting, "ways": each.ways, "admissible": each.admissible, "open": each.open,
                "removed_by": each.removed_by or None,
            }
            for each in answer.ways_left
        ],
    }  # fmt: skip


def _way(way: Way | None, evaluation: Evaluation) -> JsonObject | None:
    if way is None:
        return None
    return {
        "hosting": way.hosting, "adaptation": _text(way.adaptation), "provider": _text(way.provider),
        "model": _text(way.model), "region": _text(way.region), "fallback": way.fallback, "routing": way.routing,
        "monthly_usd": _monthly_usd(way, evaluation),
    }  # fmt: skip


def _monthly_usd(way: Way, evaluation: Evaluation) -> JsonObject:
    """Return the cost of a month with the 10th and the 90th percentile; of a cost known in part, what it is at least."""
    figures = figures_of(way, evaluation)
    if not figures.is_whole:
        return {"low": _usd(figures.monthly_usd), "likely": None, "high": None}
    return {"low": _usd(figures.low_usd), "likely": _usd(figures.monthly_usd), "high": _usd(figures.high_usd)}


def _then(then: Then) -> JsonObject:
    return {
        "hosting": then.hosting, "adaptation": then.adaptation, "needs": list(then.needs),
        "violates": list(then.violates),
    }  # fmt: skip


def _change(change: Change) -> JsonObject:
    return {
        "facts": _values(change.facts), "bounds": dict(change.bounds), "changes": change.effect.name.lower(),
        "then": {**_then(change.then), "monthly_usd": _usd(change.then.monthly_usd)},
    }  # fmt: skip


def _conflict(conflict: Conflict | None) -> JsonObject | None:
    if conflict is None:
        return None
    return {
        "rules": list(conflict.rules),
        "changes": [{"facts": _values(change.facts)} for change in conflict.changes],
    }


def _plan(plan: PlanStanding, evaluation: Evaluation) -> JsonObject:
    return {
        "way": _way(plan.way, evaluation),
        "violates": list(plan.violates),
        "ways": plan.ways,
        "passing": plan.passing,
        "open": [
            {"fact": each.fact, "takes": _text(each.takes), "fails": {word: list(ids) for word, ids in each.fails}}
            for each in plan.openings
        ],
    }


def _priced(priced: PricedRule, evaluation: Evaluation) -> JsonObject:
    return {"rule": priced.rule, "way": _way(priced.way, evaluation)}


def _values(facts: Mapping[str, FactValue]) -> JsonObject:
    return {name: json_value(value) for name, value in facts.items()}


def _usd(usd: float | None) -> float | None:
    return None if usd is None else round(usd, 2)


def _text(text: str | None) -> str | None:
    return None if text is None else escaped(text)
