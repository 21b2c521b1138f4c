"""Records in manifests: every mistake at its line and column in one round; what is left out is unknown."""

from __future__ import annotations

from datetime import date

import pytest

from aipolicy.catalog.load import read_catalog
from aipolicy.errors import ConfigError
from aipolicy.facts.facts import Facts, Provenance, derive_facts
from aipolicy.facts.known_facts import KnownFacts, known_facts
from aipolicy.facts.own_expected import read_expected
from aipolicy.facts.record_values import plain_records
from aipolicy.facts.spec import RecordList, RecordValue
from aipolicy.facts.value_text import exact_value, shown_value
from aipolicy.findings.finding import sorted_findings
from aipolicy.importing.targets import NO_RECORDS, Fields, Problem
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.manifest.read import read_manifests
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.sources.locate import PackFiles
from aipolicy.report.formats.json_value import json_value

DAY = date(2026, 11, 30)
CATALOG = read_catalog((), as_of=DAY)
PACK = """\
apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: acme, version: 1.0.0}
facts:
- name: vendor
  type: record
  meaning: Who sells it
  fields:
  - {name: home, type: place, required: true, meaning: Country}
  - {name: seats, type: number, minimum: 1, meaning: Seats}
- name: tools
  type: records
  meaning: Tools
  fields:
  - {name: name, type: text, required: true, meaning: Name}
  - {name: writes, type: bool, required: true, meaning: Writes}
  - {name: risk, type: text, choices: [low, high], meaning: Risk}
  - {name: calls, type: number, minimum: 0, meaning: Calls}
  - {name: scopes, type: texts, meaning: Scopes}
  - {name: runs_in, type: places, meaning: Countries}
  - {name: api_key, type: text, meaning: Key}
rules:
- {id: A-1, name: a, title: t, kind: duty, severity: error, message: m, require: ["extensions.tools.all(t, t.writes)"]}
"""
HEAD = "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: f}\n"


def known() -> KnownFacts:
    return known_facts(load_packs([PackFiles("p.yaml", (("p.yaml", PACK.encode()),))], CATALOG, {})[0].facts)


def read(body: str, schema: str | None = None) -> tuple[Facts | None, list[str]]:
    """Return the facts of a manifest, and what is wrong with it: line, column and message."""
    declared = known()
    extensions = declared.extensions_schema if schema is None else schema
    manifests = read_manifests([ManifestFile("f.yaml", (HEAD + body).encode(), named=True)], extensions=extensions)
    spans = [(finding.span_of(finding.place), finding.message) for finding in sorted_findings(manifests.findings)]
    told = [f"{span.start.line}:{span.start.column} {message}" for span, message in spans if span is not None]
    if not manifests.features:
        return None, told
    facts = derive_facts(manifests.features[0], CATALOG, DAY, declared)
    document = manifests.features[0].document
    places = ((document.locate(problem.path).start, problem.message) for problem in facts.problems)
    return facts, [f"{start.line}:{start.column} {message}" for start, message in places]


WRONG = """\
extensions:
  vendor: {home: DE, seat: 7}
  tools:
  - {name: a, writs: true}
  - {name: b, writes: "yes", risk: hihg, calls: -3}
  - mail
  - {writes: true, name: [a], scopes: all}
  - {name: "", writes: true, risk: }
"""


def test_everything_that_is_wrong_with_records_is_told_at_once_at_its_line_and_column() -> None:
    assert read(WRONG)[1] == [
        "5:22 unknown key `seat`; did you mean `seats`?",
        "7:5 missing key `writes` in `tools[0]`",
        "7:15 unknown key `writs`; did you mean `writes`?",
        "8:23 `writes` must be true or false, found text; write `true`",
        "8:36 `hihg` is not a value of `risk`; did you mean `high`? (one of `low`, `high`)",
        "8:49 `calls` must be at least 0, found -3",
        "9:5 `tools[2]` must be a mapping, found text",
        "10:26 `name` must be text, found a list",
        "10:39 `scopes` must be a list, found text; write it in brackets, as in `[DE]`",
        "11:12 `name` is empty; write a value or remove the key",
        "11:30 `risk` has no value; write one or remove the key",
    ]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("extensions: {tools: {name: a, writes: true}}\n", "4:21 `tools` must be a list, found a mapping"),
        ("extensions: {vendor: [DE]}\n", "4:22 `vendor` must be a mapping, found a list"),
        ("extensions: {vendor: {seats: 3}}\n", "4:14 missing key `home` in `vendor`"),
        (
            "extensions: {tools: [{name: a, writes: true}, {name: b, writes: true}, {name: ' A', writes: false}]}\n",
            "4:79 `A` is the `name` of two elements of `extensions.tools`; give each a name of its own",
        ),
        ("extensions: {vendor: {home: Germany}}\n", "4:29 `Germany` is no country; did you mean `DE`?"),
        (
            "extensions: {tools: [{name: a, writes: true, runs_in: [DE, Xy]}]}\n",
            "4:60 `Xy` is no country; write codes of countries",
        ),
        ("extensions: {tools: [{name: a, name: b, writes: true}]}\n", "4:32 key `name` is written twice"),
        (
            f"extensions: {{tools: [{', '.join(['{name: a, writes: true}'] * 201)}]}}\n",
            "4:21 `tools` has 201 items; the limit is 200",
        ),
        (
            f"extensions: {{tools: [{', '.join(['{name: a}'] * 10_000)}]}}\n",
            "4:21 list of 10000 items; the limit is 1000",
        ),
    ],
)
def test_what_is_no_record_is_told_where_it_stands(body: str, told: str) -> None:
    assert read(body)[1] == [told]


def test_records_that_no_pack_of_the_run_declares_are_an_unknown_key() -> None:
    assert read("extensions: {tools: [{name: a}]}\n", schema="")[1] == [
        "4:1 unknown key `extensions`: no pack of this run declares facts; name one in `policies`"
    ]


def test_what_records_say_is_known_and_what_they_leave_out_is_not() -> None:
    facts, told = read(
        "extensions: {vendor: {home: DE}, tools: [{writes: true, name: ' b '}, {name: a, writes: false}]}\n"
    )
    assert (facts is not None, told) == (True, [])
    assert facts is not None
    assert facts.values["extensions.tools"] == RecordList(
        (RecordValue((("name", "b"), ("writes", True))), RecordValue((("name", "a"), ("writes", False))))
    )
    assert facts.fact("extensions.vendor.home").provenance is Provenance.DECLARED
    seats = facts.fact("extensions.vendor.seats")
    assert (seats.provenance, seats.missing) == (Provenance.UNKNOWN, ("extensions.vendor.seats",))
    assert facts.places_of("extensions.vendor.home") == ("extensions.vendor",)


def test_a_record_that_is_not_declared_leaves_its_fields_unknown() -> None:
    facts, _ = read("data: {classes: [public]}\n")
    assert facts is not None
    assert facts.fact("extensions.vendor.seats").missing == ("extensions.vendor",)
    assert facts.fact("extensions.tools").provenance is Provenance.UNKNOWN


RECORDS = RecordList(
    (
        RecordValue((("name", "refund"), ("writes", True), ("calls", 3.0), ("api_key", "hunter2"))),
        RecordValue((("writes", False), ("scopes", ("a", "b")))),
    )
)


def test_records_are_shown_with_every_field_and_without_secrets() -> None:
    assert shown_value(RECORDS) == "name=refund, writes=true, calls=3, api_key=…; writes=false, scopes=a, b"
    assert shown_value(RecordList(())) == "none"
    assert json_value(RECORDS) == [
        {"name": "refund", "writes": True, "calls": 3, "api_key": "…"}, {"writes": False, "scopes": ["a", "b"]},
    ]  # fmt: skip
    assert (
        exact_value(RECORDS)
        == "[{name: refund, writes: true, calls: 3, api_key: hunter2}, {writes: false, scopes: [a, b]}]"
    )
    assert plain_records(RECORDS.elements[1]) == {"writes": False, "scopes": ["a", "b"]}
    assert RECORDS.names == ("refund", "number 2")


def test_nothing_is_expected_of_records_and_no_column_fills_them() -> None:
    with pytest.raises(ConfigError, match="nothing is expected of records"):
        read_expected({"extensions.tools": []}, {}, known().specs, lambda _: ())
    assert Fields(known().specs.values()).find("extensions.tools") == Problem(NO_RECORDS)
