"""A mapping and the bytes of a table in, the features of its rows and a report out; nothing is guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath

from aipolicy.errors import MappingError
from aipolicy.facts.declared import DECLARED_FACTS
from aipolicy.facts.spec import FactValue
from aipolicy.importing.bound import Bound, RowFilter, bind_filters, bind_rule
from aipolicy.importing.cells import CellReader, CellReading, PlaceOf
from aipolicy.importing.csv_table import NOT_THERE, Row, Table, at_line, read_table
from aipolicy.importing.header import Header
from aipolicy.importing.import_report import ImportReport, LeftOutRow, MissingColumn, NumberedName
from aipolicy.importing.manifest_writer import write_manifest
from aipolicy.importing.memory import RowOrigin
from aipolicy.importing.naming import FILE_SUFFIX, FeatureNames, name_of_row
from aipolicy.importing.row_ids import RowIds
from aipolicy.importing.rules import Columns, ImportMapping
from aipolicy.importing.tally import Tally
from aipolicy.importing.targets import LABELS
from aipolicy.importing.words import clean_text, fold_value
from aipolicy.source.text import shown
from aipolicy.value import Frozen, replace


class ImportedFeature(Frozen):
    """What one row states: a name for its feature, its facts by field, and its id where the mapping says which that is."""

    name: str
    facts: Mapping[str, FactValue]
    row_id: str | None = None
    shares_name: bool = False
    """Whether another row has the same name, so that without ids nobody can tell which of them a manifest is of."""

    @property
    def file_name(self) -> str:
        """Return the name of the file that it is written to when it has none yet."""
        return f"{self.name}{FILE_SUFFIX}"


class ImportResult(Frozen):
    """The features in the order of the rows, and the report."""

    source: str
    """Title of the table: manifests of other tables are none of this import's."""
    features: tuple[ImportedFeature, ...]
    report: ImportReport
    row_ids: frozenset[str] = frozenset()
    """The ids of all rows, those that are not imported included."""

    @property
    def manifests(self) -> tuple[tuple[str, str], ...]:
        """Return the manifests as (file name, YAML text), as they are written where none is there."""
        return tuple((f.file_name, write_manifest(f.facts, self.origin_of(f))) for f in self.features)

    def origin_of(self, feature: ImportedFeature) -> RowOrigin:
        """Return what a manifest of this import remembers of where it comes from."""
        return RowOrigin(self.source, feature.row_id, feature.shares_name)


def import_table(mapping: ImportMapping, table: bytes, *, path: str = "table", encoding: str | None = None,
                 place_of: PlaceOf = lambda _: None) -> ImportResult:  # fmt: skip
    """Return what every use case of a table states.

    `path` names the table in messages; `encoding` comes before that of the mapping; `place_of` knows the names of
    countries. Raises `MappingError` when the bytes are no table, or have no column for the name or no row.
    """
    csv_table = read_table(
        table, path, encoding=encoding or mapping.encoding, delimiter=mapping.delimiter,
        known_columns=lambda cells: Header(cells).count(mapping.all_columns()),
    )  # fmt: skip
    return _Import(mapping, csv_table, CellReader(place_of)).run()


class _Import:
    """One run over the rows of one table."""

    def __init__(self, mapping: ImportMapping, table: Table, reader: CellReader) -> None:
        self._mapping = mapping
        self._table = table
        self._reader = reader
        self._header = Header(table.header.cells)
        self._missing: list[MissingColumn] = []
        self._left_out: list[LeftOutRow] = []
        self._names = FeatureNames()
        self._fills: dict[str, int] = {}
        self._unmapped, self._incomplete, self._ambiguous, self._contradictions, self._shortened = (
            Tally() for _ in range(5)
        )

    def run(self) -> ImportResult:
        """Return the features and the report."""
        name_column = self._needed("name", self._mapping.name)
        id_columns = [self._needed("id", columns) for columns in self._mapping.id]
        filters = bind_filters(self._mapping.rows, lambda columns: self._needed("rows", columns))
        rules = [bound for rule in self._mapping.fields if (bound := bind_rule(rule, self._column, self._header))]
        rows = [row for row in self._table.rows if not row.is_blank]
        if not rows:
            raise MappingError("the table has a header but no row; give at least one use case", path=self._table.path)
        whole = [(row, cells) for row in rows if (cells := self._cells(row)) is not None]
        ids = RowIds(id_columns, whole, lambda cells: not self._filtered(filters, cells))
        features = []
        for row, cells in whole:
            name = self._name(row, cells, name_column, filters, ids)
            if name is not None:
                row_id = ids.of(cells) if id_columns else None
                features.append(ImportedFeature(name, self._facts(row, cells, name, rules, row_id), row_id))
        shared = self._names.shared
        features = [
            replace(feature, shares_name=feature.row_id is None and feature.name in shared) for feature in features
        ]
        return ImportResult(
            self._mapping.source.title, tuple(features), self._report(rows, len(features), filters), ids.all
        )

    def _needed(self, key: str, columns: Columns) -> int:
        """Return the place of a column without which nothing can be imported."""
        found = self._header.find(columns)
        if isinstance(found, int):
            return found
        headers = " | ".join(f"`{shown(header)}`" for header in columns)
        seen = ", ".join(f"`{shown(cell, 30)}`" for cell in self._table.header.cells[:8])
        where = {"rows": "`columns` of `rows`"}.get(key, f"`{key}.columns`")
        message = f"no {key}: {found}: {headers}; the table has {seen}; add its header to {where}"
        raise MappingError(message, path=self._table.path, span=at_line(self._table.header.line))

    def _column(self, field: str, headers: Columns) -> int | None:
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
        return (*row.cells[:width], *[NOT_THERE] * max(missing, 0))

    def _filtered(self, filters: Sequence[RowFilter], cells: Sequence[str]) -> RowFilter | None:
        """Return the first condition of the mapping on rows that a row does not meet."""
        return next((condition for condition in filters if not condition.holds(cells)), None)

    def _name(self, row: Row, cells: Sequence[str], name_column: int, filters: Sequence[RowFilter],
              ids: RowIds) -> str | None:  # fmt: skip
        """Return the name of the feature of a row, or None for a row that is left out and counted."""
        failed = self._filtered(filters, cells)
        if failed is not None:
            failed.count += 1
            return None
        title = clean_text(cells[name_column])
        if not fold_value(title) or self._mapping.unknown.find(fold_value(title)) is not None:
            self._leave_out(row, "no name")
            return None
        if not self._mapping.id:
            return self._names.take(title)
        problem = ids.problem(row, cells, self._mapping.unknown)
        if problem is not None:
            self._leave_out(row, problem)
            return None
        return name_of_row(title, ids.of(cells))

    def _leave_out(self, row: Row, reason: str) -> None:
        self._left_out.append(LeftOutRow(row.number, row.line, reason))

    def _facts(self, row: Row, cells: Sequence[str], name: str, rules: list[Bound],
               row_id: str | None) -> Mapping[str, FactValue]:  # fmt: skip
        facts: dict[str, FactValue] = dict(self._mapping.constants)
        contradicted: set[str] = set()
        for bound in rules:
            field = bound.rule.target.field
            reading = bound.read(self._reader, cells)
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
        return {"metadata.name": name, "metadata.source": self._place(row, row_id), **facts}

    def _place(self, row: Row, row_id: str | None) -> str:
        """Return where a row stands, as written into its manifest; with an id it stays so when rows come and go."""
        source = self._mapping.source
        place = f"{source.title} ({source.url})" if source.url else source.title
        if row_id is not None:
            return f"{place}, id {shown(row_id, 200)}"
        # INVARIANT: the file's name without its folder, so that the bytes do not depend on where it lies.
        return f"{place}, {shown(PurePath(self._table.path).name)}, row {row.number}"

    def _count(self, row: Row, field: str, column: str, reading: CellReading) -> None:
        for tally, answers in (
            (self._unmapped, reading.unmapped), (self._incomplete, reading.incomplete),
            (self._ambiguous, reading.ambiguous),
        ):  # fmt: skip
            for answer in answers:
                tally.add(field, column, answer, row)
        if reading.shortened:
            self._shortened.add(field, column, _plain_text(reading.value), row)

    def _report(self, rows: list[Row], manifests: int, filters: Sequence[RowFilter]) -> ImportReport:
        order = {spec.name: index for index, spec in enumerate(DECLARED_FACTS)}
        fills = {rule.target.field: 0 for rule in self._mapping.fields} | self._fills
        used = self._header.places(self._mapping.all_columns())
        return ImportReport(
            reading=self._table.reading,
            rows_read=len(rows),
            empty_rows=len(self._table.rows) - len(rows),
            manifests=manifests,
            left_out=tuple(self._left_out),
            not_asked_for=tuple(condition.counted() for condition in filters if condition.count),
            numbered=tuple(NumberedName(name, count) for name, count in sorted(self._names.numbered.items())),
            fills=tuple(sorted(fills.items(), key=lambda fill: (order.get(fill[0], order[LABELS]), fill[0]))),
            unmapped=self._unmapped.answers(),
            ambiguous=self._ambiguous.answers(),
            incomplete=self._incomplete.answers(),
            contradictions=self._contradictions.answers(),
            shortened=self._shortened.answers(),
            missing_columns=tuple(self._missing),
            unused_columns=self._header.unused(used, rows),
        )


def _plain_text(value: FactValue | None) -> str:
    return value if isinstance(value, str) else str(value)
