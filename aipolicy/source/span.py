"""Positions in a text file: lines and columns count from 1, columns are code points, ends are exclusive."""

from __future__ import annotations

from bisect import bisect_right
from typing import Literal, TypeAlias

from aipolicy.value import Frozen, NamedTuple

DocumentPath: TypeAlias = tuple[str | int, ...]
"""Keys and list indices from the top of a document down to a value."""

Part: TypeAlias = Literal["key", "value"]


class Position(Frozen, order=True):
    line: int
    column: int


class Span(Frozen, order=True):
    """From `start` up to, but not including, `end`."""

    start: Position
    end: Position


class LineIndex:
    """Turns offsets into a text into positions; only LF, CRLF and CR end a line, as editors count them."""

    def __init__(self, text: str) -> None:
        self._length = len(text)
        starts = [0]
        offset = 0
        for line in text.replace("\r\n", " \n").replace("\r", "\n").split("\n")[:-1]:
            offset += len(line) + 1
            starts.append(offset)
        self._starts = starts

    @property
    def line_starts(self) -> tuple[int, ...]:
        """Return the offset at which each line begins."""
        return tuple(self._starts)

    def position(self, offset: int) -> Position:
        """Return the position of the character at `offset`; past the end, the end of the text."""
        offset = max(0, min(offset, self._length))
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def span(self, start: int, end: int) -> Span:
        """Return the span of `[start, end)`, at least one character wide."""
        return Span(self.position(start), self.position(max(end, start + 1)))


class Rewording(NamedTuple):
    """What stands at a place and what is certain to be meant: a key, a word, or a whole condition."""

    span: Span
    old: str
    new: str
