"""Layers: a pack may tighten what it extends, in any order and any number of layers, and never loosen it in silence."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from pathlib import Path

import pytest

from aipolicy.catalog.catalog import Catalog
from aipolicy.errors import AipolicyError
from aipolicy.findings.finding import Severity
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.rule import Parameter, Rule
from aipolicy.policy.sources.locate import PackFiles, find_pack, find_packs

BASE = """\
apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: base, version: 1.2.0}
parameters:
- {name: most, type: number, default: 10, tightens: lower, description: d, source: s}
- {name: least, type: number, default: 10, tightens: higher, description: d, source: s}
- {name: allowed, type: texts, default: [rag, prompting], tightens: fewer, description: d, source: s}
- {name: refused, type: texts, default: [rag], tightens: more, description: d, source: s}
- {name: checked, type: bool, default: false, tightens: true, description: d, source: s}
- {name: trusted, type: bool, default: true, tightens: false, description: d, source: s}
- {name: level, type: number, default: 4, description: d, source: s}
rules:
- {id: B-001, name: one, title: t, kind: duty, severity: warning, require: [team.on_call], message: m}
- {id: B-002, name: two, title: t, kind: duty, severity: error, require: [team.on_call], message: m,
   effective: {from: 2026-06-01, until: 2027-12-31}}
- {id: B-003, name: three, title: t, kind: duty, severity: error, require: [data.sensitivity >= params.level], message: m}
"""


def overlay(name: str, *lines: str, extends: str = "base", more: str = "") -> str:
    """Return a pack that extends others: lines of `set` as `parameter: value`, of `overrides` as `RULE-001: fields`."""
    head = f"apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {{name: {name}, version: 1.0.0}}\n{more}extends:\n"
    head += "".join(f"- pack: {each}.yaml\n" for each in extends.split())
    settings, overrides = [], []
    for line in lines:
        key, _, value = line.partition(": ")
        if "-0" in key:
            overrides.append(f"- {{rule: {key}, {value}, reason: because}}\n")
        else:
            settings.append(f"- {{parameter: {key}, value: {value}, reason: because}}\n")
    return head + ("set:\n" + "".join(settings) if settings else "") + (
        "overrides:\n" + "".join(overrides) if overrides else ""
    )  # fmt: skip


def found(folder: Path, packs: dict[str, str], *listed: str) -> tuple[PackFiles, ...]:
    """Return the packs of a folder as a run finds them; without a list, the last one."""
    for name, text in {"base": BASE, **packs}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    wanted = listed or (list(packs)[-1],)
    return find_packs([f"{name}.yaml" for name in wanted], folder)


def load(catalog: Catalog, folder: Path, packs: dict[str, str], *listed: str,
         configured: dict[str, object] | None = None) -> tuple[PolicyPack, ...]:  # fmt: skip
    """Return the packs loaded."""
    places = dict.fromkeys(configured or {}, "aipolicy.toml:3:1")
    return load_packs(found(folder, packs, *listed), catalog, configured or {}, places)


def complaints(catalog: Catalog, folder: Path, packs: dict[str, str], *listed: str,
               configured: dict[str, object] | None = None) -> str:  # fmt: skip
    """Return every mistake as it is shown, with paths from the folder."""
    with pytest.raises(AipolicyError) as caught:
        load(catalog, folder, packs, *listed, configured=configured)
    return str(caught.value).replace(f"{folder.as_posix()}/", "")


def parameter(packs: tuple[PolicyPack, ...], name: str) -> Parameter:
    """Return a parameter of the base."""
    return next(p for pack in packs if pack.name == "base" for p in pack.parameters if p.name == name)


def rule(packs: tuple[PolicyPack, ...], rule_id: str) -> Rule:
    """Return a rule of any pack."""
    return next(rule for pack in packs for rule in pack.rules if rule.id == rule_id)


TIGHTER = (
    ("most", "9", 9.0), ("most", "10", 10.0), ("least", "11", 11.0), ("allowed", "[rag]", ("rag",)),
    ("allowed", "[]", ()), ("allowed", "[rag, prompting]", ("prompting", "rag")),
    ("refused", "[prompting, rag]", ("prompting", "rag")), ("checked", "true", True), ("trusted", "false", False),
    ("level", "4", 4.0),
)  # fmt: skip
LOOSER = (
    ("most", "11", "may only be lowered: here it is `11`, and `10` is the default of `base`"),
    ("least", "9", "may only be raised: here it is `9`, and `10` is"),
    (
        "allowed",
        "[rag, fine-tuning]",
        "may only lose words: here it is `[fine-tuning, rag]`, and `[prompting, rag]` is",
    ),
    ("refused", "[prompting]", "may only gain words: here it is `[prompting]`, and `[rag]` is"),
    ("level", "3", "may not be changed, because no direction is known to be stricter for every rule that reads it"),
    ("level", "5", "may not be changed"),
)


@pytest.mark.parametrize(("name", "text", "value"), TIGHTER)
def test_a_value_may_stay_or_get_tighter(name: str, text: str, value: object, catalog: Catalog, tmp_path: Path) -> None:
    packs = load(catalog, tmp_path, {"top": overlay("top", f"base.{name}: {text}")})
    assert parameter(packs, name).value == value
    assert [origin.pack for origin in parameter(packs, name).origins] == ["base", "top"]


@pytest.mark.parametrize(("name", "text", "words"), LOOSER)
def test_a_looser_value_is_refused_with_both_places(
    name: str, text: str, words: str, catalog: Catalog, tmp_path: Path
) -> None:
    told = complaints(catalog, tmp_path, {"top": overlay("top", f"base.{name}: {text}")})
    assert told.startswith(f"top.yaml:7:{len(name) + 29}: `base.{name}` {words}")
    assert " at base.yaml:" in told
    assert "let `base` name it under `loosening`" in told


def test_true_and_false_are_directions_too(catalog: Catalog, tmp_path: Path) -> None:
    base = BASE.replace("default: false, tightens: true", "default: true, tightens: true")
    told = complaints(catalog, tmp_path, {"base": base, "top": overlay("top", "base.checked: false")})
    assert "`base.checked` may only become true: here it is `false`" in told


@pytest.mark.parametrize("value", ["[rag]", "text", "true", ".nan", ".inf", "", "{a: b}"])
def test_a_value_of_another_type_is_refused(value: str, catalog: Catalog, tmp_path: Path) -> None:
    told = complaints(catalog, tmp_path, {"top": overlay("top", f"base.most: {value}")})
    assert told.startswith("top.yaml:7:")


@pytest.mark.parametrize(
    ("tightens", "words"),
    [
        ("type: number, default: 1, tightens: fewer", "`fewer` is not one of `lower`, `higher`"),
        ("type: texts, default: [], tightens: lower", "`lower` is not one of `fewer`, `more`"),
        ("type: bool, default: true, tightens: more", "`more` is not one of `true`, `false`"),
        ("type: text, default: a, tightens: lower", "a parameter of type text has no direction; remove `tightens`"),
        ("type: number, default: 1, tightens: true", "`tightens` must be text"),
        ("type: number, default: .inf, tightens: lower", "not a finite number"),
    ],
)
def test_a_direction_fits_the_type(tightens: str, words: str, catalog: Catalog, tmp_path: Path) -> None:
    base = BASE.replace("type: number, default: 4", tightens)
    assert words in complaints(catalog, tmp_path, {"base": base})


def test_every_mistake_is_told_at_once(catalog: Catalog, tmp_path: Path) -> None:
    top = overlay(
        "top", "base.most: 11", "base.mst: 1", "most: 1", "top.own: 1", "base.least: 11", "base.least: 12",
        "B-001: severity: note", "B-01: severity: error", "T-001: severity: error", "B-002: severity: error",
        "B-002: severity: error",
    )  # fmt: skip
    top += (
        "parameters:\n- {name: own, type: number, default: 1, description: d, source: s}\n"
        "rules:\n- {id: T-001, name: own, title: t, kind: duty, severity: note, require: [team.on_call], message: m}\n"
    )
    told = complaints(catalog, tmp_path, {"top": top}).splitlines()
    assert [line.split(": ", 1)[0].split(":")[1] for line in told] == [
        "7",
        "8",
        "9",
        "10",
        "12",
        "14",
        "15",
        "16",
        "18",
    ]
    for line, words in zip(
        told,
        (
            "`base.most` may only be lowered",
            "`base.mst` is no parameter of a pack that this one extends; did you mean `base.most`?",
            "`most` is no parameter of a pack that this one extends; write `base.most`",
            "`top.own` is a parameter of this pack itself; change its `default`",
            "`base.least` is set twice, first at top.yaml:11:15; keep one",
            "`B-001` may only be tightened: `note` weighs less than `warning`, of `base` at base.yaml:13:58",
            "`B-01` is no rule of a pack that this one extends; did you mean `B-001`?",
            "`T-001` is a rule of this pack itself; change the rule",
            "`B-002` is overridden twice, first at top.yaml:17:10; keep one",
        ),
        strict=True,
    ):
        assert words in line


RAISED = (
    ("B-001", "severity: error", (Severity.ERROR, None, None)),
    ("B-001", "severity: warning", (Severity.WARNING, None, None)),
    ("B-001", "severity: error, effective: {from: 2027-01-01}", (Severity.ERROR, date(2027, 1, 1), None)),
    ("B-002", "effective: {from: 2026-01-01}", (Severity.ERROR, date(2026, 1, 1), date(2027, 12, 31))),
    ("B-002", "effective: {from: 2026-06-01}", (Severity.ERROR, date(2026, 6, 1), date(2027, 12, 31))),
    ("B-002", "effective: {until: 2028-12-31}", (Severity.ERROR, date(2026, 6, 1), date(2028, 12, 31))),
)
LOWERED = (
    ("B-001", "severity: note", "`note` weighs less than `warning`"),
    ("B-002", "severity: warning", "`warning` weighs less than `error`"),
    ("B-002", "effective: {from: 2026-06-02}", "from 2026-06-02 is later than 2026-06-01"),
    ("B-003", "effective: {from: 2026-06-02}", "from 2026-06-02 is later than no date, always in force"),
    ("B-001", "effective: {from: 2026-06-02}", "from 2026-06-02 is later than no date, always in force"),
    ("B-002", "effective: {until: 2027-12-30}", "until 2027-12-30 is earlier than 2027-12-31"),
    ("B-003", "effective: {until: 2027-12-30}", "until 2027-12-30 is earlier than no date, without an end"),
    ("B-001", "severity: error, effective: {until: 2030-01-01}", "until 2030-01-01 is earlier than no date"),
)


@pytest.mark.parametrize(("rule_id", "text", "expected"), RAISED)
def test_a_rule_may_be_raised_brought_forward_and_prolonged(
    rule_id: str, text: str, expected: object, catalog: Catalog, tmp_path: Path
) -> None:
    changed = rule(load(catalog, tmp_path, {"top": overlay("top", f"{rule_id}: {text}")}), rule_id)
    assert (changed.severity, changed.effective_from, changed.effective_until) == expected
    assert [(origin.pack, origin.holds) for origin in changed.origins] == [("base", False), ("top", True)]


@pytest.mark.parametrize(("rule_id", "text", "words"), LOWERED)
def test_a_rule_that_weighs_less_on_any_day_is_refused(
    rule_id: str, text: str, words: str, catalog: Catalog, tmp_path: Path
) -> None:
    told = complaints(catalog, tmp_path, {"top": overlay("top", f"{rule_id}: {text}")})
    assert told.startswith("top.yaml:7:")
    assert f"`{rule_id}` may only be tightened: {words}" in told
    assert "of `base` at base.yaml:" in told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("B-001: {}", "is no rule"),
        ("- {rule: B-001, reason: x}", "the override changes nothing"),
        ("- {rule: B-001, effective: {}, reason: x}", "the override changes nothing"),
        ("- {rule: B-001, severity: error}", "missing key `reason`"),
        ("- {rule: B-001, severity: error, reason: ' '}", "`reason` is empty"),
        ("- {rule: B-001, severity: eror, reason: x}", "did you mean `error`?"),
        ("- {rule: B-001, sevrity: error, reason: x}", "unknown key `sevrity`; did you mean `severity`?"),
        ("- {rule: B-002, effective: {form: 2026-01-01}, reason: x}", "unknown key `form`; did you mean `from`?"),
        ("- {rule: B-002, effective: {from: soon}, reason: x}", "`from` must be a day as YYYY-MM-DD"),
    ],
)
def test_an_override_with_a_mistake_is_refused(text: str, words: str, catalog: Catalog, tmp_path: Path) -> None:
    if text.startswith("- "):
        assert words in complaints(catalog, tmp_path, {"top": overlay("top") + f"overrides:\n{text}\n"})


def test_a_team_extends_an_organisation_that_extends_a_base(catalog: Catalog, tmp_path: Path) -> None:
    packs = {
        "acme": overlay("acme", "base.most: 5", "B-001: severity: error"),
        "team": overlay("team", "base.most: 4", extends="acme"),
        "squad": overlay("squad", "base.most: 3", extends="team"),
    }
    loaded = load(catalog, tmp_path, packs)
    assert [pack.name for pack in loaded] == ["base", "acme", "team", "squad"]
    assert [pack.extends for pack in loaded] == [(), ("base",), ("acme",), ("team",)]
    assert [(o.pack, o.value, o.holds) for o in parameter(loaded, "most").origins] == [
        ("base", 10.0, False), ("acme", 5.0, False), ("team", 4.0, False), ("squad", 3.0, True)
    ]  # fmt: skip
    packs["squad"] = overlay("squad", "base.most: 9", "B-001: severity: warning", extends="team")
    told = complaints(catalog, tmp_path, packs)
    assert (
        "squad.yaml:7:33: `base.most` may only be lowered: here it is `9`, and `4` is set by `team` at team.yaml:7:33"
        in told
    )
    assert "`warning` weighs less than `error`, of `acme` at acme.yaml:9:27" in told


def test_a_diamond_takes_the_tightest_in_any_order(catalog: Catalog, tmp_path: Path) -> None:
    packs = {
        "a": overlay("a", "base.most: 5", "base.allowed: [rag]", "base.refused: [prompting, rag]",
                     "B-001: severity: error, effective: {from: 2027-01-01}", "B-002: effective: {from: 2026-03-01}"),
        "b": overlay("b", "base.most: 7", "base.allowed: [prompting]", "base.refused: [fine-tuning, rag]",
                     "B-001: severity: error", "B-002: effective: {until: 2029-01-01}"),
        "top": overlay("top", extends="a b"),
    }  # fmt: skip
    seen = set()
    for order in permutations(("a", "b", "base", "top")):
        packs["top"] = overlay("top", extends=" ".join(each for each in order if each in "ab"))
        loaded = load(catalog, tmp_path, packs, *order)
        assert sorted(pack.name for pack in loaded) == ["a", "b", "base", "top"]
        first, second = rule(loaded, "B-001"), rule(loaded, "B-002")
        seen.add((
            *(parameter(loaded, name).value for name in ("most", "allowed", "refused")),
            first.severity, first.effective_from, second.effective_from, second.effective_until,
        ))  # fmt: skip
    assert seen == {
        (5.0, (), ("fine-tuning", "prompting", "rag"), Severity.ERROR, None, date(2026, 3, 1), date(2029, 1, 1))
    }


def test_two_values_of_which_none_is_stricter_are_refused_until_one_pack_decides(
    catalog: Catalog, tmp_path: Path
) -> None:
    base = BASE + "loosening: {parameters: [level]}\n"
    opened = "loosening: {parameters: [base.level]}\n"
    packs = {
        "base": base, "a": overlay("a", "base.level: 2", more=opened), "b": overlay("b", "base.level: 3", more=opened),
        "top": overlay("top", extends="a b"),
    }  # fmt: skip
    told = complaints(catalog, tmp_path, packs)
    assert (
        "`base.level` is set to `2` at a.yaml:8:34, `3` at b.yaml:8:34, and neither is known to be the stricter" in told
    )
    packs["top"] = overlay("top", "base.level: 1", extends="a b")
    assert parameter(load(catalog, tmp_path, packs), "level").value == 1.0


LOOSENING = (
    ("a base lets others loosen", "loosening: {parameters: [most], rules: [B-002]}\n", "", True),
    ("by its full name too", "loosening: {parameters: [base.most], rules: [B-002]}\n", "", True),
    ("one name does not open another", "loosening: {parameters: [least], rules: [B-001]}\n", "", False),
    ("nobody lets anything", "", "", False),
)  # fmt: skip


@pytest.mark.parametrize(("base", "allowed"), [row[1::2] for row in LOOSENING], ids=[row[0] for row in LOOSENING])
def test_a_base_lets_others_loosen_by_name(base: str, allowed: bool, catalog: Catalog, tmp_path: Path) -> None:
    packs = {"base": BASE + base, "top": overlay("top", "base.most: 11", "B-002: severity: note")}
    if allowed:
        loaded = load(catalog, tmp_path, packs)
        assert parameter(loaded, "most").value == 11.0
        assert rule(loaded, "B-002").severity is Severity.NOTE
    else:
        assert len(complaints(catalog, tmp_path, packs).splitlines()) == 2


@pytest.mark.parametrize("sets", [True, False], ids=["the layer between sets it", "the layer between says nothing"])
def test_what_may_be_loosened_is_passed_on_by_name_only(sets: bool, catalog: Catalog, tmp_path: Path) -> None:
    base = BASE + "loosening: {parameters: [most]}\n"
    lines = ("base.most: 8",) if sets else ()
    packs = {"base": base, "acme": overlay("acme", *lines), "team": overlay("team", "base.most: 11", extends="acme")}
    assert "let `acme` name it under `loosening`" in complaints(catalog, tmp_path, packs)
    around = {**packs, "team": overlay("team", "base.most: 11", extends="base acme")}
    assert "let `acme` name it under `loosening`" in complaints(catalog, tmp_path, around)
    packs["acme"] = overlay("acme", *lines, more="loosening: {parameters: [base.most]}\n")
    assert parameter(load(catalog, tmp_path, packs), "most").value == 11.0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{parameters: [mots]}", "unknown parameter `mots`; did you mean `most`?"),
        ("{parameters: [other.most]}", "unknown parameter `other.most`"),
        ("{rules: [B-009]}", "unknown rule `B-009`; did you mean `B-00"),
        ("{rule: [B-001]}", "unknown key `rule`; did you mean `rules`?"),
        ("{configuration: sometimes}", "`configuration` must be true or false"),
        ("[most]", "expected a mapping"),
    ],
)
def test_a_mistake_in_loosening_is_told_at_its_place(text: str, words: str, catalog: Catalog, tmp_path: Path) -> None:
    told = complaints(catalog, tmp_path, {"base": BASE + f"loosening: {text}\n"})
    assert told.startswith("base.yaml:17:")
    assert words in told


CONFIGURED = (
    ("free while no layer has set it", "", (), 11.0, True),
    ("a layer has set it: looser is refused", "", ("base.most: 8",), 9.0, False),
    ("a layer has set it: equal", "", ("base.most: 8",), 8.0, True),
    ("a layer has set it: tighter", "", ("base.most: 8",), 7.0, True),
    ("the setting layer lets others loosen", "loosening: {parameters: [base.most]}\n", ("base.most: 8",), 9.0, True),
    ("a layer closes all to the configuration", "loosening: {configuration: false}\n", (), 11.0, False),
    ("closed, but tighter", "loosening: {configuration: false}\n", (), 9.0, True),
    ("closed but for one", "loosening: {configuration: false, parameters: [base.most]}\n", (), 11.0, True),
)


@pytest.mark.parametrize(
    ("more", "lines", "value", "allowed"), [row[1:] for row in CONFIGURED], ids=[row[0] for row in CONFIGURED]
)
def test_the_configuration_is_one_more_layer_where_a_layer_has_a_say(
    more: str, lines: tuple[str, ...], value: float, allowed: bool, catalog: Catalog, tmp_path: Path
) -> None:
    packs = {"top": overlay("top", *lines, more=more)}
    if allowed:
        loaded = load(catalog, tmp_path, packs, configured={"base.most": value})
        assert parameter(loaded, "most").value == value
        assert parameter(loaded, "most").origins[-1].place == "aipolicy.toml:3:1"
        return
    told = complaints(catalog, tmp_path, packs, configured={"base.most": value})
    assert told.startswith(f"aipolicy.toml:3:1: `base.most` may only be lowered: here it is `{value:g}`, and ")
    assert ("top.yaml:7:33" if lines else "base.yaml:5:39") in told
    assert "let `top` name it under `loosening`" in told


def test_a_closed_base_binds_the_configuration(catalog: Catalog, tmp_path: Path) -> None:
    told = complaints(
        catalog, tmp_path, {"base": BASE + "loosening: {configuration: false}\n"}, configured={"base.level": 3}
    )
    assert "aipolicy.toml:3:1: `base.level` may not be changed" in told


VERSIONS = (
    (">=1.0,<2", True), ("==1.2", True), ("==1.2.0", True), (">1.2", False), ("!=1.2.0", False), ("<=1.1", False),
    (">= 1.0, < 1.2", False), ("<1.10", True),
)  # fmt: skip


@pytest.mark.parametrize(("wanted", "allowed"), VERSIONS)
def test_another_version_than_wanted_is_refused(wanted: str, allowed: bool, catalog: Catalog, tmp_path: Path) -> None:
    packs = {"top": overlay("top").replace("- pack: base.yaml", f'- {{pack: base.yaml, version: "{wanted}"}}')}
    if allowed:
        assert len(load(catalog, tmp_path, packs)) == 2
    else:
        told = complaints(catalog, tmp_path, packs)
        assert told.startswith(f"top.yaml:5:30: `base` at base.yaml is version 1.2.0, and `{wanted}` is wanted")


@pytest.mark.parametrize("wanted", ["1.2", "^1.2", ">=1.x", ",", "~=1.0"])
def test_what_is_no_range_is_refused(wanted: str, catalog: Catalog, tmp_path: Path) -> None:
    packs = {"top": overlay("top").replace("- pack: base.yaml", f'- {{pack: base.yaml, version: "{wanted}"}}')}
    assert f"`{wanted}` is no range of versions; write it like `>=1.0,<2`" in complaints(catalog, tmp_path, packs)


def test_a_version_that_cannot_be_compared_is_refused(catalog: Catalog, tmp_path: Path) -> None:
    packs = {
        "base": BASE.replace("1.2.0", "spring"),
        "top": overlay("top").replace("- pack: base.yaml", '- {pack: base.yaml, version: ">=1"}'),
    }
    assert "has version `spring`, which cannot be compared; remove `version` here" in complaints(
        catalog, tmp_path, packs
    )


def test_a_pack_without_rules_that_extends_nothing_is_refused(catalog: Catalog, tmp_path: Path) -> None:
    empty = "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: top, version: 1.0.0}\nextends: []\n"
    assert "the pack holds no rules" in complaints(catalog, tmp_path, {"top": empty})
    settings = empty.replace("extends: []", "set: [{parameter: base.most, value: 1, reason: x}]")
    assert "add the pack to `extends`" in complaints(catalog, tmp_path, {"top": settings})


def test_what_was_not_looked_up_is_never_taken_for_nothing(catalog: Catalog, tmp_path: Path) -> None:
    found(tmp_path, {"top": overlay("top", "base.most: 5")})
    alone = find_pack("top.yaml", tmp_path)
    with pytest.raises(AipolicyError, match="what this pack extends was not read with it"):
        load_packs([alone], catalog, {})
    hidden = overlay("top").replace("extends:", '"ext\\x65nds":')
    assert "what this pack extends was not read with it" in complaints(catalog, tmp_path, {"top": hidden})


def test_layering_keys_belong_to_the_head(catalog: Catalog, tmp_path: Path) -> None:
    more = "---\napiVersion: aipolicy/v1\nkind: PolicyRules\nset: []\noverrides: []\nloosening: {}\nextends: []\n"
    told = complaints(catalog, tmp_path, {"base": BASE + more})
    assert told.count("unknown key") == 4
