"""What is shown of a feature in every form alike: a title, and sections of lines; text and Markdown are drawn from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Group
from rich.text import Text

from aipolicy.report.packs.markdown_text import prose, table
from aipolicy.report.terminal.drawing import Screen, aligned, as_read, grid, said
from aipolicy.report.terminal.style import Role, Styler
from aipolicy.value import Frozen

LABEL_WIDTH = 10


class Section(Frozen):
    """Lines under one word; with a head they are rows of a table. Words of input are escaped, nothing else is done."""

    label: str
    lines: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to show."""
        return not self.lines and not self.rows


class Sheet(Frozen):
    """A title, what follows from all of it in one line, and sections."""

    title: str
    headline: str
    sections: tuple[Section, ...]


def section(label: str, lines: Iterable[str | Text]) -> Section:
    """Return lines under a word."""
    return Section(label, tuple(line if isinstance(line, str) else as_read(line) for line in lines))


def sheet_text(sheet: Sheet, *, width: int, style: Styler) -> str:
    """Return a sheet as text."""
    screen = Screen(width, style)
    screen.add(said(sheet.title, Role.STRONG))
    screen.add(said(sheet.headline, Role.STRONG))
    for part in sheet.sections:
        if part.rows:
            screen.add(aligned((part.head, *part.rows)) if part.head else aligned(part.rows))
        if part.lines:
            drawn = grid(LABEL_WIDTH, None)
            drawn.add_row(said(part.label, Role.STRONG), Group(*(said(line) for line in part.lines)))
            screen.add(drawn)
    return screen.result()


def sheet_markdown(sheet: Sheet, *, level: int = 2) -> str:
    """Return a sheet as Markdown; nothing of the text in it is markup."""
    blocks = [f"{'#' * level} {prose(sheet.title)}", f"**{prose(sheet.headline)}**"]
    for part in sheet.sections:
        if not part.is_empty:
            blocks.append(f"{'#' * (level + 1)} {prose(capital(part.label))}")
            blocks += section_markdown(part)
    return "\n\n".join(blocks) + "\n"


def section_markdown(shown: Section) -> list[str]:
    """Return a section as blocks of Markdown, without its heading."""
    blocks = []
    if shown.rows:
        blocks.append(markdown_table(shown.head, shown.rows))
    if shown.lines:
        blocks.append(bullets(shown.lines))
    return blocks


def bullets(lines: Iterable[str]) -> str:
    """Return lines as a list."""
    return "\n".join(f"- {prose(line)}" for line in lines)


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows as a table."""
    return table([prose(cell) for cell in head], ([prose(cell) if cell else "" for cell in row] for row in rows))


def capital(label: str) -> str:
    """Return a label with a capital letter."""
    return label[:1].upper() + label[1:]
