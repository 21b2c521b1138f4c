"""The one place where what people read at leisure is drawn with rich: text in cells, lists of labels, tables.

Whoever imports this waits for rich; `check` draws without it. Text becomes a `Text` here and nowhere else, so that nothing
of it is taken for markup, and its control characters are escaped.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Literal

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from aipolicy.report.terminal.style import Role, Styler
from aipolicy.source.regex import regex
from aipolicy.source.text import escaped

__all__ = ["Screen", "aligned", "as_read", "grid", "joined", "listed", "said", "stacked", "table"]

# NOTE: rich takes the cells of a character from the Unicode version that this names; the same text is the same everywhere.
os.environ.pop("UNICODE_VERSION", None)

_STYLES: dict[Role, str] = {
    Role.ERROR: "bold red", Role.WARNING: "bold yellow", Role.NOTE: "bold blue", Role.GOOD: "bold green",
    Role.STRONG: "bold", Role.RELATED: "cyan", Role.GUTTER: "blue",
}  # fmt: skip

_HELD = "\ufdd0"
"""Stands for a space at which no line is broken; of the spaces of Unicode rich breaks lines at every one."""
_IN_NUMBERS = regex(r"(?<=[0-9]) (?=[0-9]{3}(?![0-9]))")

Justify = Literal["left", "right"]
_BLANK_END = regex(r" *(\x1b\[0m)?(?: |\x1b\[[0-9;]*m)*$")
"""Spaces at the end of a line and their colours, all but the end of the colour of what stands before."""


def said(text: str, role: Role | None = None) -> Text:
    """Return text as it is shown, in the colour of its role; no line breaks within a number."""
    held = _IN_NUMBERS.sub(_HELD, escaped(text))
    return Text(held, style="" if role is None else _STYLES[role], overflow="fold")


def as_read(text: Text) -> str:
    """Return drawn text as it reads, without its colours."""
    return text.plain.replace(_HELD, " ")


def joined(*parts: str | Text) -> Text:
    """Return pieces of text one after the other; strings have no colour."""
    return Text("", overflow="fold").append_text(
        Text.assemble(*(part if isinstance(part, Text) else said(part) for part in parts))
    )


def stacked(*lines: str | Text) -> Text:
    """Return texts one below the other, as one that fits into a cell."""
    return Text("\n", overflow="fold").join(line if isinstance(line, Text) else said(line) for line in lines)


def grid(*widths: int | None, gap: int = 1) -> Table:
    """Return a table without lines and headings, its columns as wide as given; None takes what is left."""
    drawn = Table.grid(padding=(0, gap, 0, 0), expand=True)
    for width in widths:
        drawn.add_column(width=width, ratio=1 if width is None else None, overflow="fold")
    return drawn


def aligned(rows: Iterable[Sequence[str | Text]], gap: int = 2) -> Table:
    """Return rows in columns as wide as their widest cells; where there is no room the widest columns are wrapped."""
    drawn = Table.grid(padding=(0, gap, 0, 0))
    for row in rows:
        drawn.add_row(*(said(cell) if isinstance(cell, str) else cell for cell in row))
    for column in drawn.columns:
        column.overflow = "fold"
    return drawn


def listed(texts: Iterable[str | Text]) -> Table:
    """Return texts with a dash before each, wrapped under themselves."""
    return aligned((("-", text) for text in texts), gap=1)


def table(*columns: tuple[str, Justify], gap: int = 1) -> Table:
    """Return a table with headings and without lines, a column for each name and the side that its cells stand at."""
    drawn = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style=_STYLES[Role.STRONG])
    for name, justify in columns:
        drawn.add_column(said(name), justify=justify, overflow="fold")
    return drawn


class Screen:
    """Collects what is drawn, one under the other, as text of a width, with colour or without."""

    def __init__(self, width: int, style: Styler) -> None:
        self.width = width
        self._written = StringIO()
        # NOTE: an empty environment, so that width and colour are those that are given.
        self._console = Console(
            file=self._written, width=width, color_system="standard" if style.color else None,
            force_terminal=style.color, force_jupyter=False, force_interactive=False, no_color=not style.color,
            legacy_windows=False, markup=False, emoji=False, highlight=False, _environ={},
        )  # fmt: skip

    def add(self, drawn: RenderableType, indent: int = 0) -> None:
        """Add text or a table below what is there; an empty table adds nothing."""
        if isinstance(drawn, Table) and not drawn.row_count:
            return
        self._console.print(Padding.indent(drawn, indent) if indent else drawn)

    def verbatim(self, line: str, indent: int = 0) -> None:
        """Add a line that is not broken whatever the width, so that it can be copied; nothing where it is empty."""
        if line:
            self._console.print(said(" " * indent + line), soft_wrap=True)

    def heading(self, text: str) -> None:
        """Add a heading, after an empty line where something stands above."""
        if self._written.tell():
            self._console.print()
        self.add(said(text, Role.STRONG))

    def section(self, text: str, drawn: Text | Table) -> None:
        """Add a heading with what belongs to it below; neither where there is nothing."""
        if drawn if isinstance(drawn, Text) else drawn.row_count:
            self.heading(text)
            self.add(drawn, indent=2)

    def result(self) -> str:
        """Return everything that was added, without spaces at the ends of lines."""
        lines = self._written.getvalue().replace(_HELD, " ").split("\n")[:-1]
        return "".join(_BLANK_END.sub(r"\1", line) + "\n" for line in lines)
