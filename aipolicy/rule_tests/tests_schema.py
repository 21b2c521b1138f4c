"""The JSON Schema of files of tests of rules, for editors; the reader says more, at its line."""

from __future__ import annotations

from aipolicy.policy.reading.rule_schema import EXPECTED, examples_of, facts_given, option_given
from aipolicy.source.document import TESTS_KIND
from aipolicy.source.json_schema import (
    JsonObject,
    day_of,
    head,
    list_of,
    object_of,
    ref,
    said_of,
    schema_of,
    text_of,
    word_of,
)

FILE = "tests.v1.json"


def tests_schema() -> JsonObject:
    """Return the JSON Schema (draft 2020-12) of a file of tests."""
    test = {
        "name": text_of("What the test shows."),
        "rule": text_of("The rule.", "DATA-001"),
        "manifest": {
            "type": ["string", "object"],
            "description": "A manifest, by its path from this file, or written here without its head.",
        },
        "given": said_of(ref("facts"), "Facts of the feature, in the place of a manifest."),
        **option_given(),
        "as_of": day_of("Day on which it is evaluated; that of the run where it is left out"),
        "expect": word_of("What becomes of the rule.", EXPECTED),
        "message": text_of("The message."),
        "location": text_of("Where the finding points: `line:column`, or a document path.", "plan.region"),
    }
    properties = {
        **head(TESTS_KIND),
        "tests": list_of("The tests.", examples_of(test, ("name", "rule", "expect"), ("rule", "as_of")))
        | {"minItems": 1},
    }
    top = object_of("Tests of rules in a file of their own.", properties, ("apiVersion", "kind", "tests"))
    return schema_of(FILE, "Tests of rules", top, {"facts": facts_given()})
