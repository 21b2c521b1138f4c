"""The one place where what people read at leisure is drawn with rich: text in cells, lists of labels, tables.

Whoever imports this waits for rich; `check` draws without it. Text becomes a `Text` here and nowhere else, so that nothing
of it is taken for markup, and its control characters are escaped.
"""

from __future__ import annotations

from io import StringIO
from typing import Literal

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from aipolicy.report.terminal.style import Role, Styler
from aipolicy.source.text import escaped

__all__ = ["Screen", "grid", "joined", "said", "table"]

_STYLES: dict[Role, str] = {
    Role.ERROR: "bold red", Role.WARNING: "bold yellow", Role.NOTE: "bold blue", Role.GOOD: "bold green",
    Role.STRONG: "bold", Role.RELATED: "cyan", Role.GUTTER: "blue",
}  # fmt: skip

Justify = Literal["left", "right"]


def said(text: str, role: Role | None = None) -> Text:
    """Return text as it is shown, in the colour of its role."""
    return Text(escaped(text), style="" if role is None else _STYLES[role], overflow="fold")


def joined(*parts: str | Text) -> Text:
    """Return pieces of text one after the other; strings have no colour."""
    return Text("", overflow="fold").append_text(
        Text.assemble(*(part if isinstance(part, Text) else said(part) for part in parts))
    )


def grid(*widths: int | None, gap: int = 1) -> Table:
    """Return a table without lines and headings, its columns as wide as given; the last takes what is left."""
    drawn = Table.grid(padding=(0, gap, 0, 0))
    for width in widths:
        drawn.add_column(width=width, overflow="fold")
    return drawn


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
        """Add text or a table below what is there."""
        self._console.print(Padding.indent(drawn, indent) if indent else drawn)

    def heading(self, text: str) -> None:
        """Add a heading after an empty line."""
        self._console.print()
        self.add(said(text, Role.STRONG))

    def result(self) -> str:
        """Return everything that was added, without spaces at the ends of lines."""
        return "".join(f"{line.rstrip()}\n" for line in self._written.getvalue().splitlines())
