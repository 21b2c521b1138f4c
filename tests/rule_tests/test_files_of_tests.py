"""`aipolicy test FILE`: manifests judged as a check judges them, on a day, with message and location."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from aipolicy.cli.main import cli

DAY = ("--as-of", "2026-11-21")
PACK = """\
apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: house, version: 1.0.0}
rules:
  - id: IN-001
    name: leaves-the-house
    title: Data stays inside
    kind: constraint
    severity: error
    effective: {announced: 2026-01-01, from: 2026-02-01, until: 2027-06-30}
    when: [data.sensitivity >= 3.0]
    require: ["!option.leaves_organization"]
    message: "`{data.classes}` leaves for `{option.provider}`"
"""
HEAD = "apiVersion: aipolicy/v1\nkind: PolicyTests\ntests:\n"
MANIFEST = """\
apiVersion: aipolicy/v1
kind: AIFeature
metadata: {name: triage, lifecycle: prototype}
data: {classes: [health]}
plan:
  hosting: provider-api
  provider: openai
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", "")
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "house" / "tests").mkdir(parents=True)
    (tmp_path / "house" / "pack.yaml").write_text(PACK, encoding="utf-8")
    (tmp_path / "triage.aifeature.yaml").write_text(MANIFEST, encoding="utf-8")
    return tmp_path


def run(folder: Path, entries: str, *arguments: str) -> Result:
    (folder / "house" / "tests" / "t.yaml").write_text(HEAD + entries, encoding="utf-8")
    return CliRunner().invoke(cli, ["test", "--policy", "./house", *arguments, *DAY])


def entry(rest: str) -> str:
    return f"  - {{rule: IN-001, name: n, {rest}}}\n"


PATH = "manifest: ../../triage.aifeature.yaml, "
HERE = "manifest: {metadata: {name: x}, data: {classes: [health]}"


@pytest.mark.parametrize(
    "rest",
    [
        PATH + "expect: violated",
        PATH + "expect: violated, message: '`health` leaves for `openai`', location: '6:12'",
        PATH + "expect: violated, location: plan.hosting",
        PATH + "expect: not-applicable, as_of: 2027-07-01",
        PATH + "expect: not-applicable, as_of: 2025-12-31",
        HERE + ", plan: {hosting: on-premises, fallback: none}}, expect: satisfied",
        HERE + ", plan: {hosting: on-premises}}, expect: undetermined",
        HERE + "}, expect: undetermined",
        "manifest: {metadata: {name: x}, data: {classes: [public]}}, expect: not-applicable",
        "given: {data.classes: [health]}, option: {leaves_organization: true}, expect: not-applicable, as_of: 2027-07-01",
        "given: {data.classes: [health]}, option: {leaves_organization: true}, expect: violated, as_of: 2027-06-30",
    ],
)
def test_what_holds(rest: str, folder: Path) -> None:
    result = run(folder, entry(rest))
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        (PATH + "expect: satisfied", "expected satisfied, found violated"),
        (PATH + "expect: violated, message: gone",
         "message expected  gone\n  message found     `health` leaves for `openai`"),
        (PATH + "expect: violated, location: '7:13'", "location expected  7:13\n  location found     6:12"),
        (PATH + "expect: violated, location: plan.provider", "location found     plan.hosting"),
        (PATH + "expect: violated, as_of: 2027-07-01", "expected violated, found not-applicable"),
        (HERE + ", plan: {hosting: on-premises, fallback: none}}, expect: violated, message: m",
         "message expected  m\n  message found     no finding"),
    ],
)  # fmt: skip
def test_what_does_not(rest: str, told: str, folder: Path) -> None:
    result = run(folder, entry(rest))
    assert result.exit_code == 1, result.output
    assert told in result.output
    assert "test at house/tests/t.yaml:4, rule at house/pack.yaml:5" in result.output


def test_a_manifest_that_contradicts_itself_is_no_test(folder: Path) -> None:
    manifest = "manifest: {metadata: {name: x}, latency: {p50_ms: 9, p95_ms: 3}}, expect: undetermined"
    result = run(folder, entry(manifest))
    assert "t.yaml:4: in the manifest: MAN-008" in str(result.exception)


def test_whole_manifests_notice_slips_too(folder: Path) -> None:
    entries = entry(PATH + "expect: violated") + entry(HERE + ", plan: {hosting: on-device}}, expect: undetermined")
    found = json.loads(run(folder, entries, "--mutate", "--format", "json").output)
    survived = {mutant["mutant"] for mutant in found["mutation"]["survived"]}
    assert "data.sensitivity < 3.0" not in survived
    assert "option.leaves_organization" not in survived
    assert "data.sensitivity >= (2.0)" in survived


def test_tests_of_rules_that_are_left_out_are_not_run(folder: Path) -> None:
    assert run(folder, entry(PATH + "expect: violated"), "--ignore", "IN-001").exit_code == 3


@pytest.mark.parametrize("arguments", [(), ("--mutate",), ("--suggest", "--coverage")])
def test_the_json_conforms_to_its_schema(arguments: tuple[str, ...], folder: Path) -> None:
    schema = json.loads((Path(__file__).parents[2] / "schemas" / "test.v1.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    entries = entry(PATH + "expect: satisfied") + entry(PATH + "expect: violated, as_of: 2027-07-01")
    found = json.loads(run(folder, entries, "--format", "json", *arguments).output)
    assert [error.message for error in Draft202012Validator(schema).iter_errors(found)] == []
    assert found["failed"][0]["differences"] == [{"what": "outcome", "expected": "satisfied", "found": "violated"}]
    assert found["failed"][1]["note"] == "the rule ended on 2027-06-30"


def test_hostile_names_are_shown_escaped(folder: Path) -> None:
    text = HEAD + '  - {rule: IN-001, name: "a\\e[31m\\u202e", given: {data.classes: [health]}, expect: satisfied}\n'
    (folder / "house" / "tests" / "t.yaml").write_text(text, encoding="utf-8")
    for output_format in ("text", "json"):
        result = CliRunner().invoke(cli, ["test", "--policy", "./house", "--format", output_format, *DAY])
        assert result.exit_code == 1
        assert "\x1b" not in result.output
        assert "\u202e" not in result.output


LIMITED = """\
apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: limited, version: 1.0.0}
facts:
  - {name: seats, type: number, unit: people, meaning: people who use it}
rules:
  - id: LIM-001
    name: too-many-seats
    title: t
    kind: duty
    severity: error
    applies_to: {lifecycle: [pilot], labels: {unit: claims}, owners: "claims-*", paths: "services/**"}
    require: [extensions.seats <= 100.0]
    message: "`{extensions.seats}` people"
"""


def test_facts_of_packs_and_limits_of_rules_are_tested_and_suggested_like_any_other(folder: Path) -> None:
    (folder / "limited.yaml").write_text(LIMITED, encoding="utf-8")
    arguments = ["test", "--policy", "./limited.yaml", *DAY]
    suggested = CliRunner().invoke(cli, [*arguments, "--suggest"]).output
    assert "no example was found" not in suggested
    entries = suggested.partition("under `tests`\n")[2].partition("\n\n")[0]
    (folder / "limited.yaml").write_text(f"{LIMITED}    tests:\n{entries}\n", encoding="utf-8")
    thresholds = ("--mutate", "--min-mutation", "100", "--min-coverage", "100")
    assert CliRunner().invoke(cli, [*arguments, *thresholds]).exit_code == 0
    manifest = "{metadata: {name: x, lifecycle: idea}, extensions: {seats: 101}}"
    text = HEAD + f"  - {{rule: LIM-001, name: n, manifest: {manifest}, expect: not-applicable}}\n"
    (folder / "t.yaml").write_text(text, encoding="utf-8")
    assert CliRunner().invoke(cli, [*arguments, "t.yaml", "--select", "LIM"]).exit_code == 0
    (folder / "t.yaml").write_text(text.replace("seats", "seat"), encoding="utf-8")
    assert "unknown key `seat`" in str(CliRunner().invoke(cli, [*arguments, "t.yaml"]).exception)
