"""How text looks in a terminal: colour, the cells that it takes up, and line breaks; without any library."""

from __future__ import annotations

import unicodedata
from enum import StrEnum

from aipolicy.value import NamedTuple

MIN_WIDTH = 40
"""Narrower terminals are written to as if they were this wide."""

_RESET = "\x1b[0m"


class Role(StrEnum):
    """What a piece of text is, each with its SGR parameters."""

    ERROR = "1;31"
    WARNING = "1;33"
    NOTE = "1;34"
    GOOD = "1;32"
    STRONG = "1"
    RELATED = "36"
    GUTTER = "34"


class Styler(NamedTuple):
    """Colours text, or leaves it as it is; input must be escaped before it comes here."""

    color: bool = False

    def paint(self, text: str, role: Role | None) -> str:
        """Return text in the colour of its role, unchanged when colours are off."""
        if not self.color or role is None or not text:
            return text
        return f"\x1b[{role.value}m{text}{_RESET}"


def character_cells(character: str) -> int:
    """Return how many terminal cells one character takes up: 0 for combining marks, 2 for wide characters."""
    if character.isascii():
        return 1
    if unicodedata.category(character) in {"Mn", "Me", "Cf"} or "\u1160" <= character <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cells(text: str) -> int:
    """Return how many terminal cells a text without control characters takes up."""
    return len(text) if text.isascii() else sum(map(character_cells, text))


class CellRow:
    """One drawn line, written cell by cell; later text covers earlier text."""

    __slots__ = ("_cells",)

    def __init__(self) -> None:
        self._cells: list[tuple[str, Role | None]] = []

    def put(self, at: int, text: str, role: Role | None) -> None:
        """Write text from cell `at` on."""
        for character in text:
            wide = character_cells(character)
            self._cells.extend([(" ", None)] * (at + wide - len(self._cells)))
            if wide:
                self._cells[at] = (character, role)
                self._cells[at + 1 : at + wide] = [("", role)] * (wide - 1)
            elif at:
                before, old_role = self._cells[at - 1]
                self._cells[at - 1] = (before + character, old_role)
            at += wide

    def painted(self, styler: Styler) -> str:
        """Return the line with each run of one role in its colour."""
        runs: list[tuple[str, Role | None]] = []
        for text, role in self._cells:
            if runs and runs[-1][1] is role:
                runs[-1] = (runs[-1][0] + text, role)
            else:
                runs.append((text, role))
        return "".join(styler.paint(text, role) for text, role in runs).rstrip()


def shortened(text: str, width: int) -> str:
    """Return text cut to at most `width` cells, with `…` where something was cut off."""
    if cells(text) <= width:
        return text
    return _head(text, width - 1).rstrip() + "…"


def wrapped(text: str, width: int, *, break_words: bool = False) -> list[str]:
    """Return the lines of a text broken at spaces to `width` cells.

    A word that is wider than a line stays whole, so that it can be copied, unless `break_words` is set.
    """
    lines: list[str] = []
    line, used = "", 0
    for word in text.split(" "):
        wide = cells(word)
        if line and used + 1 + wide <= width:
            line, used = f"{line} {word}", used + 1 + wide
            continue
        if line:
            lines.append(line)
        line, used = word, wide
        while break_words and used > width:
            head = _head(line, width) or line[0]
            lines.append(head)
            line, used = line[len(head) :], used - cells(head)
    return [*lines, line]


def _head(text: str, width: int) -> str:
    if text.isascii():
        return text[: max(width, 0)]
    used = 0
    for index, character in enumerate(text):
        used += character_cells(character)
        if used > width:
            return text[:index]
    return text
