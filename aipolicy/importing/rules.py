"""A mapping as the importer uses it: which column fills which field, and what each answer means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from aipolicy.facts.spec import FactValue
from aipolicy.importing.targets import Target
from aipolicy.importing.words import Words
from aipolicy.value import Frozen

Columns = tuple[str, ...]
"""Headers of one column in different editions of a table; the first that the table has counts."""


class Reads(StrEnum):
    """How an answer becomes a value."""

    VALUES = "values"
    """By the list of answers in the mapping."""
    TEXT = "text"
    """As it stands."""
    NUMBER = "number"
    """As a number in digits, with a point and no other separator."""


class Meaning(StrEnum):
    """What an answer does for a field."""

    STATES = "states"
    """It states the value."""
    UNKNOWN = "unknown"
    """It says nothing about the field."""
    INCOMPLETE = "incomplete"
    """It says something that the field cannot hold without more, such as evidence without a date."""


class Answer(Frozen):
    """What one answer means; `value` is there when it states one."""

    meaning: Meaning
    value: FactValue | None = None


class Condition(Frozen):
    """A field is read only from rows in which another column has one of these answers."""

    columns: Columns
    answers: Words[bool]


class FieldRule(Frozen, kw_only=True):
    """How one field is filled from the table."""

    target: Target
    parts: tuple[Columns, ...]
    """More than one only for text: their texts are joined."""
    reads: Reads
    join: str = " "
    answers: Words[Answer]
    split: tuple[str, ...] = ()
    """What separates the answers in a cell with several."""
    keep_partial: bool = False
    """Whether a list keeps the answers that are mapped when others in the cell are not."""
    when: Condition | None = None


class TableSource(Frozen, kw_only=True):
    """Where the table comes from, as written into every manifest."""

    title: str
    url: str = ""
    checked_on: date | None = None


class ImportMapping(Frozen, kw_only=True):
    """Everything that an import does; what it does not say is not done."""

    path: str
    description: str
    source: TableSource
    encoding: str
    delimiter: str
    keeps_short_rows: bool
    unknown: Words[Answer]
    name: Columns
    constants: Mapping[str, FactValue]
    fields: tuple[FieldRule, ...]

    def all_columns(self) -> tuple[Columns, ...]:
        """Return every column that is read, with its other headers."""
        conditions = (rule.when.columns for rule in self.fields if rule.when is not None)
        return (self.name, *(part for rule in self.fields for part in rule.parts), *conditions)
