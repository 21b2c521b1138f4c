"""Parameters with entries: maps and tables whose words are checked, and the values that they hold by word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from aipolicy.facts.spec import EntryValue, EntryValues, FactType, FactValue, SimpleValue
from aipolicy.policy.values import as_value
from aipolicy.source.day import day_hint, day_number, read_day
from aipolicy.source.document import PlainValue
from aipolicy.source.names import says_something
from aipolicy.source.records import kind_of
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.value import Frozen, NamedTuple

if TYPE_CHECKING:
    from aipolicy.policy.cel.fact_words import FactWords
    from aipolicy.source.span import DocumentPath, Part

DATE = "date"
VALUE_TYPES = (FactType.BOOL.value, FactType.NUMBER.value, FactType.TEXT.value, FactType.TEXTS.value, DATE)
"""What the values of a map or a table may be; conditions read a day as the number YYYYMMDD."""
_FEW = 12
"""As many words are listed where one of them is wanted."""

Cell = tuple[str, ...]
"""The words of an entry: its key, or its row and its column."""


class Words(NamedTuple):
    """The words that keys or values are checked against: those of a fact, or a list; any text where there is neither."""

    fact: str = ""
    listed: tuple[str, ...] = ()

    def wrong(self, word: str, known: FactWords) -> str:
        """Return why a word is none of them, and what is meant; empty where it is one."""
        if self.fact:
            wrong, words = known.never(self.fact, word), known.known(self.fact)
            is_short = wrong and "; " not in wrong and len(words) <= _FEW
            return f"{wrong}; it is one of {_listed(words)}" if is_short else wrong
        if self.listed and word not in self.listed:
            return f"`{shown(word)}` is not one of {_listed(self.listed)}{did_you_mean(word, self.listed)}"
        return ""


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


class Problem(NamedTuple):
    """What is wrong in a map or a table, and where in it."""

    message: str
    path: DocumentPath = ()
    part: Part = "value"


class Entries(Frozen, kw_only=True):
    """What the entries of a map or a table are: the words of rows, of columns and of values, and the type of values."""

    keys: Words
    columns: Words | None
    """None for a map."""
    values: FactType
    words: Words
    """Of values that are text."""
    are_days: bool = False

    @property
    def depth(self) -> int:
        """Return how many words name an entry."""
        return 1 if self.columns is None else 2

    def read(self, plain: PlainValue | object, known: FactWords | None, problems: list[Problem]) -> EntryValues:
        """Return the entries of a mapping as conditions read them, sorted; whatever is wrong is added to the problems.

        Words are checked where they are `known`.
        """
        return self._level(plain, known, problems, (), (self.keys, *((self.columns,) if self.columns else ())))

    def _level(self, plain: object, known: FactWords | None, problems: list[Problem], path: DocumentPath,
               levels: tuple[Words, ...]) -> dict[str, EntryValue]:  # fmt: skip
        entries: dict[str, EntryValue] = {}
        if not isinstance(plain, dict):
            what = "row" if path else "map" if self.columns is None else "table"
            problems.append(Problem(f"a {what} is a mapping, found {kind_of(plain)}", path))
            return entries
        if path and not plain:
            problems.append(Problem(f"row `{shown(str(path[-1]))}` holds nothing; remove it", path))
        for key, value in sorted(plain.items()):
            here = (*path, key)
            wrong = levels[0].wrong(key, known) if known is not None else ""
            if not says_something(key):
                wrong = "a key is empty"
            if wrong:
                problems.append(Problem(wrong, here, "key"))
            if len(levels) > 1:
                entries[key] = self._level(value, known, problems, here, levels[1:])
                continue
            entry = self._value(value, known, problems, here)
            if entry is not None:
                entries[key] = entry
        return entries

    def _value(self, plain: object, known: FactWords | None, problems: list[Problem],
               path: DocumentPath) -> SimpleValue | None:  # fmt: skip
        if self.are_days:
            day = read_day(plain) if isinstance(plain, str) else None
            if day is None:
                hint = (
                    f"found `{shown(plain)}`{day_hint(plain)}" if isinstance(plain, str) else f"found {kind_of(plain)}"
                )
                problems.append(
                    Problem(f"the value of `{shown(str(path[-1]))}` must be a day as YYYY-MM-DD, {hint}", path)
                )
            return None if day is None else day_number(day)
        value = as_value(plain, self.values)
        if value is None:
            kinds = {FactType.BOOL: "true or false", FactType.TEXTS: "a list of text", FactType.NUMBER: "a number"}
            must = f"must be {kinds.get(self.values, 'text')}, found {kind_of(plain)}"
            problems.append(Problem(f"the value of `{shown(str(path[-1]))}` {must}", path))
        # NOTE: a list of the configuration comes as a tuple.
        written = list(plain) if isinstance(plain, (list, tuple)) else [plain]
        for number, word in enumerate(written if self.values in (FactType.TEXT, FactType.TEXTS) else ()):
            wrong = self.words.wrong(word, known) if isinstance(word, str) and known is not None else ""
            if wrong:
                problems.append(Problem(wrong, (*path, number) if isinstance(plain, list) else path))
        return value


def cells(value: FactValue, depth: int) -> Iterator[tuple[Cell, FactValue]]:
    """Yield every entry of a map or a table with its words."""
    for key, entry in value.items() if isinstance(value, Mapping) else ():
        if depth > 1:
            yield from (((key, *rest), cell) for rest, cell in cells(entry, depth - 1))
        else:
            yield (key,), entry


def nested(found: Mapping[Cell, Any]) -> dict[str, Any]:
    """Return the map or the table that holds these entries; a row without entries is none."""
    entries: dict[str, Any] = {}
    for (key, *rest), value in sorted(found.items(), key=itemgetter(0)):
        if rest:
            entries.setdefault(key, {})[rest[0]] = value
        else:
            entries[key] = value
    return entries


def words_in(value: FactValue | None) -> tuple[str, ...]:
    """Return every word of a parameter: its text, of a map and a table the keys as well."""
    match value:
        case str():
            return (value,)
        case tuple():
            return value
        case Mapping():
            return tuple(dict.fromkeys((*value, *(word for entry in value.values() for word in words_in(entry)))))
        case _:
            return ()


def numbers_in(value: FactValue | None) -> tuple[float, ...]:
    """Return every number among the values of a map or a table, once each."""
    if isinstance(value, Mapping):
        return tuple(dict.fromkeys(number for entry in value.values() for number in numbers_in(entry)))
    return (value,) if isinstance(value, float) else ()
