"""The JSON Schema of waivers files, for editors; the reader says more, at its line."""

from __future__ import annotations

from aipolicy.facts.declared import NAME_PATTERN
from aipolicy.findings.finding import Severity
from aipolicy.source.document import WAIVERS_KIND
from aipolicy.source.json_schema import (
    JsonObject,
    day_of,
    head,
    list_of,
    object_of,
    schema_of,
    text_of,
    word_of,
)
from aipolicy.waivers.read import OUTCOMES

FILE = "waivers.v1.json"


def waivers_schema() -> JsonObject:
    """Return the JSON Schema (draft 2020-12) of a waivers file."""
    properties = {**head(WAIVERS_KIND), "waivers": list_of("What is waived, and until when.", _entry())}
    top = object_of("Rules that a feature need not keep for a while.", properties, ("apiVersion", "kind", "waivers"))
    return schema_of(FILE, "Waivers", top, {})


def _entry() -> JsonObject:
    conditions = {
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}],
        "description": "It stands only while all of these conditions on facts of the feature hold.",
        "examples": [["volume.requests_per_day < 1000.0"]],
    }
    approved = object_of("How the rule failed when it was approved; `aipolicy waive` writes it.", {
        "severity": word_of("What it weighed.", [severity.value for severity in Severity]),
        "facts": {"type": "object", "description": "Declared values that the failure rests on."},
    }, ("severity", "facts"))  # fmt: skip
    return object_of("", {
        "rule": text_of("The rule, or a requirement of it: the id, a slash, its name.", "DATA-001"),
        "feature": text_of("The feature, by its name.", "claims-triage", pattern=NAME_PATTERN),
        "fact": text_of("The fact to which it is limited.", "data.residency"),
        "outcome": word_of("In which way the rule may fail.", OUTCOMES, default=OUTCOMES[0]),
        "reason": text_of("Why."),
        "owner": text_of("Who asks.", "claims-team"),
        "approver": text_of("Who approves.", "risk-board"),
        "ticket": text_of("Where it was discussed.", "RISK-42"),
        "approved_on": day_of("Day on which it was approved"),
        "expires": day_of("Last day on which it stands"),
        "while": conditions,
        "approved": approved,
    }, ("rule", "feature", "reason", "owner", "approver", "expires"))  # fmt: skip
