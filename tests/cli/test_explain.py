"""`aipolicy explain`, `rules` and `schema` as a user meets them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aipolicy.cli.main import cli
from aipolicy.errors import UsageError
from aipolicy.findings.reserved_rules import RESERVED_RULES

DAY = ("--as-of", "2026-11-21")
LEAK = (
    "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: leak, lifecycle: pilot}\n"
    "data: {classes: [itar], residency: [US]}\nlatency: {p95_ms: 3000}\n"
    "volume: {requests_per_day: 1000, input_tokens: 500, output_tokens: 50}\n"
    "plan: {hosting: provider-api, provider: openai, region: us, fallback: none}\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "leak.aifeature.yaml").write_text(LEAK, encoding="utf-8")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, catch_exceptions=True)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("subject", ["leak", "leak.aifeature.yaml", "./leak.aifeature.yaml"])
def test_a_feature_is_explained_by_name_or_by_path(subject: str) -> None:
    result = run("explain", subject, *DAY)
    assert result.exit_code == 0, result.output
    assert result.output.startswith("leak · pilot · leak.aifeature.yaml\nSelf-host a small model")
    assert "DATA-001 line 7" in result.output
    assert "itar would be sent to openai" in result.output
    assert len(result.output.splitlines()) <= 45


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("flag", "told"),
    [
        ("--facts", ["facts declared", "left out, as assumed or expected"]),
        ("--options", ["ways left / open", "rules that removed ways"]),
        ("--rules", ["rules over the plan", "DATA-001 restricted-data-leaves-organization: violated"]),
        ("--cost", ["running + people =", "break-even"]),
    ],
)
def test_what_led_to_the_answer_stands_behind_flags(flag: str, told: list[str]) -> None:
    short, alone, everything = (run("explain", "leak", *flags, *DAY).output for flags in ((), (flag,), ("--all",)))
    for words in told:
        assert words in alone
        assert words in everything
    assert "it turns" not in alone
    assert "look up" in short
    assert everything.startswith(short)


@pytest.mark.usefixtures("folder")
def test_every_condition_of_every_rule_is_shown_on_request() -> None:
    some, every = run("explain", "leak", "--rules", *DAY).output, run("explain", "leak", "--all", *DAY).output
    assert re.search(r"require +false +!option\.leaves_organization", some)
    assert every.count("\n      when ") > some.count("\n      when ") > 0


@pytest.mark.usefixtures("folder")
def test_explain_ends_in_the_outcomes_that_check_reports() -> None:
    checked = json.loads(run("check", "--format", "json", *DAY).output)
    explained = json.loads(run("explain", "leak", "--format", "json", *DAY).output)
    outcomes = {rule["rule"]: rule for rule in explained["rules"]}
    assert explained["verdict"] == checked["features"][0]["verdict"]
    for finding in checked["findings"]:
        if finding["rule"] in outcomes:
            rule = outcomes[finding["rule"]]
            if finding["outcome"] == "violated":
                assert rule["outcome"] == "violated"
                assert any(line["section"] == "require" and line["truth"] == "false" for line in rule["lines"])
            else:
                assert any(rule["outcomes"].get(word) for word in ("undetermined", "undeclared", "violated"))


@pytest.mark.usefixtures("folder")
def test_the_json_explanation_lists_every_option_that_remains() -> None:
    explained = json.loads(run("explain", "leak", "--format", "json", *DAY).output)
    verdict = explained["verdict"]
    assert len(explained["admissible_options"]) == verdict["admissible"]
    assert len(explained["open_options"]) == verdict["open"]
    assert {option["hosting"] for option in explained["open_options"]} <= {"own-cloud", "on-premises", "on-device"}


@pytest.mark.usefixtures("folder")
def test_a_rule_is_explained_with_its_examples() -> None:
    text = run("explain", "DATA-001", *DAY).output
    for heading in ("why", "fix", "applies when", "requires", "parameters", "references", "examples"):
        assert f"\n{heading}\n" in text
    rule = json.loads(run("explain", "DATA-001", "--format", "json", *DAY).output)
    assert rule["id"] == "DATA-001"
    assert rule["examples"]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("rule", [rule.id for rule in RESERVED_RULES])
def test_rules_about_manifests_are_explained_too(rule: str) -> None:
    assert rule in run("explain", rule, *DAY).output
    assert json.loads(run("explain", rule, "--format", "json", *DAY).output)["reserved"] is True


@pytest.mark.usefixtures("folder")
def test_an_unknown_feature_is_refused_with_a_suggestion() -> None:
    result = run("explain", "leek", *DAY)
    assert isinstance(result.exception, UsageError)
    assert "did you mean `leak`?" in str(result.exception)


def test_a_broken_manifest_is_told_and_not_explained(folder: Path) -> None:
    (folder / "bad.aifeature.yaml").write_text(LEAK.replace("residency", "residancy"), encoding="utf-8")
    result = run("explain", "bad.aifeature.yaml", *DAY)
    assert isinstance(result.exception, UsageError)
    assert "MAN-003" in result.output


@pytest.mark.usefixtures("folder")
def test_rules_lists_what_is_evaluated() -> None:
    listed = json.loads(run("rules", "--format", "json", "--select", "DATA", "--ignore", "DATA-002", *DAY).output)
    ids = [rule["id"] for rule in listed["rules"]]
    assert "DATA-001" in ids
    assert "DATA-002" not in ids
    assert all(rule_id.startswith("DATA-") for rule_id in ids)
    text = run("rules", *DAY).output
    assert all(rule.id in text for rule in RESERVED_RULES)


@pytest.mark.parametrize("which", ["manifest", "report"])
def test_schema_prints_the_shipped_schema(which: str) -> None:
    assert json.loads(run("schema", which).output)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("subject", ["RES001", "res-001", "Res_001", "MAN005"])
def test_a_rule_is_explained_as_people_type_its_id(subject: str) -> None:
    result = run("explain", subject, *DAY)
    assert result.exit_code == 0, result.output
    assert result.output.startswith(("RES-001 processing-outside-residency", "MAN-005 "))


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "words",
    [("RES-001,LAT-001",), ("res001, lat001",), ("RES-001", "LAT-001"), ("RES,LAT-001",)],
)
def test_rules_are_chosen_with_commas_and_in_any_case(words: tuple[str, ...]) -> None:
    chosen = [part for word in words for part in ("--select", word)]
    result = run("check", "leak.aifeature.yaml", *chosen, "--show-config", *DAY)
    assert result.exit_code in (0, 1), result.output
    shown = run("check", "leak.aifeature.yaml", *chosen, *DAY).output
    assert "VOL-001" in shown.partition("not evaluated by choice")[2]
    assert "RES-001" not in shown.partition("not evaluated by choice")[2]


@pytest.mark.usefixtures("folder")
def test_an_unknown_rule_among_several_is_an_error() -> None:
    result = run("check", "leak.aifeature.yaml", "--select", "RES-001,NOPE-001", *DAY)
    assert isinstance(result.exception, UsageError)
    assert "unknown rule `NOPE-001`" in str(result.exception)


@pytest.mark.parametrize(
    ("day", "written"), [("20270115", "2027-01-15"), ("2027/1/15", "2027-01-15"), ("1/2/2027", "")]
)
def test_a_day_in_another_form_is_told_as_it_is_written(folder: Path, day: str, written: str) -> None:
    result = run("check", str(folder), "--as-of", day)
    assert isinstance(result.exception, UsageError)
    assert ("; write `2027-01-15`" in str(result.exception)) == bool(written)


WAIVE = ("waive", "data001", "leak", "--reason", "r", "--owner", "a", "--approver", "b", "--expires", "2027-01-15")


@pytest.mark.parametrize(
    "arguments",
    [
        ("policy", "show", "res001"),
        ("lint-policy", "--ignore", "pack014, PACK-017", "portfolio"),
        (*WAIVE, "--dry-run"),
    ],
)
def test_every_command_takes_ids_of_rules_as_people_type_them(folder: Path, arguments: tuple[str, ...]) -> None:
    (folder / "aipolicy.toml").write_text('waivers = ["w.yaml"]\n', encoding="utf-8")
    result = run(*arguments)
    assert not isinstance(result.exception, UsageError), result.exception
