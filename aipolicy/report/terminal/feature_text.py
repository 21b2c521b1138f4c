"""A feature's answer in, a few lines for a terminal out: what to do, what it costs, what to ask, to do and to look up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from aipolicy.report.answer_words import (
    CERTAINTIES,
    answer_sentence,
    answer_words,
    change_words,
    cost_words,
    measure_words,
    offering_words,
    rules,
    then_words,
    to_do_words,
    usd_words,
    values_words,
)
from aipolicy.report.terminal.style import Role, Styler, cells, shortened, wrapped
from aipolicy.run.answer_result import AnswerResult, ChangeResult, GapResult, PlanResult
from aipolicy.run.feature_result import FeatureResult
from aipolicy.source.text import escaped

_INDENT, _LABEL = 4, 10
_QUESTIONS, _LINES_OF_TO_DO = 3, 2
"""How much of each is shown; how much more there is, is said."""


def answer_block(feature: FeatureResult, width: int, style: Styler) -> Iterator[str]:
    """Yield at most twelve lines on a feature; nothing where no answer was asked for."""
    answer = feature.answer
    if answer is None:
        return
    title = f"{escaped(feature.name)} · {feature.lifecycle} · {escaped(feature.file)}"
    yield style.paint(shortened(title, width), Role.STRONG)
    room = width - _INDENT - _LABEL
    for label, lines in _entries(feature.name, answer, room):
        for number, line in enumerate(lines):
            head = label if number == 0 else ""
            yield f"{'':{_INDENT}}{style.paint(f'{head:{_LABEL}}', Role.RELATED)}{line}".rstrip()


def answer_line(feature: FeatureResult, width: int, style: Styler) -> str:
    """Return one line on a feature of which nothing was found."""
    answer = feature.answer
    name = escaped(feature.name)
    if answer is None:
        return name
    if answer.recommended is None:
        words = answer_words(answer)
    else:
        way = answer.recommended
        usd = f", {usd_words(way.monthly_usd)} USD a month" if way.is_whole else ""
        words = f"{CERTAINTIES[answer.certainty]}: {answer_sentence(way)}{usd}"
    room = max(width - len(name) - 2, 0)
    return f"{style.paint(name, Role.STRONG)}: {shortened(words, room)}"


def _entries(name: str, answer: AnswerResult, room: int) -> Iterator[tuple[str, Sequence[str]]]:
    yield "answer", _fitting(answer_words(answer), room)
    if answer.recommended is not None:
        yield "costs", [shortened(cost_words(answer.recommended), room)]
    if answer.conflict is not None and answer.conflict.changes:
        yield "way out", _few(_changes(answer.conflict.changes), _QUESTIONS, name, room)
    if answer.plan is not None:
        yield "plan", [shortened(_plan(answer.plan), room)]
    if answer.questions:
        yield "ask", _few(_changes(_each_fact_first(answer.questions), answer.broken), _QUESTIONS, name, room)
    elif answer.assumed:
        yield "assumed", [_assumed(answer, room)]
    if answer.to_do:
        yield "to do", _few(list(to_do_words(answer.to_do)), _LINES_OF_TO_DO, name, room)
    if answer.measures:
        yield "measure", [shortened(measure_words(answer.measures[0]), room)]
    if answer.gaps:
        yield "look up", [_gaps(answer.gaps, room)]


def _plan(plan: PlanResult) -> str:
    """Return what is planned, what a month of it costs, and what it breaks."""
    usd = f", {usd_words(plan.way.monthly_usd)} USD a month" if plan.way.is_whole else ""
    breaks = f": breaks {rules(plan.violates)}" if plan.violates else ""
    return f"{offering_words(plan.way)}{usd}{breaks}"


def _each_fact_first(changes: Sequence[ChangeResult]) -> list[ChangeResult]:
    """Return one reply about each fact before others about the same: in three lines people are asked three things."""
    seen: set[frozenset[str]] = set()
    first: list[ChangeResult] = []
    others: list[ChangeResult] = []
    for change in changes:
        facts = frozenset(change.facts)
        (others if facts in seen else first).append(change)
        seen.add(facts)
    return [*first, *others]


def _changes(changes: Iterable[ChangeResult], broken: Collection[str] = ()) -> list[str]:
    return [f"{change_words(change.facts, change.bounds)}: {then_words(change.then, broken)}" for change in changes]


def _assumed(answer: AnswerResult, room: int) -> str:
    """Return as many assumptions as there is room for, and how many more there are."""
    words = values_words(answer.assumed)
    for count in range(len(words), 0, -1):
        more = len(words) - count
        text = ", ".join(words[:count]) + (f", and {more} more" if more else "")
        if cells(text) <= room:
            return text
    return f"{len(words)} facts"


def _gaps(gaps: Sequence[GapResult], room: int) -> str:
    first = gaps[0]
    more = f", and {len(gaps) - 1} more" if len(gaps) > 1 else ""
    text = f"{escaped(first.file.partition(',')[0])}: `{first.fact}` of {escaped(first.about)}"
    return shortened(text, room - len(more)) + more


def _few(lines: Sequence[str], most: int, name: str, room: int) -> list[str]:
    """Return the first lines, each cut to its room, and how many there are besides."""
    shown = [shortened(line, room) for line in lines[:most]]
    more = len(lines) - most
    return [*shown, f"{more} more: `aipolicy explain {escaped(name)}`"] if more > 0 else shown


def _fitting(text: str, room: int) -> list[str]:
    first, *rest = wrapped(text, room)
    return [first, *([shortened(" ".join(rest), room)] if rest else [])]
