"""Examples in, each as a record of its own out: those of a table are one a row, with the facts that differ in columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aipolicy.facts.option_facts import PARTNER_PREFIX
from aipolicy.facts.spec import FactSpec
from aipolicy.source.document import Document, PlainValue
from aipolicy.source.records import Record, kind_of
from aipolicy.source.span import DocumentPath
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown

COLUMNS, ROWS = "columns", "rows"
GIVEN, OPTION, PARTNER = "given", "option", "partner"
_PREFIXES = ((OPTION, f"{OPTION}."), (PARTNER, PARTNER_PREFIX), (GIVEN, ""))
"""Under which key an example gives a fact, by how its name begins."""
_SECTIONS = frozenset({GIVEN, OPTION, PARTNER})
OF_VARIABLES = (GIVEN, OPTION, "expect")
OF_RULES = (*OF_VARIABLES, PARTNER, "message")
_Found = tuple[PlainValue, DocumentPath]
"""A value, and where it is written."""


def examples(record: Record, facts: Mapping[str, FactSpec], keys: tuple[str, ...] = OF_RULES) -> Iterator[Record]:
    """Yield the examples under `tests`, those of tables as if each were written by itself; mistakes are noted.

    `keys` are those of an example that a table may give for all of its rows.
    """
    for entry in record.records("tests"):
        if entry.has(ROWS) or entry.has(COLUMNS):
            yield from _Table(entry, facts, keys).rows()
        else:
            yield entry


class _Table:
    """One table of examples."""

    def __init__(self, record: Record, facts: Mapping[str, FactSpec], keys: tuple[str, ...]) -> None:
        self._record = record
        self._facts = facts
        self._keys = tuple(key for key in keys if key not in _SECTIONS)
        self._sections = tuple(pair for pair in _PREFIXES if pair[0] in keys)
        self._columns = self._read_columns()

    def rows(self) -> Iterator[Record]:
        """Yield each row as an example; a row that has a mistake of its own is left out."""
        record = self._record
        common = self._common()
        rows = record.raw(ROWS)
        if not isinstance(rows, dict) or not rows:
            wrong = "is empty" if rows == {} else f"must be a mapping from names to examples, found {kind_of(rows)}"
            record.mistake(f"`{ROWS}` {wrong}; write `rows: {{name of the example: [values, …]}}`", ROWS)
        for name, row in rows.items() if isinstance(rows, dict) else ():
            path = (*record.path, ROWS, name)
            row_facts = self._row(name, row, path)
            if row_facts is not None:
                yield self._example(name, {**common, **row_facts}, path)
        record.finish()

    def _read_columns(self) -> tuple[str, ...]:
        """Return the names of columns, empty for one that is no fact; its cells are then left out."""
        record = self._record
        if not record.has(COLUMNS):
            return ()
        names = record.texts(COLUMNS)
        words = (*self._facts, *self._keys)
        columns = []
        for number, name in enumerate(names):
            wrong = ""
            if name not in words or name.startswith("params."):
                wrong = f"`{shown(name)}` is no fact, and no key of examples{did_you_mean(name, words)}"
            elif name in names[:number]:
                wrong = f"column `{name}` stands twice; keep one"
            if wrong:
                record.mistakes.add(wrong, record.document, (*record.path, COLUMNS, number))
            columns.append("" if wrong else name)
        return tuple(columns)

    def _common(self) -> dict[str, _Found]:
        """Return what holds for every row that does not say otherwise."""
        record = self._record
        common: dict[str, _Found] = {
            key: (record.raw(key), (*record.path, key)) for key in self._keys if record.has(key)
        }
        for key, prefix in reversed(self._sections):
            for name, value in record.record(key).fields() if record.has(key) else ():
                common[f"{prefix}{name}"] = value, (*record.path, key, name)
        return common

    def _row(self, name: str, row: PlainValue, path: DocumentPath) -> dict[str, _Found] | None:
        """Return the values of a row by fact; None where it is no row."""
        wrong = ""
        if isinstance(row, dict):
            return {key: (value, (*path, key)) for key, value in row.items()}
        if not isinstance(row, list):
            wrong = f"row `{shown(name)}` is a list of values, or a mapping of what differs; found {kind_of(row)}"
        elif not self._columns:
            wrong = f"the values of a row stand under `{COLUMNS}`; name them, or write the row as a mapping"
        elif len(row) != len(self._columns):
            wrong = f"row `{shown(name)}` has {len(row)} values for {len(self._columns)} columns; `~` is not given"
        if wrong or not isinstance(row, list):
            self._record.mistakes.add(wrong, self._record.document, path)
            return None
        cells = zip(self._columns, row, strict=True)
        return {name: (value, (*path, number)) for number, (name, value) in enumerate(cells) if name}

    def _example(self, name: str, found: Mapping[str, _Found], path: DocumentPath) -> Record:
        """Return a row as the example that it stands for; what is `~` is not given."""
        example: dict[str, PlainValue] = {"name": name}
        facts: dict[str, dict[str, PlainValue]] = {GIVEN: {}}
        places: dict[DocumentPath, DocumentPath] = {(*path, "name"): path}
        for key, (value, at) in found.items():
            if value is None:
                continue
            if key in self._keys:
                example[key] = value
                places[(*path, key)] = at
                continue
            section, prefix = next(pair for pair in _PREFIXES if key.startswith(pair[1]))
            fact = key.removeprefix(prefix)
            facts.setdefault(section, {})[fact] = value
            places |= _inner(value, (*path, section, fact), at)
        document = self._record.document
        written = Document(document.source, document.index, document.value, places)
        return Record(written, path, {**example, **facts}, self._record.mistakes)


def _inner(value: PlainValue, path: DocumentPath, at: DocumentPath) -> dict[DocumentPath, DocumentPath]:
    """Return where a value and what is in it is written, by where it is read."""
    places = {path: at}
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in below:
        places |= _inner(part, (*path, key), (*at, key))
    return places
