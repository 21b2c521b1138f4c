"""Rules and conditions of a mapping with the places of their columns in one table."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aipolicy.importing.cells import UNKNOWN, CellReader, CellReading
from aipolicy.importing.csv_table import NOT_THERE
from aipolicy.importing.header import Header
from aipolicy.importing.import_report import NotAskedFor
from aipolicy.importing.rules import ColumnCondition, Columns, FieldRule
from aipolicy.importing.words import fold_value
from aipolicy.source.text import shown
from aipolicy.value import Frozen

FindColumn = Callable[[str, Columns], int | None]
"""Returns the place of a column that a field reads, None where the table does not have it."""


class Bound(Frozen):
    """A rule with the places of its columns in this table."""

    rule: FieldRule
    columns: tuple[int | None, ...]
    condition: int | None
    document: tuple[tuple[str, int | None], ...]
    title: str

    def read(self, reader: CellReader, cells: Sequence[str]) -> CellReading:
        """Return what a row says about the field."""
        when = self.rule.when
        if when is not None and self.condition is not None and not when.holds(fold_value(cells[self.condition])):
            return UNKNOWN
        document = {key: _cell(cells, index) for key, index in self.document}
        return reader.read(self.rule, tuple(_cell(cells, index) for index in self.columns), document)


def bind_rule(rule: FieldRule, find: FindColumn, header: Header) -> Bound | None:
    """Return a rule with its columns, or None where the table has none of them, or not the one of its condition."""
    field = rule.target.field
    columns = tuple(find(field, part) for part in rule.parts)
    condition = find(field, rule.when.columns) if rule.when is not None else None
    document = tuple((part.key, find(field, part.columns)) for part in rule.document if part.columns)
    needed = columns or tuple(index for key, index in document if key == "date")
    present = [index for index in needed if index is not None]
    if not present or (rule.when is not None and condition is None):
        return None
    return Bound(rule, columns, condition, document, header.titles[present[0]])


class RowFilter:
    """A condition on rows with the place of its column, and how many rows did not meet it."""

    def __init__(self, condition: ColumnCondition, column: int) -> None:
        self._condition = condition
        self._column = column
        self.count = 0

    def holds(self, cells: Sequence[str]) -> bool:
        """Return whether a row is asked for."""
        return self._condition.holds(fold_value(cells[self._column]))

    def counted(self) -> NotAskedFor:
        """Return how many rows did not meet the condition, as the report says it."""
        words = " or ".join(f"`{shown(word)}`" if word else "blank" for word in self._condition.words)
        negation = "is" if self._condition.negated else "is not"
        return NotAskedFor(f"`{shown(self._condition.columns[0])}` {negation} {words}", self.count)


def bind_filters(conditions: Sequence[ColumnCondition], find: Callable[[Columns], int]) -> tuple[RowFilter, ...]:
    """Return the conditions on rows with the places of their columns."""
    return tuple(RowFilter(condition, find(condition.columns)) for condition in conditions)


def _cell(cells: Sequence[str], index: int | None) -> str:
    return cells[index] if index is not None else NOT_THERE
