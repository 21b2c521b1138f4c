"""The schemas of packs, tests, waivers and the configuration know the keys that their readers know, and no others."""

from __future__ import annotations

import json
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import whole_files
from jsonschema import Draft202012Validator

from aipolicy.catalog.catalog import Catalog
from aipolicy.config.config_file import read_config
from aipolicy.config.config_schema import config_schema
from aipolicy.errors import AipolicyError, Problems
from aipolicy.facts.known_facts import known_facts
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.reading.pack_schema import pack_schema
from aipolicy.policy.sources.locate import find_packs
from aipolicy.rule_tests import tests_schema as of_tests
from aipolicy.rule_tests.example_files import read_test_files
from aipolicy.source.json_schema import JsonObject
from aipolicy.source.records import Record
from aipolicy.source.yaml_reader import read_yaml
from aipolicy.source.yaml_writer import write_value
from aipolicy.waivers.read import read_waivers
from aipolicy.waivers.waivers_schema import waivers_schema

ROOT = Path(__file__).resolve().parents[1]
SCHEMAS: Mapping[str, Callable[[], JsonObject]] = {
    "pack": pack_schema, "rules": pack_schema, "waivers": waivers_schema, "tests": of_tests.tests_schema,
    "config": config_schema,
}  # fmt: skip
WHOLE = {
    "pack": whole_files.PACK, "rules": whole_files.RULES, "waivers": whole_files.WAIVERS, "tests": whole_files.TESTS,
    "config": whole_files.CONFIG,
}  # fmt: skip
KINDS = {"PolicyPack": "pack", "PolicyRules": "rules", "Waivers": "waivers", "PolicyTests": "tests"}
FREE = {"measures", "labels", "params"}
"""Mappings whose names are the author's."""
OF_GIT = {"revision", "path"}
"""Keys that are asked of an entry that names a repository."""
OVER_FEATURES = ("portfolio_rules", "[]")
OF_ONE_FEATURE = {"kind", "scope", "legs", "unless", "must_declare"}
"""Keys that are for rules over one feature, which the same reader reads."""

Shape = tuple[str, ...]
"""A path in which `[]` stands for any place of a list."""


@cache
def validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(SCHEMAS[kind]())


def value_of(kind: str, text: str) -> Any:
    return tomllib.loads(text) if kind == "config" else read_yaml("f.yaml", text.encode()).documents[0].value


def read(kind: str, text: str, folder: Path, catalog: Catalog) -> list[str]:
    """Return what the reader of a kind of file says of one, beside what its other files hold."""
    files = {"base.yaml": whole_files.BASE, "whole/pack.yaml": whole_files.PACK, "whole/rules.yaml": whole_files.RULES}
    name = {"pack": "whole/pack.yaml", "rules": "whole/rules.yaml", "tests": "tests.yaml", "config": "a.toml"}.get(kind)
    files |= {name: text} if name else {}
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content.replace("./base", "../base"), encoding="utf-8")
    try:
        if kind == "config":
            read_config(str(folder / "a.toml"), str(folder))
            return []
        packs = packs_of(folder, "./whole" if kind in ("pack", "rules") else "./base.yaml", catalog)
        if kind == "tests":
            specs = known_facts(spec for pack in packs for spec in pack.facts)
            read_test_files([str(folder / "tests.yaml")], {"B-001"}, catalog, specs)
        if kind == "waivers":
            found = read_waivers([("w.yaml", text.encode())], packs, catalog, date(2026, 11, 21)).malformed
            return [finding.message for finding in found]
    except Problems as problems:
        return [error.message for error in problems.errors]
    except AipolicyError as error:
        return [error.message]
    return []


def packs_of(folder: Path, name: str, catalog: Catalog) -> tuple[PolicyPack, ...]:
    return load_packs(find_packs([name], folder), catalog, {})


def objects(schema: JsonObject, rule: JsonObject, at: Shape = ()) -> Iterator[tuple[Shape, JsonObject]]:
    """Yield every mapping of a schema that has keys of its own, by where it may stand."""
    if "$ref" in rule:
        rule = {**schema["$defs"][rule["$ref"].rpartition("/")[2]], **{k: v for k, v in rule.items() if k != "$ref"}}
    if "properties" in rule:
        yield at, rule
        for key, below in rule["properties"].items():
            yield from objects(schema, below, (*at, key))
    if "items" in rule:
        yield from objects(schema, rule["items"], (*at, "[]"))
    for below in rule.get("anyOf", ()):
        if at[-1:] != ("values",):
            yield from objects(schema, below, at)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[Shape, set[str]]:
    """Return what readers ask records for, by where these stand."""
    found: dict[Shape, set[str]] = defaultdict(set)
    finish = Record.finish

    def finished(self: Record) -> None:
        finish(self)
        if not self.document.source.path.endswith("base.yaml"):
            steps = self.path[2:] if self.path[:1] == ("groups",) and len(self.path) > 2 else self.path
            found[tuple("[]" if isinstance(step, int) else step for step in steps)].update(self._known)

    monkeypatch.setattr(Record, "finish", finished)
    return found


@pytest.mark.parametrize("kind", WHOLE)
def test_a_file_with_every_key_is_right_for_schema_and_reader(kind: str, tmp_path: Path, catalog: Catalog) -> None:
    Draft202012Validator.check_schema(SCHEMAS[kind]())
    assert not [error.message for error in validator(kind).iter_errors(value_of(kind, WHOLE[kind]))]
    assert not read(kind, WHOLE[kind], tmp_path, catalog)


@pytest.mark.parametrize("kinds", [("pack", "rules"), ("waivers",), ("tests",), ("config",)], ids=" and ".join)
def test_the_reader_asks_for_the_keys_of_the_schema_and_for_no_others(
    kinds: tuple[str, ...], tmp_path: Path, catalog: Catalog, asked: dict[Shape, set[str]]
) -> None:
    read(kinds[0], WHOLE[kinds[0]], tmp_path, catalog)
    schema = SCHEMAS[kinds[0]]()
    written: dict[Shape, set[str]] = defaultdict(set)
    for shape, rule in objects(schema, schema):
        written[shape] |= set(rule["properties"]) - OF_GIT
    here = {shape: keys for shape, keys in asked.items() if shape in written}
    here[OVER_FEATURES] = here.get(OVER_FEATURES, set()) - OF_ONE_FEATURE
    assert here == {shape: written.get(shape, set()) for shape in here}
    # NOTE: what is repeated below groups and scopes is asked for where it stands in the whole files.
    unread = {shape for shape in written.keys() - here.keys() if FREE.isdisjoint(shape)}
    assert all("groups" in shape or shape[-1] in ("effective", "basis") for shape in unread), unread


@pytest.mark.parametrize("kind", WHOLE)
def test_a_key_too_much_is_refused_by_both_wherever_it_stands(kind: str, tmp_path: Path, catalog: Catalog) -> None:
    passed = []
    for at, damaged in damages(value_of(kind, WHOLE[kind])):
        text = toml_of(damaged) if kind == "config" else "\n".join(f"{k}: {write_value(v)}" for k, v in damaged.items())
        if validator(kind).is_valid(damaged) or not any("xyz" in said for said in read(kind, text, tmp_path, catalog)):
            passed.append(at)
    assert not passed


@pytest.mark.parametrize("key", sorted(OF_ONE_FEATURE))
def test_a_key_of_rules_over_one_feature_is_refused_in_one_over_many(
    key: str, tmp_path: Path, catalog: Catalog
) -> None:
    value = value_of("pack", whole_files.PACK)
    value["portfolio_rules"][0][key] = "x"
    text = "\n".join(f"{name}: {write_value(each)}" for name, each in value.items())
    assert not validator("pack").is_valid(value)
    assert any(f"unknown key `{key}` of a portfolio rule" in said for said in read("pack", text, tmp_path, catalog))


FREE_BELOW = ("given", "option", "partner", "facts", "manifest", "parameters", "expected", "default", "rows")
"""Keys below which stands what people name themselves."""


def damages(value: Any) -> Iterator[tuple[Shape, Any]]:
    """Yield a document with a key too much in one of its mappings, for each of them that has keys of its own."""

    def mappings(here: Any, at: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
        if isinstance(here, dict) and not FREE & {str(step) for step in at}:
            yield at
        pairs = here.items() if isinstance(here, dict) else enumerate(here) if isinstance(here, list) else ()
        for key, below in pairs:
            if key not in FREE_BELOW or isinstance(below, list):
                yield from mappings(below, (*at, key))

    for at in mappings(value, ()):
        damaged = deepcopy(value)
        place = damaged
        for step in at:
            place = place[step]
        place["xyz"] = 1
        yield tuple(map(str, at)), damaged


def toml_of(value: Mapping[str, Any]) -> str:
    plain = [f"{key} = {json.dumps(each)}" for key, each in value.items() if not isinstance(each, dict)]
    tables = [
        f"[{key}]\n"
        + "\n".join(f"{name} = {json.dumps(one)}" for name, one in each.items() if not isinstance(one, dict))
        for key, each in value.items()
        if isinstance(each, dict)
    ]
    return "\n".join([*plain, *tables]) + "\n"


def files_that_ship() -> Iterator[tuple[str, Path]]:
    for path in sorted((*ROOT.glob("policies/**/*.yaml"), *ROOT.glob("examples/**/*.yaml"))):
        for document in read_yaml(path.name, path.read_bytes()).documents:
            kind = document.value.get("kind") if isinstance(document.value, dict) else None
            if kind in KINDS:
                yield KINDS[kind], path
    for path in sorted(ROOT.glob("examples/**/aipolicy.toml")):
        yield "config", path


def test_every_file_that_ships_conforms() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {error.json_path}: {error.message[:200]}"
        for kind, path in set(files_that_ship())
        for document in documents(kind, path)
        for error in validator(kind).iter_errors(document)
    ]
    assert not wrong
    assert len({path for kind, path in files_that_ship() if kind in ("pack", "rules")}) > 40


def documents(kind: str, path: Path) -> list[Any]:
    if kind == "config":
        return [tomllib.loads(path.read_text(encoding="utf-8"))]
    found = [each.value for each in read_yaml(path.name, path.read_bytes()).documents]
    return [each for each in found if isinstance(each, dict) and KINDS.get(str(each.get("kind"))) == kind]
