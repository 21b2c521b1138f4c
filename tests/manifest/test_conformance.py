"""Departures from the schema: each at the key or value that caused it, none let through."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry

from aipolicy.catalog.load import read_catalog
from aipolicy.facts.declared import DECLARED_FACTS, SECTIONS
from aipolicy.facts.expected import RESULTS
from aipolicy.facts.schema import manifest_schema
from aipolicy.facts.spec import FactSpec, FactType, Origin
from aipolicy.files.shipped import shipped_path
from aipolicy.findings.finding import Finding
from aipolicy.manifest import conformance
from aipolicy.manifest.acceptance import accepts
from aipolicy.manifest.conformance import MAX_FINDINGS, nonconformance
from aipolicy.source.yaml_reader import read_yaml

SCHEMA: dict[str, Any] = json.loads(Path(shipped_path("schemas", "aifeature.v1.json")).read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA, registry=Registry())
HEAD = "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: a}\n"
BY_TYPE = {type_: [s for s in DECLARED_FACTS if s.type is type_ and s.origin is Origin.DECLARED] for type_ in FactType}


def findings(text: str) -> list[Finding]:
    """Return the departures of a text; none when it conforms."""
    result = read_yaml("f.yaml", text.encode())
    assert result.problems == ()
    (document,) = result.documents
    return list(nonconformance(document))


def told(text: str) -> list[tuple[str, str, str]]:
    """Return rule, place and message of every departure."""
    return [(f.rule_id, place_of(f), f.message) for f in findings(text)]


def place_of(finding: Finding) -> str:
    """Return line and column of a finding."""
    span = finding.span_of(finding.place)
    assert span is not None
    return f"{span.start.line}:{span.start.column}"


def declared(fact: str, value: Any) -> str:
    """Return a manifest that declares one fact, in block style."""
    root: dict[str, Any] = {"apiVersion": "aipolicy/v1", "kind": "AIFeature", "metadata": {"name": "a"}}
    *sections, last = fact.split(".")
    node = root
    for section in sections:
        node = node.setdefault(section, {})
    node[last] = value
    return yaml.safe_dump(root, sort_keys=False)


MISTAKES: tuple[tuple[str, str, str, str, str], ...] = (
    ("const", HEAD.replace("v1", "v2"), "MAN-005", "1:13",
     "`aipolicy/v2` is not a value of `apiVersion`; did you mean `aipolicy/v1`?"),
    ("kind", HEAD.replace("AIFeature", "AIFeatur"), "MAN-005", "2:7", "did you mean `AIFeature`?"),
    ("required section", "apiVersion: aipolicy/v1\nkind: AIFeature\n", "MAN-004", "1:1", "missing key `metadata`"),
    ("required key", HEAD.replace("name: a", "owner: x"), "MAN-004", "3:1", "missing key `name` in `metadata`"),
    ("enum", HEAD + "plan: {hosting: own-clod}", "MAN-005", "4:17",
     "`own-clod` is not a value of `hosting`; did you mean `own-cloud`?"),
    ("enum item", HEAD + "data: {subjects: [customer, patiant]}", "MAN-005", "4:29", "did you mean `patient`?"),
    ("enum of another case", HEAD + "plan: {hosting: Own-Cloud}", "MAN-005", "4:17", "did you mean `own-cloud`?"),
    ("number for an enum", HEAD + "plan: {hosting: 1}", "MAN-005", "4:17", "`hosting` must be text, found a number"),
    ("minimum", HEAD + "volume: {input_tokens: -1}", "MAN-005", "4:24", "`input_tokens` must be at least 0, found -1"),
    ("exclusive minimum", HEAD + "latency: {p95_ms: 0}", "MAN-005", "4:19", "`p95_ms` must be more than 0, found 0"),
    ("maximum", HEAD + "availability: {target_percent: 100.5}", "MAN-005", "4:32", "must be at most 100, found 100.5"),
    ("empty list", HEAD + "data: {classes: []}", "MAN-005", "4:17", "`classes` is empty"),
    ("empty text", HEAD + "plan: {model: ''}", "MAN-005", "4:15", "`model` is empty"),
    ("long text", HEAD + "plan: {model: " + "m" * 101 + "}", "MAN-005", "4:15", "has 101 characters; the limit is 100"),
    ("many items", HEAD + "data: {classes: [" + ", ".join(f"c{n}" for n in range(201)) + "]}", "MAN-005", "4:17",
     "has 201 items; the limit is 200"),
    ("too many items", HEAD + "data: {classes: [" + ", ".join(f"c{n}" for n in range(1_001)) + "]}", "MAN-005", "4:17",
     "list of 1001 items; the limit is 1000"),
    ("long list under an unknown key", HEAD + "x: [" + "1, " * 50_000 + "1]", "MAN-005", "4:4", "list of 50001 items"),
    ("value twice", HEAD + "data: {residency: [EU, DE, EU]}", "MAN-005", "4:19", "`residency` holds a value twice"),
    ("name with a space", HEAD.replace("name: a", "name: a b"), "MAN-005", "3:18", "`name` may hold letters"),
    ("name with a line end", HEAD.replace("name: a", 'name: "a\\n"'), "MAN-005", "3:18", "`name` may hold letters"),
    ("section without value", HEAD + "plan:\n", "MAN-005", "4:1", "`plan` has no value; write one or remove the key"),
    ("key without value", HEAD + "data:\n  classes:\n", "MAN-005", "5:3", "`classes` has no value"),
    ("section as list", HEAD + "data: [health]", "MAN-005", "4:7", "`data` must be a mapping, found a list"),
    ("label", HEAD.replace("name: a", "name: a, labels: {x: 1}"), "MAN-005", "3:33",
     "`x` must be text, found a number"),
    ("YAML 1.1 truth", HEAD + "data: {minimized: yes}", "MAN-005", "4:19",
     "`minimized` must be true or false, found text"),
    ("sexagesimal", HEAD + "latency: {p95_ms: 1:30}", "MAN-005", "4:19", "`p95_ms` must be a number or `none`, found text"),
    ("octal", HEAD + "latency: {p95_ms: 010}", "MAN-005", "4:19", "`p95_ms` must be a number or `none`, found text"),
    ("underscores", HEAD + "volume: {requests_per_day: 1_000}", "MAN-005", "4:28",
     "must be a number or a range with `low`, `likely` and `high`, found text"),
    ("unit", HEAD + "latency: {p95_ms: 800ms}", "MAN-005", "4:19", "`p95_ms` must be a number or `none`, found text"),
    ("grouped", HEAD + "latency: {p95_ms: '1,200'}", "MAN-005", "4:19", "; write `1200`, or `1.2` where the comma"),
    ("grouped twice", HEAD + "volume: {requests_per_day: '1,200,000'}", "MAN-005", "4:28", "found text; write `1200000`"),
    ("grouped to three digits", HEAD + "volume: {requests_per_day: '1,234'}", "MAN-005", "4:28", "; write `1234`"),
    ("grouped by spaces", HEAD + "volume: {requests_per_day: 12 000}", "MAN-005", "4:28", "; write `12000`"),
    ("a comma before a fraction", HEAD + "volume: {requests_per_day: '1,5'}", "MAN-005", "4:28", "; write `1.5`"),
    ("quoted", HEAD + "volume: {requests_per_day: '1200'}", "MAN-005", "4:28", "; write `1200` without quotes"),
    ("grouped in braces", HEAD + "volume: {requests_per_day: 1,000, input_tokens: 5}", "MAN-003", "4:30",
     "unknown key `000`; in braces a comma ends an entry: write `1000` for `1,000`"),
    ("no brackets", HEAD + "data: {residency: DE}", "MAN-005", "4:19", "found text; write it in brackets, as in `[DE]`"),
    ("yes", HEAD + "decision: {affects_rights: yes}", "MAN-005", "4:28", "found text; write `true`"),
    ("a name in digits", HEAD + "purpose: {statement: 12}", "MAN-005", "4:22", "found a number; write `\"12\"`"),
    ("a day in digits", HEAD + "evidence: {dpia: {owner: a, date: 20260115}}", "MAN-005", "4:35", "; write `2026-01-15`"),
    ("a day with slashes", HEAD + "evidence: {dpia: {owner: a, date: 2026/1/15}}", "MAN-005", "4:35",
     "; write `2026-01-15`"),
    ("a percentile", HEAD + "latency: {p95: 800}", "MAN-003", "4:11", "unknown key `p95`; did you mean `p95_ms`?"),
    ("evidence as truth", HEAD + "evidence: {dpia: true}", "MAN-005", "4:18",
     "must be `false`, or a mapping with `owner` and `date`"),
    ("evidence as zero", HEAD + "evidence: {dpia: 0}", "MAN-005", "4:18", "must be `false`, or a mapping"),
    ("evidence as text", HEAD + "evidence: {dpia: 'false'}", "MAN-005", "4:18", "must be `false`, or a mapping"),
    ("evidence without date", HEAD + "evidence:\n  dpia: {owner: x}", "MAN-004", "5:3", "missing key `date` in `dpia`"),
    ("evidence with a typo", HEAD + "evidence:\n  dpia: {owner: x, date: 2026-01-01, expirse: 2027-01-01}", "MAN-003",
     "5:38", "did you mean `expires`?"),
    ("evidence without owner", HEAD + "evidence:\n  dpia: {owner: '', date: 2026-01-01}", "MAN-005", "5:17",
     "`owner` is empty"),
    ("evidence of a month", HEAD + "evidence:\n  dpia: {owner: x, date: 2026-01}", "MAN-005", "5:26",
     "`date` must be a day as YYYY-MM-DD"),
    ("date in other digits", HEAD + "evidence:\n  dpia: {owner: x, date: ٢٠٢٦-٠١-٠١}", "MAN-005", "5:26",
     "must be a day"),
    ("date with a line end", HEAD + 'evidence:\n  dpia: {owner: x, date: "2026-01-01\\n"}', "MAN-005", "5:26",
     "must be a day"),
    ("dotted key", HEAD + "data.classes: [health]", "MAN-003", "4:1", "unknown key `data.classes`"),
    ("zero-width key", HEAD + '"da\\u200bta": {}', "MAN-003", "4:1", "unknown key `da\\u200bta`"),
    ("merged typo", HEAD.replace("metadata", "metadata: &m {name: a}\nx") + "plan:\n  <<: {hostng: own-cloud}",
     "MAN-003", "4:1", "unknown key `x`"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "rule", "place", "message"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES])
def test_a_mistake_is_told_at_the_key_or_value_that_causes_it(text: str, rule: str, place: str, message: str) -> None:
    first = min(told(text), key=lambda t: [int(n) for n in t[1].split(":")])
    assert first[:2] == (rule, place)
    assert message in first[2]


@pytest.mark.parametrize("section", ["", *SECTIONS])
def test_an_unknown_key_is_refused_with_a_suggestion_at_every_level(section: str) -> None:
    names = [
        name for name in (*SECTIONS, *(spec.name for spec in DECLARED_FACTS)) if name.rpartition(".")[0] == section
    ]
    name = max(names, key=len).rpartition(".")[2]
    typo = name[:-2] + name[-1] + name[-2]
    text = declared(f"{section}.{typo}".lstrip("."), {})
    (finding,) = findings(text)
    assert (finding.rule_id, finding.message) == ("MAN-003", f"unknown key `{typo}`; did you mean `{name}`?")
    span = finding.span_of(finding.place)
    assert span is not None
    assert text.splitlines()[span.start.line - 1].strip().startswith(typo)


WRONG_VALUES = {
    FactType.BOOL: [1, 0, "yes", "true", "", None, [], {}],
    FactType.NUMBER: [True, "5", "1e3x", "", None, [], {}, [5]],
    FactType.TEXT: [True, 5, 0.5, None, [], {}, ["x"]],
    FactType.TEXTS: [True, 5, "x", None, {}, [1], [None], [[]], [{}]],
    FactType.LABELS: [True, 5, "x", None, [], {"a": 1}, {"a": None}, {"a": ["x"]}],
}


@pytest.mark.parametrize("spec", [s for s in DECLARED_FACTS if s.origin is Origin.DECLARED], ids=lambda spec: spec.name)
def test_a_value_of_another_type_is_refused_where_it_stands(spec: FactSpec) -> None:
    for value in WRONG_VALUES[spec.type]:
        if spec.ranged and value == {}:
            continue  # a range without its keys, which has messages of its own
        if spec.name == RESULTS and value == [{}]:
            continue  # a result without its keys, likewise
        text = declared(spec.name, value)
        found = findings(text)
        assert [finding.rule_id for finding in found] == ["MAN-005"], (value, found)
        key = spec.name.rpartition(".")[2]
        span = found[0].span_of(found[0].place)
        assert span is not None
        line = next(
            n
            for n, written in enumerate(text.splitlines(), 1)
            if written.strip().replace("'", "").startswith(f"{key}:")
        )
        assert line <= span.start.line <= line + 2


@pytest.mark.parametrize("spec", DECLARED_FACTS, ids=lambda spec: spec.name)
def test_the_examples_of_every_fact_conform(spec: FactSpec) -> None:
    for example in spec.examples:
        value = list(example) if isinstance(example, tuple) else example
        assert told(declared(spec.name, value)) == []


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "latency: {p95_ms: hunter2-password}",
        HEAD + "data: {minimized: hunter2-password, classes: hunter2-password}",
        HEAD + "evidence: {dpia: hunter2-password}",
        HEAD + "unknown: hunter2-password",
        HEAD + "plan: {modle: hunter2-password}",
        HEAD + "data: {classes: [{a: hunter2-password}]}",
        HEAD.replace("name: a", "name: [hunter2-password]"),
        HEAD.replace("name: a", "name: hunter2-password ÿ"),
        HEAD + "plan: {hosting: sk-live-hunter2-password-0123456789}",
        HEAD + "sk-live-hunter2-password-0123456789: 1",
    ],
)
def test_secrets_in_ill_typed_or_unknown_fields_are_not_repeated(text: str) -> None:
    found = told(text)
    assert found
    assert not any("hunter2" in message for _, _, message in found)


def test_all_mistakes_of_a_document_are_told() -> None:
    text = HEAD + "dat: {}\nlatency: {p95_ms: x, p50: 1}\nplan: {hosting: x}\nevidence: {dpia: {ownr: y}}\n"
    assert sorted((rule, place) for rule, place, _ in told(text)) == [
        ("MAN-003", "4:1"), ("MAN-003", "5:22"), ("MAN-003", "7:19"), ("MAN-004", "7:12"), ("MAN-004", "7:12"),
        ("MAN-005", "5:19"), ("MAN-005", "6:17"),
    ]  # fmt: skip


def test_a_flood_of_mistakes_is_cut_and_says_so() -> None:
    found = told(HEAD + "\n".join(f"k{n}: 1" for n in range(500)))
    assert len(found) == MAX_FINDINGS + 1
    assert "the others are not shown" in found[-1][2]


def mutations() -> st.SearchStrategy[Any]:
    """Return manifests of which some parts are replaced, removed or added."""
    keys = sorted({part for spec in DECLARED_FACTS for part in spec.name.split(".")})
    words = ["health", "EU", "own-cloud", "2026-01-01", "2026-1-1", "", "x" * 101, "a b", "a\n", "日本"]
    leaf = (
        st.none() | st.booleans() | st.integers(-2, 101) | st.sampled_from([10**40, -(10**40), 0.5, 1e300, -0.0])
        | st.sampled_from(words)
    )  # fmt: skip
    anything = st.recursive(
        leaf,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(keys), inner, max_size=3),
        max_leaves=6,
    )
    facts = st.dictionaries(st.sampled_from([spec.name for spec in DECLARED_FACTS]), anything, max_size=2)
    good = st.lists(st.sampled_from(DECLARED_FACTS), max_size=6, unique_by=lambda spec: spec.name)
    extra = st.dictionaries(
        st.sampled_from(["", "plann", "data.classes", "kind", "metadata", "apiVersion"]), anything, max_size=1
    )
    return st.builds(manifest_of, good, facts, extra)


def manifest_of(good: list[FactSpec], replaced: dict[str, Any], extra: dict[str, Any]) -> dict[str, Any]:
    """Return a manifest with examples of some facts, other values for some, and other keys at the top."""
    root: dict[str, Any] = {"apiVersion": "aipolicy/v1", "kind": "AIFeature", "metadata": {"name": "a"}}
    values = {spec.name: copy.deepcopy(spec.examples[0]) for spec in good} | replaced
    for name, value in values.items():
        *sections, last = name.split(".")
        node = root
        for section in sections:
            node = node.setdefault(section, {})
        node[last] = list(value) if isinstance(value, tuple) else value
    return root | extra


@settings(max_examples=600)
@given(mutations())
def test_the_quick_and_the_explaining_validator_agree(value: Any) -> None:
    assert accepts(SCHEMA, value) is VALIDATOR.is_valid(value)


def test_what_the_quick_one_is_not_sure_of_and_the_schema_allows_is_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conformance, "accepts", lambda schema, value: False)
    assert findings(HEAD + "data: {classes: [health]}") == []
    assert [finding.rule_id for finding in findings(HEAD + "dat: {}")] == ["MAN-003"]


@settings(max_examples=200)
@given(mutations())
def test_whatever_does_not_conform_has_a_finding_with_a_place(value: Any) -> None:
    document = read_yaml("f.yaml", json.dumps(value).encode()).documents[0]
    found = nonconformance(document)
    assert bool(found) is not VALIDATOR.is_valid(value)
    for finding in found:
        place_of(finding)
        assert finding.rule_id in {"MAN-003", "MAN-004", "MAN-005"}
        assert finding.message.isprintable()
        assert "does not conform" not in finding.message


def properties(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every property of a schema by its dotted path."""
    for name, child in schema.get("properties", {}).items():
        yield f"{path}{name}", child
        yield from properties(child, f"{path}{name}.")
    for branch in schema.get("oneOf", ()):
        yield from properties(branch, path)


def test_the_schema_is_valid_and_says_what_every_property_is() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    listed = list(properties(SCHEMA))
    assert {spec.name for spec in DECLARED_FACTS} <= {path for path, _ in listed}
    assert [path for path, child in listed if not child.get("description")] == []


@pytest.mark.parametrize("spec", BY_TYPE[FactType.NUMBER], ids=lambda spec: spec.name)
def test_numbers_say_their_unit(spec: FactSpec) -> None:
    assert f"Unit: {spec.unit}." in dict(properties(SCHEMA))[spec.name]["description"]
    assert spec.unit


def test_the_schema_refers_to_nothing_outside() -> None:
    assert "$ref" not in json.dumps(SCHEMA)


def test_the_shipped_schema_is_what_the_fact_registry_generates() -> None:
    catalog = read_catalog((), as_of=date.max)
    vocabularies = {name: catalog.vocabulary(name) for name in ("data-class", "task-type", "provider")}
    assert (
        manifest_schema(vocabularies | dict.fromkeys(("place", "residency"), tuple(sorted(catalog.places.groups))))
        == SCHEMA
    )


UNSEEN = {
    "blank": ('metadata: {name: a, owner: "   "}', "3:28", "owner"),
    "a zero-width space": ('metadata: {name: a, owner: "\\u200b"}', "3:28", "owner"),
    "a filler of Hangul": ('metadata: {name: a, owner: "\u3164"}', "3:28", "owner"),
    "the owner of evidence": ('metadata: {name: a}\nevidence: {dpia: {owner: " ", date: 2026-01-10}}', "4:26", "owner"),
    "a label": ('metadata: {name: a, labels: {tier: "\\u2060"}}', "3:36", "tier"),
    "an item of a list": ('metadata: {name: a}\ndata: {classes: ["\\u00ad"]}', "4:18", "classes[0]"),
}


@pytest.mark.parametrize("case", UNSEEN)
def test_text_in_which_there_is_nothing_to_see_is_missing(case: str) -> None:
    text, place, name = UNSEEN[case]
    message = f"`{name}` has nothing to see in it; write a value or remove the key"
    assert told(f"apiVersion: aipolicy/v1\nkind: AIFeature\n{text}\n") == [("MAN-005", place, message)]
