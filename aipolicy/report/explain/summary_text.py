"""A summary of answers in, at most twelve lines out: what features have in common, and what would tell them apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from aipolicy.answer.model import Gap
from aipolicy.answer.summary import Building, SharedQuestion, Summary
from aipolicy.facts.value_text import shown_value
from aipolicy.report.answer_words import CERTAINTIES, kind_words, rules, together_words
from aipolicy.report.terminal.drawing import Screen, grid, said
from aipolicy.report.terminal.style import Role, Styler, cells, shortened
from aipolicy.source.text import escaped, grouped

_LABEL = 10
_ANSWERS, _ANSWERS_AND_QUESTIONS = 3, 6
"""Lines of answers, and of answers and questions together."""
_VALUES = 3


def render_summary(summary: Summary, *, width: int, style: Styler) -> str:
    """Return a summary as text."""
    screen = Screen(width, style)
    screen.add(said(shortened(_title(summary), width), Role.STRONG))
    lines = grid(_LABEL, None)
    for label, texts in _entries(summary, width - _LABEL - 1):
        for number, text in enumerate(texts):
            lines.add_row(said(label if number == 0 else "", Role.RELATED), said(text))
    screen.add(lines)
    return screen.result()


def _title(summary: Summary) -> str:
    running = summary.features - summary.retired
    words = f"{_counted(running, 'feature')} of {_counted(summary.kinds, 'kind')} that rules and estimates tell apart"
    return words + (f"; {grouped(summary.retired)} more retired" if summary.retired else "")


def _entries(summary: Summary, room: int) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield what is shown: a label, and lines that are cut to a room."""
    running = summary.features - summary.retired
    answers = [_answer(summary, building, count) for building, count in summary.answers]
    questions = summary.questions[: _ANSWERS_AND_QUESTIONS - min(len(answers), _ANSWERS)]
    lists = {
        "in common": _by_count([(f"`{e.fact}` {shown_value(e.value)}", e.features) for e in summary.common], running),
        "unsaid": _by_count([(f"`{fact}`", count) for fact, count in summary.unsaid], running),
        "needs": [f"{need.title} {_of(need.features, running)}" for need in summary.needs],
        "to do": _to_dos(summary),
        "look up": [f"{_gap(counted.gap)} {_of(counted.features, running)}" for counted in summary.gaps],
    }
    shown = {label: [_fitting(texts, room)] for label, texts in lists.items() if texts}
    shown["answers"] = [shortened(text, room) for text in (*answers[: _ANSWERS - 1], *_last(answers[_ANSWERS - 1 :]))]
    shown["ask"] = [_question(question, running, room) for question in questions]
    yield from ((label, shown[label]) for label in _ORDER if label in shown)


_ORDER = ("in common", "unsaid", "answers", "needs", "ask", "to do", "look up")


def _answer(summary: Summary, building: Building, count: int) -> str:
    words = _building(building)
    if building.hosting is None:
        more = " and others" if len(summary.conflicts) > 1 else ""
        words += f", {rules(summary.conflicts[0][0])} clash{more}"
    certainty = "" if building.certainty is None else f" ({CERTAINTIES[building.certainty].lower()})"
    return f"{grouped(count)} {words}{certainty}"


def _last(answers: Sequence[str]) -> list[str]:
    """Return the last line of answers, with how many there are besides."""
    return [answers[0] + (f"; and {len(answers) - 1} other answers" if len(answers) > 1 else "")] if answers else []


def _question(question: SharedQuestion, running: int, room: int) -> str:
    """Return where the values of a fact lead, those that lead to the same together."""
    leads: dict[Building, list[str]] = {}
    for moved in question.moved:
        leads.setdefault(moved.building, []).append(shown_value(moved.value))
    parts = [
        f"{', '.join(values[:_VALUES])}{' …' if len(values) > _VALUES else ''}: {_building(building)}"
        for building, values in leads.items()
    ]
    head = f"`{question.fact}` moves {_number(question.features, running)}: "
    return head + _fitting(parts, room - len(head))


def _building(building: Building) -> str:
    return "nothing remains" if building.hosting is None else kind_words(building.hosting, building.adaptation)


def _to_dos(summary: Summary) -> list[str]:
    """Return what is to be done by rule, whatever the stage, with how many features it concerns at most."""
    facts: dict[str, Counter[str]] = {}
    for shared in summary.to_do:
        facts.setdefault(shared.to_do.rule, Counter())[shared.to_do.fact] += shared.features
    running = summary.features - summary.retired
    most = sorted(facts.items(), key=lambda item: (-max(item[1].values()), item[0]))
    return [f"{together_words(list(counts))} ({rule}) {_of(max(counts.values()), running)}" for rule, counts in most]


def _gap(gap: Gap) -> str:
    return f"`{escaped(gap.fact)}` of {escaped(gap.about)}"


def _fitting(texts: Sequence[str], room: int) -> str:
    """Return as many texts as there is room for, at least one, and how many more there are."""
    for count in range(len(texts), 0, -1):
        more = len(texts) - count
        text = "; ".join(texts[:count]) + (f"; and {more} more" if more else "")
        if cells(text) <= room:
            return text
    return shortened(text, room)


def _by_count(counted: Sequence[tuple[str, int]], running: int) -> list[str]:
    """Return texts, those that concern equally many features together."""
    texts: dict[int, list[str]] = {}
    for text, count in counted:
        texts.setdefault(count, []).append(text)
    return [f"{_number(count, running)}: {', '.join(together)}" for count, together in texts.items()]


def _number(count: int, running: int) -> str:
    return "all" if count == running else grouped(count)


def _of(count: int, running: int) -> str:
    return f"in {_number(count, running)}"


def _counted(count: int, word: str) -> str:
    return f"{grouped(count)} {word}{'' if count == 1 else 's'}"
