"""The comments of a YAML text, with their places; what stands in a string is none."""

from __future__ import annotations

import re
from bisect import bisect_right

import yaml

from aipolicy.source.builder import HAS_LIBYAML, Event
from aipolicy.source.span import LineIndex, Span
from aipolicy.value import NamedTuple

_LINE_END = re.compile("[\r\n]")
_BLOCK_STYLES = ("|", ">")


class Comment(NamedTuple):
    """A comment: its text without the `#`, and the line of what it is beside, or of what comes below it."""

    text: str
    span: Span
    beside: int


def comments_of(text: str) -> tuple[Comment, ...]:
    """Return the comments of a text that can be read as YAML; of one that cannot, those before the mistake."""
    scalars = _scalars(text)
    starts = [start for start, _ in scalars]
    index = LineIndex(text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    comments = []
    offset = text.find("#")
    while offset >= 0:
        number = bisect_right(starts, offset) - 1
        if number >= 0 and offset < scalars[number][1]:
            offset = text.find("#", scalars[number][1])
            continue
        if offset and text[offset - 1] not in " \t\r\n":
            offset = text.find("#", offset + 1)
            continue
        ending = _LINE_END.search(text, offset)
        end = ending.start() if ending is not None else len(text)
        span = index.span(offset, end)
        comments.append(Comment(text[offset + 1 : end].strip(), span, _beside(lines, span)))
        offset = text.find("#", end)
    return tuple(comments)


def _beside(lines: list[str], span: Span) -> int:
    line = span.start.line
    if lines[line - 1][: span.start.column - 1].strip():
        return line
    below = line
    while below < len(lines) and (not lines[below].strip() or lines[below].lstrip().startswith("#")):
        below += 1
    return below + 1


def _scalars(text: str) -> list[tuple[int, int]]:
    """Return where text and keys stand, in order; of a block, what is below its first line."""
    spans = []
    loader = yaml.CSafeLoader(text) if HAS_LIBYAML else yaml.SafeLoader(text)
    try:
        while loader.check_event():
            event: Event = loader.get_event()
            kind = type(event)
            if kind is yaml.ScalarEvent:
                start, end = int(event.start_mark.index), int(event.end_mark.index)
                if event.style in _BLOCK_STYLES:
                    first = _LINE_END.search(text, start)
                    start = first.start() if first is not None else end
                if end > start:
                    spans.append((start, end))
    except (yaml.YAMLError, ValueError):
        pass
    finally:
        loader.dispose()
    return spans
