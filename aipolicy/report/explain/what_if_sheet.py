"""The answer as it is beside the answer with other declarations, for every form."""

from __future__ import annotations

from collections.abc import Iterator

from aipolicy.answer.answer import Answering
from aipolicy.answer.ways import ways_left
from aipolicy.answer.what_if import RuleMoved, WhatIf
from aipolicy.options.horizon_costs import HorizonCost
from aipolicy.report.answer_words import (
    CERTAINTIES,
    HOSTINGS,
    answer_sentence,
    cost_words,
    rules,
    usd_words,
    way_name,
)
from aipolicy.report.explain.answer_screen import title_of
from aipolicy.report.explain.sheet import Section, Sheet, section
from aipolicy.run.answer_result import way_result
from aipolicy.source.text import escaped, grouped

_MOST_RULES = 8
_RETIRED = "nothing: the feature is retired"


def what_if_sheet(shown: WhatIf) -> Sheet:
    """Return both answers beside each other, and the rules by which they differ."""
    rows = tuple(
        (label, now, "the same" if now == then else then)
        for (label, now), (_, then) in zip(what_if_rows(shown.now), what_if_rows(shown.then), strict=True)
    )
    changes = ", ".join(f"`{escaped(change)}`" for change in shown.changes)
    verb = "another way would be built" if shown.is_another else "the same way would be built"
    return Sheet(
        title_of(shown.now.certain),
        f"With {changes} {verb}",
        (
            Section("beside each other", head=("", "today", "then"), rows=rows),
            section("turned by", (moved_words(move) for move in shown.moved[:_MOST_RULES])),
        ),
    )


def _total_words(cost: HorizonCost) -> str:
    return f"{'' if cost.is_whole else '>='}{usd_words(cost.total_usd)} USD"


def moved_words(moved: RuleMoved) -> str:
    """Return how many more or fewer ways a rule removes."""
    more = moved.after - moved.before
    return f"{moved.rule} removes {grouped(moved.after)} ways, {grouped(abs(more))} {'more' if more > 0 else 'fewer'}"


def what_if_rows(answering: Answering) -> Iterator[tuple[str, str]]:
    """Yield what is compared of two answers, each as what it is and its words."""
    way, plan = answering.recommended, answering.plan
    if answering.certain.is_retired:
        sentence = _RETIRED
    elif way is None:
        sentence = f"nothing remains: {rules(answering.expected.verdict.conflict)} clash"
    else:
        sentence = answer_sentence(way_result(way))
    yield "build", sentence
    yield "where", "" if way is None else way_name(way)
    yield "certainty", CERTAINTIES[answering.certainty].lower()
    yield "costs", "" if way is None else cost_words(way_result(way))
    yield f"over {answering.weighing.horizon_months:g} months", "" if way is None else _total_words(way.cost)
    yield "needs", "; ".join(need.title for need in answering.needs) or "none"
    if plan is not None:
        broken = tuple(sorted({*plan.violates, *plan.way.breaks}))
        yield "your plan", f"breaks {rules(broken)}" if broken else "breaks nothing"
    for left in ways_left(answering.expected):
        yield f"{HOSTINGS[left.hosting]} ways left", f"{grouped(left.admissible)} of {grouped(left.ways)}"
