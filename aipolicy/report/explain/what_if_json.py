"""What was asked what-if about, as plain JSON values."""

from __future__ import annotations

from aipolicy.answer.answer import Answering
from aipolicy.answer.counterfactuals import Counterfactual
from aipolicy.answer.model import Then
from aipolicy.answer.what_if import WhatIf
from aipolicy.answer.why_not import WhyNot
from aipolicy.report.answer_json import JsonObject, answer_fields, way_object
from aipolicy.report.formats.json_value import json_value
from aipolicy.run.answer_result import result_of_answer
from aipolicy.run.answers_asked import Depth
from aipolicy.source.text import escaped


def what_if_object(shown: WhatIf | None) -> JsonObject | None:
    """Return the answer with other declarations, and the rules by which it differs; None where none was asked for."""
    if shown is None:
        return None
    answer = answer_fields(result_of_answer(shown.then, Depth.FULL))
    return {
        "set": [escaped(change) for change in shown.changes],
        "is_another": shown.is_another,
        "answer": answer["answer"],
        "plan": _plan(shown.then),
        "conflict": answer["conflict"],
        "turned_by": [{"rule": move.rule, "before": move.before, "after": move.after} for move in shown.moved],
        "ways_left": [
            {"hosting": row.hosting, "ways": row.ways, "admissible": row.admissible, "open": row.open}
            for row in shown.then.answer.ways_left
        ],
    }  # fmt: skip


def why_not_object(shown: WhyNot | None) -> JsonObject | None:
    """Return what is in the way of some ways, and every change that was found; None where none were asked about."""
    if shown is None:
        return None
    return {
        "target": {key: escaped(word) for key, word in shown.target.words.items()},
        "standing": shown.standing.name.lower(),
        "ways": shown.ways,
        "best": None if shown.best is None else way_object(shown.best),
        "in_the_way": [
            {"rule": obstacle.rule, "ways": obstacle.ways, "undetermined": obstacle.is_open} for obstacle in shown.in_the_way
        ],
        "gaps": [{"about": escaped(gap.about), "fact": gap.fact, "file": gap.file} for gap in shown.gaps],
        "changes": [_change(change) for change in shown.changes],
        "held": list(shown.held),
        "is_cut_short": shown.is_cut_short,
    }  # fmt: skip


def _change(change: Counterfactual) -> JsonObject:
    return {
        "facts": {name: json_value(value) for name, value in change.facts.items()},
        "bounds": dict(change.bounds),
        "reaches": change.reaches.name.lower(),
        "hardness": change.hardness.name.lower(),
        "then": _then(change.then),
    }


def _then(then: Then) -> JsonObject:
    usd = then.monthly_usd
    return {
        "hosting": then.hosting, "adaptation": then.adaptation, "monthly_usd": None if usd is None else round(usd, 2),
    }  # fmt: skip


def _plan(answering: Answering) -> JsonObject | None:
    plan = answering.plan
    return None if plan is None else {"violates": sorted({*plan.violates, *plan.way.breaks})}
