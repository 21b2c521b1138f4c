"""`aipolicy test` as the author of a pack meets it: what fails shows its lines and values, and coverage is counted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aipolicy.cli.main import cli
from aipolicy.policy.sources.locate import shipped_packs

DAY = ("--as-of", "2026-11-21")
HEAD = "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: house, version: 1.0.0}\nrules:\n"
RULE = """\
  - id: IN-001
    name: leaves-the-house
    title: Data stays inside
    kind: constraint
    severity: error
    when: [data.sensitivity >= 3.0]
    require: ["!option.leaves_organization"]
    message: "`{data.classes}` leaves"
"""
TESTS = {
    "violated": "given: {data.classes: [health]}, option: {leaves_organization: true}, expect: violated",
    "satisfied": "given: {data.classes: [health]}, option: {leaves_organization: false}, expect: satisfied",
    "public": "given: {data.classes: [public]}, option: {leaves_organization: true}, expect: not-applicable",
    "unknown class": "given: {}, option: {leaves_organization: true}, expect: undetermined",
    "unknown option": "given: {data.classes: [health]}, option: {}, expect: undetermined",
    "wrong": "given: {data.classes: [health]}, option: {leaves_organization: true}, expect: satisfied",
}


BLUNT = """\
    tests:
      - {name: goes, given: {data.classes: [health]}, option: {leaves_organization: true}, expect: violated}
      - {name: stays, given: {data.classes: [health]}, option: {leaves_organization: false}, expect: satisfied}
"""
PARAMETER = """\
parameters:
  - {name: from_level, type: number, default: 3, unit: level, description: d, source: s}
rules:"""
FAILURE = """\
  test at house.yaml:14, rule at house.yaml:5
  expected satisfied, found violated
    when    true    data.sensitivity >= 3.0
                    |
                    3
    require false   !option.leaves_organization
                     |
                     true
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", "")
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


def run(folder: Path, names: list[str], *arguments: str) -> Result:
    tests = "".join(f"      - {{name: {name}, {TESTS[name]}}}\n" for name in names)
    text = HEAD + RULE + (f"    tests:\n{tests}" if names else "")
    (folder / "house.yaml").write_text(text, encoding="utf-8")
    return CliRunner().invoke(cli, ["test", "--policy", "./house.yaml", *arguments, *DAY])


def test_examples_that_hold_are_counted_with_their_coverage(folder: Path) -> None:
    result = run(folder, ["violated", "satisfied", "public", "unknown class", "unknown option"])
    assert result.exit_code == 0, result.output
    assert result.output == "5 of 5 tests hold, of 1 rule\ncondition coverage 100.0 %\n"


def test_an_example_that_fails_shows_every_line_with_its_values(folder: Path) -> None:
    result = run(folder, ["wrong", "violated"])
    assert result.exit_code == 1
    assert "IN-001 leaves-the-house: wrong" in result.output
    assert "expected satisfied, found violated" in result.output
    assert FAILURE in result.output
    assert "1 of 2 tests hold, of 1 rule" in result.output


def test_nothing_to_run_is_a_failure(folder: Path) -> None:
    result = run(folder, [])
    assert result.exit_code == 3
    assert "rules without a test\n  IN-001" in result.output
    assert "nothing to run" in result.output


def test_what_no_example_was_found_for_is_counted(folder: Path) -> None:
    rule = RULE.replace("[data.sensitivity >= 3.0]", "['metadata.owner.matches(\"^[0-9]{8}$\")']")
    (folder / "house.yaml").write_text(HEAD + rule, encoding="utf-8")
    result = CliRunner().invoke(cli, ["test", "--policy", "./house.yaml", "--suggest", *DAY])
    assert "no example was found for" in result.output
    found = json.loads(
        CliRunner().invoke(cli, ["test", "--policy", "./house.yaml", "--suggest", "--format", "json", *DAY]).output
    )
    assert found["without_suggestion"] > 0


def test_conditions_that_no_example_shows_are_named(folder: Path) -> None:
    result = run(folder, ["violated", "satisfied"], "--coverage")
    assert result.exit_code == 0
    assert "never false, unknown  data.sensitivity >= 3.0" in result.output
    assert "IN-001 when at house.yaml:10" in result.output
    assert "condition coverage 60.0 %" in result.output


def test_a_fact_that_every_option_has_need_not_be_seen_unknown(folder: Path) -> None:
    result = run(folder, ["violated", "satisfied", "public", "unknown class"], "--coverage")
    assert "condition coverage 100.0 %" in result.output


@pytest.mark.parametrize(("percent", "code"), [("60", 0), ("60.1", 1), ("100", 1)])
def test_too_little_coverage_is_a_failure(percent: str, code: int, folder: Path) -> None:
    assert run(folder, ["violated", "satisfied"], "--min-coverage", percent).exit_code == code


def test_slips_that_no_example_notices_are_named_and_examples_suggested(folder: Path) -> None:
    (folder / "house.yaml").write_text(HEAD + RULE + BLUNT, encoding="utf-8")
    result = CliRunner().invoke(cli, ["test", "--policy", "./house.yaml", "--mutate", "--suggest", *DAY])
    assert result.exit_code == 0
    assert "mutant  data.sensitivity >= (2.0)" in result.output
    assert "option: {leaves_organization: true}" in result.output
    entries = result.output.partition("under `tests`\n")[2].partition("\n\n")[0]
    (folder / "house.yaml").write_text(HEAD + RULE + BLUNT + entries + "\n", encoding="utf-8")
    again = CliRunner().invoke(
        cli, ["test", "--policy", "./house.yaml", "--mutate", "--min-mutation", "100", "--min-coverage", "100", *DAY]
    )
    assert again.exit_code == 0, again.output


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["--mutate", "--min-mutation", "100"], 1), (["--min-mutation", "50"], 2), (["--min-coverage", "nan"], 2),
     (["--mutate", "--min-mutation", "nan"], 2), (["--mutate", "--min-mutation", "101"], 2)],
)  # fmt: skip
def test_thresholds_hold_or_are_refused(arguments: list[str], code: int, folder: Path) -> None:
    (folder / "house.yaml").write_text(HEAD + RULE + BLUNT, encoding="utf-8")
    result = CliRunner().invoke(cli, ["test", "--policy", "./house.yaml", *arguments, *DAY])
    assert result.exit_code == code, result.output


def test_examples_are_judged_with_the_parameters_of_their_author(folder: Path) -> None:
    text = HEAD.replace("rules:", PARAMETER) + RULE.replace(">= 3.0", ">= params.from_level") + BLUNT
    (folder / "house.yaml").write_text(text, encoding="utf-8")
    (folder / "aipolicy.toml").write_text(
        'policies = ["./house.yaml"]\n[parameters]\n"house.from_level" = 0\n', encoding="utf-8"
    )
    result = CliRunner().invoke(cli, ["test", *DAY])
    assert result.exit_code == 0, result.output


def test_an_example_may_state_the_message(folder: Path) -> None:
    stated = BLUNT.replace("expect: violated", "expect: violated, message: '`health` leaves'")
    (folder / "house.yaml").write_text(HEAD + RULE + stated, encoding="utf-8")
    assert CliRunner().invoke(cli, ["test", "--policy", "./house.yaml", *DAY]).exit_code == 0
    (folder / "house.yaml").write_text(HEAD + RULE + stated.replace("leaves'", "stays'"), encoding="utf-8")
    result = CliRunner().invoke(cli, ["test", "--policy", "./house.yaml", *DAY])
    assert result.exit_code == 1
    assert "message expected  `health` stays\n  message found     `health` leaves" in result.output


def test_the_json_has_failures_and_gaps(folder: Path) -> None:
    found = json.loads(run(folder, ["wrong"], "--format", "json").output)
    assert found["failed"][0]["lines"][0]["values"] == {"data.sensitivity": 3}
    assert found["coverage"]["uncovered"][0]["never"] == ["false", "unknown"]


def test_examples_of_the_shipped_packs_show_every_condition_and_notice_every_slip() -> None:
    thresholds = ("--min-coverage", "100", "--mutate", "--min-mutation", "95")
    for pack in shipped_packs():
        result = CliRunner().invoke(cli, ["test", "--policy", pack, *thresholds, *DAY])
        assert result.exit_code == 0, result.output
