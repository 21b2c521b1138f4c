"""Test files: every mistake at its line, none half read."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import read_catalog
from aipolicy.errors import AipolicyError, PolicyError, Problems, UsageError
from aipolicy.facts.known_facts import STANDARD_FACTS
from aipolicy.rule_tests.example_files import FileTest, find_test_files, read_test_files

HEAD = "apiVersion: aipolicy/v1\nkind: PolicyTests\ntests:\n"
RULES = {"RES-001", "LAT-001"}


@cache
def _catalog() -> Catalog:
    return read_catalog((), as_of=date(2026, 11, 21))


def read(folder: Path, text: str, head: str = HEAD) -> tuple[FileTest, ...]:
    (folder / "t.yaml").write_text(head + text, encoding="utf-8")
    return read_test_files([(folder / "t.yaml").as_posix()], RULES, _catalog(), STANDARD_FACTS)


def mistakes(folder: Path, text: str, head: str = HEAD) -> list[str]:
    with pytest.raises(AipolicyError) as caught:
        read(folder, text, head)
    errors = caught.value.errors if isinstance(caught.value, Problems) else (caught.value,)
    return [str(error).removeprefix(f"{folder.as_posix()}/t.yaml:") for error in errors]


@pytest.mark.parametrize(
    ("entry", "mistake"),
    [
        ("rule: RES-01, name: n, given: {}, expect: violated", "unknown rule `RES-01`; did you mean `RES-001`?"),
        ("rule: RES-001, name: n, given: {}, expect: waived", "`waived` is not one of"),
        ("rule: RES-001, name: n, given: {data.clases: []}, expect: violated", "unknown fact `data.clases`"),
        ("rule: RES-001, name: n, given: {data.classes: [helth]}, expect: undetermined", "`data.classes` is never `helth`"),
        ("rule: RES-001, name: n, given: {option.regions: []}, expect: violated", "unknown fact `option.regions`"),
        ("rule: RES-001, name: n, option: {hosting: cloud}, expect: violated", "`option.hosting` is never `cloud`"),
        ("rule: RES-001, name: n, expect: violated", "a test has a `manifest`, or something `given`, or an `option`"),
        ("rule: RES-001, name: n, given: {}, manifest: a.yaml, expect: violated", "not both"),
        ("rule: RES-001, name: n, manifest: a.yaml, expect: violated", "cannot read the manifest `a.yaml`: no such file"),
        ("rule: RES-001, name: n, manifest: /dev/zero, expect: violated", "not a regular file"),
        ("rule: RES-001, name: n, manifest: [], expect: violated", "found a list"),
        ("rule: RES-001, name: n, manifest: {metadata: {name: x}, latency: {p95: 3}}, expect: violated",
         "unknown key `p95`"),
        ("rule: RES-001, name: n, manifest: {latency: {p95_ms: 3}}, expect: violated", "missing key `metadata`"),
        ("rule: RES-001, name: n, given: {}, as_of: 2026-02-30, expect: violated", "must be a day as YYYY-MM-DD"),
        ("rule: RES-001, name: n, given: {}, expect: violated, location: a.b", "only a test of a `manifest` has a location"),
        ("rule: RES-001, name: n, given: {}, expect: undetermined, message: m", "gives no message"),
        ("rule: RES-001, name: n, manifest: {metadata: {name: x}}, expect: satisfied, location: a", "points nowhere"),
        ("rule: RES-001, name: n, manifest: {metadata: {name: x}}, expect: violated, location: '3:1'",
         "no lines of its own"),
        ("rule: RES-001, name: n, manifest: {metadata: {name: x}}, expect: violated, location: 'a b'", "`line:column`"),
        ("rule: RES-001, name: n, given: {}, expct: violated", "unknown key `expct`; did you mean `expect`?"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_at_its_line(entry: str, mistake: str, tmp_path: Path) -> None:
    found = mistakes(tmp_path, f"  - {{{entry}}}\n")
    assert any(mistake in text for text in found), found
    assert all(text.startswith("4:") for text in found), found


@pytest.mark.parametrize(
    ("head", "text", "mistake"),
    [
        ("", "", "the file is empty"),
        (HEAD.replace("PolicyTests", "PolicyTest"), "  []\n", "did you mean `PolicyTests`?"),
        (HEAD, "  []\n", "a file of tests holds at least one"),
        (HEAD.removesuffix("tests:\n"), "", "a file of tests holds at least one"),
        (HEAD.replace("v1", "v2"), "  - {rule: RES-001, name: n, given: {}, expect: violated}\n",
         "unknown version `aipolicy/v2`"),
        (HEAD, "  - {rule: RES-001\n", ""),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused(head: str, text: str, mistake: str, tmp_path: Path) -> None:
    found = mistakes(tmp_path, text, head)
    assert any(mistake in told for told in found), found


def test_a_mistake_in_a_manifest_written_as_text_names_its_own_line(tmp_path: Path) -> None:
    text = (
        "  - rule: RES-001\n    name: n\n    expect: violated\n    manifest: |\n      apiVersion: aipolicy/v1\n"
        "      kind: AIFeature\n      metadata: {nme: x}\n"
    )
    found = mistakes(tmp_path, text)
    assert any("in this manifest, at line 3:12: unknown key `nme`" in told for told in found), found


def test_a_manifest_is_named_relative_to_its_test_file(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    folder.mkdir()
    (folder / "x.aifeature.yaml").write_text(
        "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: x}\n", encoding="utf-8"
    )
    tests = read(tmp_path, "  - {rule: RES-001, name: n, manifest: m/x.aifeature.yaml, expect: undetermined}\n")
    assert tests[0].feature is not None
    assert tests[0].feature.name == "x"


def test_files_are_found_in_named_folders_and_beside_packs_but_manifests_are_not(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    (pack / "tests").mkdir(parents=True)
    for name in ("b.yaml", "a.yml", "aifeature.yaml", "x.aifeature.yaml", "notes.txt"):
        (pack / "tests" / name).write_text("", encoding="utf-8")
    folder = (pack / "tests").as_posix()
    expected = (f"{folder}/a.yml", f"{folder}/b.yaml")
    assert find_test_files([], [pack.as_posix(), (tmp_path / "none").as_posix()]) == expected
    assert find_test_files([folder, f"{folder}/b.yaml"], [pack.as_posix()]) == expected


@pytest.mark.parametrize(
    ("name", "mistake"),
    [
        ("a.yam", "a.yam: this file would not be read; name it `.yaml`, or move it out of the folder"),
        ("a.YAML", "a.YAML: this file would not be read; name it `.yaml`, or move it out of the folder"),
        ("a.yaml.bak", "a.yaml.bak: this file would not be read; name it `.yaml`, or move it out of the folder"),
        ("m/a.yam", "m/a.yam: this file would not be read; name it `.yaml`, or move it out of the folder"),
        ("m/b.yaml", "m/b.yaml: these tests would not be run; move the file up into `tests`, or name its folder"),
    ],
)
@pytest.mark.parametrize("named", [[], ["tests"]], ids=["pack", "named"])
def test_tests_in_a_folder_that_would_not_be_run_are_refused(
    name: str, mistake: str, named: list[str], tmp_path: Path
) -> None:
    (tmp_path / "tests/m").mkdir(parents=True)
    for file, text in {"ok.yaml": HEAD, name: HEAD, "m/fixture.yaml": "kind: AIFeature\n", "m/x.json": "{}"}.items():
        (tmp_path / "tests" / file).write_text(text, encoding="utf-8")
    folders = [(tmp_path / each).as_posix() for each in named]
    with pytest.raises(PolicyError) as caught:
        find_test_files(folders, [] if named else [tmp_path.as_posix()])
    assert str(caught.value) == f"{tmp_path.as_posix()}/tests/{mistake}"


def test_tests_in_a_folder_below_are_run_where_they_are_named_too(tmp_path: Path) -> None:
    for file in ("a.yaml", "m/b.yaml", "pack/tests/c.yaml", ".git/d.yaml"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(HEAD, encoding="utf-8")
    above = tmp_path.as_posix()
    found = find_test_files([above, f"{above}/m/b.yaml"], [f"{above}/pack"])
    assert found == (f"{above}/a.yaml", f"{above}/m/b.yaml", f"{above}/pack/tests/c.yaml")


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_a_named_path_without_tests_is_no_silence(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError):
        find_test_files([(tmp_path / name).as_posix()], [])


def test_a_table_names_its_rule_and_day_once_for_all_rows(tmp_path: Path) -> None:
    rows = "{a: [9, undetermined], b: [~, undetermined]}"
    tests = read(tmp_path, f"- {{rule: LAT-001, as_of: 2026-11-20, columns: [latency.p95_ms, expect], rows: {rows}}}")
    assert [(each.rule_id, each.as_of, each.test.name, each.test.given) for each in tests] == [
        ("LAT-001", date(2026, 11, 20), "a", {"latency.p95_ms": 9.0}), ("LAT-001", date(2026, 11, 20), "b", {}),
    ]  # fmt: skip
