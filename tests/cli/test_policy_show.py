"""`aipolicy policy show`: what is in force and who made it so, as text and as JSON; a loosening overlay stops every run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from aipolicy.cli.main import cli

ROOT = Path(__file__).resolve().parents[2]
DAY = ("--as-of", "2026-11-21")
SCHEMA = json.loads((ROOT / "schemas" / "policy.v1.json").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "examples" / "layers", tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def shown(*arguments: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(run("policy", "show", "--format", "json", *DAY, *arguments).output)
    Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)
    return value


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_packs_come_bases_first() -> None:
    packs = shown()["packs"]
    assert [pack["name"] for pack in packs] == ["build-or-buy", "cost-control", "acme", "acme-claims"]
    assert packs[2]["extends"] == ["build-or-buy", "cost-control"]
    assert packs[2]["loosens"] == ["build-or-buy.network_share"]


def test_a_rule_tells_its_severity_on_the_day_and_every_layer() -> None:
    before, after = shown("VOL-002")["rules"][0], shown("VOL-002", "--as-of", "2027-01-01")["rules"][0]
    assert (before["severity_on_day"], after["severity_on_day"]) == ("warning", "error")
    assert [(o["pack"], o["severity"], o["effective_from"], o["holds"]) for o in before["origins"]] == [
        ("build-or-buy", "warning", None, False), ("acme", "error", "2027-01-01", True)
    ]  # fmt: skip
    assert before["origins"][1]["severity_at"] == "acme.yaml:20:15"


def test_a_parameter_tells_default_layers_and_configuration(folder: Path) -> None:
    with (folder / "aipolicy.toml").open("a") as file:
        file.write("[parameters]\nbuild-or-buy.network_share = 0.5\n")
    (parameter,) = shown("network_share")["parameters"]
    assert parameter["value"] == 0.5
    assert [(o["layer"], o["pack"], o["value"], o["holds"]) for o in parameter["origins"]] == [
        ("default", "build-or-buy", 0.5, False), ("pack", "acme", 0.4, False), ("pack", "acme-claims", 0.6, False),
        ("configuration", None, 0.5, True),
    ]  # fmt: skip
    assert parameter["origins"][-1]["at"] == "aipolicy.toml:4:1"
    assert parameter["read_by"] == ["LAT-004"]


def test_a_rule_that_is_left_out_or_has_ended_is_told(folder: Path) -> None:
    assert shown("--ignore", "ACME-001", "ACME-001")["rules"][0]["evaluated"] is False
    assert "not evaluated by choice" in run("policy", "show", "--ignore", "ACME-001", "ACME-001").output
    claims = folder / "claims.yaml"
    text = claims.read_text(encoding="utf-8").replace(
        "severity: error", "severity: error\n    effective: {until: 2026-11-20}"
    )
    claims.write_text(text, encoding="utf-8")
    acme = folder / "acme.yaml"
    text = acme.read_text(encoding="utf-8").replace(
        "[build-or-buy.network_share]", "[build-or-buy.network_share]\n  rules: [ACME-001]"
    )
    acme.write_text(text, encoding="utf-8")
    ended = shown("ACME-001")["rules"][0]
    assert (ended["severity_on_day"], ended["evaluated"]) == (None, False)
    assert "ended" in run("policy", "show", "ACME-001", *DAY).output


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("VOL-02", "unknown rule or parameter `VOL-02`; did you mean `VOL-002`?"),
        ("network_shre", "did you mean `network_share`?"),
        ("\x1b[31m", "unknown rule or parameter `\\u001b[31m`"),
    ],
)
def test_an_unknown_subject_is_told_with_the_nearest(subject: str, words: str) -> None:
    result = run("policy", "show", subject)
    assert words in str(result.exception)


def test_text_from_packs_is_shown_escaped(folder: Path) -> None:
    claims = folder / "claims.yaml"
    text = claims.read_text(encoding="utf-8").replace("budgets are reviewed every two months", '"a\\e[31m\\u202Eb"')
    claims.write_text(text.replace("name: acme-claims", 'name: "acme\\e[32m"'), encoding="utf-8")
    for output in (run("policy", "show").output, run("policy", "show", "--format", "json").output):
        assert "\x1b" not in output
        assert "\u202e" not in output


def test_without_layers_everything_is_a_default() -> None:
    value = shown("--policy", "build-or-buy")
    assert all(
        len(each["origins"]) == 1 and each["origins"][0]["holds"] for each in (*value["rules"], *value["parameters"])
    )


MANIFEST = """\
apiVersion: aipolicy/v1
kind: AIFeature
metadata: {name: claims, lifecycle: production}
availability: {critical: true}
team: {on_call: false}
"""


def test_check_explain_and_rules_judge_by_what_is_in_force(folder: Path) -> None:
    (folder / "aifeature.yaml").write_text(MANIFEST, encoding="utf-8")
    result = run("check", *DAY)
    assert "error[ACME-001]" in result.output
    assert "acme-claims 1.0.0 over acme" in " ".join(result.output.split())
    assert run("check", *DAY).output == result.output
    report = json.loads(run("check", "--format", "json", *DAY).output)
    assert [f["severity"] for f in report["findings"] if f["rule"] == "ACME-001"] == ["error"]
    assert report["policy"]["packs"][3] == {"name": "acme-claims", "version": "1.0.0", "rules": 0, "extends": ["acme"]}
    assert "duty, error\npack  acme\n" in run("explain", "ACME-001").output


@pytest.mark.parametrize("command", [("check",), ("policy", "show"), ("rules",), ("test",)])
def test_an_overlay_that_loosens_stops_every_command(command: tuple[str, ...], folder: Path) -> None:
    claims = folder / "claims.yaml"
    claims.write_text(claims.read_text(encoding="utf-8").replace("value: 60", "value: 91"), encoding="utf-8")
    (folder / "aifeature.yaml").write_text(MANIFEST, encoding="utf-8")
    result = run(*command, *DAY)
    assert str(result.exception).startswith("claims.yaml:15:12: `cost-control.price_age_days` may only be lowered")
    assert "policies/cost-control/pack.yaml:" in str(result.exception)
    assert not result.output


def test_a_change_in_an_extended_pack_is_seen_by_a_cached_run(folder: Path) -> None:
    (folder / "aifeature.yaml").write_text(MANIFEST, encoding="utf-8")
    assert "error[ACME-001]" in run("check", *DAY).output
    acme = folder / "acme.yaml"
    acme.write_text(acme.read_text(encoding="utf-8").replace("- team.on_call", "- '!team.on_call'"), encoding="utf-8")
    assert "error[ACME-001]" not in run("check", *DAY).output


def test_a_cached_run_over_layers_reads_no_yaml(folder: Path) -> None:
    (folder / "aifeature.yaml").write_text(MANIFEST, encoding="utf-8")
    code = (
        "import sys; sys.argv = ['aipolicy', 'check', '--as-of', '2026-11-21']\n"
        "from aipolicy.cli.main import main\n"
        "try: main()\nexcept SystemExit as e: assert e.code == 1, e.code\n"
        "print(' '.join(sys.modules))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    runs = [
        subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert "yaml" in runs[0].splitlines()[-1].split()
    assert "yaml" not in runs[1].splitlines()[-1].split()


def test_an_unknown_subcommand_is_told_with_the_nearest() -> None:
    result = run("policy", "shwo")
    assert result.exit_code == 2
    assert "unknown command `shwo`; did you mean `show`?" in result.output + result.stderr
