"""`aipolicy lint-policy`: every offence of a terrible pack at its line, in every format; the shipped packs are clean."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from command_line import run_here
from jsonschema import Draft202012Validator

from aipolicy.pack_lint.registry import LINT_RULES
from aipolicy.policy.sources.locate import shipped_packs
from aipolicy.report.formats.registry import FORMATS

ROOT = Path(__file__).resolve().parents[2]
PACKS = Path(__file__).parent / "packs"
GOLDEN = Path(__file__).parent / "golden"
AS_OF = ("--as-of", "2026-11-21")


def lint(*arguments: str, folder: Path = PACKS) -> subprocess.CompletedProcess[str]:
    return run_here(["lint-policy", *arguments], folder)


def rules_in(output: str) -> set[str]:
    return set(re.findall(r"PACK-\d{3}", output))


@pytest.mark.parametrize(("pack", "code"), [("terrible", 1), ("broken", 2)])
def test_everything_that_is_wrong_is_shown_at_once_with_its_lines(pack: str, code: int) -> None:
    result = lint(f"./{pack}.yaml", *AS_OF)
    golden = GOLDEN / f"{pack}.txt"
    if os.environ.get("AIPOLICY_UPDATE_GOLDEN"):
        golden.write_text(result.stdout, encoding="utf-8")
    assert result.stdout == golden.read_text(encoding="utf-8")
    assert (result.returncode, result.stderr) == (code, "")


def test_the_two_packs_offend_every_rule_of_the_registry() -> None:
    found = rules_in(lint("./terrible.yaml", "--format", "concise").stdout)
    found |= rules_in(lint("./broken.yaml", "--format", "concise").stdout)
    assert found == {rule.id for rule in LINT_RULES}


BEFORE_AND_AFTER = ("2026-12-01", "2026-12-02", "2027-08-03")
"""Days on which duties of the AI Act have begun, and rules that stood in for them have ended."""


@pytest.mark.parametrize("day", BEFORE_AND_AFTER)
@pytest.mark.parametrize("pack", shipped_packs())
def test_shipped_packs_are_clean_whatever_the_day(pack: str, day: str) -> None:
    result = lint(pack, "--as-of", day, "--fail-on", "warning", "--format", "concise")
    assert result.returncode == 0, result.stdout


SAID_TWICE = {("GDPR-28-3", "TERM-001"), ("HIPAA-502-1", "TERM-002")}
"""A pack of law asks for what the default pack asks for too, because each may be on without the other."""


def test_shipped_packs_do_not_repeat_each_other() -> None:
    result = lint(*shipped_packs(), *AS_OF, "--fail-on", "warning", "--format", "concise")
    warnings = [line for line in result.stdout.splitlines() if ": warning[" in line or ": error[" in line]
    repeated = {tuple(re.findall(r"`([A-Z]+[A-Z0-9-]*-[0-9]+)`", line)) for line in warnings}
    assert repeated == SAID_TWICE, result.stdout


@pytest.mark.parametrize("name", list(FORMATS))
def test_every_format_names_every_offence(name: str, tmp_path: Path) -> None:
    file = tmp_path / "report"
    result = lint("./terrible.yaml", *AS_OF, "--format", "concise", "--output", f"{name}={file}")
    shown = rules_in(result.stdout)
    report = file.read_text(encoding="utf-8")
    if name == "gitlab":
        assert {issue["description"][:8] for issue in json.loads(report)} == shown
    elif name == "github":
        # NOTE: GitHub shows ten annotations of each level; the others are in the step summary.
        assert report.count("::error ") == len(re.findall(": error", result.stdout))
    else:
        assert shown <= rules_in(report)
    assert lint("./terrible.yaml", *AS_OF, "--format", name).stdout.strip()


def test_json_follows_its_schema() -> None:
    schema = json.loads((ROOT / "schemas" / "lint.v1.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    for packs in (["./terrible.yaml"], ["./broken.yaml"], ["cost-control"], ["./astray.yaml"]):
        report = json.loads(lint(*packs, *AS_OF, "--format", "json").stdout)
        Draft202012Validator(schema).validate(report)
        assert report["summary"]["exit_code"] in (0, 1, 2)


def test_code_scanning_keeps_packs_apart_from_manifests_and_knows_every_rule() -> None:
    log = json.loads(lint("./terrible.yaml", "--format", "sarif").stdout)["runs"][0]
    assert log["automationDetails"]["id"] == "aipolicy/lint-policy/"
    assert [rule["id"] for rule in log["tool"]["driver"]["rules"]] == [rule.id for rule in LINT_RULES]
    assert all("ruleIndex" in result for result in log["results"])


def test_fingerprints_stay_when_a_rule_is_put_before_others(tmp_path: Path) -> None:
    text = (PACKS / "terrible.yaml").read_text(encoding="utf-8")
    first = text[text.index("  - id: BAD-006") : text.index("  - id: BAD-007")].replace("BAD-006", "AAA-001")
    longer = text.replace("rules:\n", "rules:\n" + first.replace("nothing-at-all", "first-of-all"), 1)

    def fingerprints(pack: str) -> Iterator[str]:
        (tmp_path / "pack.yaml").write_text(pack, encoding="utf-8")
        for issue in json.loads(lint("./pack.yaml", "--format", "gitlab", folder=tmp_path).stdout):
            yield issue["fingerprint"]

    assert set(fingerprints(text)) <= set(fingerprints(longer))


def test_junit_has_a_case_for_every_rule_that_holds() -> None:
    root = ElementTree.fromstring(lint("cost-control", "--format", "junit").stdout)
    names = {case.get("name", "")[:8] for case in root.iter("testcase")}
    assert names == {rule.id for rule in LINT_RULES}
    assert root.get("failures") == "0"


def test_rows_name_the_pack() -> None:
    rows = list(csv.DictReader(io.StringIO(lint("./terrible.yaml", "--format", "csv").stdout)))
    assert {row["feature"] for row in rows} == {"terrible"}


def test_a_comment_speaks_of_packs() -> None:
    comment = lint("./terrible.yaml", "--format", "markdown").stdout
    assert "block 1 pack" in comment
    assert "feature" not in comment.splitlines()[1]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["cost-contol"], 2, "did you mean `cost-control`"),
        (["cost-control", "--ignore", "PACK-999"], 2, "unknown rule `PACK-999`"),
        (["cost-control", "--ignore", "PACK-001"], 2, "cannot be ignored"),
        (["cost-control", "--as-of", "soon"], 2, "YYYY-MM-DD"),
    ],
)
def test_a_wrong_command_line_is_refused(arguments: list[str], code: int, message: str) -> None:
    result = lint(*arguments)
    assert result.returncode == code
    assert message in result.stderr


def test_a_report_does_not_overwrite_the_pack(tmp_path: Path) -> None:
    pack = tmp_path / "pack.yaml"
    pack.write_bytes((PACKS / "terrible.yaml").read_bytes())
    result = lint("./pack.yaml", "--output", "json=pack.yaml", folder=tmp_path)
    assert result.returncode == 2
    assert pack.read_bytes() == (PACKS / "terrible.yaml").read_bytes()


def test_without_a_pack_those_of_the_configuration_are_linted_with_its_parameters(tmp_path: Path) -> None:
    (tmp_path / "aipolicy.toml").write_text(
        'policies = ["cost-control"]\n[parameters]\n"cost-control.horizon_months" = "soon"\n', encoding="utf-8"
    )
    result = lint(folder=tmp_path)
    assert result.returncode == 2
    assert "aipolicy.toml" in result.stdout + result.stderr
    assert lint("cost-control", folder=tmp_path).returncode == 0


def test_an_extended_pack_that_is_not_there_is_shown_at_its_line() -> None:
    result = lint("./astray.yaml", "--format", "concise")
    assert result.returncode == 2
    assert result.stdout.startswith("astray.yaml:8:")


def test_ignored_rules_are_left_out() -> None:
    result = lint("./terrible.yaml", "--format", "concise", "--ignore", "PACK-015", "--ignore", "PACK-018")
    assert not {"PACK-015", "PACK-018"} & rules_in(result.stdout)
    assert "PACK-003" in rules_in(result.stdout)


@pytest.mark.parametrize("threshold", ["error", "warning", "note"])
def test_what_weighs_less_than_the_threshold_does_not_gate(threshold: str) -> None:
    found = lint("cost-control", "build-or-buy", "--fail-on", threshold, "--format", "concise")
    assert found.returncode == (1 if f": {threshold}[" in found.stdout else 0)


def test_output_is_the_same_whatever_the_seed_of_hashes() -> None:
    texts = set()
    for seed in ("1", "2"):
        result = subprocess.run(
            [sys.executable, "-m", "aipolicy", "lint-policy", "./terrible.yaml", *AS_OF],
            cwd=PACKS, env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (result.returncode, result.stderr) == (1, "")
        texts.add(result.stdout)
    assert len(texts) == 1


def test_a_rule_about_packs_can_be_explained() -> None:
    result = run_here(["explain", "PACK-005"], ROOT)
    assert result.returncode == 0
    assert "about packs themselves" in result.stdout
