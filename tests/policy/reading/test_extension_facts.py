"""Facts that packs declare: every mistake at its line, packs agree or do not load, rules of every pack read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from aipolicy.catalog.catalog import Catalog
from aipolicy.config.config import Config
from aipolicy.errors import AipolicyError
from aipolicy.facts.all_facts import REGISTRY
from aipolicy.facts.spec import FactSpec, FactType
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.sources.locate import PackFiles, find_pack

TIER = "{name: tier, type: text, choices: [bronze, gold], meaning: Tier of the contract}"
RULE = (
    "rules:\n  - {{id: {0}-001, name: {1}, title: T, kind: duty, severity: error, message: '{3}', require: ['{2}'],\n"
    "     tests: [{{name: t, given: {{extensions.tier: {4}}}, expect: satisfied}}]}}\n"
)


def pack_text(name: str, facts: str, condition: str = "team.on_call", message: str = "m", given: str = "gold") -> str:
    head = f"apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {{name: {name}, version: 1.0.0}}\n"
    facts = f"facts:\n  - {facts}\n" if facts else ""
    return head + facts + RULE.format(name.upper(), name, condition, message, given)


def load(catalog: Catalog, *texts: str) -> tuple[PolicyPack, ...]:
    return load_packs(
        [PackFiles(f"p{n}.yaml", ((f"p{n}.yaml", t.encode()),)) for n, t in enumerate(texts)], catalog, {}
    )


def complaints(catalog: Catalog, *texts: str) -> list[str]:
    with pytest.raises(AipolicyError) as caught:
        load(catalog, *texts)
    return str(caught.value).splitlines()


def test_a_fact_is_read_with_everything_that_is_said_of_it(catalog: Catalog) -> None:
    text = pack_text(
        "a",
        f"{TIER}\n  - {{name: seats, type: number, unit: seats, minimum: 1, maximum: 9, meaning: m, default: 2,"
        " default_source: survey}",
    )
    tier, seats = load(catalog, text)[0].facts
    assert tier == FactSpec("extensions.tier", FactType.TEXT, "Tier of the contract", choices=("bronze", "gold"))
    assert seats == FactSpec(
        "extensions.seats", FactType.NUMBER, "m", unit="seats", minimum=1.0, maximum=9.0, default=2.0,
        default_source="survey",
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["date", "place", "places", "evidence"])
@pytest.mark.parametrize("key", ["choices: [a]", "default: a, default_source: s", "minimum: 1"])
def test_a_day_a_place_and_a_document_have_no_words_defaults_or_bounds(kind: str, key: str, catalog: Catalog) -> None:
    found = complaints(catalog, pack_text("a", f"{TIER}\n  - {{name: due, type: {kind}, meaning: m, {key}}}"))
    wanted = "is for numbers" if key.startswith("minimum") else f"a fact of type {kind} has no"
    assert any(wanted in each for each in found), found


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_rules_of_every_pack_read_a_fact_whichever_pack_comes_first(order: tuple[int, ...], catalog: Catalog) -> None:
    texts = (pack_text("a", TIER), pack_text("b", "", 'extensions.tier == "gold"', "tier {extensions.tier}"))
    packs = load(catalog, *(texts[number] for number in order))
    (rule,) = (rule for pack in packs for rule in pack.rules if rule.pack == "b")
    assert rule.feature_reads == ("extensions.tier",)


def test_packs_that_agree_share_a_fact(catalog: Catalog) -> None:
    packs = load(catalog, pack_text("a", TIER), pack_text("b", TIER))
    assert packs[0].facts == packs[1].facts


DISAGREEMENTS = (
    ("{name: tier, type: text, choices: [gold, bronze], meaning: Tier of the contract}", "`choices`"),
    ("{name: tier, type: text, choices: [bronze, gold], meaning: Another}", "`meaning`"),
    ("{name: tier, type: texts, choices: [bronze, gold], meaning: Another}", "`type` and `meaning`"),
    ("{name: tier, type: text, choices: [bronze, gold], meaning: Tier of the contract, default: gold, default_source: s}",
     "`default` and `default_source`"),
)  # fmt: skip


@pytest.mark.parametrize(("other", "differing"), DISAGREEMENTS)
def test_packs_that_disagree_do_not_load_and_both_places_are_named(
    other: str, differing: str, catalog: Catalog
) -> None:
    found = complaints(catalog, pack_text("a", TIER), pack_text("b", other))
    assert f"p1.yaml:5:12: `extensions.tier` is declared with another {differing} at p0.yaml:5" in found[0]


MISTAKES = (
    ("{type: text, meaning: m}", "p0.yaml:5:5: missing key `name`"),
    ("{name: Tier, type: text, meaning: m}", "p0.yaml:5:12: `Tier` is no name of a fact"),
    ("{name: a.b, type: text, meaning: m}", "`a.b` is no name of a fact"),
    ('{name: "a b] || true", type: text, meaning: m}', "is no name of a fact"),
    ("{name: package, type: text, meaning: m}", "`package` means something else in conditions"),
    ("{name: x, meaning: m}", "missing key `type`"),
    ("{name: x, type: labels, meaning: m}", "p0.yaml:5:21: `labels` is not one of `bool`, `number`, `text`, `texts`"),
    ("{name: x, type: bool}", "missing key `meaning`"),
    ("{name: x, type: bool, meaning: m, dfault: true}", "p0.yaml:5:39: unknown key `dfault`; did you mean `default`?"),
    ("{name: x, type: text, meaning: m, unit: days}", "p0.yaml:5:39: `unit` is for numbers"),
    ("{name: x, type: bool, meaning: m, maximum: 3}", "`maximum` is for numbers"),
    ("{name: x, type: number, meaning: m, minimum: 3, maximum: 2}", "`minimum` is more than `maximum`"),
    ("{name: x, type: number, meaning: m, choices: [a]}", "`choices` are for text"),
    ("{name: x, type: text, meaning: m, choices: []}", "`choices` is empty"),
    ("{name: x, type: text, meaning: m, choices: [a, a]}", "`choices` holds a word twice"),
    ("{name: x, type: text, meaning: m, choices: [1, 2]}", "`choices` must be a list of text"),
    ("{name: x, type: bool, meaning: m, default: true}", "`default` needs `default_source` beside it"),
    ("{name: x, type: bool, meaning: m, default_source: s}", "`default_source` needs `default` beside it"),
    ("{name: x, type: bool, meaning: m, default: 1, default_source: s}", "`default` must be true or false"),
    ("{name: x, type: text, meaning: m, choices: [gold], default: golt, default_source: s}",
     "p0.yaml:5:65: `golt` is not among the choices; did you mean `gold`?"),
    ("{name: x, type: texts, meaning: m, choices: [a], default: [a, b], default_source: s}", "`b` is not among the choices"),
    ("{name: x, type: number, meaning: m, minimum: 3, default: 2, default_source: s}", "`default` must be at least 3"),
    ("{name: x, type: number, meaning: m, maximum: 3, default: 4, default_source: s}", "`default` must be at most 3"),
    (f"{TIER}\n  - {TIER}", "p0.yaml:6:12: `extensions.tier` is already declared at p0.yaml:5"),
)  # fmt: skip


@pytest.mark.parametrize(("facts", "message"), MISTAKES)
def test_every_mistake_of_a_fact_is_told_at_its_place(facts: str, message: str, catalog: Catalog) -> None:
    found = complaints(catalog, pack_text("b", facts).partition("rules:")[0] + "rules: []\n")
    assert [line for line in found if message in line], found


CONDITIONS = (
    ('extensions.teir == "gold"', "m", "gold", "unknown fact `extensions.teir`; did you mean `extensions.tier`?"),
    ('extensions.tier == "golt"', "m", "gold", "`extensions.tier` is never `golt`; did you mean `gold`?"),
    ("extensions.tier > 3", "m", "gold", "no matching overload"),
    ('extensions.tier == "gold"', "{extensions.teir}", "gold", "unknown fact `extensions.teir` in the message"),
    ('extensions.tier == "gold"', "m", "golt", "`extensions.tier` is never `golt`"),
)


@pytest.mark.parametrize(("condition", "message", "given", "complaint"), CONDITIONS)
def test_conditions_messages_and_examples_are_checked_against_what_packs_declare(
    condition: str, message: str, given: str, complaint: str, catalog: Catalog
) -> None:
    found = complaints(catalog, pack_text("a", TIER, condition, message, given))
    assert len(found) == 1
    assert complaint in found[0]


def test_without_a_declaration_the_fact_is_unknown(catalog: Catalog) -> None:
    found = complaints(catalog, pack_text("a", "", 'extensions.tier == "gold"'))
    assert any("unknown fact `extensions.tier`" in line for line in found)


def test_packs_that_are_on_by_default_declare_no_facts_so_that_the_shipped_schema_is_theirs(catalog: Catalog) -> None:
    for name in Config().policies:
        assert load_packs([find_pack(name, Path())], catalog, {})[0].facts == ()
    assert not [name for name in REGISTRY if name.startswith("extensions.")]
