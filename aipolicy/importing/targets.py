"""What a mapping may write: facts that a manifest declares, and the values that its schema lets through."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite

from aipolicy.facts.declared import DECLARED_FACTS
from aipolicy.facts.expected import NONE_WORD
from aipolicy.facts.schema import property_schema
from aipolicy.facts.spec import FactSpec, FactType, FactValue, Origin
from aipolicy.source.document import PlainValue
from aipolicy.source.records import kind_of
from aipolicy.source.regex import regex
from aipolicy.source.suggest import did_you_mean, nearest
from aipolicy.value import Frozen

LABELS = "metadata.labels"
EXTENSIONS = "extensions."
NO_DOCUMENT = (
    "evidence has an owner and a date; map to `false`, use `incomplete`, or say under `document` which columns they are"
)
NO_RECORDS = "a record has fields of its own, which no column fills; write it into the manifest"
WRITTEN_BY_THE_IMPORT = frozenset({"metadata.name", "metadata.source"})

_LABEL = regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


class Problem(Frozen):
    """Why a field or a value cannot be written."""

    message: str


class Target(Frozen):
    """A field of a manifest: a fact, or one label."""

    field: str
    spec: FactSpec
    limit: int = 0
    """For text: the longest that the schema lets through."""
    words: tuple[str, ...] = ()
    """The words of the field's open vocabulary, where they are known."""

    @property
    def is_free_text(self) -> bool:
        """Return whether any text may stand here, so that it can be shortened."""
        return self.spec.type is FactType.LABELS or (
            self.spec.type is FactType.TEXT and not (self.spec.choices or self.spec.vocabulary or self.spec.pattern)
        )


class Fields:
    """The fields that a mapping may fill: those of every manifest, and what packs add to them."""

    def __init__(self, extensions: Iterable[FactSpec] = (), vocabularies: Mapping[str, Sequence[str]] | None = None):
        self._specs = {spec.name: spec for spec in (*DECLARED_FACTS, *extensions)}
        self._vocabularies = vocabularies or {}

    def find(self, field: str) -> Target | Problem:
        """Return the field of that name, or what is wrong with the name."""
        if field in WRITTEN_BY_THE_IMPORT:
            return Problem(f"`{field}` is written by the import itself; leave it out")
        if field == LABELS:
            return Problem(f"name one label, such as `{LABELS}.agency`")
        spec = self._specs.get(field)
        if spec is not None:
            return Problem(NO_RECORDS) if spec.fields else self._target(field, spec)
        if field.startswith(f"{LABELS}."):
            if not _LABEL.fullmatch(field.removeprefix(f"{LABELS}.")):
                return Problem(
                    "a label has 1 to 100 letters, digits, `_`, `.` or `-`, and begins with a letter or digit"
                )
            return self._target(field, self._specs[LABELS])
        hint = did_you_mean(field, self._specs)
        if field.startswith(EXTENSIONS):
            own = {name.removeprefix(EXTENSIONS): name for name in self._specs if name.startswith(EXTENSIONS)}
            near = nearest(field.removeprefix(EXTENSIONS), own)
            hint = (
                f"; did you mean `{own[near]}`?"
                if near
                else ("; declare it in a pack, and name that pack with `--policy` or in `aipolicy.toml`")
            )
        return Problem(f"unknown field `{field}`{hint}")

    def _target(self, field: str, spec: FactSpec) -> Target:
        limit = text_limit(spec) if spec.type is not FactType.BOOL else 0
        return Target(field, spec, limit, tuple(self._vocabularies.get(spec.vocabulary, ())))


def fact_value(target: Target, value: PlainValue) -> FactValue | Problem:
    """Return `value` as the fact that a manifest would declare, or what is wrong with it."""
    spec = target.spec
    if spec.origin is Origin.EVIDENCE:
        if value is False:
            return False
        return Problem(NO_DOCUMENT)
    match spec.type:
        case FactType.BOOL:
            return value if isinstance(value, bool) else _wanted("true or false", value)
        case FactType.NUMBER:
            if value == NONE_WORD and spec.says_none:
                return NONE_WORD
            if isinstance(value, bool) or not isinstance(value, int | float):
                return _wanted("a number", value)
            return number_value(target, float(value))
        case FactType.TEXT | FactType.LABELS | FactType.MAP | FactType.TABLE:
            return text_value(target, value) if isinstance(value, str) else _wanted("text", value)
        case FactType.TEXTS:
            return _list_value(target, value)
        case FactType.RECORD | FactType.RECORDS:
            return Problem(NO_RECORDS)


def number_value(target: Target, number: float) -> float | Problem:
    """Return the number if it lies within the bounds of the field."""
    spec = target.spec
    if not isfinite(number):
        return Problem("the number must be finite")
    if spec.minimum is not None and number < spec.minimum:
        return Problem(f"the number must be at least {spec.minimum:g}")
    if spec.above is not None and number <= spec.above:
        return Problem(f"the number must be above {spec.above:g}")
    if spec.maximum is not None and number > spec.maximum:
        return Problem(f"the number must be at most {spec.maximum:g}")
    return number


def text_value(target: Target, text: str) -> str | Problem:
    """Return the text if the field may hold it."""
    spec = target.spec
    if spec.choices:
        if text in spec.choices:
            return text
        allowed = ", ".join(f"`{choice}`" for choice in spec.choices)
        return Problem(f"`{text[:100]}` is not one of {allowed}{did_you_mean(text, spec.choices)}")
    if target.words and text not in target.words:
        return Problem(f"unknown {spec.vocabulary} `{text[:100]}`{did_you_mean(text, target.words)}")
    if not text:
        return Problem("the text is empty; leave the value out")
    if len(text) > target.limit:
        return Problem(f"the text has {len(text)} characters; the limit is {target.limit}")
    if spec.pattern and not re.search(spec.pattern, text):
        return Problem("the text must be letters, digits, `.`, `_` and `-`")
    return text


def _list_value(target: Target, value: PlainValue) -> tuple[str, ...] | Problem:
    if not isinstance(value, list):
        return _wanted("a list of text", value)
    items: list[str] = []
    for item in value:
        if not isinstance(item, str):
            return _wanted("a list of text", value)
        checked = text_value(target, item)
        if isinstance(checked, Problem):
            return checked
        if checked in items:
            return Problem(f"`{checked}` is written twice")
        items.append(checked)
    return tuple(items)


def _wanted(what: str, value: PlainValue) -> Problem:
    return Problem(f"this field takes {what}, found {kind_of(value)}")


def text_limit(spec: FactSpec) -> int:
    """Return how long a text the schema lets through, 0 where it takes none."""
    schema = property_schema(spec)
    schema = schema.get("items", schema)
    rest = schema.get("additionalProperties")
    return int((rest if isinstance(rest, dict) else schema).get("maxLength", 0))
