"""What an organisation expects of facts that manifests leave out, as its configuration writes it, in; fact values out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import isfinite

from aipolicy.errors import ConfigError, Problems
from aipolicy.facts.declared import RETIRED
from aipolicy.facts.expected import NONE_WORD, NOT_LIMITED
from aipolicy.facts.spec import FactSpec, FactType, FactValue, Kind, Origin
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown

_LIFECYCLE = "metadata.lifecycle"
_WORDS = {
    FactType.BOOL: "true or false", FactType.NUMBER: "a number", FactType.TEXT: "text", FactType.TEXTS: "a list of text",
}  # fmt: skip
_CHECKED = frozenset({"data-class", "residency", "task-type"})


def read_expected(given: Mapping[str, object], places: Mapping[str, str], specs: Mapping[str, FactSpec],
                  words: Callable[[str], Sequence[str]]) -> dict[str, FactValue]:  # fmt: skip
    """Return the values by fact; raises with every value that no manifest could declare, at its place.

    `words` gives the words of a vocabulary of the catalog.
    """
    values: dict[str, FactValue] = {}
    errors = []
    names = [name for name, spec in specs.items() if _may_be_expected(spec)]
    for name, raw in given.items():
        spec = specs.get(name)
        problem = ""
        if spec is None or name not in names:
            problem = _not_expected(name, spec, names)
        else:
            value = _value_of(raw, spec)
            problem = _wrong_type(spec) if value is None else _outside(value, spec, words)
            if value is not None:
                values[name] = value
        if problem:
            errors.append(ConfigError(f"`expected.{shown(name)}`: {problem}", path=places.get(name)))
    if errors:
        raise errors[0] if len(errors) == 1 else Problems(tuple(errors))
    return values


def _may_be_expected(spec: FactSpec) -> bool:
    if spec.name == _LIFECYCLE:
        return True
    is_declared = spec.origin is Origin.DECLARED and spec.kind is Kind.DESCRIBES and spec.type is not FactType.LABELS
    return is_declared and spec.default is None and not spec.required and not spec.fields


def _not_expected(name: str, spec: FactSpec | None, names: Sequence[str]) -> str:
    if spec is None:
        return f"unknown fact{did_you_mean(name, names)}"
    if spec.default is not None:
        return "that a manifest leaves it out is an answer already; remove it"
    if spec.fields:
        return "nothing is expected of records: a team says what there is; remove it"
    return "nothing is expected of it: it does not describe a feature; remove it"


def _value_of(raw: object, spec: FactSpec) -> FactValue | None:
    """Return a value as facts have it, or None where it is of another type."""
    if raw == NONE_WORD and spec.says_none:
        return NOT_LIMITED
    match spec.type:
        case FactType.BOOL:
            return raw if isinstance(raw, bool) else None
        case FactType.NUMBER:
            if isinstance(raw, bool) or not isinstance(raw, int | float):
                return None
            return float(raw) if isfinite(raw) else None
        case FactType.TEXT:
            return raw if isinstance(raw, str) else None
        case _:
            items = raw if isinstance(raw, list | tuple) else (None,)
            return tuple(sorted(items)) if all(isinstance(item, str) for item in items) else None


def _wrong_type(spec: FactSpec) -> str:
    return f"must be {_WORDS[spec.type]}" + (f" or `{NONE_WORD}`" if spec.says_none else "")


def _outside(value: FactValue, spec: FactSpec, words: Callable[[str], Sequence[str]]) -> str:
    """Return why a manifest could not declare a value; empty where it could."""
    if isinstance(value, float) and value != NOT_LIMITED:
        if spec.minimum is not None and value < spec.minimum:
            return f"must be at least {spec.minimum:g}, found {value:g}"
        if spec.above is not None and value <= spec.above:
            return f"must be more than {spec.above:g}, found {value:g}"
        if spec.maximum is not None and value > spec.maximum:
            return f"must be at most {spec.maximum:g}, found {value:g}"
    allowed = spec.choices or (words(spec.vocabulary) if spec.vocabulary in _CHECKED else ())
    for word in value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ():
        if allowed and word not in allowed:
            return f"`{shown(word)}` is not a value of it{did_you_mean(word, allowed)}"
    if value == RETIRED and spec.name == _LIFECYCLE:
        return f"`{RETIRED}` would turn the gate off; write `prototype`, `pilot` or `production`"
    return ""
