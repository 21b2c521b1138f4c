"""The JSON Schema of a manifest, generated from the fact registry so that the two cannot disagree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aipolicy.catalog.axes import ADAPTATIONS, AXES
from aipolicy.facts.declared import (
    DECLARED_FACTS,
    EVIDENCE_FIELDS,
    LEG_FIELDS,
    RESULT_FIELDS,
    ROUTE_FIELDS,
    SECTIONS,
)
from aipolicy.facts.expected import ANYWHERE, NONE_WORD, NOT_LIMITED, RESIDENCY, RESULTS
from aipolicy.facts.record_values import field_of
from aipolicy.facts.spec import DATE_PATTERN, NONE_PATTERN, RANGE_KEYS, FactSpec, FactType, Origin
from aipolicy.manifest.conformance import TERMS_ADDED, WORSE_OF_TERMS
from aipolicy.manifest.plan_legs import LEGS, ROLES, ROUTED_BY, SAID_OF_LEGS, SHARE
from aipolicy.source.document import API_VERSION, MANIFEST_KIND

SCHEMA_ID = "https://aipolicy.dev/schemas/aifeature.v1.json"

_TERMS = "plan.terms."
_MAX_TEXT = 4000
_MAX_NAME = 100
_MAX_ITEMS = 200
_MAX_CASES = 1e9

RANGE_MEANINGS = {
    "low": "Value that is undercut one time in ten.",
    "likely": "Value that is as often undercut as exceeded; conditions read it.",
    "high": "Value that is exceeded one time in ten.",
}

JsonObject = dict[str, Any]


def manifest_schema(vocabularies: Mapping[str, Sequence[str]]) -> JsonObject:
    """Return the JSON Schema (draft 2020-12) of one manifest document.

    `vocabularies` gives examples for open vocabularies; organisations extend those, so they are no enums.
    """
    root = _object("One AI feature, declared beside its code and checked by `aipolicy check`.")
    root["properties"]["apiVersion"] = {
        "const": API_VERSION, "description": "Version of this format.", "type": "string",
    }  # fmt: skip
    root["properties"]["kind"] = {"const": MANIFEST_KIND, "description": "Kind of document.", "type": "string"}
    sections: dict[str, JsonObject] = {"": root}
    for path, description in SECTIONS.items():
        parent, _, name = path.rpartition(".")
        sections[path] = sections[parent]["properties"][name] = _object(f"{description}.")
    for spec in DECLARED_FACTS:
        parent, _, name = spec.name.rpartition(".")
        sections[parent]["properties"][name] = _property(spec, vocabularies)
        if spec.required:
            sections[parent].setdefault("required", []).append(name)
    parent, _, name = LEGS.rpartition(".")
    sections[parent]["properties"][name] = _legs({key: sections[f"{parent}.{key}"] for key in SAID_OF_LEGS})
    root["required"] = ["apiVersion", "kind", "metadata"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "AI feature manifest",
        **root,
    }


def extensions_schema(specs: Sequence[FactSpec]) -> JsonObject:
    """Return the JSON Schema of what packs add to manifests: the section `extensions`, and under `TERMS_ADDED` terms."""
    section = _object("Facts that the policy packs of the organisation declare.")
    terms: JsonObject = {}
    for spec in specs:
        section_of = terms if spec.name.startswith(_TERMS) else section["properties"]
        section_of[spec.name.rpartition(".")[2]] = _property(spec, {})
    worse = {spec.name.removeprefix(_TERMS): spec.worse for spec in specs if spec.worse}
    return {**section, **({TERMS_ADDED: terms, WORSE_OF_TERMS: worse} if terms else {})}


def property_schema(spec: FactSpec) -> JsonObject:
    """Return the JSON Schema of one fact as a manifest declares it."""
    return _property(spec, {})


def _object(description: str) -> JsonObject:
    return {"type": "object", "description": description, "additionalProperties": False, "properties": {}}


def _property(spec: FactSpec, vocabularies: Mapping[str, Sequence[str]]) -> JsonObject:
    if spec.origin is Origin.EVIDENCE:
        return _evidence(spec)
    if spec.name == RESULTS:
        return _results(spec)
    schema: JsonObject = {"description": _description(spec), **_type(spec, vocabularies)}
    if spec.default is not None:
        schema["default"] = NONE_WORD if spec.default == NOT_LIMITED else _json(spec.default)
    if spec.examples and "examples" not in schema:
        schema["examples"] = [_json(example) for example in spec.examples]
    return schema


def _type(spec: FactSpec, vocabularies: Mapping[str, Sequence[str]]) -> JsonObject:
    match spec.type:
        case FactType.BOOL:
            return {"type": "boolean"}
        case FactType.NUMBER:
            bounds = {
                "minimum": spec.minimum, "maximum": spec.maximum, "exclusiveMinimum": spec.above,
            }  # fmt: skip
            number = {"type": "number", **{key: _json(bound) for key, bound in bounds.items() if bound is not None}}
            if spec.says_none:
                # NOTE: bounds say nothing of text, and the pattern nothing of numbers.
                return {**number, "type": ["number", "string"], "pattern": NONE_PATTERN}
            return _number_or_range(number) if spec.ranged else number
        case FactType.TEXT:
            return _text_type(spec, vocabularies)
        case FactType.TEXTS:
            # NOTE: an empty list of classes or places declares nothing; of practices or outputs it says "none".
            return {
                "type": "array",
                "items": _text_type(spec, vocabularies),
                "uniqueItems": True,
                "minItems": 1 if spec.vocabulary else 0,
                "maxItems": _MAX_ITEMS,
            }
        case FactType.LABELS | FactType.MAP | FactType.TABLE:
            return {
                "type": "object",
                "additionalProperties": {"type": "string", "maxLength": _MAX_TEXT},
                "propertyNames": {"maxLength": _MAX_NAME},
                "maxProperties": _MAX_ITEMS,
            }
        case FactType.RECORD:
            return _record(spec.fields)
        case FactType.RECORDS:
            return {"type": "array", "items": _record(spec.fields), "maxItems": _MAX_ITEMS}


def _record(fields: Sequence[FactSpec]) -> JsonObject:
    required = [field_of(field) for field in fields if field.required]
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {field_of(field): _property(field, {}) for field in fields},
        **({"required": required} if required else {}),
    }


def _number_or_range(number: JsonObject) -> JsonObject:
    """Return a schema for one number or a range of it; bounds of numbers say nothing of mappings, and the reverse."""
    return {
        **number,
        "type": ["number", "object"],
        "additionalProperties": False,
        "properties": {key: {**number, "description": RANGE_MEANINGS[key]} for key in RANGE_KEYS},
        "required": list(RANGE_KEYS),
    }


def _text_type(spec: FactSpec, vocabularies: Mapping[str, Sequence[str]]) -> JsonObject:
    if spec.choices:
        return {"type": "string", "enum": list(spec.choices)}
    schema: JsonObject = {
        "type": "string", "minLength": 1, "maxLength": _MAX_NAME if spec.pattern or spec.vocabulary else _MAX_TEXT,
    }  # fmt: skip
    if spec.pattern:
        schema["pattern"] = spec.pattern
    if spec.vocabulary in vocabularies:
        schema["examples"] = list(vocabularies[spec.vocabulary])
    return schema


def _results(spec: FactSpec) -> JsonObject:
    text: JsonObject = {"type": "string", "minLength": 1, "maxLength": _MAX_TEXT}
    kinds: dict[str, JsonObject] = {
        "model": {**text, "maxLength": _MAX_NAME},
        "adaptation": {"type": "string", "enum": list(ADAPTATIONS), "default": ADAPTATIONS[0]},
        "passed": {"type": "number", "minimum": 0, "maximum": _MAX_CASES},
        "of": {"type": "number", "exclusiveMinimum": 0, "maximum": _MAX_CASES},
        "on": {**text, "pattern": DATE_PATTERN},
        "link": text,
    }
    return {
        "description": f"{spec.meaning}.",
        "type": "array",
        "items": {
            "type": "object",
            "additionalProperties": False,
            "properties": {name: {"description": f"{RESULT_FIELDS[name]}.", **kinds[name]} for name in RESULT_FIELDS},
            "required": ["model", "passed", "of", "on"],
        },
        "maxItems": _MAX_ITEMS,
        "examples": [
            [{"model": "gpt-4o-mini", "passed": 170, "of": 180, "on": "2026-11-02", "link": "https://wiki/eval-7"}]
        ],
    }


def _legs(fields: Mapping[str, JsonObject]) -> JsonObject:
    name: JsonObject = {"type": "string", "minLength": 1, "maxLength": _MAX_NAME}
    words: JsonObject = {"type": "array", "items": name, "uniqueItems": True, "maxItems": _MAX_ITEMS}
    kinds: dict[str, JsonObject] = {
        "role": {"type": "string", "enum": list(ROLES)},
        **{key: {name: part for name, part in of.items() if name != "description"} for key, of in fields.items()},
        **{key: {"type": "string", "enum": list(AXES[key].words)} for key in ("adaptation", "hosting")},
        "when": {"type": "object", "additionalProperties": False, "properties": {
            **{key: {"description": f"{ROUTE_FIELDS[key]}.", **words} for key in ROUTED_BY},
            SHARE: {"description": f"{ROUTE_FIELDS[SHARE]}.", "type": "number", "exclusiveMinimum": 0, "maximum": 1},
        }},
    }  # fmt: skip
    return {
        "description": "The legs of the plan one by one, in the place of what the plan says of them elsewhere; "
        "the list is complete.",
        "type": "array",
        "items": {
            "type": "object",
            "additionalProperties": False,
            "properties": {key: {"description": f"{text}.", **kinds.get(key, name)} for key, text in LEG_FIELDS.items()},
            "required": ["role"],
        },
        "minItems": 1,
        "maxItems": _MAX_ITEMS,
        "examples": [[
            {"role": "main", "hosting": "own-cloud", "provider": "aws", "region": "eu-central-1",
             "model": "llama-3.1-8b", "machine": "h100-80gb"},
            {"role": "fallback", "hosting": "provider-api", "provider": "mistral", "model": "mistral-small-2603"},
        ]],
    }  # fmt: skip


def _evidence(spec: FactSpec) -> JsonObject:
    fields: JsonObject = {
        name: {"type": "string", "minLength": 1, "maxLength": _MAX_TEXT, "description": f"{meaning}."}
        for name, meaning in EVIDENCE_FIELDS.items()
    }
    for name in ("date", "expires"):
        fields[name]["pattern"] = DATE_PATTERN
    document = {
        "type": "object",
        "additionalProperties": False,
        "properties": fields,
        "required": ["owner", "date"],
    }
    return {
        "description": f"{spec.meaning}; `false` when there is none.",
        "oneOf": [{"const": False}, document],
        "examples": [False, {"owner": "privacy-office", "date": "2026-05-04", "expires": "2027-05-04"}],
    }


def _description(spec: FactSpec) -> str:
    text = f"{spec.meaning}."
    if spec.unit:
        text += f" Unit: {spec.unit}."
    if spec.ranged:
        text += " One number, or a range of `low`, `likely` and `high`."
    if spec.says_none:
        text += f" `{NONE_WORD}` where nothing limits it."
    if spec.name == RESIDENCY:
        text += f" `{ANYWHERE}` alone allows all."
    if spec.default is not None:
        text += f" When not declared: {_shown(spec.default)}."
    elif spec.says_when_absent:
        text += f" When not declared: {spec.says_when_absent}."
    return text


def _shown(value: object) -> str:
    if value == NOT_LIMITED:
        return NONE_WORD
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(_json(value))


def _json(value: object) -> Any:
    if isinstance(value, tuple):
        return [_json(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
