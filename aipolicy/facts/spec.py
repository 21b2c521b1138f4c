"""What a fact is: a name with its unit, a type, a meaning, and where its value comes from."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeAlias

from aipolicy.value import Frozen, NamedTuple

DATE_PATTERN = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(?![\s\S])"
NONE_PATTERN = r"^none(?![\s\S])"
"""What text must be where a number is wanted: nothing limits it."""
"""What a day looks like; which days there are the program says."""
RANGE_KEYS = ("low", "likely", "high")
"""The keys of a number that is known as a range: 10th, 50th and 90th percentile."""

SimpleValue: TypeAlias = bool | float | str | tuple[str, ...]
"""One value. Numbers are always floats; lists are tuples."""


class RecordValue(Frozen):
    """A record: simple values by field, those that are declared, in the order of the pack."""

    fields: tuple[tuple[str, SimpleValue], ...]

    def get(self, field: str) -> SimpleValue | None:
        """Return the value of a field, or None when it is unknown."""
        return next((value for name, value in self.fields if name == field), None)


class RecordList(Frozen):
    """A list of records, its elements in the order of the manifest."""

    elements: tuple[RecordValue, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return how people tell the elements apart: by the text of their first field, else by their number from 1."""
        firsts = (element.fields[0][1] if element.fields else None for element in self.elements)
        return tuple(first if isinstance(first, str) else f"number {n}" for n, first in enumerate(firsts, 1))


EntryValue: TypeAlias = "SimpleValue | EntryValues"
EntryValues: TypeAlias = Mapping[str, EntryValue]
"""Labels, which hold text; maps, which hold values; tables, which hold rows of values."""
FactValue: TypeAlias = SimpleValue | RecordValue | RecordList | EntryValues
"""Everything that a fact or a parameter can be."""


class FactType(StrEnum):
    """The type of a fact in conditions; numbers compare with whole and fractional literals alike."""

    BOOL = "bool"
    NUMBER = "number"
    TEXT = "text"
    TEXTS = "texts"
    LABELS = "labels"
    MAP = "map"
    """Of parameters: values by word."""
    TABLE = "table"
    """Of parameters: values by the word of a row and that of a column."""
    RECORD = "record"
    """Of facts that packs add: values by field; conditions read the fields, each a fact of its own."""
    RECORDS = "records"
    """Of facts that packs add: a list of records; conditions ask for elements of which something holds."""


PLAIN_TYPES = (FactType.BOOL, FactType.NUMBER, FactType.TEXT, FactType.TEXTS)
"""What one value may be, in whatever file it stands."""


class Origin(StrEnum):
    """Who knows a fact."""

    DECLARED = "declared"
    """The team, in the manifest, at the path that is the fact's name."""
    EVIDENCE = "evidence"
    """The team, as a document with owner, date and expiry; the fact is whether it stands on the day of the run."""
    DOCUMENT = "document"
    """What the team says of a document: its age, how long it holds, who answers for it and who signed it."""
    DERIVED = "derived"
    """A formula over other facts and the catalog."""
    ORGANIZATION = "organization"
    """The organisation's configuration."""
    OPTION = "option"
    """The catalog, for one option, or an estimate for that option and this feature."""


class Kind(StrEnum):
    """What it means that a fact is not known: whom it is to be asked of, and how it is shown."""

    DESCRIBES = "describes"
    """It describes the feature: an assumption, and a question where another value changes the answer."""
    DONE = "done"
    """Something that is done or agreed: a to-do until it is declared."""
    PLAN = "plan"
    """Left open by the plan: the best way that agrees with the rest of it is taken."""
    CATALOG = "catalog"
    """Of an option: a gap, to be looked up and written to a catalog file."""


class Expected(NamedTuple):
    """What an undeclared fact is expected to be in the answer, never in the gate; and what else it may well be."""

    value: FactValue | None
    """None where only the word of another fact says more, or nobody can say."""
    reason: str
    source: str = ""
    """Empty where it is the outcomes of this project."""
    by: str = ""
    """The fact on which the value hangs."""
    per_word: Mapping[str, FactValue] = {}
    """The value for each word of that fact; `value` for the others."""
    tried: tuple[FactValue, ...] = ()
    """Other values that are tried, to see whether the answer hangs on the fact; every word where it is empty."""
    factors: tuple[float, ...] = ()
    """Other numbers that are tried, as factors of the value."""
    beside: Mapping[str, FactValue] = {}
    """What is tried together with a tried value, because the one hardly comes without the other."""


class FactSpec(Frozen):
    """One fact. For declared facts the name is also the manifest path."""

    name: str
    type: FactType
    meaning: str
    origin: Origin = Origin.DECLARED
    unit: str = ""
    choices: tuple[str, ...] = ()
    """The allowed values, where the set is closed."""
    vocabulary: str = ""
    """The catalog vocabulary that the values come from, where organisations extend the set."""
    default: FactValue | None = None
    """What it says that a manifest leaves the fact out, where that is an answer; None where it is unknown then."""
    default_source: str = ""
    says_when_absent: str = ""
    """What it says that a manifest leaves the fact out, where that is an answer to some of what hangs on it."""
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    """An exclusive lower bound."""
    examples: tuple[FactValue, ...] = ()
    reads: tuple[str, ...] = ()
    """For derived facts: the facts that the formula reads."""
    pattern: str = ""
    required: bool = False
    ranged: bool = False
    """Whether the manifest may give a range instead of one number; conditions then read its likely value."""
    plan_only: bool = False
    """Whether only rules about plans may read it, because it takes long or compares a plan with what remains."""
    kind: Kind = Kind.DESCRIBES
    expected: Expected | None = None
    is_subject: bool = False
    """Whether it is what the feature is: asked when undeclared, never proposed as a change when declared."""
    replaces: str = ""
    """The fact of an option that it replaces; left out, what the catalog says of it holds."""
    of_whole: bool = False
    """Of facts of an option: whether it is of main leg and partner together; else it is of a leg."""
    joins_legs: bool = False
    """Whether it is a fact of a leg that in a cascade, asked of the main leg, is the one of both legs together."""
    says_none: bool = False
    """Whether `none` may be declared: nothing limits it; the fact is then infinite."""
    worse: str = ""
    """Of a term with an order: which of two values agrees to less, the `lower` or the `higher`; empty where nobody says."""
    holds: FactType = FactType.TEXT
    """Of a map or a table: what its values are."""
    fields: tuple[FactSpec, ...] = ()
    """Of a record or a list of them: what its fields are, by names such as `extensions.tools.writes`; a list has no facts of
    these names, its elements have the fields."""

    @property
    def is_answered_by_absence(self) -> bool:
        """Return whether leaving the fact out is an answer, so that declaring it may turn a definite outcome around."""
        return self.default is not None or bool(self.says_when_absent)


def cel_value(value: FactValue) -> Any:
    """Return a value as the runtime of conditions takes it; a field that a record does not declare is no key of its map."""
    if isinstance(value, dict):
        return {key: cel_value(entry) for key, entry in value.items()}
    if isinstance(value, RecordList):
        return [cel_value(element) for element in value.elements]
    if isinstance(value, RecordValue):
        return {name: cel_value(field) for name, field in value.fields}
    return list(value) if isinstance(value, tuple) else value
