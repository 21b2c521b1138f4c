"""Answers to many features in, a line each out, cut to a width."""

from __future__ import annotations

from collections.abc import Sequence

from aipolicy.report.answer_words import rules, usd_words
from aipolicy.report.explain.answers_list import ListedAnswer, answer_of, asked_first, blocked_by, certainty_of
from aipolicy.report.terminal.drawing import Screen, said, table
from aipolicy.report.terminal.style import Role, Styler, cells, shortened
from aipolicy.source.text import escaped

_HEADS = ("feature", "answer", "USD a month", "certainty", "blocks", "ask first")
_SHARES = (0.22, 0.2, 0.0, 0.0, 0.22)
"""The most of the width that names, answers and what blocks take up."""
_CERTAINTIES = {"certain": "certain", "expected": "expected", "expected with a gap": "gap"}


def answers_text(answers: Sequence[ListedAnswer], *, width: int, style: Styler) -> str:
    """Return a table with a line a feature, whatever is long cut."""
    if not answers:
        return ""
    rows = [_row(listed) for listed in answers]
    widths = [max(cells(row[column]) for row in (_HEADS, *rows)) for column in range(len(_HEADS))]
    for column, share in enumerate(_SHARES):
        widths[column] = min(widths[column], int(width * share)) if share else widths[column]
    widths[-1] = max(width - sum(widths[:-1]) - len(widths) + 1, 0)
    columns = [column for column in range(len(_HEADS)) if widths[column] >= len("ask")]
    drawn = table(*((_HEADS[column], "right" if column == 2 else "left") for column in columns))
    for row, answer in zip(rows, answers, strict=True):
        roles = {0: Role.STRONG, 4: Role.ERROR if answer.blocks else None}
        drawn.add_row(*(said(shortened(row[column], widths[column]), roles.get(column)) for column in columns))
    screen = Screen(width, style)
    screen.add(drawn)
    return screen.result()


def _row(listed: ListedAnswer) -> tuple[str, ...]:
    usd = listed.monthly_usd
    way = None if listed.answer is None else listed.answer.recommended
    at_least = "" if way is None or way.is_whole else ">="
    certainty = certainty_of(listed)
    return (
        escaped(listed.feature.name), answer_of(listed), "" if usd is None else at_least + usd_words(usd),
        _CERTAINTIES.get(certainty, certainty), rules(blocked_by(listed)), asked_first(listed),
    )  # fmt: skip
