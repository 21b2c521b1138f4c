"""An answer in, plain JSON values out: the keys that other programs read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aipolicy.answer.answer import Answering
from aipolicy.answer.comparison import Figures
from aipolicy.answer.migration import Migration, migration_of
from aipolicy.answer.model import Change, PlanStanding, PricedRule, Then, Way
from aipolicy.answer.today import Today
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.facts.spec import FactValue
from aipolicy.forecast.first_break import Holding, holding_of
from aipolicy.report.formats.json_value import json_value
from aipolicy.run.answer_result import (
    AnswerResult,
    ChangeResult,
    ConflictResult,
    MeasureResult,
    WayResult,
    way_result,
)
from aipolicy.source.text import escaped

JsonObject = dict[str, Any]


def answer_fields(answer: AnswerResult | None) -> JsonObject:
    """Return what to do about a feature, how sure that is, what it assumes, and what is to be asked, done, looked up.

    What was not asked for is null.
    """
    if answer is None:
        return dict.fromkeys(("answer", "assumed", "questions", "to_do", "gaps", "measures", "conflict"))
    return {
        "answer": {
            "certainty": answer.certainty,
            "needs": [{"id": need, "certainty": certainty} for need, _, certainty in answer.needs],
            "recommended": way_fields(answer.recommended),
            "runner_up": way_fields(answer.runner_up),
        },
        "assumed": {name: json_value(value) for name, value in answer.assumed.items()},
        "questions": None if answer.questions is None else list(map(_question, answer.questions)),
        "to_do": [
            {"rule": to_do.rule, "fact": to_do.fact, "before": to_do.before, "how": escaped(to_do.how) or None}
            for to_do in answer.to_do
        ],
        "gaps": [{"about": escaped(gap.about), "fact": gap.fact, "file": gap.file} for gap in answer.gaps],
        "measures": list(map(_measure, answer.measures)),
        "conflict": _conflict_object(answer.conflict),
    }


def _measure(measure: MeasureResult) -> JsonObject:
    return {
        "way": way_fields(measure.way), "rule": measure.rule, "fact": measure.fact, "low": measure.low,
        "high": measure.high, "limit": measure.limit, "limit_fact": measure.limit_fact or None,
        "of_plan": measure.of_plan, "saves_monthly_usd": _usd(measure.saves_usd),
    }  # fmt: skip


def way_fields(way: WayResult | None) -> JsonObject | None:
    """Return a way as it was kept; null where there is none."""
    if way is None:
        return None
    likely = _usd(way.monthly_usd)
    usd: JsonObject = {"low": _usd(way.low_usd), "likely": likely, "high": _usd(way.high_usd)}
    return {
        "hosting": way.hosting, "adaptation": _text(way.adaptation), "provider": _text(way.provider),
        "model": _text(way.model), "region": _text(way.region), "fallback": way.fallback, "routing": way.routing,
        "monthly_usd": usd if way.is_whole else {"low": likely, "likely": None, "high": None},
    }  # fmt: skip


def _question(change: ChangeResult) -> JsonObject:
    then = change.then
    return {
        "facts": {name: json_value(value) for name, value in change.facts.items()},
        "then": {
            "hosting": then.hosting, "adaptation": then.adaptation, "needs": list(then.needs),
            "violates": list(then.violates),
        },
    }  # fmt: skip


def _conflict_object(conflict: ConflictResult | None) -> JsonObject | None:
    if conflict is None:
        return None
    changes = conflict.changes
    return {
        "rules": list(conflict.rules),
        "changes": None if changes is None else [
            {"facts": {name: json_value(value) for name, value in change.facts.items()}} for change in changes
        ],
    }  # fmt: skip


def reasons_fields(answering: Answering) -> JsonObject:
    """Return what stands behind an answer: the plan, what would turn it, and what rules cost."""
    answer, expected = answering.answer, answering.expected
    return {
        "because": answer.because,
        "plan": None if answer.plan is None else _plan(answer.plan, expected),
        "today": today_object(answering.today),
        "holds": _holding(holding_of(answering)),
        "migration": _migration(migration_of(answering)),
        "turns": [_change(change) for change in answering.turns],
        "rule_prices": [_priced(price, expected) for price in answer.rule_prices],
        "ways_left": [
            {
                "hosting": row.hosting, "ways": row.ways, "admissible": row.admissible, "open": row.open,
                "removed_by": row.removed_by or None,
            }
            for row in answer.ways_left
        ],
    }  # fmt: skip


def way_object(way: Way, evaluation: Evaluation | None = None) -> JsonObject | None:
    """Return a way with its cost; with the evaluation of what is expected as a range."""
    return way_fields(way_result(way, evaluation))


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


def _plan(plan: PlanStanding, evaluation: Evaluation) -> JsonObject:
    return {
        "way": way_object(plan.way, evaluation),
        "violates": list(plan.violates),
        "ways": plan.ways,
        "passing": plan.passing,
        "open": [
            {
                "fact": opening.fact,
                "takes": _text(opening.takes),
                "fails": {word: list(ids) for word, ids in opening.fails},
            }
            for opening in plan.openings
        ],
    }


def _holding(holding: Holding | None) -> JsonObject | None:
    if holding is None:
        return None
    first = holding.first
    return {
        "of": "plan" if holding.of_plan else "recommended",
        "until": None if first is None else {"day": first.on.isoformat(), "rules": list(first.rules)},
        "margins": [
            {
                "fact": margin.fact, "now": json_value(margin.now), "breaks": "from" if margin.is_more else "to",
                "value": json_value(margin.value), "rules": list(margin.rules),
                "on": None if margin.on is None else margin.on.isoformat(),
            }
            for margin in holding.margins
        ],
    }  # fmt: skip


def today_object(today: Today | None) -> JsonObject | None:
    """Return what runs today, what it is billed and what that implies, and what changing would save a month."""
    if today is None:
        return None
    bill, computed, saving = today.bill, today.computed, today.saving
    return {
        "provider": _text(bill.provider), "model": _text(bill.model), "billed_monthly_usd": _usd(bill.monthly_usd),
        "computed_monthly_usd": {
            "low": None if computed is None else _usd(computed.p10), "likely": _usd(bill.computed_usd),
            "high": None if computed is None else _usd(computed.p90),
        },
        "computed_with": {fact: value for fact, value in bill.lengths},
        "times": None if bill.times is None else float(f"{bill.times:.3g}"),
        "implied": {fact: value for fact, value in bill.implied},
        "silent_because": escaped(bill.silent_because) or None,
        "way": (way_object(today.way) or {}) | {"monthly_usd": _of_today(today.figures)},
        "breaks": sorted({*today.standing.violates, *today.way.breaks}),
        "is_recommended": today.is_kept,
        "saves_monthly_usd": None if saving is None else {
            "low": _usd(saving.low_usd), "likely": _usd(saving.likely_usd), "high": _usd(saving.high_usd),
        },
        "pays_back_in_months": None if saving is None or saving.payback_months is None else round(saving.payback_months, 1),
    }  # fmt: skip


def _of_today(figures: Figures) -> JsonObject:
    likely = _usd(figures.monthly_usd)
    if not figures.is_whole:
        return {"low": likely, "likely": None, "high": None}
    return {"low": _usd(figures.low_usd), "likely": likely, "high": _usd(figures.high_usd)}


def _migration(migration: Migration | None) -> JsonObject | None:
    if migration is None:
        return None
    start = migration.start
    return {
        "from": None if start is None else "today" if migration.is_today else "plan",
        "stages": [
            {
                "name": stage.name, "facts": list(stage.facts), "missing": list(stage.missing),
                "day": None if stage.day is None else stage.day.isoformat(), "is_late": stage.is_late,
                "is_too_early": stage.is_too_early,
            }
            for stage in migration.stages
        ],
        "next": None if migration.current is None else migration.current.name,
        "back_where": {
            "monthly_usd_above": _usd(migration.bill_above_usd), "latency_p95_ms_above": migration.latency_above_ms,
        },
        "agreed": None if migration.go_back_on is None else list(migration.go_back_on),
    }  # fmt: skip


def _priced(priced: PricedRule, evaluation: Evaluation) -> JsonObject:
    return {"rule": priced.rule, "way": way_object(priced.way, evaluation)}


def _values(facts: Mapping[str, FactValue]) -> JsonObject:
    return {name: json_value(value) for name, value in facts.items()}


def _usd(usd: float | None) -> float | None:
    return None if usd is None else round(usd, 2)


def _text(text: str | None) -> str | None:
    return None if text is None else escaped(text)
