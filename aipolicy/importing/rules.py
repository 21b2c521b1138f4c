"""A mapping as the importer uses it: which column fills which field, and what each answer means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from aipolicy.facts.spec import FactValue
from aipolicy.importing.days import DayFormat
from aipolicy.importing.numbers import NumberSigns
from aipolicy.importing.targets import Target
from aipolicy.importing.words import WordTable
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
    """As a number in digits."""
    DATE = "date"
    """As a day in one of the forms that the mapping names."""
    COUNTRIES = "countries"
    """As the name or code of a country, or the word of a group of them."""
    DOCUMENT = "document"
    """As evidence that is there when its date is."""


class Meaning(StrEnum):
    """What an answer does for a field."""

    STATES = "states"
    """It states the value."""
    UNKNOWN = "unknown"
    """It says nothing about the field."""
    INCOMPLETE = "incomplete"
    """It says something that the field cannot hold without more, such as evidence without a date."""


class AnswerMeaning(Frozen):
    """What one answer means; `value` is there when it states one."""

    meaning: Meaning
    value: FactValue | None = None
    place: int = 0
    """How far down it stands in the mapping; of several answers the first can be asked for."""


class ColumnCondition(Frozen):
    """What the answer of a column must be, or must not be, for a field or a row to be read."""

    columns: Columns
    answers: WordTable[bool]
    words: tuple[str, ...] = ()
    """The answers as the mapping writes them."""
    negated: bool = False

    def holds(self, folded: str) -> bool:
        """Return whether a folded answer is as it must be."""
        return (self.answers.find(folded) is not None) is not self.negated


class DocumentPart(Frozen):
    """Where one key of evidence comes from: a column, or a text that is always the same."""

    key: str
    columns: Columns = ()
    days: tuple[DayFormat, ...] = ()
    text: str = ""


class FieldRule(Frozen, kw_only=True):
    """How one field is filled from the table."""

    target: Target
    parts: tuple[Columns, ...]
    """More than one only for text: their texts are joined."""
    reads: Reads
    join: str = " "
    answers: WordTable[AnswerMeaning]
    split: tuple[str, ...] = ()
    """What separates the answers in a cell with several."""
    keep_partial: bool = False
    """Whether a list keeps the answers that are mapped when others in the cell are not."""
    takes_first: bool = False
    """Whether of several answers that differ the one counts that stands first in the mapping."""
    blank: FactValue | None = None
    """What a cell that is there and blank states."""
    when: ColumnCondition | None = None
    signs: NumberSigns = NumberSigns()
    days: tuple[DayFormat, ...] = ()
    document: tuple[DocumentPart, ...] = ()
    """For evidence that the table describes: what its keys are."""


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
    unknown: WordTable[AnswerMeaning]
    name: Columns
    id: tuple[Columns, ...] = ()
    """The columns that together tell a use case from all others, whatever it is called; none when the table has none."""
    rows: tuple[ColumnCondition, ...] = ()
    """What a row must answer to be imported."""
    constants: Mapping[str, FactValue]
    fields: tuple[FieldRule, ...]

    def all_columns(self) -> tuple[Columns, ...]:
        """Return every column that is read, with its other headers."""
        conditions = (rule.when.columns for rule in self.fields if rule.when is not None)
        documents = (part.columns for rule in self.fields for part in rule.document if part.columns)
        parts = (part for rule in self.fields for part in rule.parts)
        return (self.name, *self.id, *parts, *conditions, *documents, *(row.columns for row in self.rows))
