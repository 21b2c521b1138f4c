"""Typed access to what a data file holds: every mistake is collected with its place, nothing unknown is let through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TypeVar

from aipolicy.source.day import day_hint
from aipolicy.source.day import read_day as read_day
from aipolicy.source.document import Document, PlainValue
from aipolicy.source.mistakes import Mistakes as Mistakes
from aipolicy.source.names import says_something
from aipolicy.source.regex import regex
from aipolicy.source.span import DocumentPath, Part
from aipolicy.source.suggest import certain_match, did_you_mean
from aipolicy.source.text import shown

T = TypeVar("T")
_NUMBER = regex(r"-?\d{1,15}(\.\d{1,15})?")


class Record:
    """A mapping under reading; asking for a field marks it as known, `finish` refuses the rest."""

    def __init__(self, document: Document, path: DocumentPath, value: PlainValue, mistakes: Mistakes) -> None:
        self.document = document
        self.path = path
        self.mistakes = mistakes
        self._known: set[str] = set()
        self._is_mapping = isinstance(value, dict)
        if isinstance(value, dict):
            self._fields = value
        else:
            self._fields = {}
            self.mistake(f"expected a mapping, found {kind_of(value)}")

    def mistake(self, message: str, key: str | None = None, part: Part = "value",
                meant: tuple[str, str] | None = None) -> None:  # fmt: skip
        """Note a mistake at this record or at one of its fields; `meant` is what is written and what is certainly meant."""
        self.mistakes.add(message, self.document, self.path if key is None else (*self.path, key), part, meant)

    def has(self, key: str) -> bool:
        """Return whether the field is written and not null."""
        self._known.add(key)
        return self._fields.get(key) is not None

    def field_names(self) -> tuple[str, ...]:
        """Return every key that is written."""
        return tuple(self._fields)

    def fields(self) -> Iterator[tuple[str, PlainValue]]:
        """Yield every field as it was read; all of them are known then."""
        self._known.update(self._fields)
        yield from self._fields.items()

    def raw(self, key: str) -> PlainValue:
        """Return the field as it was read, or None."""
        self._known.add(key)
        return self._fields.get(key)

    def text(self, key: str, default: str | None = None, choices: Sequence[str] = ()) -> str:
        """Return a text field; a missing one without default is a mistake."""
        value = self._get(key, default)
        if isinstance(value, str):
            if choices and value not in choices:
                allowed = ", ".join(f"`{choice}`" for choice in choices)
                meant = certain_match(value, choices)
                certain = (value, meant[0]) if meant is not None and meant[1] else None
                message = f"`{shown(value)}` is not one of {allowed}{did_you_mean(value, choices)}"
                self.mistake(message, key, meant=certain)
            return value
        if value is not None:
            self.mistake(f"`{key}` must be text, found {kind_of(value)}", key)
        return default or ""

    def said(self, key: str, otherwise: str = "write something that can be seen") -> str:
        """Return a text field that says something, without what stands around it; `otherwise` is what to do instead."""
        text = self.text(key)
        if isinstance(self._fields.get(key), str) and not says_something(text):
            unseen = "has nothing to see in it" if text.strip() else "is empty"
            self.mistake(f"`{key}` {unseen}; {otherwise}", key)
        return text.strip()

    def flag(self, key: str, default: bool | None = None) -> bool:
        """Return a true-or-false field."""
        value = self._get(key, default)
        if isinstance(value, bool):
            return value
        if value is not None:
            self.mistake(f"`{key}` must be true or false, found {kind_of(value)}", key)
        return bool(default)

    def optional_flag(self, key: str) -> bool | None:
        """Return a true-or-false field, or None when it is not written."""
        return self.flag(key) if self.has(key) else None

    def number(self, key: str, default: float | None = None, minimum: float | None = 0) -> float:
        """Return a number field, at least `minimum`."""
        value = self._get(key, default)
        if isinstance(value, int | float) and not isinstance(value, bool):
            if minimum is not None and value < minimum:
                self.mistake(f"`{key}` must be at least {minimum:g}, found {value:g}", key)
            return float(value)
        if value is not None:
            quoted = isinstance(value, str) and _NUMBER.fullmatch(value) is not None
            hint = f" `{shown(str(value))}`; remove the quotes" if quoted else ""
            self.mistake(f"`{key}` must be a number, found {kind_of(value)}{hint}", key)
        return default or 0.0

    def optional_number(self, key: str, minimum: float | None = 0) -> float | None:
        """Return a number field, or None when it is not written: an unknown is never 0."""
        return self.number(key, minimum=minimum) if self.has(key) else None

    def positive(self, key: str, default: float | None = None) -> float:
        """Return a number field that is more than 0: what is divided by, or what nobody has none of."""
        return self._positive(key, default, "")

    def optional_positive(self, key: str) -> float | None:
        """Return a number field that is more than 0, or None when it is not written."""
        return self._positive(key, None, "; leave out what is unknown") if self.has(key) else None

    def _positive(self, key: str, default: float | None, otherwise: str) -> float:
        number = self.number(key, default, minimum=None)
        written = self._fields.get(key)
        if isinstance(written, int | float) and not isinstance(written, bool) and not number > 0:
            self.mistake(f"`{key}` must be more than 0, found {number:g}{otherwise}", key)
        return number

    def day(self, key: str) -> date:
        """Return a date field written as YYYY-MM-DD."""
        written = self._get(key, None)
        if isinstance(written, int) and not isinstance(written, bool):
            self.mistake(f"`{key}` must be a day as YYYY-MM-DD, found a number{day_hint(written)}", key)
            return date.min
        text = self.text(key) if written is None or not isinstance(written, str) else written
        parsed = read_day(text)
        if parsed is None and text:
            self.mistake(f"`{key}` must be a day as YYYY-MM-DD, found `{shown(text)}`{day_hint(text)}", key)
        return parsed or date.min

    def optional_day(self, key: str) -> date | None:
        """Return a date field, or None when it is not written."""
        return self.day(key) if self.has(key) else None

    def texts(self, key: str, default: tuple[str, ...] | None = None, choices: Sequence[str] = ()) -> tuple[str, ...]:
        """Return a list-of-text field as a tuple."""
        value = self._get(key, list(default) if default is not None else None)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            for item in value:
                if choices and item not in choices:
                    allowed = ", ".join(f"`{choice}`" for choice in choices)
                    self.mistake(f"`{shown(str(item))}` is not one of {allowed}{did_you_mean(str(item), choices)}", key)
            return tuple(str(item) for item in value)
        if value is not None:
            self.mistake(f"`{key}` must be a list of text, found {kind_of(value)}", key)
        return default or ()

    def record(self, key: str) -> Record:
        """Return a nested mapping."""
        return Record(self.document, (*self.path, key), self._get(key, {}), self.mistakes)

    def records(self, key: str) -> Iterator[Record]:
        """Yield the mappings of a list field."""
        value = self._get(key, [])
        if not isinstance(value, list):
            self.mistake(f"`{key}` must be a list, found {kind_of(value)}", key)
            return
        for index, item in enumerate(value):
            yield Record(self.document, (*self.path, key, index), item, self.mistakes)

    def finish(self) -> None:
        """Note every field that nobody asked for."""
        for key in self._fields:
            if key not in self._known:
                message = f"unknown key `{shown(key)}`{did_you_mean(key, self._known)}"
                meant = certain_match(key, self._known)
                is_free = meant is not None and meant[1] and meant[0] not in self._fields
                self.mistake(message, key, "key", (key, meant[0]) if meant is not None and is_free else None)

    def _get(self, key: str, default: PlainValue) -> PlainValue:
        self._known.add(key)
        value = self._fields.get(key)
        if value is not None:
            return value
        if default is None and self._is_mapping:
            self.mistake(f"missing key `{key}`")
        return default


def kind_of(value: object) -> str:
    """Return what a value is, in the words of a YAML author; never the value itself, which may be a secret."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "a mapping"
