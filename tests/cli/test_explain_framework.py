"""`aipolicy explain --framework`: what a framework asks of a feature, and what is said where there is nothing to say."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from command_line import run_here

ROOT = Path(__file__).resolve().parents[2]
DAY = ("--as-of", "2026-11-21")
HEAD = "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: desk, owner: web-team, lifecycle: pilot}\n"
DESK = f"{HEAD}data: {{classes: [public]}}\ndeployment: {{regions: [DE]}}\ndisclosure: {{direct_interaction: true}}\n"
HIRING = (
    f"{HEAD}deployment: {{regions: [DE], exclusion: none}}\norganization: {{role: deployer}}\n"
    "purpose: {practices: [], domain: employment}\ndecision: {area: employment, effect: material}\n"
    "logs: {retention_days: 30}\nevidence:\n  instructions_for_use: {owner: seller, date: 2026-10-01}\n"
)
WAIVERS = (
    "apiVersion: aipolicy/v1\nkind: Waivers\nwaivers:\n- {rule: AIA-50-1, feature: desk, reason: the redesign ships soon,\n"
    "   owner: web-team, approver: counsel, approved_on: 2026-11-01, expires: 2026-12-31}\n"
)
NOTHING = "nothing is evaluated: no rule of the run speaks of"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "desk.aifeature.yaml").write_text(DESK, encoding="utf-8")
    return tmp_path


def page(folder: Path, *arguments: str) -> str:
    result = run_here(["explain", "--framework", *arguments, *DAY], folder)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_a_chatbot_over_public_data_draws_one_screen(folder: Path) -> None:
    lines = page(folder, "eu-ai-act", "desk").splitlines()
    assert len(lines) <= 40
    assert "46 waiting for a question, 2 missing, 7 outside" in " ".join(lines)
    assert any("`disclosure.tells_people` from web-team" in line for line in lines)


def test_rules_that_wait_for_one_scope_are_one_question(folder: Path) -> None:
    lines = page(folder, "gdpr", "desk").splitlines()
    waiting = [line for line in lines if "`organization.regions` from whoever answers for compliance" in line]
    assert len(waiting) <= 1


def test_what_has_not_begun_says_when_and_what_is_missing_so_far(folder: Path) -> None:
    (folder / "desk.aifeature.yaml").write_text(HIRING, encoding="utf-8")
    text = " ".join(page(folder, "eu-ai-act", "desk", "--format", "markdown").split())
    assert (
        "in force from 2027-12-02; instructions satisfied so far: `evidence.instructions_for_use` is there, line 10"
        in text
    )
    assert (
        "logs broken so far: logs are kept for `30` days, `183` are asked for (`logs.retention_days` is 30, line 8)"
        in text
    )
    assert "oversight missing so far: `oversight.owner` from web-team" in text
    assert "needs a person so far: review by whoever answers for compliance" in text


def test_a_rule_that_was_not_checked_by_its_text_says_by_what(folder: Path) -> None:
    people = "data: {classes: [employment], subjects: [applicant], subject_regions: [DE]}\n"
    (folder / "desk.aifeature.yaml").write_text(HIRING + people, encoding="utf-8")
    text = " ".join(page(folder, "gdpr", "desk", "--format", "markdown").split())
    assert r"\[by a secondary source\]" in text


def test_json_says_the_same_and_keeps_its_schema(folder: Path) -> None:
    document = json.loads(page(folder, "eu-ai-act", "desk", "--format", "json"))
    jsonschema.validate(document, json.loads((ROOT / "schemas" / "framework.v1.json").read_text(encoding="utf-8")))
    assert document["counts"]["not-applicable"] == len(
        [each for each in document["clauses"] if each["state"] == "not-applicable"]
    )
    waiting = {rule for question in document["questions"] for rule in question["rules"]}
    assert waiting == {each["rule"] for each in document["clauses"] if "undecided" in (each["state"], each["then"])}
    told = next(each for each in document["clauses"] if each["rule"] == "AIA-50-1")
    assert told["state"] == "missing"
    assert told["missing"] == [{"fact": "disclosure.tells_people", "from": "web-team"}]
    assert (told["clause"], told["controls"]) == ("Art. 50(1)", ["50"])


def test_markdown_has_a_table_for_each_state(folder: Path) -> None:
    text = page(folder, "eu-ai-act", "desk", "--format", "markdown")
    assert "### Missing\n\n| clause | rule | what |" in text
    assert text.count("\n### ") == 3


def test_the_shipped_pack_of_a_framework_is_added_and_that_is_said(folder: Path) -> None:
    assert "Evaluated with the shipped pack `eu-ai-act`" in " ".join(page(folder, "eu-ai-act", "desk").split())
    configured = page(folder, "eu-ai-act", "desk", "--policy", "eu-ai-act")
    assert "Evaluated with" not in configured


def test_a_waiver_is_told_with_its_last_day(folder: Path) -> None:
    (folder / "aipolicy.toml").write_text('policies = ["eu-ai-act"]\nwaivers = ["waivers.yaml"]\n', encoding="utf-8")
    (folder / "desk.aifeature.yaml").write_text(
        DESK.replace("direct_interaction: true", "direct_interaction: true, obvious: false, tells_people: false"),
        encoding="utf-8",
    )
    (folder / "waivers.yaml").write_text(WAIVERS, encoding="utf-8")
    text = page(folder, "eu-ai-act", "desk")
    assert "\nwaived\n" in text
    assert "until 2026-12-31" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("eu-ai-atc", "desk"), "unknown framework `eu-ai-atc`; did you mean `eu-ai-act`?"),
        (("portfolio", "desk"), "unknown framework `portfolio`"),
        (("gdpr", "desk", "--policy", "eu-ai-act"), f"{NOTHING} `gdpr`; add `--policy gdpr`"),
        (("dora", "desk", "--policy", "financial", "--ignore", "DORA"), f"{NOTHING} `dora`; its rules are left out"),
        (("gdpr", "dsk"), "no feature is named `dsk`; did you mean `desk`?"),
        (("gdpr", "desk", "--rules"), "`--framework` shows one framework and one feature"),
        (("gdpr", "desk", "--format", "adr"), "`--framework` has no format `adr`"),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_says_the_right_word(folder: Path, arguments: tuple[str, ...], message: str) -> None:
    result = run_here(["explain", "--framework", *arguments, *DAY], folder)
    assert result.returncode == 2
    assert message in result.stderr


def test_a_framework_is_named_in_any_spelling(folder: Path) -> None:
    assert page(folder, "EU_AI_Act", "desk") == page(folder, "eu-ai-act", "desk")


def test_a_pack_of_several_laws_is_shown_with_their_instruments(folder: Path) -> None:
    assert "us-states (United States, states)" in page(folder, "us-states", "desk")
