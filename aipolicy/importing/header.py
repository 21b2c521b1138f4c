"""A header row in, the place of every column that a mapping names out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from aipolicy.importing.csv_table import Row
from aipolicy.importing.import_report import UnusedColumn
from aipolicy.importing.words import fold_header
from aipolicy.source.regex import regex

NOT_FOUND = "the table has none of these columns"
AMBIGUOUS = "the table has several of this column; write `#1`, `#2` … after its header"

_OCCURRENCE = regex(r"(.+?)\s*#([1-9][0-9]{0,5})", re.DOTALL)


class Header:
    """The columns of a table; those with equal headers are told apart by `header#1`, `header#2` and so on."""

    def __init__(self, cells: Sequence[str]) -> None:
        folded = [fold_header(cell) for cell in cells]
        totals = Counter(folded)
        seen: Counter[str] = Counter()
        titles = []
        self._places: dict[str, list[int]] = {}
        for index, (cell, key) in enumerate(zip(cells, folded, strict=True)):
            seen[key] += 1
            self._places.setdefault(key, []).append(index)
            title = " ".join(cell.split()) or f"column {index + 1} without a header"
            titles.append(f"{title}#{seen[key]}" if key and totals[key] > 1 else title)
        self.titles = tuple(titles)
        """The headers as a mapping would address them."""

    def find(self, headers: Iterable[str]) -> int | str:
        """Return the index of the first of these headers that the table has, or why there is none."""
        reason = NOT_FOUND
        for header in headers:
            places = self._places.get(fold_header(header), [])
            occurrence = _OCCURRENCE.fullmatch(header.strip())
            if not places and occurrence is not None:
                same = self._places.get(fold_header(occurrence.group(1)), [])
                number = int(occurrence.group(2))
                places = same[number - 1 : number]
            if len(places) == 1:
                return places[0]
            if places:
                reason = AMBIGUOUS
        return reason

    def count(self, columns: Iterable[tuple[str, ...]]) -> int:
        """Return how many of a mapping's columns the table has."""
        return len(self.places(columns))

    def places(self, columns: Iterable[tuple[str, ...]]) -> frozenset[int]:
        """Return the indices of a mapping's columns."""
        return frozenset(place for headers in columns if isinstance(place := self.find(headers), int))

    def unused(self, used: frozenset[int], rows: Sequence[Row]) -> tuple[UnusedColumn, ...]:
        """Return the columns that are not in `used`; those without a header only when a row fills them."""
        columns = []
        for index, title in enumerate(self.titles):
            if index not in used:
                filled = sum(1 for row in rows if index < len(row.cells) and row.cells[index].strip())
                if filled or not title.endswith("without a header"):
                    columns.append(UnusedColumn(title, filled))
        return tuple(columns)
