"""What a file or a group says once holds for all rules below it, and every slip in it is told at its line."""

from __future__ import annotations

from datetime import date

import pytest

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import read_catalog
from aipolicy.errors import AipolicyError
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.sources.locate import PackFiles

HEAD = "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: p, version: '1'}\n"
RULES = "apiVersion: aipolicy/v1\nkind: PolicyRules\n"
UNION = 'within(data.subject_countries, "EU")'


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return read_catalog((), as_of=date(2026, 11, 21))


def rule(rule_id: str, indent: int, **more: str) -> str:
    keys = {
        "id": rule_id, "name": rule_id.lower(), "title": "T", "kind": "duty", "severity": "error",
        "require": "data.minimized", "message": "m", **more,
    }  # fmt: skip
    first, *rest = (f"{key}: {value}" for key, value in keys.items())
    space = " " * indent
    return "\n".join([f"{space}- {first}", *(f"{space}  {line}" for line in rest)]) + "\n"


def load(catalog: Catalog, file: str, head: str = HEAD) -> PolicyPack:
    files = (("p/pack.yaml", head.encode()), ("p/law.yaml", (RULES + file).encode()))
    return load_packs([PackFiles("p", files)], catalog, {})[0]


SCOPED = (
    f"when: ['{UNION}']\nunless: ['metadata.lifecycle == \"idea\"']\nmust_declare: [data.retention_days]\n"
    "basis: {instrument: GDPR, as_amended: 2018, url: 'https://example.org', checked_on: 2026-11-20}\n"
    "rules:\n" + rule("A-001", 0, when="data.personal")
    + "groups:\n- title: Health\n  when: ['\"health\" in data.kinds']\n  basis: {instrument: Other law}\n  rules:\n"
    + rule("A-002", 2, must_declare="[data.minimized]")
)  # fmt: skip


def test_what_stands_above_comes_first_in_every_rule(catalog: Catalog) -> None:
    plain, grouped = load(catalog, SCOPED.replace("2018", "'2018'")).rules
    unless = '!(metadata.lifecycle == "idea")'
    assert [line.text for line in plain.when] == [UNION, unless, "data.personal"]
    assert [line.text for line in plain.own_when] == ["data.personal"]
    assert [line.text for line in grouped.when] == [UNION, unless, '"health" in data.kinds']
    assert (plain.must_declare, grouped.must_declare) == (
        ("data.retention_days",), ("data.retention_days", "data.minimized"),
    )  # fmt: skip
    assert [scope.title for scope in grouped.shared] == ["law.yaml", "Health"]
    assert [reference.title for reference in plain.references] == ["GDPR, as amended by 2018, read 2026-11-20"]
    assert [reference.title for reference in grouped.references] == ["Other law"]
    assert plain.place_of(plain.when[1]) == "p/law.yaml:4"


def test_a_rule_may_have_an_exception_of_its_own(catalog: Catalog) -> None:
    found = load(catalog, "rules:\n" + rule("A-001", 0, unless="'!data.personal'")).rules[0]
    assert [line.text for line in found.when] == ["!(!data.personal)"]


MISTAKES = [
    ("when: data.persnal\nrules:\n" + rule("A-001", 0), "law.yaml:3:7: unknown fact `data.persnal`"),
    ("unless: [data.persnal]\nrules:\n" + rule("A-001", 0), "(column 1 of the condition)"),
    ("when: data.personal\n", "law.yaml:3:1: `when` stands above no rules of this document"),
    ("groups:\n- title: G\n  when: data.personal\n", "a group holds at least one rule"),
    ("groups:\n- when: data.personal\n  rules:\n" + rule("A-001", 2), "missing key `title`"),
    ("groups:\n- title: G\n  rules:\n" + rule("A-001", 2), "the group says nothing of its rules"),
    ("groups:\n- title: G\n  whn: data.personal\n  when: data.personal\n  rules:\n" + rule("A-001", 2), "`whn`"),
    ("must_declare: [data.x]\nrules:\n" + rule("A-001", 0), "is no fact that a manifest declares"),
    ("basis: {url: x}\nrules:\n" + rule("A-001", 0), "missing key `instrument`"),
    (f"unless: ['{UNION}']\nrules:\n" + rule("A-001", 0), "is too little here"),
]


@pytest.mark.parametrize(("file", "message"), MISTAKES)
def test_a_slip_above_rules_is_told_at_its_line(file: str, message: str, catalog: Catalog) -> None:
    with pytest.raises(AipolicyError) as caught:
        load(catalog, file, HEAD + "rules:\n" + rule("B-001", 0))
    assert message in str(caught.value)
