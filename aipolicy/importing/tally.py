"""Equal answers of a column about a field, counted, with the row in which the first stands."""

from __future__ import annotations

from aipolicy.importing.csv_table import Row
from aipolicy.importing.import_report import CountedAnswer
from aipolicy.importing.words import fold_value
from aipolicy.source.text import shown


class Tally:
    """Counts equal answers of a column about a field, and keeps where the first stands."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str, str], list[int | str]] = {}

    def add(self, field: str, column: str, value: str, row: Row) -> None:
        """Count one answer."""
        entry = self._counts.setdefault((field, column, fold_value(value)), [0, row.number, shown(value.strip())])
        entry[0] = int(entry[0]) + 1

    def answers(self) -> tuple[CountedAnswer, ...]:
        """Return the answers, by field, the most frequent first."""
        counted = (
            CountedAnswer(field, column, str(value), int(count), int(first))
            for (field, column, _), (count, first, value) in self._counts.items()
        )
        return tuple(sorted(counted, key=lambda a: (a.field, -a.count, a.column, a.first_row)))
