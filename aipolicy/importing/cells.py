"""A cell and a field rule in, the value that the cell states out, or what keeps it from being one."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from aipolicy.facts.spec import FactType, FactValue
from aipolicy.importing.rules import FieldRule, Meaning, Reads
from aipolicy.importing.targets import Problem, number_value, text_value
from aipolicy.importing.words import clean_text, fold_value
from aipolicy.value import Frozen

ELLIPSIS = "\u2026"

_NUMBER = re.compile(r"[-+]?[0-9]{1,30}(?:\.[0-9]{1,30})?")
_QUOTED = re.compile(r"""\s*(?:'([^'\\]*)'|"([^"\\]*)")\s*(,|\Z)""")
_BLANKS = frozenset({"", "[]"})


class CellReading(Frozen):
    """What a cell says about a field; a value of None is unknown."""

    value: FactValue | None = None
    unmapped: tuple[str, ...] = ()
    """Answers that the mapping does not name."""
    incomplete: tuple[str, ...] = ()
    """Answers that say something which the field cannot hold without more."""
    shortened: bool = False


UNKNOWN = CellReading()


def read_cells(rule: FieldRule, cells: Sequence[str]) -> CellReading:
    """Return what the cells of one row, one for each part of the rule, say about its field."""
    match rule.reads:
        case Reads.VALUES:
            return _read_answers(rule, cells[0])
        case Reads.TEXT:
            return _read_text(rule, cells)
        case Reads.NUMBER:
            return _read_number(rule, cells[0])


def _read_answers(rule: FieldRule, cell: str) -> CellReading:
    # NOTE: the whole cell first: an answer may itself hold what separates answers in other cells.
    whole = _read_answer(rule, cell)
    answers = _split(cell, rule.split) if rule.split and whole.unmapped else (cell,)
    if answers == (cell,):
        return whole
    readings = [_read_answer(rule, answer) for answer in answers]
    unmapped = tuple(dict.fromkeys(text for reading in readings for text in reading.unmapped))
    incomplete = tuple(dict.fromkeys(text for reading in readings for text in reading.incomplete))
    values = [reading.value for reading in readings if reading.value is not None]
    if not values or (unmapped and not rule.keep_partial):
        return CellReading(None, unmapped, incomplete)
    if rule.target.spec.type is FactType.TEXTS:
        items = (item for value in values if isinstance(value, tuple) for item in value)
        return CellReading(tuple(dict.fromkeys(items)), unmapped, incomplete)
    if any(value != values[0] for value in values):
        return CellReading(None, (cell,), incomplete)
    return CellReading(values[0], unmapped, incomplete)


def _read_answer(rule: FieldRule, cell: str) -> CellReading:
    folded = fold_value(cell)
    if folded in _BLANKS:
        return UNKNOWN
    answer = rule.answers.find(folded)
    if answer is None:
        return CellReading(unmapped=(cell,))
    match answer.meaning:
        case Meaning.STATES:
            return CellReading(answer.value)
        case Meaning.INCOMPLETE:
            return CellReading(incomplete=(cell,))
        case Meaning.UNKNOWN:
            return UNKNOWN


def _read_text(rule: FieldRule, cells: Sequence[str]) -> CellReading:
    texts = [clean_text(cell) for cell in cells if _read_answer(rule, cell).unmapped]
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


def _read_number(rule: FieldRule, cell: str) -> CellReading:
    known = _read_answer(rule, cell)
    if not known.unmapped:
        return known
    text = clean_text(cell)
    if not _NUMBER.fullmatch(text):
        return CellReading(unmapped=(cell,))
    checked = number_value(rule.target, float(text))
    return CellReading(unmapped=(cell,)) if isinstance(checked, Problem) else CellReading(checked)


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
