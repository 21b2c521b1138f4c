"""Extensions and limits on the command line: where a manifest lies counts, from wherever and however a run is started."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from aipolicy.cli.main import cli

PACK = """\
apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: house, version: 1.0.0}
facts:
  - {name: tier, type: text, choices: [bronze, gold], meaning: Tier of the contract}
rules:
  - {id: PAY-001, name: nobody-on-call, title: Payments are on call, kind: duty, severity: error,
     applies_to: {paths: ["services/payments/**"]}, require: [team.on_call], message: "nobody, {manifest.path}"}
"""
MANIFEST = """\
apiVersion: aipolicy/v1
kind: AIFeature
metadata: {name: pay, lifecycle: prototype}
data: {classes: [public]}
team: {on_call: false}
extensions: {tier: gold}
"""


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "repository"
    (folder / "services" / "payments").mkdir(parents=True)
    (folder / "aipolicy.toml").write_text('policies = ["./house.yaml"]\n', encoding="utf-8")
    (folder / "house.yaml").write_text(PACK, encoding="utf-8")
    (folder / "services" / "payments" / "aifeature.yaml").write_text(MANIFEST, encoding="utf-8")
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.chdir(folder)
    git("init", "-q")
    git("add", "-A")
    git("commit", "-q", "-m", "base")
    return folder


def git(*arguments: str) -> None:
    identity = ("-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli, arguments, input=stdin)


def rules_found(*arguments: str, stdin: str | None = None) -> list[tuple[str, str]]:
    """Return rule and outcome of every finding."""
    found = json.loads(run("check", "--format", "json", *arguments, stdin=stdin).stdout)["findings"]
    return [(each["rule"], each["outcome"]) for each in found]


@pytest.mark.parametrize(
    ("folder", "path"),
    [
        (".", "."),
        (".", "services/payments/aifeature.yaml"),
        ("services", "."),
        ("services", "payments"),
        ("services/payments", "aifeature.yaml"),
        ("house-elsewhere", "../services"),
    ],
)
def test_a_path_counts_from_the_root_of_the_repository_wherever_the_run_is_started(
    folder: str, path: str, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / folder).mkdir(exist_ok=True)
    monkeypatch.chdir(repository / folder)
    assert rules_found(path) == [("PAY-001", "violated")]


def test_a_file_reached_by_a_link_lies_where_it_is(repository: Path) -> None:
    (repository / "short").symlink_to(repository / "services" / "payments", target_is_directory=True)
    assert rules_found("short/aifeature.yaml") == [("PAY-001", "violated")]


def test_a_renamed_file_is_judged_again(repository: Path) -> None:
    assert rules_found() == [("PAY-001", "violated")]
    (repository / "services" / "payments").rename(repository / "services" / "other")
    assert rules_found() == []
    (repository / "services" / "other").rename(repository / "services" / "payments")
    assert rules_found() == [("PAY-001", "violated")]


def test_a_folder_that_becomes_a_repository_is_judged_again(repository: Path) -> None:
    assert rules_found() == [("PAY-001", "violated")]
    (repository / "services" / ".git").mkdir()
    assert rules_found() == []


def test_outside_of_a_repository_and_on_standard_input_the_path_is_unknown(repository: Path) -> None:
    pilot = MANIFEST.replace("prototype", "pilot")
    assert ("PAY-001", "undetermined") in rules_found("-", stdin=pilot)
    (repository / ".git").rename(repository / "git")
    for path in repository.rglob("*aifeature.yaml"):
        path.write_text(pilot, encoding="utf-8")
    assert ("PAY-001", "undetermined") in rules_found()


def test_a_move_into_a_limited_folder_is_new_against_the_base(repository: Path) -> None:
    (repository / "services" / "payments").rename(repository / "services" / "other")
    git("add", "-A")
    git("commit", "-q", "-m", "elsewhere")
    assert run("check", "--base", "HEAD").exit_code == 0
    (repository / "services" / "other").rename(repository / "services" / "payments")
    assert run("check", "--base", "HEAD").exit_code == 1
    diff = json.loads(run("diff", "--base", "HEAD", "--format", "json").stdout)
    assert [each["rule"] for each in diff["features"][0]["new"]] == ["PAY-001"]


def test_an_unchanged_file_is_as_before_against_the_base() -> None:
    comparison = json.loads(run("check", "--base", "HEAD", "--format", "json").stdout)["comparison"]
    assert (comparison["new"], comparison["worse"], comparison["unchanged"]) == (0, 0, 1)


def test_a_pack_that_adds_a_fact_and_a_manifest_that_uses_it_are_compared_with_a_base_without(repository: Path) -> None:
    for name in ("house.yaml", "services/payments/aifeature.yaml"):
        path = repository / name
        path.write_text(path.read_text().replace("facts:\n  - {name: tier", "facts:\n  - {name: level"))
    manifest = repository / "services" / "payments" / "aifeature.yaml"
    manifest.write_text(manifest.read_text().replace("tier: gold", "level: gold"))
    assert run("check", "--base", "HEAD").exit_code == 0
    assert json.loads(run("diff", "--base", "HEAD", "--format", "json").stdout)["features"][0]["new"] == []


def test_the_schema_of_a_configuration_has_the_extensions_of_its_packs() -> None:
    plain = json.loads(run("schema", "--policy", "build-or-buy").stdout)
    assert "extensions" not in plain["properties"]
    schema = json.loads(run("schema").stdout)
    assert "$id" not in schema
    assert schema["properties"]["extensions"]["properties"]["tier"]["enum"] == ["bronze", "gold"]
    assert {**schema["properties"], "extensions": None} == {**plain["properties"], "extensions": None}
    validator = Draft202012Validator(schema)
    manifest = {"apiVersion": "aipolicy/v1", "kind": "AIFeature", "metadata": {"name": "f"}}
    assert validator.is_valid({**manifest, "extensions": {"tier": "gold"}})
    assert not validator.is_valid({**manifest, "extensions": {"tier": "golt"}})
    assert not validator.is_valid({**manifest, "extensions": {"teir": "gold"}})


def test_a_pack_that_does_not_load_has_no_schema(repository: Path) -> None:
    (repository / "house.yaml").write_text(PACK.replace("type: text", "type: txt"), encoding="utf-8")
    result = run("schema")
    assert isinstance(result.exception, Exception)
    assert "`txt` is not one of" in str(result.exception)
    assert not result.stdout


def test_an_explanation_lists_extensions_and_reads_like_the_author() -> None:
    text = run("explain", "pay", "--all").stdout
    assert re.search(r"extensions\.tier +gold", text)
    assert re.search(r"true +applies_to\.paths: services/payments/\*\*", text)
    assert re.search(r"manifest\.path +(= )?services/payments/aifeature\.yaml", text)
    facts = json.loads(run("explain", "pay", "--format", "json").stdout)["facts"]
    assert facts["declared"]["extensions.tier"] == "gold"
    assert facts["derived"]["manifest.path"] == "services/payments/aifeature.yaml"


def test_a_misspelt_extension_is_corrected(repository: Path) -> None:
    path = repository / "services" / "payments" / "aifeature.yaml"
    path.write_text(MANIFEST.replace("tier: gold", "teir: golf"), encoding="utf-8")
    run("check", "--fix", "--unsafe-fixes")
    assert path.read_text(encoding="utf-8") == MANIFEST


def test_a_shell_completes_a_feature_that_uses_extensions(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {"_AIPOLICY_COMPLETE": "bash_complete", "COMP_WORDS": "aipolicy explain p", "COMP_CWORD": "2"}
    result = CliRunner().invoke(cli, [], prog_name="aipolicy", env=environment)
    assert "plain,pay" in result.stdout
