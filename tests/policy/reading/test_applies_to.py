"""`applies_to`: each limit is a condition like any other, every mistake has its line, and no word escapes its quotes."""

from __future__ import annotations

import json
import re
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.catalog.catalog import Catalog
from aipolicy.errors import AipolicyError
from aipolicy.facts.all_facts import REGISTRY
from aipolicy.facts.spec import FactValue
from aipolicy.policy.cel.checked_expr import decode
from aipolicy.policy.cel.expressions import Compiler, Condition, Truth
from aipolicy.policy.reading.applies_to import path_regex, quoted
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.rule import Line
from aipolicy.policy.sources.locate import PackFiles

TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
HEAD = """\
apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: p, version: 1.0.0}
rules:
  - {id: T-001, name: offence, title: T, kind: duty, severity: error, message: m,
     when: [data.personal], require: [team.on_call],
     applies_to: """


def lines_of(applies_to: str, catalog: Catalog) -> tuple[Line, ...]:
    """Return the `when` lines of a rule with this `applies_to`."""
    files = PackFiles("p.yaml", (("p.yaml", f"{HEAD}{applies_to}}}\n".encode()),))
    return load_packs([files], catalog, {})[0].rules[0].when


def complaints(applies_to: str, catalog: Catalog) -> list[str]:
    with pytest.raises(AipolicyError) as caught:
        lines_of(applies_to, catalog)
    return str(caught.value).splitlines()


@cache
def compiler() -> Compiler:
    return Compiler(REGISTRY, {})


def truth(line: Line, **values: FactValue) -> Truth:
    return Condition(line.checked).evaluate({name.replace("_", ".", 1): value for name, value in values.items()})[0]


def test_the_limits_come_before_the_conditions_in_the_words_of_the_author(catalog: Catalog) -> None:
    lines = lines_of(
        '{paths: ["services/**"], labels: {tier: critical, unit: [a, b]}, owners: [claims, "retail-*"], '
        "lifecycle: production}",
        catalog,
    )
    assert [line.text for line in lines] == [
        "applies_to.lifecycle: production",
        "applies_to.owners: claims, retail-*",
        "applies_to.labels.tier: critical",
        "applies_to.labels.unit: a, b",
        "applies_to.paths: services/**",
        "data.personal",
    ]
    assert lines[1].condition == 'metadata.owner in ["claims"] || metadata.owner.matches("(?s)^(?:retail\\\\-.*)$")'
    for line in lines:
        assert decode(compiler().compile(line.condition).checked) == decode(line.checked)


@pytest.mark.parametrize(
    ("applies_to", "values", "expected"),
    [
        ("{lifecycle: [pilot, production]}", {"metadata_lifecycle": "pilot"}, TRUE),
        ("{lifecycle: [pilot, production]}", {"metadata_lifecycle": "idea"}, FALSE),
        ("{owners: [claims]}", {"metadata_owner": "claims"}, TRUE),
        ("{owners: [claims]}", {"metadata_owner": "Claims"}, FALSE),
        ("{owners: [claims]}", {"metadata_owner": "claims-eu"}, FALSE),
        ("{owners: [claims]}", {}, UNKNOWN),
        ('{owners: ["retail-*"]}', {"metadata_owner": "retail-"}, TRUE),
        ('{owners: ["retail-*"]}', {"metadata_owner": "the retail-eu"}, FALSE),
        ('{owners: ["retail-*"]}', {"metadata_owner": "retail-eu\nother"}, TRUE),
        ('{owners: ["a.c"]}', {"metadata_owner": "abc"}, FALSE),
        ('{owners: ["a?c"]}', {"metadata_owner": "abc"}, TRUE),
        ('{owners: ["a.*"]}', {"metadata_owner": "abc"}, FALSE),
        ("{labels: {tier: critical}}", {"metadata_labels": {"tier": "critical"}}, TRUE),
        ("{labels: {tier: [critical, high]}}", {"metadata_labels": {"tier": "high"}}, TRUE),
        ("{labels: {tier: critical}}", {"metadata_labels": {"tier": "low"}}, FALSE),
        ("{labels: {tier: critical}}", {"metadata_labels": {"teir": "critical"}}, UNKNOWN),
        ("{labels: {tier: critical}}", {}, UNKNOWN),
        ('{labels: {app.kubernetes.io/name: "pay*"}}', {"metadata_labels": {"app.kubernetes.io/name": "pays"}}, TRUE),
        ('{paths: ["services/**"]}', {"manifest_path": "services/a/b.yaml"}, TRUE),
        ('{paths: ["services/**"]}', {"manifest_path": "other/services/b.yaml"}, FALSE),
        ('{paths: ["services/**"]}', {}, UNKNOWN),
    ],
)  # fmt: skip
def test_what_is_not_declared_is_unknown_and_what_does_not_match_is_false(
    applies_to: str, values: dict[str, FactValue], expected: Truth, catalog: Catalog
) -> None:
    assert truth(lines_of(applies_to, catalog)[0], **values) is expected


@pytest.mark.parametrize(
    ("glob", "matching", "others"),
    [
        ("services/payments/**", ["services/payments/a.yaml", "services/payments/x/y/a.yaml"],
         ["services/payments", "services/payments-old/a.yaml", "x/services/payments/a.yaml", "services/payments/"]),
        ("**/payments/*.yaml", ["payments/a.yaml", "x/y/payments/a.yaml"], ["payments/x/a.yaml", "xpayments/a.yaml"]),
        ("services/*/a.yaml", ["services/x/a.yaml"], ["services/a.yaml", "services/x/y/a.yaml", "services/x/aayaml"]),
        ("services/**/a.yaml", ["services/a.yaml", "services/x/y/a.yaml"], ["services/xa.yaml"]),
        ("a?.yaml", ["ab.yaml"], ["a.yaml", "a/.yaml"]),
        ("**", ["a.yaml", "x/a.yaml"], []),
        ("team+a (b)/$.*", ["team+a (b)/$.yaml"], ["teama (b)/$.yaml"]),
        ("größe/*.yaml", ["größe/ä.yaml"], ["grösse/a.yaml"]),
    ],
)  # fmt: skip
def test_a_path_glob_is_anchored_and_a_star_stays_within_one_name(
    glob: str, matching: list[str], others: list[str]
) -> None:
    condition = Condition(
        compiler().compile(f"manifest.path.matches({quoted(f'^(?:{path_regex(glob)})$')})").checked
    )  # fmt: skip
    for path in (*matching, *others):
        assert condition.evaluate({"manifest.path": path}) == (TRUE if path in matching else FALSE, ""), path


MISTAKES = (
    ("{}", "7:6: `applies_to` is empty"),
    ("", "7:6: `applies_to` is empty"),
    ("[pilot]", "7:18: expected a mapping, found a list"),
    ("{lifecycle: [pilot, prodution]}", "7:38: `prodution` is no lifecycle; did you mean `production`?"),
    ("{lifecycle: []}", "7:19: `lifecycle` is empty"),
    ("{owners: }", "7:19: `owners` is empty"),
    ('{owners: [" "]}', "7:28: `owners` holds an empty text"),
    ("{owners: [a, 7]}", "7:31: `owners` must be text or a list of text, found a number; quote it"),
    ("{owner: [a]}", "7:19: unknown key `owner`; did you mean `owners`?"),
    ("{labels: {}}", "7:19: `labels` is empty"),
    ("{labels: [a]}", "7:27: expected a mapping, found a list"),
    ("{labels: {tier: true}}", "7:34: `tier` must be text or a list of text, found true or false"),
    ("{paths: [services/payments]}", "7:27: `services/payments` names a folder; write `services/payments/**`"),
    ("{paths: [services/v1.2]}", "names a folder"),
    ("{paths: [services/]}", "`services/` names a folder; write `services/**`"),
    ("{paths: [/services/**]}", "without `/` in front"),
    ('{paths: ["!services/**"]}', "without `!` in front"),
    ("{paths: [./services/**]}", "without empty parts"),
    ("{paths: [a/../b.yaml]}", "without empty parts"),
    ("{paths: [a**/b.yaml]}", "`**` stands alone"),
    ('{paths: ["a/[bc].yaml"]}', "write several paths for alternatives"),
    ('{paths: ["a\\\\b.yaml"]}', "`/`, `*`, `?` and `**` only"),
)


@pytest.mark.parametrize(("applies_to", "message"), MISTAKES)
def test_every_mistake_is_told_at_its_place(applies_to: str, message: str, catalog: Catalog) -> None:
    found = complaints(applies_to, catalog)
    assert len(found) == 1
    assert message in found[0]


def test_a_list_that_is_too_long_for_a_condition_is_a_mistake(catalog: Catalog) -> None:
    many = json.dumps([f"owner-{number:05}" for number in range(500)])
    assert "characters; the limit is 4000" in complaints(f"{{owners: {many}}}", catalog)[0]


# No file can hold U+0000: the runtime would read text up to there.
TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=20)


@given(TEXTS, TEXTS)
def test_a_word_stands_for_itself_whatever_characters_it_holds(word: str, other: str) -> None:
    condition = compiler().compile(f"metadata.owner in [{quoted(word)}]").checked
    assert Condition(condition).evaluate({"metadata.owner": other})[0] is (TRUE if word == other else FALSE)
    assert Condition(condition).evaluate({"metadata.owner": word})[0] is TRUE


@given(TEXTS.map(lambda text: re.sub(r"[*?]", "x", text)), TEXTS)
def test_what_stands_beside_a_wildcard_stands_for_itself(word: str, other: str) -> None:
    pattern = quoted(f"^(?:{path_regex(f'{word}/*')})$")
    condition = Condition(compiler().compile(f"manifest.path.matches({pattern})").checked)
    assert condition.evaluate({"manifest.path": f"{word}/a.yaml"}) == (TRUE, "")
    assert condition.evaluate({"manifest.path": f"{other}/a.yaml"})[0] is (TRUE if other == word else FALSE)
