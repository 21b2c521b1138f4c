"""The JSON Schema of the configuration, for editors of TOML; the reader says more, at its line."""

from __future__ import annotations

from aipolicy.catalog.axes import BOUNDARIES
from aipolicy.config.settings import PRICE_PACKAGES, SEVERITIES
from aipolicy.source.json_schema import (
    JsonObject,
    flag_of,
    number_of,
    object_of,
    schema_of,
    text_of,
    texts_of,
    word_of,
)

FILE = "config.v1.json"


def config_schema() -> JsonObject:
    """Return the JSON Schema (draft 2020-12) of `aipolicy.toml`, and of `tool.aipolicy` in a `pyproject.toml`."""
    top = object_of("What an organisation sets for its runs.", {
        "policies": texts_of("Packs: names of shipped ones, paths, packages.", ["build-or-buy"]) | {"minItems": 1},
        "catalog": texts_of("Catalog files of the organisation's own."),
        "fresher_prices": word_of("An installed package whose prices replace the shipped ones.", PRICE_PACKAGES),
        "manifests": texts_of("Which files are manifests, as globs.", ["**/*.aifeature.yaml"]) | {"minItems": 1},
        "exclude": texts_of("Which are not, as globs.", ["third_party/**"]),
        "select": texts_of("Rules that are evaluated, and no others.", ["DATA", "control:eu-ai-act/26"]),
        "ignore": texts_of("Rules that are not evaluated.", ["COST-001"]),
        "fail_on": word_of("From which severity on a finding fails the run.", SEVERITIES, default=SEVERITIES[0]),
        "strict": flag_of("Whether undetermined rules gate whatever the lifecycle.", default=False),
        "baseline": text_of("The baseline file."),
        "waivers": texts_of("Waivers files."),
        "parameters": _by_name("Values of parameters, as `pack.parameter`.", {"build-or-buy": {"budget_usd": 2000}}),
        "expected": _by_name("What is expected of facts that manifests leave out.", {"team": {"ml_engineers": 0}}),
        "organization": _organization(),
        "recommendation": _recommendation(),
    })  # fmt: skip
    leaf = {"type": ["string", "number", "boolean", "array"], "items": {"type": "string"}}
    values = {"anyOf": [leaf, {"type": "object", "additionalProperties": {"$ref": "#/$defs/values"}}]}
    return schema_of(FILE, "Configuration of aipolicy", top, {"values": values})


def _by_name(description: str, example: JsonObject) -> JsonObject:
    return {
        "type": "object", "description": description, "additionalProperties": {"$ref": "#/$defs/values"},
        "examples": [example],
    }  # fmt: skip


def _organization() -> JsonObject:
    countries = texts_of("Countries of its own sites, by ISO 3166-1.", ["DE"])
    return object_of("What the organisation counts as its own.", {
        "own_boundaries": texts_of("Where data has not left it.", words=BOUNDARIES),
        "on_premises_countries": {**countries, "items": {"type": "string", "pattern": "^[A-Z]{2}$"}},
    })  # fmt: skip


def _recommendation() -> JsonObject:
    return object_of("How the ways that remain are weighed against each other.", {
        "margin_percent": number_of("How much more a simpler way may cost.", 20, minimum=0),
        "horizon_months": number_of("The time over which costs are compared.", 36, exclusiveMinimum=0),
        "confidence": number_of("From which probability on an estimate decides.", 0.8, minimum=0.5, exclusiveMaximum=1),
        "fixed": texts_of("Facts, or sections, of which no change is ever proposed.", ["latency"]),
    })  # fmt: skip
