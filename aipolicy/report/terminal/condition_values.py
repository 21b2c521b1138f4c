"""A condition with the value of each name hung under it, as the best test tools show a failing expression."""

from __future__ import annotations

from collections.abc import Mapping

from aipolicy.facts.spec import FactValue
from aipolicy.facts.value_text import shown_value
from aipolicy.policy.cel.tokens import TokenKind, tokens
from aipolicy.report.terminal.style import shortened
from aipolicy.source.text import escaped

_LEAST_ROOM = 8


def hung_values(text: str, values: Mapping[str, FactValue | None], width: int) -> list[str]:
    """Return the condition on one line, and lines with the values below; empty where it does not fit into the width.

    Columns are those of the escaped text; a text that is not ASCII has cells of other widths and is not drawn.
    """
    line = escaped(one_line(text))
    places = _places(line, values)
    if (
        not line.isascii()
        or len(line) > width
        or (places and places[-1][0] > width - _LEAST_ROOM)
        or len(places) < len(values)
    ):
        return []
    columns = [column for column, _ in places]
    lines = [line, *([_bars(columns)] if places else [])]
    for number, (column, value) in reversed(list(enumerate(places))):
        lines.append(_bars(columns[:number]).ljust(column) + shortened(shown_value(value), width - column))
    return lines


def one_line(text: str) -> str:
    """Return a condition that was written over several lines on one."""
    return " ".join(part.strip() for part in text.splitlines()) if "\n" in text else text


def _places(line: str, values: Mapping[str, FactValue | None]) -> list[tuple[int, FactValue | None]]:
    """Return where each name first stands, with its value."""
    starts: dict[str, int] = {}
    for token in tokens(line):
        if token.kind is TokenKind.NAME:
            # NOTE: a label may be written as an index, and a name may have a function behind it.
            prefix = f"{token.text}."
            for name in (name for name in values if prefix.startswith(f"{name}.") or name.startswith(prefix)):
                starts.setdefault(name, token.start)
    return [(column, values[name]) for name, column in starts.items()]


def _bars(columns: list[int]) -> str:
    row = ""
    for column in columns:
        row = f"{row:<{column}}|"
    return row
