"""A mapping and the bytes of a table in, manifests and a report out; nothing is guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath

from aipolicy.errors import MappingError
from aipolicy.facts.declared import DECLARED_FACTS
from aipolicy.facts.spec import FactValue
from aipolicy.importing.cells import CellReading, read_cells
from aipolicy.importing.header import Header
from aipolicy.importing.manifest_writer import write_manifest
from aipolicy.importing.naming import FILE_SUFFIX, FeatureNames
from aipolicy.importing.report import CountedAnswer, ImportReport, LeftOutRow, MissingColumn
from aipolicy.importing.rules import FieldRule, ImportMapping
from aipolicy.importing.table import Row, Table, at_line, read_table
from aipolicy.importing.targets import LABELS
from aipolicy.importing.words import clean_text, fold_value, shown
from aipolicy.value import Frozen


class ImportResult(Frozen):
    """The manifests as (file name, YAML text), in the order of the rows, and the report."""

    manifests: tuple[tuple[str, str], ...]
    report: ImportReport


def import_table(mapping: ImportMapping, table: bytes, *, path: str = "table",
                 encoding: str | None = None) -> ImportResult:  # fmt: skip
    """Return one manifest for every use case of a table.

    `path` names the table in messages; `encoding` comes before that of the mapping. Raises `MappingError`
    when the bytes are no table, or have no column for the name or no row.
    """
    read = read_table(
        table, path, encoding=encoding or mapping.encoding, delimiter=mapping.delimiter,
        known_columns=lambda cells: Header(cells).count(mapping.all_columns()),
    )  # fmt: skip
    return _Import(mapping, read).run()


class _Tally:
    """Counts equal answers of a column about a field, and keeps where the first stands."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str, str], list[int | str]] = {}

    def add(self, field: str, column: str, value: str, row: Row) -> None:
        entry = self._counts.setdefault((field, column, fold_value(value)), [0, row.number, shown(value.strip())])
        entry[0] = int(entry[0]) + 1

    def answers(self) -> tuple[CountedAnswer, ...]:
        found = (
            CountedAnswer(field, column, str(value), int(count), int(first))
            for (field, column, _), (count, first, value) in self._counts.items()
        )
        return tuple(sorted(found, key=lambda a: (a.field, -a.count, a.column, a.first_row)))


class _Bound(Frozen):
    """A rule with the places of its columns in this table."""

    rule: FieldRule
    columns: tuple[int | None, ...]
    condition: int | None
    title: str

    def read(self, cells: Sequence[str]) -> CellReading:
        when = self.rule.when
        if when is not None:
            answer = cells[self.condition] if self.condition is not None else ""
            if not when.answers.find(fold_value(answer)):
                return CellReading()
        return read_cells(self.rule, tuple(cells[index] if index is not None else "" for index in self.columns))


class _Import:
    """One run over the rows of one table."""

    def __init__(self, mapping: ImportMapping, table: Table) -> None:
        self._mapping = mapping
        self._table = table
        self._header = Header(table.header.cells)
        self._missing: list[MissingColumn] = []
        self._left_out: list[LeftOutRow] = []
        self._names = FeatureNames()
        self._fills: dict[str, int] = {}
        self._unmapped, self._incomplete, self._contradictions, self._shortened = (_Tally() for _ in range(4))

    def run(self) -> ImportResult:
        """Return the manifests and the report."""
        name_column = self._name_column()
        rules = [bound for rule in self._mapping.fields if (bound := self._bind(rule)) is not None]
        rows = [row for row in self._table.rows if not row.is_blank]
        if not rows:
            raise MappingError("the table has a header but no row; give at least one use case", path=self._table.path)
        manifests = []
        used: list[Row] = []
        for row in rows:
            cells = self._cells(row)
            if cells is not None:
                name = self._name(row, cells[name_column])
                if name is not None:
                    manifests.append((f"{name}{FILE_SUFFIX}", write_manifest(self._facts(row, cells, name, rules))))
                    used.append(row)
        return ImportResult(tuple(manifests), self._report(rows, len(manifests)))

    def _name_column(self) -> int:
        found = self._header.find(self._mapping.name)
        if isinstance(found, int):
            return found
        wanted = " | ".join(f"`{shown(header)}`" for header in self._mapping.name)
        seen = ", ".join(f"`{shown(cell, 30)}`" for cell in self._table.header.cells[:8])
        message = f"no name: {found}: {wanted}; the table has {seen}; add its header to `name.columns`"
        raise MappingError(message, path=self._table.path, span=at_line(self._table.header.line))

    def _bind(self, rule: FieldRule) -> _Bound | None:
        columns = tuple(self._column(rule.target.field, part) for part in rule.parts)
        condition = self._column(rule.target.field, rule.when.columns) if rule.when is not None else None
        present = [index for index in columns if index is not None]
        if not present or (rule.when is not None and condition is None):
            return None
        return _Bound(rule, columns, condition, self._header.titles[present[0]])

    def _column(self, field: str, headers: tuple[str, ...]) -> int | None:
        found = self._header.find(headers)
        if isinstance(found, int):
            return found
        missing = MissingColumn(field, headers, found)
        if missing not in self._missing:
            self._missing.append(missing)
        return None

    def _cells(self, row: Row) -> tuple[str, ...] | None:
        width = len(self._table.header.cells)
        extra = row.cells[width:]
        if any(cell.strip() for cell in extra):
            self._leave_out(row, f"{len(row.cells)} cells under {width} columns; check quotes and delimiters")
            return None
        missing = width - len(row.cells)
        if missing > 0 and not self._mapping.keeps_short_rows:
            hint = "check quotes, or write `short_rows: unknown` if cells are missing only at the end"
            self._leave_out(row, f"{len(row.cells)} cells under {width} columns; {hint}")
            return None
        return (*row.cells[:width], *[""] * max(missing, 0))

    def _name(self, row: Row, cell: str) -> str | None:
        text = clean_text(cell)
        if not fold_value(text) or self._mapping.unknown.find(fold_value(text)) is not None:
            self._leave_out(row, "no name")
            return None
        return self._names.take(text)

    def _leave_out(self, row: Row, reason: str) -> None:
        self._left_out.append(LeftOutRow(row.number, row.line, reason))

    def _facts(self, row: Row, cells: tuple[str, ...], name: str, rules: list[_Bound]) -> Mapping[str, FactValue]:
        facts: dict[str, FactValue] = dict(self._mapping.constants)
        contradicted: set[str] = set()
        for bound in rules:
            field = bound.rule.target.field
            reading = bound.read(cells)
            self._count(row, field, bound.title, reading)
            if reading.value is None or field in contradicted:
                continue
            before = facts.get(field)
            if isinstance(before, tuple) and isinstance(reading.value, tuple):
                facts[field] = tuple(dict.fromkeys((*before, *reading.value)))
            elif before is None or before == reading.value:
                facts[field] = reading.value
            else:
                del facts[field]
                contradicted.add(field)
                self._contradictions.add(field, bound.title, _plain_text(reading.value), row)
        for field in facts:
            self._fills[field] = self._fills.get(field, 0) + 1
        source = self._mapping.source
        place = f"{source.title} ({source.url})" if source.url else source.title
        # INVARIANT: the file's name without its folder, so that the bytes do not depend on where it lies.
        place = f"{place}, {shown(PurePath(self._table.path).name)}, row {row.number}"
        return {"metadata.name": name, "metadata.source": place, **_with_labels(facts)}

    def _count(self, row: Row, field: str, column: str, reading: CellReading) -> None:
        for answer in reading.unmapped:
            self._unmapped.add(field, column, answer, row)
        for answer in reading.incomplete:
            self._incomplete.add(field, column, answer, row)
        if reading.shortened:
            self._shortened.add(field, column, _plain_text(reading.value), row)

    def _report(self, rows: list[Row], manifests: int) -> ImportReport:
        order = {spec.name: index for index, spec in enumerate(DECLARED_FACTS)}
        fills = {rule.target.field: 0 for rule in self._mapping.fields} | self._fills
        used = self._header.places(self._mapping.all_columns())
        return ImportReport(
            reading=self._table.reading,
            rows_read=len(rows),
            empty_rows=len(self._table.rows) - len(rows),
            manifests=manifests,
            left_out=tuple(self._left_out),
            fills=tuple(sorted(fills.items(), key=lambda fill: (order.get(fill[0], order[LABELS]), fill[0]))),
            unmapped=self._unmapped.answers(),
            incomplete=self._incomplete.answers(),
            contradictions=self._contradictions.answers(),
            shortened=self._shortened.answers(),
            missing_columns=tuple(self._missing),
            unused_columns=self._header.unused(used, rows),
        )


def _with_labels(facts: Mapping[str, FactValue]) -> dict[str, FactValue]:
    """Return the facts with single labels gathered into one fact."""
    labels = {
        field.removeprefix(f"{LABELS}."): value
        for field, value in sorted(facts.items())
        if field.startswith(f"{LABELS}.") and isinstance(value, str)
    }
    others = {field: value for field, value in facts.items() if not field.startswith(f"{LABELS}.")}
    return {**others, LABELS: labels} if labels else others


def _plain_text(value: FactValue | None) -> str:
    return value if isinstance(value, str) else str(value)
