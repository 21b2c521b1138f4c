"""Whether a document is a manifest: the schema's errors, each moved to the key or value that caused it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from aipolicy.files.shipped import shipped_path
from aipolicy.findings.finding import Finding, Place, Replacement
from aipolicy.findings.reserved_rules import reserved_finding
from aipolicy.manifest.acceptance import accepts
from aipolicy.source.day import day_hint
from aipolicy.source.document import Document, PlainValue
from aipolicy.source.names import says_something
from aipolicy.source.records import kind_of
from aipolicy.source.suggest import certain_match, did_you_mean
from aipolicy.source.text import shown

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

MAX_FINDINGS = 100
MAX_LIST = 1_000
"""Longer lists are refused before the schema is asked: uniqueness of long lists takes quadratic time."""

SCHEMA_FILE = "aifeature.v1.json"
EXTENSIONS = "extensions"
TERMS_ADDED = "termsOfPlans"
"""The terms that packs add to plans, beside that section."""
WORSE_OF_TERMS = "worseOfTerms"
"""Which of two values of such a term agrees to less, beside them."""
"""The section of a manifest that policy packs define."""
_MAX_POLICIES = 8
"""Sets of extensions whose schemas are kept at once; a run has one, two when it is compared with a base."""

_TYPE_WORDS = {
    "number": "a number", "string": "text", "boolean": "true or false", "array": "a list", "object": "a mapping",
}  # fmt: skip


def nonconformance(document: Document, extensions: str = "") -> tuple[Finding, ...]:
    """Return every way in which a document departs from the manifest schema, each at its place; none if it conforms.

    `extensions` is the JSON Schema of the section that packs define, as text; empty where none does.
    """
    schema = schema_with(extensions)
    if accepts(schema, document.value):
        return tuple(_saying_nothing(document, document.value, ()))
    too_long = _long_list(document.value, ())
    if too_long is not None:
        path, length = too_long
        return (_finding(document, "MAN-005", f"list of {length} items; the limit is {MAX_LIST}", path),)
    from jsonschema import Draft202012Validator
    from referencing import Registry

    registry: Registry[Any] = Registry()
    errors = Draft202012Validator(schema, registry=registry).iter_errors(document.value)
    first = next(errors, None)
    if first is None:
        return tuple(_saying_nothing(document, document.value, ()))
    findings: dict[Finding, None] = {}
    more = False
    for finding in (f for error in chain((first,), errors) for f in _explain(document, error)):
        more = len(findings) >= MAX_FINDINGS
        if more:
            break
        findings[finding] = None
    if more:
        message = f"more than {MAX_FINDINGS} mistakes in this document; the others are not shown"
        findings[_finding(document, "MAN-005", message, ())] = None
    if not findings:
        findings[_finding(document, "MAN-005", "the manifest does not conform to its schema", ())] = None
    return tuple(findings)


@cache
def _schema() -> dict[str, Any]:
    with open(shipped_path("schemas", SCHEMA_FILE), encoding="utf-8") as file:
        schema: dict[str, Any] = json.load(file)
    return schema


@lru_cache(maxsize=_MAX_POLICIES)
def schema_with(extensions: str) -> dict[str, Any]:
    """Return the manifest schema with the section that packs define; not to be changed."""
    if not extensions:
        return _schema()
    section = json.loads(extensions)
    terms = section.pop(TERMS_ADDED, {})
    section.pop(WORSE_OF_TERMS, None)
    schema = _with_terms(_schema(), terms) if terms else _schema()
    if not section["properties"]:
        return schema
    return {**schema, "properties": {**schema["properties"], EXTENSIONS: section}}


def worse_of_terms(extensions: str) -> Mapping[str, str]:
    """Return of the terms that packs add which of two values agrees to less: the `lower` or the `higher`, where they say."""
    worse: dict[str, str] = json.loads(extensions).get(WORSE_OF_TERMS, {}) if extensions else {}
    return worse


def _with_terms(schema: dict[str, Any], terms: dict[str, Any]) -> dict[str, Any]:
    """Return the manifest schema with the terms that packs add, for a plan and for each of its legs."""
    from copy import deepcopy  # NOTE: few packs add terms.

    changed: dict[str, Any] = deepcopy(schema)
    plan = changed["properties"]["plan"]["properties"]
    for terms_schema in (plan["terms"], plan["legs"]["items"]["properties"]["terms"]):
        terms_schema["properties"] |= terms
    return changed


def _explain(document: Document, error: ValidationError) -> Iterator[Finding]:
    from aipolicy.manifest.written_otherwise import as_wanted

    path = tuple(error.absolute_path)
    name = _name_of(path)
    value: Any = error.instance
    wanted: Any = error.validator_value
    match error.validator:
        case "additionalProperties":
            yield from _unknown_keys(document, error, path)
        case "required":
            for key in wanted:
                if key not in value:
                    where = f" in `{name}`" if path else ""
                    yield _finding(document, "MAN-004", f"missing key `{key}`{where}", (*path, key), part="key")
        case "type" if value is None:
            message = f"`{shown(name)}` has no value; write one or remove the key"
            yield _finding(document, "MAN-005", message, path, part="key")
        case "type":
            message = (
                f"`{shown(name)}` must be {_type_words(wanted)}, found {kind_of(value)}{as_wanted(error.schema, value)}"
            )
            yield _finding(document, "MAN-005", message, path)
        case "oneOf" if isinstance(value, dict):
            # NOTE: the other branch is `false`; what is wrong with the mapping itself is in the branch for mappings.
            for inner in error.context or ():
                if inner.schema_path[0] == 1:
                    yield from _explain(document, inner)
        case "enum" | "const" if not isinstance(value, str):
            pass  # the schema names the type too, and that error says more
        case "enum" | "const":
            choices = wanted if isinstance(wanted, list) else [wanted]
            message = _value_message(error, shown(name))
            yield _finding(document, "MAN-005", message, path, meant=_meant(value, choices))
        case _:
            yield _finding(document, "MAN-005", _value_message(error, shown(name)), path)


def _unknown_keys(document: Document, error: ValidationError, path: tuple[str | int, ...]) -> Iterator[Finding]:
    from aipolicy.manifest.renamed import RENAMED
    from aipolicy.manifest.written_otherwise import rest_of_a_number

    properties = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
    value: Any = error.instance
    for key in value:
        new = RENAMED.get(".".join(map(str, (*path, key))))
        if new is not None and key not in properties and new in properties and new not in value:
            message = f"`{shown(key)}` is called `{new}` now"
            meant = Replacement(key, new, safe=True)
            yield _finding(document, "MAN-003", message, (*path, key), part="key", meant=meant)
        elif key == EXTENSIONS and not path:
            message = "unknown key `extensions`: no pack of this run declares facts; name one in `policies`"
            yield _finding(document, "MAN-003", message, (key,), part="key")
        elif key not in properties:
            hint = rest_of_a_number(key, value) or did_you_mean(key, properties)
            message = f"unknown key `{shown(key)}`{hint}"
            free = [name for name in properties if name not in value]
            yield _finding(document, "MAN-003", message, (*path, key), part="key", meant=_meant(key, free))


def _type_words(wanted: Any) -> str:
    if isinstance(wanted, list):
        other = "`none`" if "string" in wanted else "a range with `low`, `likely` and `high`"
        return f"{_type_words(wanted[0])} or {other}"
    return _TYPE_WORDS.get(str(wanted), str(wanted))


def _value_message(error: ValidationError, name: str) -> str:
    value: Any = error.instance
    wanted: Any = error.validator_value
    match error.validator:
        case "enum" | "const":
            choices = wanted if isinstance(wanted, list) else [wanted]
            listed = ", ".join(f"`{choice}`" for choice in choices)
            return f"`{shown(value)}` is not a value of `{name}`{did_you_mean(value, choices)} (one of {listed})"
        case "minimum":
            return f"`{name}` must be at least {wanted:g}, found {value:g}"
        case "maximum":
            return f"`{name}` must be at most {wanted:g}, found {value:g}"
        case "exclusiveMinimum":
            return f"`{name}` must be more than {wanted:g}, found {value:g}"
        case "minItems" | "minLength":
            return f"`{name}` is empty; write a value or remove the key"
        case "maxItems":
            return f"`{name}` has {len(value)} items; the limit is {wanted}"
        case "maxLength":
            return f"`{name}` has {len(value)} characters; the limit is {wanted}"
        case "uniqueItems":
            return f"`{name}` holds a value twice"
        case "pattern":
            return _pattern_message(name, value, str(wanted))
        case "oneOf":
            return f"`{name}` must be `false`, or a mapping with `owner` and `date` (and `link`, `expires`)"
        case _:
            return f"`{name}` does not conform to the manifest schema"


def _pattern_message(name: str, value: str, pattern: str) -> str:
    if pattern.startswith("^none"):
        from aipolicy.manifest.written_otherwise import as_wanted

        return f"`{name}` must be a number or `none`, found text{as_wanted({'type': 'number'}, value)}"
    if "[0-9]{4}-" in pattern:
        return f"`{name}` must be a day as YYYY-MM-DD{day_hint(value)}"
    return f"`{name}` may hold letters, digits, `.`, `_` and `-`, starting with a letter or digit"


def _name_of(path: tuple[str | int, ...]) -> str:
    if not path:
        return "the manifest"
    last = path[-1]
    return f"{path[-2]}[{last}]" if isinstance(last, int) and len(path) > 1 else str(last)


def _long_list(value: PlainValue, path: tuple[str | int, ...]) -> tuple[tuple[str | int, ...], int] | None:
    if isinstance(value, list) and len(value) > MAX_LIST:
        return path, len(value)
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        long_list = _long_list(child, (*path, key))
        if long_list is not None:
            return long_list
    return None


def _saying_nothing(document: Document, value: PlainValue, path: tuple[str | int, ...]) -> Iterator[Finding]:
    """Yield a finding on every text in which there is nothing to see: it would count as an answer."""
    if isinstance(value, str):
        if not says_something(value):
            message = f"`{shown(_name_of(path))}` has nothing to see in it; write a value or remove the key"
            yield _finding(document, "MAN-005", message, path)
        return
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from _saying_nothing(document, child, (*path, key))


def _meant(word: str, known: Iterable[str]) -> Replacement | None:
    match = certain_match(word, known)
    return None if match is None else Replacement(word, match[0], match[1])


def _finding(document: Document, rule_id: str, message: str, path: tuple[str | int, ...], *,
             part: str = "value", meant: Replacement | None = None) -> Finding:  # fmt: skip
    return reserved_finding(
        rule_id, message, file=document.source.path, document=document, feature=feature_name(document),
        place=Place(path=path, part="key" if part == "key" else "value"), replacement=meant,
    )  # fmt: skip


def feature_name(document: Document) -> str:
    """Return the name of a feature whose manifest may not conform, empty where it has none that can be shown."""
    value = document.value
    metadata = value.get("metadata") if isinstance(value, dict) else None
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return name if isinstance(name, str) and len(name) <= 100 else ""
