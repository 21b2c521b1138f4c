"""One parameter of a pack file in, a typed parameter out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from aipolicy.facts.spec import PLAIN_TYPES, FactSpec, FactType, FactValue, Origin
from aipolicy.policy.entries import DATE, VALUE_TYPES, Entries, Problem, Words
from aipolicy.policy.layers.origins import ParameterOrigin
from aipolicy.policy.layers.overlay import place_of
from aipolicy.policy.layers.tightening import Tightens, read_direction, read_tightens
from aipolicy.policy.rule import Bounds, Parameter
from aipolicy.policy.values import read_value
from aipolicy.source.records import Record
from aipolicy.source.regex import regex
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.value import replace

if TYPE_CHECKING:
    from aipolicy.policy.cel.fact_words import FactWords

_OTHER_TYPES = {
    "int": "number", "integer": "number", "float": "number", "string": "text", "str": "text", "boolean": "bool",
    "list": "texts", "strings": "texts", "dict": "map", "object": "map", "mapping": "map", "matrix": "table",
}  # fmt: skip
"""Types as people of other languages call them."""
_NAME = regex(r"[a-z][a-z0-9_]*")
_WITH_ENTRIES = {FactType.MAP.value: FactType.MAP, FactType.TABLE.value: FactType.TABLE}
TYPES = (*(type_.value for type_ in PLAIN_TYPES), *_WITH_ENTRIES)
"""What a parameter may hold."""
_OF_ENTRIES = ("keys", "columns", "values", "words")


def read_parameter(record: Record, pack: str, taken: Collection[str]) -> Parameter:
    """Return a parameter with its default; mistakes are noted on its record.

    Words of maps and tables are checked later (`check_default`), when the facts of all packs are known.
    """
    name = record.text("name")
    if name and not _NAME.fullmatch(name):
        record.mistake(f"`{name}` is no parameter name; use lower case, digits and `_`", "name")
    if name in taken:
        record.mistake(f"parameter `{name}` is defined twice", "name")
    word = _type_word(record)
    type_ = FactType(word) if word in TYPES else FactType.TEXT
    is_typed = word in TYPES or not record.has("default")
    entries = _entries(record, type_)
    default: FactValue = _default(record, type_, entries) if is_typed else ""
    bounds = _bounds(record, type_)
    if broken := bounds.broken_by(default):
        record.mistake(f"`default` {broken}", "default")
    tightens = Tightens(read_direction(record, type_)) if entries is None else read_tightens(record, entries.values)
    parameter = Parameter(
        name=name, type=type_, default=default, value=default, unit=record.text("unit", ""),
        description=record.text("description"), source=record.text("source"),
        checked_on=record.optional_day("checked_on"), disputed=record.text("disputed", ""),
        tightens=tightens.values, entries=entries, tightens_entries=tightens.entries,
        origins=(ParameterOrigin(default, pack, place_of(record, "default"), ""),), bounds=bounds,
    )  # fmt: skip
    record.finish()
    return parameter


def check_default(record: Record, parameter: Parameter, known: FactWords) -> Parameter:
    """Return a parameter without the words of a map or a table that there are not, which are noted."""
    entries = parameter.entries
    if entries is None:
        return parameter
    written = {"keys": entries.keys, "columns": entries.columns, "words": entries.words}
    for key, words in written.items():
        if words is not None and words.fact and (wrong := known.without_words(words.fact)):
            record.mistake(wrong, key)
    problems: list[Problem] = []
    entries.read(record.raw("default"), known, problems)
    shapes: list[Problem] = []
    entries.read(record.raw("default"), None, shapes)
    for problem in problems:
        if problem not in shapes:
            _note(record, "default", problem)
    wrong_keys = {str(problem.path[0]) for problem in problems if problem.path}
    if not wrong_keys or not isinstance(parameter.default, Mapping):
        return parameter
    left = {key: value for key, value in parameter.default.items() if key not in wrong_keys}
    return replace(parameter, default=left, value=left, origins=(parameter.origins[0]._replace(value=left),))


def parameter_spec(parameter: Parameter) -> FactSpec:
    """Return what conditions know of a parameter."""
    holds = parameter.entries.values if parameter.entries is not None else FactType.TEXT
    are_numbers = parameter.entries is not None and parameter.entries.are_days
    return FactSpec(
        f"params.{parameter.name}", parameter.type, parameter.description, Origin.ORGANIZATION,
        holds=FactType.NUMBER if are_numbers else holds,
    )  # fmt: skip


def _note(record: Record, key: str, problem: Problem) -> None:
    record.mistakes.add(problem.message, record.document, (*record.path, key, *problem.path), problem.part)


def _type_word(record: Record) -> str:
    word = record.text("type")
    if word and word not in TYPES:
        listed = ", ".join(f"`{type_name}`" for type_name in TYPES)
        meant = _OTHER_TYPES.get(word)
        hint = f"; did you mean `{meant}`?" if meant is not None else did_you_mean(word, TYPES)
        record.mistake(f"`{shown(word)}` is not one of {listed}{hint}", "type")
    return word


def _entries(record: Record, type_: FactType) -> Entries | None:
    """Return what a map or a table says of its entries; None for a parameter of another type."""
    if type_ not in _WITH_ENTRIES.values():
        for key in _OF_ENTRIES:
            if record.has(key):
                record.mistake(f"`{key}` is for maps and tables; this parameter is of type {type_.value}", key, "key")
        return None
    if type_ is FactType.MAP and record.has("columns"):
        record.mistake("a map has no `columns`; write `type: table`", "columns", "key")
    word = record.text("values", choices=VALUE_TYPES)
    values = FactType(word) if word in VALUE_TYPES and word != DATE else FactType.NUMBER
    is_text = values in (FactType.TEXT, FactType.TEXTS)
    if record.has("words") and not is_text:
        record.mistake("`words` are those of values that are text or texts; remove it", "words", "key")
    return Entries(
        keys=_words(record, "keys"), columns=_words(record, "columns") if type_ is FactType.TABLE else None,
        values=values, words=_words(record, "words"), are_days=word == DATE,
    )  # fmt: skip


def _words(record: Record, key: str) -> Words:
    """Return the words that something is checked against: a fact that holds them, or a list of them."""
    raw = record.raw(key)
    if isinstance(raw, str):
        return Words(record.said(key, "name a fact"))
    if raw is None:
        return Words()
    listed = record.texts(key)
    if not listed or len(set(listed)) < len(listed):
        wrong = "holds a word twice" if listed else "is empty; name a fact, or list the words"
        record.mistake(f"`{key}` {wrong}", key)
    return Words(listed=listed)


def _default(record: Record, type_: FactType, entries: Entries | None) -> FactValue:
    if entries is None:
        return read_value(record, "default", type_)
    raw = record.raw("default")
    if raw is None:
        record.mistake("missing key `default`")
        return {}
    problems: list[Problem] = []
    values = entries.read(raw, None, problems)
    for problem in problems:
        _note(record, "default", problem)
    return values


def _bounds(record: Record, type_: FactType) -> Bounds:
    """Return what `minimum` and `maximum` of a parameter say."""
    for key in ("minimum", "maximum"):
        if record.has(key) and type_ is not FactType.NUMBER:
            record.mistake(f"a parameter of type {type_.value} has no bounds; remove `{key}`", key)
            return Bounds()
    least, most = (record.optional_number(key, minimum=None) for key in ("minimum", "maximum"))
    if least is not None and most is not None and least > most:
        record.mistake("`maximum` must not be below `minimum`", "maximum")
    return Bounds(least, most)
