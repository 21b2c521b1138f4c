"""Maps and tables in layers: which entries a layer may leave out, add or change is said by the pack, and held to."""

from __future__ import annotations

from pathlib import Path

import pytest

from aipolicy.catalog.catalog import Catalog
from aipolicy.errors import AipolicyError
from aipolicy.facts.spec import FactValue
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.sources.locate import find_packs

BASE = """\
apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: base, version: 1.0.0}
parameters:
- {name: approved, type: table, keys: option.tier, values: date, tightens: {entries: fewer, values: lower},
   default: {small: {eu: 2027-03-01, us: 2027-06-30}, frontier: {eu: 2027-01-01}}, description: d, source: s}
- {name: asked, type: map, keys: option.tier, values: number, tightens: {entries: more, values: higher},
   default: {small: 2}, description: d, source: s}
- {name: classes, type: map, keys: option.tier, values: texts, words: data.kinds, tightens: {values: fewer},
   default: {small: [health, personal]}, description: d, source: s}
- {name: fixed, type: map, values: number, default: {a: 1}, description: d, source: s}
rules:
- {id: B-001, name: one, title: t, kind: duty, severity: warning, require: [team.on_call], message: m}
"""


def pack(name: str, settings: dict[str, str], extends: str = "base", more: str = "") -> str:
    """Return a pack that sets parameters."""
    entries = "".join(f"- {{parameter: {key}, value: {value}, reason: because}}\n" for key, value in settings.items())
    below = "".join(f"- pack: {each}.yaml\n" for each in extends.split())
    head = f"apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {{name: {name}, version: 1.0.0}}\n{more}"
    return f"{head}extends:\n{below}{f'set:{chr(10)}{entries}' if entries else ''}"


def value(catalog: Catalog, folder: Path, name: str, packs: dict[str, str],
          configured: dict[str, object] | None = None) -> FactValue:  # fmt: skip
    """Return what a parameter of the base comes to under packs, the last of which is the topmost."""
    for each, text in {"base": BASE, **packs}.items():
        (folder / f"{each}.yaml").write_text(text, encoding="utf-8")
    found = find_packs([f"{list(packs)[-1]}.yaml"], folder)
    places = dict.fromkeys(configured or {}, "aipolicy.toml:3:1")
    loaded = load_packs(found, catalog, configured or {}, places)
    return next(p.value for each in loaded if each.name == "base" for p in each.parameters if p.name == name)


TIGHTER: tuple[tuple[str, str, FactValue], ...] = (
    ("approved", "{small: {eu: 2027-03-01}}", {"small": {"eu": 20270301.0}}),
    ("approved", "{small: {eu: 2027-02-01, us: 2027-06-30}, frontier: {eu: 2027-01-01}}",
     {"frontier": {"eu": 20270101.0}, "small": {"eu": 20270201.0, "us": 20270630.0}}),
    ("approved", "{}", {}),
    ("asked", "{small: 3, frontier: 1}", {"frontier": 1.0, "small": 3.0}),
    ("classes", "{small: [personal]}", {"small": ("personal",)}),
    ("fixed", "{a: 1}", {"a": 1.0}),
)  # fmt: skip


@pytest.mark.parametrize(("name", "written", "expected"), TIGHTER)
def test_a_layer_tightens_the_entries_that_it_may(
    catalog: Catalog, tmp_path: Path, name: str, written: str, expected: FactValue
) -> None:
    assert value(catalog, tmp_path, name, {"top": pack("top", {f"base.{name}": written})}) == expected


LOOSER = (
    (
        "approved",
        "{small: {eu: 2027-03-02}}",
        "`small / eu` may only become lower: here it is `20270302`, there `20270301`",
    ),
    (
        "approved",
        "{small: {eu: 2027-03-01, asia: 2027-01-01}}",
        "entries may only be left out, and `small / asia` is added here",
    ),
    ("asked", "{frontier: 3}", "entries may only be added, and `small` is missing here"),
    ("asked", "{small: 1}", "`small` may only become higher: here it is `1`, there `2`"),
    ("classes", "{small: [health, personal, special-category]}", "`small` may only have fewer words"),
    ("classes", "{}", "entries may not change, and `small` is missing here"),
    ("fixed", "{a: 2}", "`a` may not change: here it is `2`, there `1`"),
    ("fixed", "{a: 1, b: 1}", "entries may not change, and `b` is added here"),
)


@pytest.mark.parametrize(("name", "written", "message"), LOOSER)
def test_a_layer_that_loosens_an_entry_is_refused_with_both_places(
    catalog: Catalog, tmp_path: Path, name: str, written: str, message: str
) -> None:
    with pytest.raises(AipolicyError) as caught:
        value(catalog, tmp_path, name, {"top": pack("top", {f"base.{name}": written})})
    said = str(caught.value)
    assert f"`base.{name}`: {message}" in said
    assert "the default of `base` at" in said
    assert "top.yaml:7:" in said
    loosening = {"base": BASE + f"loosening: {{parameters: [{name}]}}\n", "top": pack("top", {f"base.{name}": written})}
    assert value(catalog, tmp_path, name, loosening) is not None


@pytest.mark.parametrize(
    ("name", "one", "other", "expected"),
    [
        ("approved", "{small: {eu: 2027-02-01, us: 2027-06-30}}", "{small: {eu: 2027-03-01}, frontier: {eu: 2026-12-31}}",
         {"small": {"eu": 20270201.0}}),
        ("approved", "{small: {eu: 2027-02-01}}", "{frontier: {eu: 2026-12-31}}", {}),
        ("asked", "{small: 3}", "{small: 2, frontier: 4}", {"frontier": 4.0, "small": 3.0}),
        ("classes", "{small: [health]}", "{small: [personal]}", {"small": ()}),
    ],
)  # fmt: skip
def test_of_two_layers_beside_each_other_every_entry_is_the_strictest(
    catalog: Catalog, tmp_path: Path, name: str, one: str, other: str, expected: FactValue
) -> None:
    for first, second in ((one, other), (other, one)):
        packs = {"a": pack("a", {f"base.{name}": first}), "b": pack("b", {f"base.{name}": second})}
        assert value(catalog, tmp_path, name, {**packs, "top": pack("top", {}, "a b")}) == expected


def test_words_of_a_layer_are_checked_at_their_place(catalog: Catalog, tmp_path: Path) -> None:
    with pytest.raises(AipolicyError, match=r"top.yaml:7:\d+: `option.tier` is never `smal`; did you mean `small`\?"):
        value(catalog, tmp_path, "asked", {"top": pack("top", {"base.asked": "{small: 3, smal: 2}"})})


def test_the_configuration_may_only_tighten_what_a_layer_has_set(catalog: Catalog, tmp_path: Path) -> None:
    top = {"top": pack("top", {"base.asked": "{small: 3}"})}
    assert value(catalog, tmp_path, "asked", top, {"base.asked.small": 4.0}) == {"small": 4.0}
    with pytest.raises(AipolicyError, match=r"aipolicy.toml:3:1: `base.asked`: `small` may only become higher"):
        value(catalog, tmp_path, "asked", top, {"base.asked.small": 2.0})
