"""`aipolicy rules` and `aipolicy schema`: what is listed is what is evaluated, and what is printed is what ships."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from aipolicy.cli.main import cli
from aipolicy.findings.reserved_rules import RESERVED_RULES

ROOT = Path(__file__).resolve().parents[2]
DAY = ("--as-of", "2026-11-21")
PACK = """\
apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: house, version: 1.0.0}
rules:
  - {id: IN-001, name: first, title: "First\\e[31m\\u202E", kind: duty, severity: error, require: [team.on_call], message: m}
  - {id: IN-002, name: second, title: Second, kind: duty, severity: note, require: [team.on_call], message: m,
     effective: {until: 2026-11-20}}
  - {id: GDPR28-001, name: third, title: Third, kind: constraint, severity: warning,
     require: [option.offers_dpa], message: m}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", "")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    (tmp_path / "house.yaml").write_text(PACK, encoding="utf-8")
    (tmp_path / "aipolicy.toml").write_text('policies = ["./house.yaml"]\n', encoding="utf-8")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def listed(*arguments: str) -> list[str]:
    value = json.loads(run("rules", "--format", "json", *DAY, *arguments).output)
    assert value["schema"] == "aipolicy/rules/v1"
    return [rule["id"] for rule in value["rules"]]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), ["GDPR28-001", "IN-001"]),
        (("--select", "IN"), ["IN-001"]),
        (("--ignore", "GDPR28"), ["IN-001"]),
        (("--select", "GDPR28-001"), ["GDPR28-001"]),
        (("--as-of", "2026-11-20"), ["GDPR28-001", "IN-001", "IN-002"]),
    ],
)
def test_rules_lists_what_would_be_evaluated_on_the_day(arguments: tuple[str, ...], expected: list[str]) -> None:
    assert listed(*arguments) == expected


def test_text_lists_the_same_rules_and_those_about_manifests() -> None:
    lines = run("rules", *DAY).output.splitlines()
    ids = [line.split()[0] for line in lines if re.match(r"  \S", line)]
    assert ids == [*listed(), *(rule.id for rule in RESERVED_RULES)]
    assert "Third" in " ".join(lines)


@pytest.mark.parametrize("output", ["text", "json"])
def test_a_title_cannot_steer_the_terminal(output: str) -> None:
    shown = run("rules", "--format", output, *DAY).output
    assert "First" in shown
    assert not [c for c in shown if c != "\n" and unicodedata.category(c) in ("Cc", "Cf")]


@pytest.mark.parametrize("rule_id", ["IN-001", "GDPR28-001", "IN-002"])
def test_every_rule_id_that_a_pack_may_use_can_be_explained(rule_id: str) -> None:
    result = run("explain", rule_id, *DAY)
    assert result.exit_code == 0
    assert result.output.startswith(f"{rule_id} ")
    assert json.loads(run("explain", rule_id, "--format", "json", *DAY).output)["id"] == rule_id


def test_the_shipped_pack_is_listed_without_a_configuration(folder: Path) -> None:
    (folder / "aipolicy.toml").unlink()
    assert "DATA-001" in listed()


@pytest.mark.parametrize(("which", "file"), [("manifest", "aifeature.v1.json"), ("report", "report.v2.json")])
def test_schema_prints_a_valid_schema_as_it_ships(which: str, file: str) -> None:
    result = run("schema", which)
    assert result.exit_code == 0
    assert result.output == (ROOT / "schemas" / file).read_text(encoding="utf-8")
    Draft202012Validator.check_schema(json.loads(result.output))


def test_the_schema_of_manifests_is_the_default() -> None:
    assert run("schema").output == run("schema", "manifest").output


def test_a_rule_that_is_not_in_force_is_listed_with_its_stage(folder: Path) -> None:
    stages = "effective: {announced: 2026-12-01, warning: 2027-01-01, from: 2027-02-01}"
    staged = PACK.replace("effective: {until: 2026-11-20}", stages).replace("severity: note", "severity: error")
    (folder / "house.yaml").write_text(staged, encoding="utf-8")
    text = run("rules", *DAY).output
    comes = "a note from 2026-12-01, a warning from 2027-01-01, an error from 2027-02-01"
    assert f"unannounced, not evaluated; {comes}" in " ".join(text.split())
    rules = {r["id"]: r for r in json.loads(run("rules", "--format", "json", "--as-of", "2027-01-01").output)["rules"]}
    assert (rules["IN-002"]["stage"], rules["IN-002"]["severity_now"]) == ("warning", "warning")
    assert (rules["IN-001"]["stage"], rules["IN-001"]["severity_now"]) == ("in-force", "error")
    page = run("explain", "IN-002", "--as-of", "2026-12-24").output
    assert "on 2026-12-24: announced, note; a warning from 2027-01-01, an error from 2027-02-01" in " ".join(
        page.split()
    )


def test_reports_for_machines_name_the_stage_of_what_is_not_in_force(folder: Path) -> None:
    staged = PACK.replace("effective: {until: 2026-11-20}", "effective: {announced: 2026-11-01, from: 2027-02-01}")
    (folder / "house.yaml").write_text(staged, encoding="utf-8")
    (folder / "aifeature.yaml").write_text(
        "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: f}\nteam: {on_call: false}\n", encoding="utf-8"
    )
    findings = json.loads(run("check", "--format", "json", *DAY).stdout)["findings"]
    assert {f["rule"]: f.get("stage") for f in findings} == {"IN-001": None, "IN-002": "announced"}
    (log,) = json.loads(run("check", "--format", "sarif", *DAY).stdout)["runs"]
    assert {r["ruleId"]: r["properties"].get("stage") for r in log["results"]} == {
        "IN-001": None,
        "IN-002": "announced",
    }
    rules = {r["id"]: r["properties"] for r in log["tool"]["driver"]["rules"]}
    assert rules["IN-002"]["becomes"] == "in force from 2027-02-01"
