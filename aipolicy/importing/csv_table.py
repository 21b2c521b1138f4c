"""Bytes of a delimited table in, header and rows out, with the encoding and delimiter used and why."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from aipolicy.errors import MappingError
from aipolicy.importing.no_table import what_else
from aipolicy.source.regex import regex
from aipolicy.source.span import Position, Span
from aipolicy.source.text import shown
from aipolicy.value import Frozen

MAX_TABLE_BYTES = 268_435_456
DELIMITERS = (",", ";", "\t", "|")

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Longest first: the mark of UTF-32 begins with that of UTF-16."""
_NOT_FOR_TEXT_FILES = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"})
_CP1252_UNDEFINED = regex(rb"[\x81\x8d\x8f\x90\x9d]")
_SEPARATOR_LINE = regex(r"[sS][eE][pP]=([,;\t|])\r?\n")
_LOOKED_AT = 4096
_END = "\x00"
NOT_THERE = "\x00"
"""What stands for a cell that a short row, or the table, does not have: no cell of a table holds this character."""


class Reading(Frozen, kw_only=True):
    """How the bytes of a table became text and cells."""

    encoding: str
    encoding_why: str
    delimiter: str
    delimiter_why: str
    notes: tuple[str, ...] = ()


class Row(Frozen):
    """One record: `number` counts as a spreadsheet does (the header is row 1), `line` is where it starts."""

    number: int
    line: int
    cells: tuple[str, ...]

    @property
    def is_blank(self) -> bool:
        """Return whether no cell holds anything."""
        return not any(cell.strip() for cell in self.cells)


class Table(Frozen):
    """A table as read."""

    path: str
    reading: Reading
    header: Row
    rows: tuple[Row, ...]


ColumnCounter = Callable[[tuple[str, ...]], int]
"""How many columns of a header row the mapping knows."""


def read_table(data: bytes, path: str, *, encoding: str = "auto", delimiter: str = "auto",
               known_columns: ColumnCounter = len) -> Table:  # fmt: skip
    """Return the table; raises `MappingError` when the bytes are no table of text.

    An undeclared delimiter is the one under which the header row has most columns that the mapping knows.
    """
    if len(data) > MAX_TABLE_BYTES:
        raise MappingError(f"table of {len(data)} bytes; the limit is {MAX_TABLE_BYTES}, split it", path=path)
    other = what_else(data)
    if other is not None:
        raise MappingError(other, path=path)
    text, name, why, notes = _decode(data, path, encoding)
    text, more_notes = _without_nul(text, name, path)
    with _cells_of_any_size():
        delimiter, delimiter_why, lines_before = _choose_delimiter(text, path, delimiter, known_columns)
        rows = tuple(_rows(text, delimiter, path, lines_before))
    header = next((index for index, row in enumerate(rows) if not row.is_blank), None)
    if header is None:
        raise MappingError("the table is empty; give a table with a header row and at least one more", path=path)
    reading = Reading(
        encoding=name,
        encoding_why=why,
        delimiter=delimiter,
        delimiter_why=delimiter_why,
        notes=(*notes, *more_notes),
    )
    return Table(path, reading, rows[header], rows[header + 1 :])


def at_line(line: int) -> Span:
    """Return the span of the beginning of a line."""
    return Span(Position(line, 1), Position(line, 2))


def check_encoding(name: str) -> str | None:
    """Return what is wrong with the name of an encoding, or None when text can be read with it."""
    try:
        canonical = codecs.lookup(name).name.replace("-", "_")
        b"a".decode(name, "replace")
    except (LookupError, ValueError, UnicodeError):
        return f"unknown encoding `{shown(name)}`; write `auto`, `utf-8`, `cp1252` or another that Python knows"
    if canonical in _NOT_FOR_TEXT_FILES:
        return f"`{shown(name)}` is no encoding of text files; write `auto`, `utf-8` or `cp1252`"
    return None


def _decode(data: bytes, path: str, asked: str) -> tuple[str, str, str, tuple[str, ...]]:
    mark = next(((mark, name) for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), None)
    if asked != "auto":
        problem = check_encoding(asked)
        if problem is not None:
            raise MappingError(problem, path=path)
    if mark is not None:
        differs = asked != "auto" and not _same_encoding(asked, mark[1])
        body, skipped = data[len(mark[0]) :], len(mark[0])
        if differs and not _is_valid(body, mark[1]):
            note = f"the table begins with the byte-order mark of {mark[1]}, which it is not; the mark was removed"
            return _decode_strictly(body, asked, path, skipped), asked, "it was asked for", (note,)
        text = _decode_strictly(body, mark[1], path, skipped)
        note = f"`{asked}` was asked for, but the byte-order mark says {mark[1]}, which was used"
        return text, mark[1], "the table begins with its byte-order mark", (note,) if differs else ()
    if asked != "auto":
        return _decode_strictly(data, asked, path, 0).removeprefix("\ufeff"), asked, "it was asked for", ()
    try:
        return data.decode("utf-8"), "utf-8", "no byte-order mark, and all bytes are valid UTF-8", ()
    except UnicodeDecodeError as error:
        why = f"no byte-order mark, and not UTF-8 at byte {error.start}"
    notes: tuple[str, ...] = ()
    undefined = [match.start() for match in _CP1252_UNDEFINED.finditer(data)]
    if undefined:
        notes = (
            f"{len(undefined)} bytes that cp1252 does not define were read as U+FFFD, "
            f"first at byte {undefined[0]}; say the encoding if it is another",
        )
    return data.decode("cp1252", "replace"), "cp1252", why, notes


def _decode_strictly(data: bytes, name: str, path: str, skipped: int) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        where = f"at byte {error.start + skipped}"
    except (ValueError, LookupError):
        where = "at some byte"
    raise MappingError(f"not {name} {where}; say another encoding with `--encoding`", path=path)


def _is_valid(data: bytes, name: str) -> bool:
    try:
        data.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _same_encoding(asked: str, marked: str) -> bool:
    canonical = codecs.lookup(asked).name.replace("_", "-")
    return canonical.removesuffix("-sig") == marked or canonical == marked.removesuffix("-le").removesuffix("-be")


def _without_nul(text: str, encoding: str, path: str) -> tuple[str, tuple[str, ...]]:
    count = text.count("\x00")
    if not count:
        return text, ()
    if text[:_LOOKED_AT].count("\x00") * 10 >= min(len(text), _LOOKED_AT):
        message = f"many NUL characters when read as {encoding}; if it is UTF-16, say `--encoding utf-16-le`"
        raise MappingError(message, path=path)
    line = text.count("\n", 0, text.index("\x00")) + 1
    return text.replace("\x00", ""), (f"{count} NUL characters were removed, first in line {line}",)


def _choose_delimiter(text: str, path: str, asked: str, known_columns: ColumnCounter) -> tuple[str, str, int]:
    """Return the delimiter, why it was chosen, and how many lines stand before the table."""
    match = _SEPARATOR_LINE.match(text)
    lines_before = 1 if match is not None else 0
    if asked != "auto":
        return asked, "the mapping says so", lines_before
    if match is not None:
        return match.group(1), "the table's first line says so", lines_before

    def score(delimiter: str) -> tuple[int, int]:
        records = _records(text, delimiter, path)
        header = next((tuple(cells) for cells, _ in records if any(map(str.strip, cells))), ())
        return known_columns(header), len(header)

    return max(DELIMITERS, key=score), "it finds most columns of the mapping", lines_before


def _rows(text: str, delimiter: str, path: str, lines_before: int) -> Iterator[Row]:
    if not text.endswith(("\n", "\r")):
        text += "\n"
    started = line = number = 1
    closed = False
    for cells, last_line in _records(text + _END, delimiter, path):
        closed = cells == [_END]
        if not closed and number > lines_before:
            yield Row(number, line, tuple(cells))
        number += 1
        started, line = line, last_line + 1
    if not closed:
        message = "a quote that opens in this row is never closed; close it, or double it inside a cell"
        raise MappingError(message, path=path, span=at_line(started))


def _records(text: str, delimiter: str, path: str) -> Iterator[tuple[list[str], int]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            message = f"cannot be read as a table: {error}"
            raise MappingError(message, path=path, span=at_line(max(reader.line_num, 1))) from error
        yield cells, reader.line_num


@contextmanager
def _cells_of_any_size() -> Iterator[None]:
    # NOTE: the limit of the csv module is one for the process; Python's own default stops at cells of 128 KB.
    limit = csv.field_size_limit(2**31 - 1)
    try:
        yield
    finally:
        csv.field_size_limit(limit)
