"""The facts that packs add to manifests: read with their places, and joined over all packs of a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import inf
from typing import Any

from aipolicy.catalog.catalog import Catalog
from aipolicy.facts.all_facts import REGISTRY
from aipolicy.facts.known_facts import EXTENSION_PREFIX, TERMS_PREFIX
from aipolicy.facts.record_values import field_of
from aipolicy.facts.spec import DATE_PATTERN, PLAIN_TYPES, Expected, FactSpec, FactType, FactValue, Kind, Origin
from aipolicy.manifest.said_of_legs import WORSE
from aipolicy.policy.values import read_value
from aipolicy.source.records import Mistakes, Record
from aipolicy.source.regex import regex
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.value import NamedTuple, fields, replace

_NAME = regex(r"[a-z][a-z0-9_]{0,99}")
_RESERVED_WORDS = frozenset(
    (
        "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop",
        "namespace", "null", "package", "return", "true", "var", "void", "while",
    )
)  # fmt: skip
"""Words that CEL keeps for itself (https://github.com/google/cel-spec/blob/master/doc/langdef.md)."""
_KINDS: Mapping[str, Mapping[str, Any]] = {
    **{type_.value: {"type": type_} for type_ in PLAIN_TYPES},
    "date": {"type": FactType.TEXT, "pattern": DATE_PATTERN, "examples": ("2027-03-01",)},
    "place": {"type": FactType.TEXT, "vocabulary": "country"},
    "places": {"type": FactType.TEXTS, "vocabulary": "country"},
    "evidence": {"type": FactType.BOOL, "origin": Origin.EVIDENCE, "kind": Kind.DONE},
    "record": {"type": FactType.RECORD},
    "records": {"type": FactType.RECORDS},
}
TYPES = tuple(_KINDS)
"""What a fact of a pack may hold: the plain types, a day, countries, a document, a record or a list of records."""
FIELD_TYPES = (*(type_.value for type_ in PLAIN_TYPES), "place", "places")
"""What a field of a record may hold."""
TERM_TYPES = (*(type_.value for type_ in PLAIN_TYPES), "date")
"""What a term may hold."""
_PLAIN = frozenset(PLAIN_TYPES)
_RECORDS = (FactType.RECORD, FactType.RECORDS)
_OFFERED = {FactType.BOOL: bool, FactType.NUMBER: float}
"""What a catalog says of a term of a pack, by its type."""
_OF_NUMBERS = ("unit", "minimum", "maximum")


class ExtensionFact(NamedTuple):
    """A fact that a pack declares, and where."""

    spec: FactSpec
    record: Record

    @property
    def place(self) -> str:
        """Return the file and line."""
        document = self.record.document
        return f"{document.source.path}:{document.locate(self.record.path).start.line}"


def read_term(record: Record) -> ExtensionFact:
    """Return a term of plans that a pack adds; mistakes are noted on its record."""
    name = record.text("name")
    if f"{TERMS_PREFIX}{name}" in REGISTRY:
        record.mistake(f"`{TERMS_PREFIX}{name}` is a term already; use another name, or read that one", "name")
    worse = record.text("worse", "", choices=WORSE) if record.has("worse") else ""
    fact = read_extension_fact(record, TERMS_PREFIX, TERM_TYPES)
    if worse and fact.spec.type is not FactType.NUMBER and fact.spec.pattern != DATE_PATTERN:
        record.mistake("`worse` is for terms with an order: a number or a date; remove it", "worse", "key")
    not_agreed = False if fact.spec.type is FactType.BOOL else None
    expected = Expected(not_agreed, "not done until it is declared")
    return fact._replace(spec=replace(fact.spec, kind=Kind.DONE, expected=expected, worse=worse))


def read_extension_fact(record: Record, prefix: str = EXTENSION_PREFIX, types: Sequence[str] = TYPES) -> ExtensionFact:
    """Return a fact of a pack; mistakes are noted on its record."""
    name = record.text("name")
    if name and not _NAME.fullmatch(name):
        record.mistake(f"`{shown(name)}` is no name of a fact; use lower case, digits and `_`", "name")
    elif name in _RESERVED_WORDS:
        record.mistake(f"`{name}` means something else in conditions; use another name", "name")
    word = record.text("type", choices=types)
    kind = _KINDS[word if word in types else "text"]
    type_ = kind["type"]
    is_record = type_ in _RECORDS
    # NOTE: a term that is not agreed has no default: nobody knows it.
    has_default = prefix == EXTENSION_PREFIX
    for key in ("choices", *(("default",) if has_default else ())) if word in TYPES and word not in _PLAIN else ():
        if record.has(key):
            record.mistake(f"a fact of type {word} has no `{key}`; leave it out", key, "key")
    spec = FactSpec(
        name=f"{prefix}{name}",
        meaning=record.said("meaning"),
        unit=record.text("unit", ""),
        choices=() if is_record else _choices(record, type_),
        minimum=record.optional_number("minimum", minimum=None),
        maximum=record.optional_number("maximum", minimum=None),
        default=read_value(record, "default", type_)
        if has_default and record.has("default") and not is_record
        else None,
        default_source=record.text("default_source", "") if has_default else "",
        fields=_fields(record, f"{prefix}{name}", type_) if has_default else (),
        **kind,
    )
    if type_ is not FactType.NUMBER:
        for key in _OF_NUMBERS:
            if record.has(key):
                record.mistake(f"`{key}` is for numbers; this fact is of type {type_.value}", key, "key")
    elif spec.minimum is not None and spec.maximum is not None and spec.minimum > spec.maximum:
        record.mistake("`minimum` is more than `maximum`", "minimum")
    if has_default and not is_record:
        _check_default(record, spec)
    record.finish()
    return ExtensionFact(spec, record)


def _fields(record: Record, fact: str, type_: FactType) -> tuple[FactSpec, ...]:
    """Return the fields of a record or of the elements of a list, none of any other fact; mistakes are noted."""
    if type_ not in _RECORDS:
        if record.has("fields"):
            record.mistake(f"`fields` are for records; this fact is of type {type_.value}", "fields", "key")
        return ()
    fields: dict[str, FactSpec] = {}
    for entry in record.records("fields"):
        is_required = entry.flag("required", default=False)
        spec = read_extension_fact(entry, f"{fact}.", FIELD_TYPES).spec
        if spec.name in fields:
            entry.mistake(f"a second field `{shown(field_of(spec))}`; keep one", "name")
        if type_ is FactType.RECORD:
            # NOTE: it is declared as a whole, and what is in it is known by it, as of a document.
            spec = replace(spec, origin=Origin.DOCUMENT, reads=(fact,))
        fields[spec.name] = replace(spec, required=is_required)
    if record.raw("fields") in (None, []):
        record.mistake("a record has `fields`: name at least one, with `name`, `type` and `meaning`", "fields", "key")
    return tuple(fields.values())


def _choices(record: Record, type_: FactType) -> tuple[str, ...]:
    if not record.has("choices"):
        return ()
    choices = record.texts("choices")
    if type_ not in (FactType.TEXT, FactType.TEXTS):
        record.mistake(f"`choices` are for text; this fact is of type {type_.value}", "choices", "key")
    elif not choices or "" in choices:
        record.mistake("`choices` is empty, or holds an empty text", "choices")
    elif len(set(choices)) < len(choices):
        record.mistake("`choices` holds a word twice", "choices")
    return choices


def _check_default(record: Record, spec: FactSpec) -> None:
    """Note a default that a manifest could not declare, or that has no source."""
    if record.has("default") != record.has("default_source"):
        has, lacks = ("default", "default_source") if record.has("default") else ("default_source", "default")
        record.mistake(f"`{has}` needs `{lacks}` beside it: what is assumed, and why", has, "key")
    for word in _words(spec.default):
        if not word:
            record.mistake("`default` is empty, or holds an empty text", "default")
        elif spec.choices and word not in spec.choices:
            record.mistake(f"`{shown(word)}` is not among the choices{did_you_mean(word, spec.choices)}", "default")
    if isinstance(spec.default, tuple) and len(set(spec.default)) < len(spec.default):
        record.mistake("`default` holds a word twice", "default")
    if isinstance(spec.default, float):
        if spec.minimum is not None and spec.default < spec.minimum:
            record.mistake(f"`default` must be at least {spec.minimum:g}, found {spec.default:g}", "default")
        if spec.maximum is not None and spec.default > spec.maximum:
            record.mistake(f"`default` must be at most {spec.maximum:g}, found {spec.default:g}", "default")


def _words(value: FactValue | None) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()


def refuse_unknown_terms(catalog: Catalog, specs: Mapping[str, FactSpec], mistakes: Mistakes) -> None:
    """Note what a provider of the catalog offers by a term that no pack of the run adds, or that is of another type."""
    added = {name: spec for name, spec in specs.items() if name.startswith(TERMS_PREFIX) and name not in REGISTRY}
    for term in (term for term in catalog.stated_terms if term.at):
        spec = added.get(term.term)
        if spec is None:
            hint = did_you_mean(term.term, added)
            mistakes.add_at(f"no pack of this run adds the term `{shown(term.term)}`{hint}", term.at)
        elif spec.type not in _OFFERED:
            mistakes.add_at(
                f"`{term.term}` is neither true or false nor a number; it is agreed, never offered", term.at
            )
        elif not isinstance(term.value, _OFFERED[spec.type]):
            kind = "true or false" if spec.type is FactType.BOOL else "a number"
            mistakes.add_at(f"`value` of `{term.term}` must be {kind}", term.at)
        elif not _least(spec) <= float(term.value) <= _most(spec):
            limits = f"from {_least(spec):g} to {_most(spec):g}"
            mistakes.add_at(f"`value` of `{term.term}` must lie {limits}, found {term.value:g}", term.at)


def _least(spec: FactSpec) -> float:
    return -inf if spec.minimum is None else spec.minimum


def _most(spec: FactSpec) -> float:
    return inf if spec.maximum is None else spec.maximum


def joined_facts(packs: Iterable[Iterable[ExtensionFact]]) -> tuple[FactSpec, ...]:
    """Return the facts that all packs of a run declare; notes a name that a pack has twice, or packs disagree on."""
    first: dict[str, tuple[int, ExtensionFact]] = {}
    for number, pack in enumerate(packs):
        for fact in pack:
            where, earlier = first.setdefault(fact.spec.name, (number, fact))
            if earlier is fact:
                continue
            if where == number:
                fact.record.mistake(f"`{shown(fact.spec.name)}` is already declared at {earlier.place}", "name")
            elif fact.spec != earlier.spec:
                differing = " and ".join(f"`{key}`" for key in _differences(fact.spec, earlier.spec))
                message = f"`{shown(fact.spec.name)}` is declared with another {differing} at {earlier.place}"
                fact.record.mistake(f"{message}; packs that share a fact must agree on it", "name")
    return tuple(fact.spec for _, fact in first.values() if _is_name(fact.spec.name.rpartition(".")[2]))


def _is_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None and name not in _RESERVED_WORDS


def _differences(one: FactSpec, other: FactSpec) -> list[str]:
    return [field for field in fields(FactSpec) if getattr(one, field) != getattr(other, field)]
