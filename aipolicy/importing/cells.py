"""A cell and a field rule in, the value that the cell states out, or what keeps it from being one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence

from aipolicy.facts.spec import FactType, FactValue
from aipolicy.importing.csv_table import NOT_THERE
from aipolicy.importing.days import read_day_as
from aipolicy.importing.numbers import NoNumber, read_number
from aipolicy.importing.rules import FieldRule, Meaning, Reads
from aipolicy.importing.targets import Problem, number_value, text_value
from aipolicy.importing.words import clean_text, fold_value
from aipolicy.source.regex import regex
from aipolicy.value import Frozen

ELLIPSIS = "\u2026"

_QUOTED = regex(r"""\s*(?:'([^'\\]*)'|"([^"\\]*)")\s*(,|\Z)""")
_BLANKS = frozenset({"", "[]"})

PlaceOf = Callable[[str], str | None]
"""Returns the code or group that the name of a place means."""


class CellReading(Frozen):
    """What a cell says about a field; a value of None is unknown."""

    value: FactValue | None = None
    unmapped: tuple[str, ...] = ()
    """Answers that the mapping does not name."""
    incomplete: tuple[str, ...] = ()
    """Answers that say something which the field cannot hold without more."""
    ambiguous: tuple[str, ...] = ()
    """Numbers that can be read in two ways."""
    shortened: bool = False
    place: int = 0
    """How far down the mapping the answer stands."""


UNKNOWN = CellReading()


class CellReader:
    """Reads cells by the rules of a mapping; `place_of` knows the names of countries."""

    def __init__(self, place_of: PlaceOf) -> None:
        self._place_of = place_of

    def read(self, rule: FieldRule, cells: Sequence[str], document: Mapping[str, str]) -> CellReading:
        """Return what one row says about a field: its cells, one for each part, and those of a document by key."""
        if rule.blank is not None and cells and all(NOT_THERE not in cell and _is_blank(cell) for cell in cells):
            return CellReading(rule.blank)
        if rule.document:
            return self._read_document(rule, cells, document)
        if rule.reads is Reads.TEXT and rule.target.spec.type is not FactType.TEXTS:
            return _read_text(rule, cells)
        return self._read_answers(rule, cells[0])

    def _read_answers(self, rule: FieldRule, cell: str) -> CellReading:
        # NOTE: the whole cell first: an answer may itself hold what separates answers in other cells.
        whole = self._read_answer(rule, cell)
        has_parts = rule.split and (whole.unmapped or (rule.reads is Reads.TEXT and _read_named(rule, cell).unmapped))
        answers = _split(cell, rule.split) if has_parts else (cell,)
        if answers == (cell,):
            return whole
        readings = [self._read_answer(rule, answer) for answer in answers]
        unmapped = tuple(dict.fromkeys(text for reading in readings for text in reading.unmapped))
        incomplete = tuple(dict.fromkeys(text for reading in readings for text in reading.incomplete))
        stating = [reading for reading in readings if reading.value is not None]
        if not stating or (unmapped and not rule.keep_partial):
            return CellReading(None, unmapped, incomplete)
        if rule.target.spec.type is FactType.TEXTS:
            items = (item for reading in stating if isinstance(reading.value, tuple) for item in reading.value)
            return CellReading(tuple(dict.fromkeys(items)), unmapped, incomplete)
        if rule.takes_first:
            return CellReading(min(stating, key=lambda reading: reading.place).value, unmapped, incomplete)
        if any(reading.value != stating[0].value for reading in stating):
            return CellReading(None, (cell,), incomplete)
        return CellReading(stating[0].value, unmapped, incomplete)

    def _read_answer(self, rule: FieldRule, cell: str) -> CellReading:
        reading = _read_named(rule, cell)
        if not reading.unmapped or rule.reads is Reads.VALUES:
            return reading
        text = clean_text(cell)
        match rule.reads:
            case Reads.NUMBER:
                return _number(rule, text)
            case Reads.DATE:
                stated = read_day_as(text, rule.days)
            case Reads.COUNTRIES:
                stated = self._place_of(text)
            case _:
                stated = text
        checked = text_value(rule.target, stated) if stated is not None else Problem("")
        if isinstance(checked, Problem):
            return CellReading(unmapped=(cell,))
        return CellReading((checked,) if rule.target.spec.type is FactType.TEXTS else checked)

    def _read_document(self, rule: FieldRule, cells: Sequence[str], document: Mapping[str, str]) -> CellReading:
        answer = self._read_answer(rule, cells[0]) if cells else CellReading(not _is_blank(document["date"]) or None)
        if answer.value is not True:
            return answer
        parts: dict[str, str] = {}
        wrong = []
        for part in rule.document:
            text = clean_text(part.text or document[part.key])
            if fold_value(text) in _BLANKS or _means_unknown(rule, text):
                continue
            stated = read_day_as(text, part.days) if part.days else text
            if stated is None:
                wrong.append(f"{part.key}: {text}")
            else:
                parts[part.key] = stated
        if wrong:
            return CellReading(unmapped=tuple(wrong))
        if not {"owner", "date"} <= set(parts):
            missing = " and ".join(f"no {key}" for key in ("owner", "date") if key not in parts)
            return CellReading(incomplete=(f"{clean_text(cells[0])}, {missing}" if cells else missing,))
        return CellReading(parts)


def _is_blank(cell: str) -> bool:
    return fold_value(cell) in _BLANKS


def _means_unknown(rule: FieldRule, cell: str) -> bool:
    answer = rule.answers.find(fold_value(cell))
    return answer is not None and answer.meaning is Meaning.UNKNOWN


def _read_named(rule: FieldRule, cell: str) -> CellReading:
    """Return what the mapping says of an answer by its words; one that it does not name is unmapped."""
    folded = fold_value(cell)
    if folded in _BLANKS:
        return UNKNOWN
    answer = rule.answers.find(folded)
    if answer is None:
        return CellReading(unmapped=(cell,))
    match answer.meaning:
        case Meaning.STATES:
            return CellReading(answer.value, place=answer.place)
        case Meaning.INCOMPLETE:
            return CellReading(incomplete=(cell,))
        case Meaning.UNKNOWN:
            return UNKNOWN


def _read_text(rule: FieldRule, cells: Sequence[str]) -> CellReading:
    texts = [clean_text(cell) for cell in cells if _read_named(rule, cell).unmapped]
    text = rule.join.join(text for text in texts if text)
    if not text:
        return UNKNOWN
    limit = rule.target.limit
    shortened = len(text) > limit and rule.target.is_free_text
    if shortened:
        text = text[: limit - 1].rstrip() + ELLIPSIS
    checked = text_value(rule.target, text)
    if isinstance(checked, Problem):
        return CellReading(unmapped=(text,))
    return CellReading(checked, shortened=shortened)


def _number(rule: FieldRule, text: str) -> CellReading:
    number = read_number(text, rule.signs)
    if number is NoNumber.TWO_READINGS:
        return CellReading(ambiguous=(text,))
    checked = number_value(rule.target, number) if isinstance(number, float) else Problem("")
    return CellReading(unmapped=(text,)) if isinstance(checked, Problem) else CellReading(checked)


def _split(cell: str, separators: tuple[str, ...]) -> tuple[str, ...]:
    """Return the answers of a cell: of a list written as JSON or Python, else between the separators."""
    text = cell.strip()
    if text.startswith("[") and text.endswith("]"):
        listed = _listed(text)
        if listed is not None:
            return listed
    pattern = "|".join(re.escape(separator) for separator in separators)
    return tuple(part for part in re.split(pattern, text) if part.strip()) or (cell,)


def _listed(text: str) -> tuple[str, ...] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, list):
        return tuple(value) if all(isinstance(item, str) for item in value) else None
    items = []
    position, end = 1, len(text) - 1
    while position < end:
        match = _QUOTED.match(text, position, end)
        if match is None:
            return None
        items.append(match.group(1) if match.group(1) is not None else match.group(2))
        position = match.end()
    return tuple(items)
