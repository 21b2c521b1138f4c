"""What an import did and what it could not do, as data, as JSON and as lines for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aipolicy.importing.csv_table import Reading
from aipolicy.source.text import shown
from aipolicy.value import Frozen, fields

MAX_LINES = 40
"""The most lines of one kind in the text report; the JSON report has all of them."""

_DELIMITER_NAMES = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}


class LeftOutRow(Frozen):
    """A row that became no manifest; `row` counts as a spreadsheet does, `line` is where it begins."""

    row: int
    line: int
    reason: str


class CountedAnswer(Frozen):
    """Answers of one column about one field that are written alike; `value` is escaped and shortened."""

    field: str
    column: str
    value: str
    count: int
    first_row: int


class MissingColumn(Frozen):
    """A column of the mapping that the table does not have, or has several times."""

    field: str
    columns: tuple[str, ...]
    reason: str


class UnusedColumn(Frozen):
    """A column that the mapping does not read, as a mapping would address it, and how many rows fill it."""

    column: str
    filled: int


class NotAskedFor(Frozen):
    """Rows that one of the mapping's conditions on rows leaves out."""

    condition: str
    rows: int


class NumberedName(Frozen):
    """A name that several rows have, in a table without ids: its features are numbered by row."""

    name: str
    rows: int


class ImportReport(Frozen, kw_only=True):
    """Everything that a person needs to trust an import, or to mend the mapping."""

    reading: Reading
    rows_read: int
    empty_rows: int
    manifests: int
    left_out: tuple[LeftOutRow, ...]
    not_asked_for: tuple[NotAskedFor, ...]
    numbered: tuple[NumberedName, ...]
    fills: tuple[tuple[str, int], ...]
    """How many manifests declare each field, in the order of the manifest."""
    unmapped: tuple[CountedAnswer, ...]
    """Answers that the mapping does not name: nothing was written for them."""
    ambiguous: tuple[CountedAnswer, ...]
    """Numbers that languages read in two ways: nothing was written for them."""
    incomplete: tuple[CountedAnswer, ...]
    """Answers that the field cannot hold without more: a person has to complete the manifest."""
    contradictions: tuple[CountedAnswer, ...]
    """Columns of one row that state different values of one field: nothing was written."""
    shortened: tuple[CountedAnswer, ...]
    missing_columns: tuple[MissingColumn, ...]
    unused_columns: tuple[UnusedColumn, ...]


def report_json(report: ImportReport) -> dict[str, object]:
    """Return the report as plain values; text of the table in it is escaped and shortened."""
    fills = [{"field": field, "manifests": count} for field, count in report.fills]
    return {name: plain(fills if name == "fills" else getattr(report, name)) for name in fields(report)}


def report_lines(report: ImportReport) -> tuple[str, ...]:
    """Return the report as lines for people."""
    reading = report.reading
    delimiter = _DELIMITER_NAMES.get(reading.delimiter, reading.delimiter)
    left_out = (f"row {r.row} (line {r.line}): {r.reason}" for r in report.left_out)
    fills = (f"{count:>6}  {field}" for field, count in report.fills)
    missing = (_missing_line(column) for column in report.missing_columns)
    unused = (f"{column.filled:>6}  {shown(column.column)}" for column in report.unused_columns)
    not_asked_for = (f"{condition.rows:>6}  {condition.condition}" for condition in report.not_asked_for)
    numbered = (f"{feature.rows:>6}  {feature.name}" for feature in report.numbered)
    elsewhere = sum(condition.rows for condition in report.not_asked_for)
    return (
        f"{report.rows_read} rows read, {report.manifests} manifests, {len(report.left_out)} rows left out, "
        + (f"{elsewhere} rows not asked for, " if elsewhere else "")
        + f"{report.empty_rows} empty rows",
        f"encoding {reading.encoding}: {reading.encoding_why}",
        f"delimiter {delimiter}: {reading.delimiter_why}",
        *reading.notes,
        *section("rows left out", left_out),
        *section("rows that `rows` of the mapping leaves out", not_asked_for),
        *section(
            "names of several rows, numbered by row; give the mapping an `id`, for numbers change when rows do",
            numbered,
        ),
        *section("fields declared, of all manifests", fills),
        *section("columns of the mapping that were not found", missing),
        *section("answers that the mapping does not name; nothing was written", _answers(report.unmapped)),
        *section(
            "numbers that can be read in two ways; say under `number` which sign is `decimal` and which `groups`",
            _answers(report.ambiguous),
        ),
        *section("answers to complete by hand", _answers(report.incomplete)),
        *section("rows that contradict themselves; nothing was written", _answers(report.contradictions)),
        *section("texts shortened to what a manifest may hold", _answers(report.shortened)),
        *section("columns that the mapping does not read", unused),
    )


def section(title: str, lines: Iterable[str]) -> tuple[str, ...]:
    """Return a title with its lines below, shortened; nothing without a line."""
    listed = tuple(lines)
    if not listed:
        return ()
    more = len(listed) - MAX_LINES
    tail = (f"  and {more} more; see `--format json`",) if more > 0 else ()
    return ("", f"{title}:", *(f"  {line}" for line in listed[:MAX_LINES]), *tail)


def _missing_line(column: MissingColumn) -> str:
    return f"{column.field}: {column.reason}: " + " | ".join(f"`{shown(header)}`" for header in column.columns)


def _answers(answers: tuple[CountedAnswer, ...]) -> Iterable[str]:
    return (f"{a.count:>6}  {a.field}: `{a.value}` in `{shown(a.column)}`, first in row {a.first_row}" for a in answers)


def plain(value: object) -> object:
    """Return a value as JSON has it; text is escaped and shortened."""
    if isinstance(value, Frozen):
        return {name: plain(getattr(value, name)) for name in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return shown(value, 500) if isinstance(value, str) else value
