"""The ids of the rows of a table: which row has which, and which rows have none of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from aipolicy.importing.csv_table import Row
from aipolicy.importing.words import WordTable, clean_text, fold_value
from aipolicy.source.text import shown

MOST_CHARACTERS = 500
MOST_ROWS_NAMED = 3


def key_of(row_id: str) -> str:
    """Return an id as ids are compared."""
    return row_id.casefold()


class RowIds:
    """Ids of rows by the columns that make them up; two ids are one when they differ in case and spaces alone."""

    def __init__(self, columns: Sequence[int], rows: Iterable[tuple[Row, Sequence[str]]],
                 is_asked_for: Callable[[Sequence[str]], bool]) -> None:  # fmt: skip
        self._columns = columns
        self._rows: dict[str, list[int]] = {}
        keys: set[str] = set()
        for row, cells in rows if columns else ():
            key = key_of(self.of(cells))
            keys.add(key)
            if is_asked_for(cells):
                self._rows.setdefault(key, []).append(row.number)
        self.all = frozenset(keys)
        """The ids of all rows, those that are left out included."""

    def of(self, cells: Sequence[str]) -> str:
        """Return the id of a row as people write it."""
        return " / ".join(" ".join(clean_text(cells[column]).split()) for column in self._columns)

    def problem(self, row: Row, cells: Sequence[str], unknown: WordTable[Any]) -> str | None:
        """Return why a row has no id of its own, or None."""
        parts = [fold_value(cells[column]) for column in self._columns]
        if not all(parts) or any(unknown.find(part) is not None for part in parts):
            return "no id"
        row_id = self.of(cells)
        if len(row_id) > MOST_CHARACTERS:
            return f"an id of {len(row_id)} characters; the limit is {MOST_CHARACTERS}"
        others = [number for number in self._rows[key_of(row_id)] if number != row.number]
        if others:
            more = " and more" if len(others) > MOST_ROWS_NAMED else ""
            places = ", ".join(map(str, others[:MOST_ROWS_NAMED])) + more
            return f"the id `{shown(row_id)}` stands in row {places} too; give every row its own, or choose with `rows`"
        return None
