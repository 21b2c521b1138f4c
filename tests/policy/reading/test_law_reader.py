"""A rule says which provision it comes from, how far that was checked and who has to look; slips are told at their line."""

from __future__ import annotations

from datetime import date

import pytest

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import read_catalog
from aipolicy.errors import AipolicyError
from aipolicy.policy.law import Control
from aipolicy.policy.law_words import law_facts, law_of, status_on
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.rule import Rule
from aipolicy.policy.sources.locate import PackFiles
from aipolicy.report.packs.rule_json import law_object
from aipolicy.report.packs.rules_csv import rules_csv

HEAD = "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: p, version: '1'}\n"
RULES = "apiVersion: aipolicy/v1\nkind: PolicyRules\n"
BASIS = "basis: {instrument: GDPR, as_amended: '2018', url: 'https://example.org', checked_on: 2026-11-20}\n"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return read_catalog((), as_of=date(2026, 11, 30))


def one_rule(catalog: Catalog, above: str, **keys: str) -> Rule:
    plain = {
        "id": "A-001", "name": "a", "title": "T", "kind": "duty", "severity": "error", "require": "data.minimized",
        "message": "m",
    } | keys  # fmt: skip
    lines = [f"  {key}: {value}" for key, value in plain.items() if value]
    file = f"{RULES}{above}rules:\n- {lines[0].strip()}\n" + "\n".join(lines[1:]) + "\n"
    return load_packs([PackFiles("p", (("p/pack.yaml", HEAD.encode()), ("p/law.yaml", file.encode())))], catalog, {})[
        0
    ].rules[0]


def test_a_rule_takes_the_instrument_from_above_and_says_its_provision(catalog: Catalog) -> None:
    rule = one_rule(catalog, BASIS, clause="28", verified="text",
                    controls="[{framework: gdpr, id: 28, relation: satisfies}]")  # fmt: skip
    assert law_of(rule).provision == "GDPR 28"
    assert law_of(rule).controls == (Control("gdpr", "28", "satisfies"),)
    assert [(each.title, each.clause) for each in rule.references] == [
        ("GDPR, as amended by 2018, read 2026-11-20", "28")
    ]
    assert dict(law_facts(rule, date(2026, 11, 30))) == {
        "law": "GDPR 28", "status": "in-force", "verified": "by text, 2026-11-20", "controls": "satisfies gdpr 28",
    }  # fmt: skip


def test_a_review_is_closed_by_its_evidence_and_says_who_looks(catalog: Catalog) -> None:
    rule = one_rule(catalog, "", require="", review="{by: data protection officer, evidence: [dpia]}", fix="look")
    assert [line.text for line in rule.require] == ["evidence.dpia"]
    assert rule.message == "review by data protection officer: m"
    assert rule.fix == "look; show it by `evidence.dpia`"


def test_what_was_written_from_memory_says_so_where_it_decides(catalog: Catalog) -> None:
    rule = one_rule(catalog, BASIS, why="Because.", verified="memory")
    assert rule.why.startswith("Because. This was written from memory")


@pytest.mark.parametrize(
    ("keys", "day", "status", "words"),
    [
        ({"effective": "{from: 2027-12-02}"}, date(2026, 11, 30), "adopted", "adopted, in force from 2027-12-02"),
        ({"effective": "{from: 2027-12-02}"}, date(2027, 12, 2), "in-force", "in-force"),
        ({"status": "proposed", "effective": "{announced: 2026-01-01}"}, date(2030, 1, 1), "proposed", "proposed"),
        (
            {"status": "superseded", "superseded_by": "Act 2", "effective": "{until: 2026-01-01}"}, date(2026, 1, 2),
            "superseded", "superseded by Act 2",
        ),
        (
            {"status": "superseded", "superseded_by": "Act 2", "effective": "{until: 2026-01-01}"}, date(2026, 1, 1),
            "in-force", "in-force, superseded after 2026-01-01 by Act 2",
        ),
    ],
)  # fmt: skip
def test_what_a_law_is_on_a_day_follows_from_its_days(
    catalog: Catalog, keys: dict[str, str], day: date, status: str, words: str
) -> None:
    rule = one_rule(catalog, BASIS, **keys)
    assert status_on(rule, day) == status
    assert dict(law_facts(rule, day))["status"] == words


def test_a_rule_without_a_law_says_nothing_of_one(catalog: Catalog) -> None:
    assert law_facts(one_rule(catalog, ""), date(2026, 11, 30)) == ()


def test_registers_get_every_column(catalog: Catalog) -> None:
    rule = one_rule(catalog, BASIS, clause="Art. 28(3)", verified="secondary", require="",
                    review="{by: counsel, evidence: [dpia, tia]}", effective="{from: 2027-12-02}",
                    controls="[{framework: nist-ai-rmf, id: GOVERN 1.1, relation: supports}]")  # fmt: skip
    head, row = (line.rstrip("\r\n").split(",") for line in rules_csv([rule], date(2026, 11, 30)))
    cells = dict(zip(head, row, strict=True))
    assert cells["clause"] == "Art. 28(3)"
    assert (cells["status"], cells["effective_from"], cells["verified"]) == ("adopted", "2027-12-02", "secondary")
    assert (cells["review_by"], cells["review_evidence"]) == ("counsel", "evidence.dpia evidence.tia")
    assert cells["controls"] == "supports nist-ai-rmf GOVERN 1.1"
    assert law_object(rule, date(2026, 11, 30))["review"] == {
        "by": "counsel",
        "evidence": ["evidence.dpia", "evidence.tia"],
    }


SLIPS = [
    ("", {"clause": "Art. 1"}, "`clause` speaks of a law; name it under `basis`"),
    (BASIS, {"verified": "texts"}, "law.yaml:12"),
    (BASIS, {"status": "in-force", "effective": "{from: 2027-01-01}"}, "it begins on 2027-01-01, after 2026-11-20"),
    (BASIS, {"status": "adopted", "effective": "{from: 2020-01-01}"}, "it was in force when it was read"),
    (BASIS, {"status": "proposed", "effective": "{from: 2027-01-01}"}, "a proposed law begins on no day"),
    (BASIS, {"status": "proposed"}, "a proposed law begins on no day"),
    (BASIS, {"status": "superseded", "effective": "{until: 2026-01-01}"}, "say what replaced it"),
    (BASIS, {"status": "superseded", "superseded_by": "Act 2"}, "its last day in `effective: {until: DAY}`"),
    (BASIS, {"superseded_by": "Act 2"}, "belongs to `status: superseded`"),
    ("", {"review": "{by: counsel}"}, "missing key `evidence`"),
    ("", {"review": "{by: counsel, evidence: [dpai]}"}, "is no kind of evidence; did you mean `evidence.dpia`?"),
    ("", {"review": "{by: counsel, evidence: [dpia]}", "kind": "constraint"}, "a rule with `review` is a `duty`"),
    ("", {"controls": "[{framework: nist, id: x, relation: relates}]"}, "unknown framework `nist`"),
    (
        "", {"controls": "[{framework: nist-ai-rmf, id: GOVERN 1.8, relation: relates}]"},
        "`GOVERN 1.8` is no control of `nist-ai-rmf`",
    ),
    ("", {"controls": "[{framework: gdpr, id: 28, relation: covers}]"}, "`satisfies`"),
]  # fmt: skip


@pytest.mark.parametrize(("above", "keys", "expected"), SLIPS)
def test_a_slip_is_told_at_its_line(catalog: Catalog, above: str, keys: dict[str, str], expected: str) -> None:
    with pytest.raises(AipolicyError) as raised:
        one_rule(catalog, above, **keys)
    told = "\n".join(str(each) for each in getattr(raised.value, "errors", [raised.value]))
    assert expected in told
    assert "law.yaml:" in told
