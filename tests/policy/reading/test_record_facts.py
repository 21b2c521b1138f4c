"""Records that packs declare: read with their fields, every mistake at its line, in conditions and in examples too."""

from __future__ import annotations

import pytest
from test_extension_facts import complaints, load, pack_text

from aipolicy.catalog.catalog import Catalog
from aipolicy.facts.spec import FactSpec, FactType, Origin, RecordList, RecordValue

FIELDS = "[{name: name, type: text, required: true, meaning: n}, {name: writes, type: bool, meaning: w}]"
TIER = "{name: tier, type: text, choices: [bronze, gold], meaning: Tier of the contract}"
LIST = f"{TIER}\n  - {{name: tools, type: records, meaning: t, fields: {FIELDS}}}"


def test_a_list_of_records_is_read_with_its_fields(catalog: Catalog) -> None:
    _, tools = load(catalog, pack_text("a", LIST, "extensions.tools.all(t, t.writes)"))[0].facts
    name = FactSpec("extensions.tools.name", FactType.TEXT, "n", required=True)
    writes = FactSpec("extensions.tools.writes", FactType.BOOL, "w")
    assert tools == FactSpec("extensions.tools", FactType.RECORDS, "t", fields=(name, writes))


def test_the_fields_of_a_record_are_facts_that_follow_from_it(catalog: Catalog) -> None:
    text = pack_text(
        "a", LIST.replace("records", "record"), "extensions.tools.writes", message="{extensions.tools.name}"
    )
    pack = load(catalog, text)[0]
    writes = pack.facts[1].fields[1]
    assert (writes.name, writes.origin, writes.reads) == (
        "extensions.tools.writes", Origin.DOCUMENT, ("extensions.tools",)
    )  # fmt: skip
    assert pack.rules[0].require[0].feature_reads == ("extensions.tools.writes",)


@pytest.mark.parametrize(
    ("fact", "complaint"),
    [
        ("{name: x, type: records, meaning: m}", "a record has `fields`: name at least one"),
        ("{name: x, type: records, meaning: m, fields: []}", "a record has `fields`: name at least one"),
        ("{name: x, type: records, meaning: m, fields: {name: text}}", "`fields` must be a list, found a mapping"),
        ("{name: x, type: text, meaning: m, fields: [{name: a, type: bool, meaning: m}]}", "`fields` are for records"),
        ("{name: x, type: record, meaning: m, choices: [a], fields: [{name: a, type: bool, meaning: m}]}",
         "a fact of type record has no `choices`"),
        ("{name: x, type: records, meaning: m, default: [], fields: [{name: a, type: bool, meaning: m}]}",
         "a fact of type records has no `default`"),
        ("{name: x, type: records, meaning: m, fields: [{name: a, type: records, meaning: m}]}",
         "`records` is not one of `bool`, `number`, `text`, `texts`, `place`, `places`"),
        ("{name: x, type: records, meaning: m, fields: [{name: A, type: bool, meaning: m}]}", "`A` is no name of a fact"),
        ("{name: x, type: records, meaning: m, fields: [{name: in, type: bool, meaning: m}]}",
         "`in` means something else in conditions"),
        ("{name: x, type: records, meaning: m, fields: [{name: a, type: bool, meaning: m, requird: true}]}",
         "unknown key `requird`; did you mean `required`?"),
        ("{name: x, type: records, meaning: m, fields: [{name: a, type: bool, meaning: m, default: true}]}",
         "unknown key `default`"),
        ("{name: x, type: records, meaning: m, fields: [{name: a, type: bool, meaning: m},"
         " {name: a, type: text, meaning: m}]}", "a second field `a`; keep one"),
    ],
)  # fmt: skip
def test_a_record_with_a_mistake_is_refused_at_its_line(fact: str, complaint: str, catalog: Catalog) -> None:
    (found,) = complaints(catalog, pack_text("a", f"{TIER}\n  - {fact}"))
    assert found.startswith("p0.yaml:6:")
    assert complaint in found


def test_packs_that_share_a_list_agree_on_its_fields(catalog: Catalog) -> None:
    other = LIST.replace("type: bool", "type: text")
    (found,) = complaints(catalog, pack_text("a", LIST), pack_text("b", other))
    assert "`extensions.tools` is declared with another `fields` at p0.yaml:6" in found


@pytest.mark.parametrize(
    ("condition", "message", "complaint"),
    [
        ("extensions.tools.all(t, t.writs)", "m", "an element of `extensions.tools` has no `writs`; did you mean `writes`?"
         " (column 27 of the condition)"),
        ("extensions.tools.all(t, t.writes)", "{extensions.tools.writes}", "unknown fact `extensions.tools.writes`"),
        ("extensions.tools.all(t, t.writes)", "{extensions.tools without data.kinds}", "`extensions.tools` is no list"),
    ],
)  # fmt: skip
def test_a_rule_that_asks_for_what_a_record_does_not_say_is_refused(
    condition: str, message: str, complaint: str, catalog: Catalog
) -> None:
    assert any(complaint in found for found in complaints(catalog, pack_text("a", LIST, condition, message)))


EXAMPLES = """\
rules:
- id: B-1
  name: b
  title: t
  kind: duty
  severity: error
  message: m
  require: ["extensions.tools.all(t, t.risk != 'high')"]
  tests:
  - {name: one, given: {extensions.tools: %s}, expect: violated}
"""
WITH_WORDS = (
    "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: b, version: 1.0.0}\nfacts:\n"
    "- {name: tools, type: records, meaning: m, fields: [{name: risk, type: text, choices: [low, high], required: true,"
    " meaning: r}, {name: home, type: place, meaning: h}]}\n"
)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ("[{risk: high, homme: DE}]", "unknown key `homme`; did you mean `home`?"),
        ("[{risk: hihg}]", "`extensions.tools.risk` is never `hihg`; did you mean `high`?"),
        ("[{risk: [high]}]", "`risk` must be text, found a list"),
        ("[{risk: high, home: Germany}]", "`extensions.tools.home` is never `Germany`"),
        ("[high]", "expected a mapping, found text"),
        ("{risk: high}", "`extensions.tools` must be a list, found a mapping"),
    ],
)
def test_an_example_that_no_manifest_could_be_is_refused(given: str, complaint: str, catalog: Catalog) -> None:
    (found,) = complaints(catalog, WITH_WORDS + EXAMPLES % given)
    assert found.startswith("p0.yaml:15:")
    assert complaint in found


def test_an_example_may_leave_out_what_it_is_not_about(catalog: Catalog) -> None:
    (example,) = load(catalog, WITH_WORDS + EXAMPLES % "[{home: DE}, {}]")[0].rules[0].tests
    assert example.given["extensions.tools"] == RecordList((RecordValue((("home", "DE"),)), RecordValue(())))


def test_an_example_gives_a_record_as_a_whole_or_by_its_fields(catalog: Catalog) -> None:
    text = WITH_WORDS.replace("type: records", "type: record") + EXAMPLES.replace(
        "extensions.tools.all(t, t.risk != 'high')", "extensions.tools.risk != 'high'"
    )
    whole, by_field = (
        load(catalog, text.replace("extensions.tools: %s", given))[0].rules[0].tests[0].given
        for given in ("extensions.tools: {risk: high}", "extensions.tools.risk: high")
    )
    assert whole == {"extensions.tools": RecordValue((("risk", "high"),)), "extensions.tools.risk": "high"}
    assert by_field == {"extensions.tools.risk": "high"}
