"""The JSON Schema of mapping files, from which their page of reference is made; the reader says more, at its line."""

from __future__ import annotations

from aipolicy.facts.declared import DECLARED_FACTS, EVIDENCE_FIELDS
from aipolicy.importing.csv_table import DELIMITERS
from aipolicy.importing.days import ISO
from aipolicy.importing.numbers import DECIMAL_SIGNS, GROUP_SIGNS
from aipolicy.importing.targets import EXTENSIONS, LABELS, WRITTEN_BY_THE_IMPORT
from aipolicy.source.document import MAPPING_KIND
from aipolicy.source.json_schema import JsonObject, head, object_of, ref, schema_of, text_of, texts_of

FILE = "mapping.v1.json"
_ANSWER = {"type": ["string", "number", "boolean", "array"], "items": {"type": "string"}}


def mapping_schema() -> JsonObject:
    """Return the JSON Schema (draft 2020-12) of a mapping file."""
    top = object_of(
        "How `aipolicy import` turns the rows of a table into manifests.", _top(),
        ("apiVersion", "kind", "source", "name"),
    )  # fmt: skip
    definitions = {"columns": _columns(), "condition": _condition(), "day": _days(), "field": _field()}
    return schema_of(FILE, "Mapping of a table into manifests", top, definitions)


def _top() -> JsonObject:
    return {
        **head(MAPPING_KIND),
        "description": text_of("What the mapping is for, for people.", "Register of algorithms"),
        "source": object_of(
            "Where the table comes from, as written into every manifest. Manifests of another title are left alone.",
            {
                "title": text_of("Its title; it tells the manifests of this table from those of others.", "Register"),
                "url": text_of("Where it is published.", "https://example.com/register"),
                "checked_on": text_of("Day on which somebody looked, as YYYY-MM-DD.", "2026-11-29"),
            },
            ("title",),
        ),
        "encoding": text_of("Encoding of the table: `auto`, or one that Python knows.", "cp1252", default="auto"),
        "delimiter": {"enum": ["auto", *DELIMITERS], "description": "What separates cells.", "default": "auto"},
        "short_rows": {
            "enum": ["leave-out", "unknown"], "default": "leave-out",
            "description": "What a row with fewer cells than headers is: left out and told, or unknown where it ends.",
        },
        "unknown": texts_of("Answers that say nothing, in any column.", ["n/a"]),
        **_rows(),
        "constants": {
            "type": "object", "additionalProperties": _ANSWER,
            "description": "Fields that have the same value in every manifest.",
            "examples": [{"organization.public_body": True}],
        },
        "fields": {
            "type": "array", "items": ref("field"),
            "description": "How fields are filled. Several entries for one list add up; for another field they must agree.",
        },
    }  # fmt: skip


def _rows() -> JsonObject:
    columns = {"columns": ref("columns")}
    return {
        "id": {
            "description": "The column that tells a use case from all others, whatever it is called, or the columns that "
            "do so together. Names of features hang on it, and an import finds its manifests by it.",
            "oneOf": [object_of("", columns, ("columns",)), object_of("", {"parts": _parts()}, ("parts",))],
            "examples": [{"columns": ["id"]}],
        },
        "name": object_of("The column with the name of a use case.", columns, ("columns",))
        | {"examples": [{"columns": ["title"]}]},
        "rows": {
            "type": "array", "items": ref("condition"), "minItems": 1,
            "description": "What a row must answer to be imported: all of these. The others are counted.",
            "examples": [[{"columns": ["year"], "is": ["2026"]}]],
        },
    }  # fmt: skip


def _field() -> JsonObject:
    fields = sorted({spec.name for spec in DECLARED_FACTS} - WRITTEN_BY_THE_IMPORT - {LABELS})
    names = {"anyOf": [{"enum": fields}, {"type": "string", "pattern": f"^({LABELS}|{EXTENSIONS[:-1]})\\."}]}
    field = names | {
        "description": "A fact of a manifest, `metadata.labels.NAME`, or `extensions.NAME` that a pack declares.",
        "examples": ["metadata.owner"],
    }
    parts = _parts() | {"description": "For text: several columns whose texts are joined."}
    join = text_of("What stands between the texts of `parts`.", ", ", default=" ")
    when = ref("condition") | {
        "description": "Reads the field only from rows that answer so.",
        "examples": [{"columns": ["year"], "is": ["2026"]}],
    }
    return object_of(
        "How one field is filled.",
        {
            "field": field,
            "columns": ref("columns"),
            "parts": parts,
            "join": join,
            **_ways(),
            **_answers(),
            "when": when,
        },
        ("field",),
    )


def _ways() -> JsonObject:
    """Return the keys that say how answers are read."""
    parts = {key: _document_part(key, meaning) for key, meaning in EVIDENCE_FIELDS.items()}
    signs = object_of("", {
        "decimal": {"enum": list(DECIMAL_SIGNS), "description": "The sign before fractions."},
        "groups": {"enum": ["", *GROUP_SIGNS], "description": "The sign between groups of three digits."},
    }, ("decimal",))  # fmt: skip
    return {
        "values": {
            "type": "object", "additionalProperties": _ANSWER, "minProperties": 1,
            "description": "What each answer states. Case, spaces, quotes and dashes do not matter; an answer that ends "
            "in `*` stands for all that begin so. May stand beside `text`, `number`, `date` or `countries`.",
            "examples": [{"in use": "production"}],
        },
        "text": _flag("The answer is written as it stands; where a field has a list of words, only those."),
        "number": {
            "description": "The answer is a number: `true` for digits with a point before fractions and nothing else, or "
            "which sign is which. Without that, three digits behind a point are refused: `1.200` is 1.2 or 1200.",
            "oneOf": [{"const": True}, signs],
            "examples": [True, {"decimal": ",", "groups": "."}],
        },
        "date": ref("day"),
        "countries": _flag("The answer is the name or code of a country, or a group such as `EU`."),
        "document": object_of(
            "For evidence: the columns, or the texts that are always the same, that it is made of. `values` then map to "
            "`true` where it exists; without `columns` it exists where its date does.", parts, ("owner", "date"),
        ) | {"examples": [{"owner": {"columns": ["org"]}, "date": {"columns": ["approved"], "date": [ISO]}}]},
    }  # fmt: skip


def _answers() -> JsonObject:
    """Return the keys that say what becomes of several answers, of blank ones and of those that state nothing."""
    return {
        "split": texts_of("What separates the answers in a cell with several; JSON lists are split anyway.", [";"]),
        "partial": {
            "enum": ["leave-out", "keep"], "default": "leave-out",
            "description": "What a list does when some of its answers are not named: stays out, or keeps the others.",
        },
        "several": {
            "enum": ["agree", "first"], "default": "agree",
            "description": "What a field of one answer does with several: they must state the same, or the one counts "
            "that stands first under `values`.",
        },
        "blank": _ANSWER | {"description": "What a blank cell states; without this it is unknown.", "examples": [False]},
        "incomplete": texts_of("Answers that say something that the field cannot hold without more: told.", ["yes"]),
        "unknown": texts_of("Answers that say nothing about this field.", ["not assessed"]),
    }  # fmt: skip


def _document_part(key: str, meaning: str) -> JsonObject:
    if key in ("date", "expires"):
        return object_of(f"{meaning}.", {"columns": ref("columns"), "date": ref("day")}, ("columns", "date"))
    text = text_of("A text that is always the same.", "city")
    return object_of(f"{meaning}.", {"columns": ref("columns"), "text": text}, ())


def _condition() -> JsonObject:
    return object_of(
        "What a column must answer.",
        {
            "columns": ref("columns"),
            "is": texts_of('One of these answers; `""` is a blank one.', ["2026", ""]),
            "is_not": texts_of("None of these answers; in the place of `is`.", ["2025"]),
        },
        ("columns",),
    )


def _columns() -> JsonObject:
    return texts_of("Headers of one column in the editions of a table; the first that the table has is read. Of several "
                 "columns with one header the second is `HEADER#2`.", ["org", "Organisation"]) | {"minItems": 1}  # fmt: skip


def _days() -> JsonObject:
    meaning = (
        "The answer is a day in one of these forms, of YYYY, M, MM, MMM (Mar), MMMM (March), D and DD: "
        f"`{ISO}`, `DD.MM.YYYY`. After `*` anything may follow: `{ISO}*`."
    )
    return texts_of(meaning, [ISO, "D MMM YYYY"]) | {"minItems": 1}


def _parts() -> JsonObject:
    part = object_of("One of the columns.", {"columns": ref("columns")}, ("columns",))
    return {"type": "array", "items": part, "minItems": 1, "examples": [[{"columns": ["org"]}, {"columns": ["unit"]}]]}


def _flag(description: str) -> JsonObject:
    return {"const": True, "description": description, "examples": [True]}
