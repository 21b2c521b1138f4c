"""Source lines with carets and labels: text and spans in, drawn lines out, never wider than the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

from aipolicy.report.terminal.style import MIN_WIDTH, CellRow, Role, Styler, cells, wrapped
from aipolicy.source.regex import regex
from aipolicy.source.secrets import masked_text
from aipolicy.source.span import Span
from aipolicy.source.text import escaped, escaped_line
from aipolicy.value import Frozen

_LINE_END = regex("\r\n|\r|\n")
_LABEL_MIN, _LABEL_ROOM = 12, 24
"""A label with less room than the first below its mark is moved to where it has the second."""


class Annotation(Frozen):
    """A span to mark, with carets when it is primary, else with dashes."""

    span: Span
    label: str = ""
    primary: bool = False


class Snippet(Frozen):
    """Drawn lines, and how many cells the widest line number takes up."""

    gutter: int
    lines: tuple[str, ...]


class _Mark(Frozen):
    """A span on one line: columns count from 0; a mark after the last character ends one past the text."""

    line: int
    start: int
    end: int
    label: str
    primary: bool


class _Underline(Frozen):
    """A mark in cells of the drawn line."""

    start: int
    end: int
    label: str
    primary: bool


class _View(Frozen):
    """The part of a line that is shown: columns `first` to `last`, and the cell at which each begins."""

    text: str
    first: int
    last: int
    offsets: tuple[int, ...]
    cut_right: bool

    def underline(self, mark: _Mark) -> _Underline:
        """Return where a mark stands in the view; what is cut off is marked at the `…`."""
        start = self._edge(mark.start)
        if self.cut_right:
            start = min(start, self.offsets[-1])
        return _Underline(start, max(self._edge(mark.end), start + 1), mark.label, mark.primary)

    def _edge(self, column: int) -> int:
        if column < self.first:
            return 0
        return self.offsets[column - self.first] if column <= self.last else self.offsets[-1] + 1


def source_lines(text: str) -> list[str]:
    """Return the lines of a text as positions count them, secrets hidden: only LF, CRLF and CR end a line."""
    return _LINE_END.split(masked_text(text))


def gutter_bar(gutter: int, styler: Styler) -> str:
    """Return the empty line that opens and closes a snippet."""
    return " " * (gutter + 2) + styler.paint("|", Role.GUTTER)


def draw_snippet(
    lines: Sequence[str], annotations: Iterable[Annotation], *, width: int, role: Role, styler: Styler
) -> Snippet:
    """Return the lines that annotations stand on, each with its marks below, the primary ones in `role`.

    Spans outside of the text are moved into it; a span of several lines is marked on its first line.
    """
    by_line: dict[int, list[_Mark]] = {}
    for mark in dict.fromkeys(_mark(annotation, lines) for annotation in annotations):
        by_line.setdefault(mark.line, []).append(mark)
    gutter = len(str(max(by_line, default=1)))
    room = max(width, MIN_WIDTH) - gutter - 4
    bar = gutter_bar(gutter, styler)
    drawn = [bar]
    previous: int | None = None
    for number, marks in sorted(by_line.items()):
        drawn.extend(_between(lines, previous, number, room, gutter, styler))
        view = _view(lines[number - 1], marks, room)
        drawn.append(_source_row(number, view.text, gutter, styler))
        rows = _underline_rows([view.underline(mark) for mark in marks], room, role)
        drawn.extend(f"{bar} {row.painted(styler)}" for row in rows)
        previous = number
    return Snippet(gutter, tuple(drawn))


def _mark(annotation: Annotation, lines: Sequence[str]) -> _Mark:
    span = annotation.span
    line = min(max(span.start.line, 1), len(lines))
    text = lines[line - 1]
    start = min(max(span.start.column - 1, 0), len(text))
    last = min(max(span.end.line, line), len(lines))
    if last > line and not lines[last - 1][: span.end.column - 1].strip():
        last -= 1
    while last > line and not lines[last - 1].strip():
        last -= 1
    label = escaped(annotation.label)
    if last > line:
        label = f"{label} (through line {last})".lstrip()
    ends_here = span.end.line == line
    end = min(span.end.column - 1, len(text)) if ends_here else len(text.rstrip())
    return _Mark(line, start, max(end, start + 1), label, annotation.primary)


def _between(
    lines: Sequence[str], previous: int | None, number: int, room: int, gutter: int, styler: Styler
) -> list[str]:
    """Return what stands between two marked lines: nothing, the one line between, or an ellipsis."""
    if previous is None or number == previous + 1:
        return []
    if number > previous + 2:
        return [styler.paint("...", Role.GUTTER)]
    return [_source_row(previous + 1, _view(lines[previous], [], room).text, gutter, styler)]


def _source_row(number: int, text: str, gutter: int, styler: Styler) -> str:
    return f" {styler.paint(f'{number:>{gutter}} |', Role.GUTTER)} {text}".rstrip()


def _view(line: str, marks: Sequence[_Mark], room: int) -> _View:
    """Return the whole line, or as much of it around the marks as there is room for."""
    room -= any(mark.end > len(line) for mark in marks)
    first, last = 0, len(line)
    plain = line.isascii() and line.isprintable()
    if last > 4 * room or (last if plain else sum(map(_shown_cells, line))) > room:
        first, last = _window(line, *_focus(line, marks, room - 2), room)
    offsets = list(accumulate(map(_shown_cells, line[first:last]), initial=1 if first else 0))
    cut_right = last < len(line)
    text = escaped_line(line[first:last])
    text = f"{'…' if first else ''}{text}{'…' if cut_right else ''}"
    return _View(text, first, last, tuple(offsets), cut_right)


def _focus(line: str, marks: Sequence[_Mark], room: int) -> tuple[int, int]:
    """Return the columns that are to be seen first: all marks if they fit, else the primary one."""
    if not marks:
        return 0, 0
    start, end = min(mark.start for mark in marks), max(mark.end for mark in marks)
    if _fitting(line[start : start + 4 * room], room) >= min(end, len(line)) - start:
        return start, end
    mark = max(marks, key=lambda mark: (mark.primary, -mark.start))
    return mark.start, mark.end


def _window(line: str, start: int, end: int, room: int) -> tuple[int, int]:
    """Return the columns that fit: from the first on if that shows `[start, end)`, else around it."""
    first = _fitting(line[: 4 * room], room - 1)
    if first >= min(end, len(line)):
        return 0, first
    room -= 2
    spare = room - sum(map(_shown_cells, line[start : min(end, start + 4 * room)]))
    before = line[max(0, start - 4 * room) : start][::-1]
    after = line[start : start + 4 * room]
    left = _fitting(before, spare // 2 if spare >= 0 else room // 8)
    right = _fitting(after, room - sum(map(_shown_cells, before[:left])))
    left = _fitting(before, room - sum(map(_shown_cells, after[:right])))
    return start - left, start + right


def _fitting(text: str, room: int) -> int:
    """Return how many characters of a text fit into `room` cells."""
    if text.isascii() and text.isprintable():
        return max(min(len(text), room), 0)
    used = 0
    for index, character in enumerate(text):
        used += _shown_cells(character)
        if used > room:
            return index
    return len(text)


def _shown_cells(character: str) -> int:
    return 1 if " " <= character <= "~" else cells(escaped_line(character))


def _underline_rows(underlines: Sequence[_Underline], room: int, role: Role) -> list[CellRow]:
    """Return the marks below a line: one label beside the last mark if it fits, the others hung below."""
    first = CellRow()
    for underline in sorted(underlines, key=lambda underline: underline.primary):
        sign = "^" if underline.primary else "-"
        first.put(underline.start, sign * (underline.end - underline.start), _role(underline, role))
    beside = _beside(underlines, room)
    hanging = [underline for underline in underlines if underline.label and underline is not beside]
    hanging.sort(key=lambda underline: (-underline.start, not underline.primary))
    rows = [first]
    if beside is not None:
        at = beside.end + 1
        for index, line in enumerate(wrapped(beside.label, room - at)):
            rows.extend([_bars(hanging, role)] if index else [])
            rows[-1].put(at, line, _role(beside, role))
    if hanging and len(rows) == 1 and len(underlines) > 1:
        rows.append(_bars(hanging, role))
    for underline in hanging:
        others = [other for other in hanging if other.start < underline.start]
        at = _hang_at(underline, room)
        for line in wrapped(underline.label, room - at, break_words=True):
            rows.append(_bars(others, role))
            rows[-1].put(at, line, _role(underline, role))
    return rows


def _beside(underlines: Sequence[_Underline], room: int) -> _Underline | None:
    """Return the mark whose label can stand on the line of the marks: the last, if the label fits."""
    last = max(underlines, key=lambda underline: (underline.end, underline.start, underline.primary))
    space = room - last.end - 1
    lines = wrapped(last.label, max(space, 1))
    fits = all(cells(line) <= space for line in lines) and (
        len(lines) == 1 or (space >= _LABEL_ROOM and len(lines) <= 3)
    )
    return last if last.label and fits else None


def _hang_at(underline: _Underline, room: int) -> int:
    """Return the cell at which a label hung below its mark begins: below the mark, or left of it to fit."""
    width = cells(underline.label)
    if room - underline.start >= min(width, _LABEL_MIN):
        return underline.start
    return max(0, room - min(width, _LABEL_ROOM))


def _bars(underlines: Iterable[_Underline], role: Role) -> CellRow:
    row = CellRow()
    for underline in sorted(underlines, key=lambda underline: underline.primary):
        row.put(underline.start, "|", _role(underline, role))
    return row


def _role(underline: _Underline, role: Role) -> Role:
    return role if underline.primary else Role.RELATED
