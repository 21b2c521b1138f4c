"""`aipolicy rules --framework` and `--select control:`: the rules that speak to a control, in every format."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from command_line import run_here

DAY = ("--as-of", "2026-11-30")
PACK = """apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: house, version: 1.0.0}
rules:
- {id: H-1, name: literate, title: T, kind: duty, severity: error, message: m, require: [team.on_call],
   basis: {instrument: Regulation (EU) 2024/1689 (AI Act), checked_on: 2026-11-30}, clause: "Art. 26(1), 4", verified: text}
- {id: H-2, name: beside, title: Two | parts, kind: duty, severity: warning, message: m, require: [team.on_call],
   controls: [{framework: eu-ai-act, id: "26", relation: supports},
     {framework: nist-ai-rmf, id: GOVERN 1.1, relation: relates}]}
- {id: H-3, name: ended, title: T, kind: duty, severity: error, message: m, require: [team.on_call],
   controls: [{framework: eu-ai-act, id: "26", relation: satisfies}], effective: {until: 2026-11-01}}
- {id: H-4, name: other, title: T, kind: duty, severity: error, message: m, require: [team.on_call]}
- {id: H-5, name: later, title: T, kind: duty, severity: error, message: m, require: [team.on_call],
   controls: [{framework: nist-ai-rmf, id: GOVERN 2.1, relation: supports}],
   effective: {announced: 2026-01-01, from: 2027-01-01}}
"""
RULES = {"H-1", "H-2", "H-3", "H-4", "H-5"}
FEATURE = "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: desk, lifecycle: pilot}\nteam: {on_call: false}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "house.yaml").write_text(PACK, encoding="utf-8")
    (tmp_path / "aipolicy.toml").write_text('policies = ["./house.yaml"]\n', encoding="utf-8")
    (tmp_path / "desk.aifeature.yaml").write_text(FEATURE, encoding="utf-8")
    return tmp_path


def printed(folder: Path, *arguments: str) -> str:
    result = run_here([*arguments, *DAY], folder)
    assert result.returncode == 0, result.stderr
    return result.stdout


def listed(folder: Path, *arguments: str) -> list[str]:
    return [rule["id"] for rule in json.loads(printed(folder, "rules", "--format", "json", *arguments))["rules"]]


def test_json_gives_every_rule_of_a_framework_its_controls_and_relations(folder: Path) -> None:
    document = json.loads(printed(folder, "rules", "--framework", "eu-ai-act", "--format", "json"))
    assert document["schema"] == "aipolicy/rules/v1"
    assert [rule["id"] for rule in document["rules"]] == ["H-1", "H-2"]
    assert document["frameworks"] == [{
        "id": "eu-ai-act", "name": "Regulation (EU) 2024/1689, articles", "added_packs": [],
        "rules": [
            {"rule": "H-1", "clause": "Art. 26(1), 4",
             "controls": [{"id": "26", "relation": None}, {"id": "4", "relation": None}]},
            {"rule": "H-2", "clause": "26", "controls": [{"id": "26", "relation": "supports"}]},
        ],
    }]  # fmt: skip


def test_csv_has_a_row_for_each_control_of_each_rule(folder: Path) -> None:
    text = printed(folder, "rules", "--framework", "eu-ai-act", "--framework", "nist-ai-rmf", "--format", "csv")
    rows = [
        (row["framework"], row["control"], row["relation"], row["rule"]) for row in csv.DictReader(io.StringIO(text))
    ]
    assert rows == [
        ("eu-ai-act", "26", "", "H-1"), ("eu-ai-act", "4", "", "H-1"), ("eu-ai-act", "26", "supports", "H-2"),
        ("nist-ai-rmf", "GOVERN 1.1", "relates", "H-2"), ("nist-ai-rmf", "GOVERN 2.1", "supports", "H-5"),
    ]  # fmt: skip


def test_text_and_markdown_say_control_relation_and_stage(folder: Path) -> None:
    arguments = ("rules", "--framework", "nist-ai-rmf", "--framework", "NIST AI RMF", "--framework", "eu-ai-act")
    text = " ".join(printed(folder, *arguments).split())
    assert (
        "nist-ai-rmf (NIST AI Risk Management Framework 1.0, subcategories): 2 rules "
        "H-2 warning relates GOVERN 1.1: Two | parts" in text
    )
    assert "supports GOVERN 2.1: T announced, note; an error from 2027-01-01" in text
    assert "eu-ai-act (Regulation (EU) 2024/1689, articles): 2 rules H-1 error 26, 4: T" in text
    assert text.count("nist-ai-rmf (") == 1
    table = printed(folder, *arguments, "--format", "markdown")
    assert "| H-2 | warning | GOVERN 1.1 | relates GOVERN 1.1 | Two &#124; parts | in force |" in table
    assert "| H-1 | error | Art. 26(1), 4 | 26, 4 | T | in force |" in table


def test_rules_as_markdown_are_those_of_the_run_with_their_stage(folder: Path) -> None:
    text = printed(folder, "rules", "--format", "markdown")
    assert "## house 1.0.0: 4 rules" in text
    assert "| H-5 | error | duty | T | announced, note; an error from 2027-01-01 |" in text
    assert "| H-3 |" not in text
    assert "\n| MAN-001 | error |" in text


def test_the_shipped_pack_is_listed_where_no_configured_one_speaks_of_a_framework(folder: Path) -> None:
    document = json.loads(printed(folder, "rules", "--framework", "hipaa", "--format", "json"))
    assert document["frameworks"][0]["added_packs"] == ["us-health"]
    assert all(rule["pack"] == "us-health" for rule in document["rules"])
    assert "shipped `us-health`, which a check does not evaluate" in " ".join(
        printed(folder, "rules", "--framework", "hipaa").split()
    )
    assert "Regulation (EU) 2022/2554 (DORA) Art. 28(3): Every ICT contract" in " ".join(
        printed(folder, "rules", "--framework", "financial").split()
    )


def test_check_and_the_configuration_choose_by_controls(folder: Path) -> None:
    def found(*arguments: str) -> set[str]:
        result = run_here(["check", "--format", "csv", *arguments, *DAY], folder)
        return {row["rule"] for row in csv.DictReader(io.StringIO(result.stdout))}

    assert found("--select", "control:nist-ai-rmf/GOVERN 1.1") & RULES == {"H-2"}
    (folder / "aipolicy.toml").write_text(
        'policies = ["./house.yaml"]\nselect = ["control:eu-ai-act"]\nignore = ["control:eu-ai-act/4"]\n',
        encoding="utf-8",
    )
    assert found() & RULES == {"H-2"}
    (folder / "aipolicy.toml").write_text(
        'policies = ["./house.yaml"]\nselect = ["H-1", "control:gdpr"]\nignore = [\n  "H-4",\n  "H-99",\n]\n',
        encoding="utf-8",
    )
    result = run_here(["check", *DAY], folder)
    assert result.returncode == 2
    assert "aipolicy.toml:2:18: no rule of the run speaks of `gdpr`" in result.stderr
    assert "aipolicy.toml:5:3: unknown rule `H-99`" in result.stderr
    chosen = run_here(["check", "--select", "H-2", *DAY], folder)
    assert "aipolicy.toml:5:3: unknown rule `H-99`" in chosen.stderr
    assert "gdpr" not in chosen.stderr


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("eu-ai-atc", "unknown framework `eu-ai-atc`; did you mean `eu-ai-act`?"),
        ("zzz", "unknown framework `zzz`; there are ai-management, au-privacy-act, "),
        ("owasp-llm-2025", "no rule of the run speaks of `owasp-llm-2025`"),
    ],
)
def test_a_framework_of_which_nothing_can_be_listed_says_the_right_word(name: str, message: str, folder: Path) -> None:
    result = run_here(["rules", "--framework", name, *DAY], folder)
    assert result.returncode == 2
    assert message in result.stderr
