"""`aipolicy coverage`: controls beside features with the states of `explain --framework`, and clauses beside rules."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from command_line import run_here

from aipolicy.catalog.catalog import Catalog
from aipolicy.report.coverage.coverage_text import spans
from aipolicy.report.coverage.oscal import control_token

ROOT = Path(__file__).resolve().parents[2]
OSCAL = ROOT / "tests" / "frameworks" / "oscal-1.1.3-assessment-results.schema.json"
DAY = ("--as-of", "2026-11-21")
LAW = ("--policy", "eu-ai-act", "--policy", "ai-management")
HEAD = "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: %s, owner: web-team, lifecycle: %s}\n"
DESK = HEAD % ("desk", "pilot") + "deployment: {regions: [DE]}\ndisclosure: {direct_interaction: true}\n"
HIRING = (
    HEAD % ("hiring", "pilot") + "deployment: {regions: [DE], exclusion: none}\norganization: {role: deployer}\n"
    "purpose: {practices: [], domain: employment, statement: to rank}\ndecision: {area: employment, effect: material}\n"
    "outputs: {kinds: [score]}\ndisclosure: {direct_interaction: false}\nevidence:\n  vendor_assessment: false\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("desk", DESK), ("hiring", HIRING)):
        (tmp_path / f"{name}.aifeature.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def output(folder: Path, *arguments: str) -> str:
    result = run_here(["coverage", *arguments, *DAY], folder)
    assert result.returncode == 0, result.stderr
    return result.stdout


def states(document: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {
        (control["control"], cell["feature"]): cell["state"]
        for framework in document["frameworks"]
        for control in framework["controls"]
        for cell in control["features"]
    }


def test_every_control_has_a_state_for_every_feature(folder: Path) -> None:
    document = json.loads(output(folder, *LAW, "--format", "json"))
    jsonschema.validate(document, json.loads((ROOT / "schemas" / "coverage.v1.json").read_text(encoding="utf-8")))
    found = states(document)
    assert found["50", "desk"] == "missing"
    assert found["50", "hiring"] == "not-applicable"
    assert found["5", "desk"] == "undecided"
    assert found["26", "hiring"] == "not-in-force"
    assert found["GOVERN 2.1", "hiring"] == "satisfied"
    assert found["GOVERN 6.1", "hiring"] == "missing"
    assert {name for _, name in found} == {"desk", "hiring"}


def test_the_states_are_those_that_explain_tells(folder: Path) -> None:
    weights = (
        "violated",
        "missing",
        "needs-a-person",
        "undecided",
        "waived",
        "not-in-force",
        "satisfied",
        "not-applicable",
    )
    found = states(json.loads(output(folder, "--framework", "eu-ai-act", "--format", "json")))
    explained = run_here(["explain", "--framework", "eu-ai-act", "hiring", "--format", "json", *DAY], folder)
    by_control: dict[str, list[str]] = {}
    for clause in json.loads(explained.stdout)["clauses"]:
        for control in clause["controls"]:
            by_control.setdefault(control, []).append(clause["state"])
    for control, of_rules in by_control.items():
        assert found[control, "hiring"] == min(of_rules, key=weights.index), control


def test_csv_has_a_row_for_each_control_and_feature(folder: Path) -> None:
    text = output(folder, "--framework", "nist-ai-rmf", "--format", "csv")
    rows = list(csv.DictReader(StringIO(text, newline="")))
    row = next(row for row in rows if row["control"] == "GOVERN 6.1" and row["feature"] == "hiring")
    assert (row["state"], row["rules"], row["missing"]) == ("missing", "RMF-GOVERN-6", "evidence.vendor_assessment")
    assert len({(row["control"], row["feature"]) for row in rows}) == len(rows)
    assert text.count("\r\n") == len(rows) + 1


def test_text_puts_controls_together_that_follow_each_other_and_are_alike(folder: Path) -> None:
    lines = output(folder, "--framework", "eu-ai-act").splitlines()
    assert lines[0] == "2 features on 2026-11-21"
    assert any(line.split(maxsplit=4)[:3] == ["9", "to", "15,"] for line in lines), lines
    assert any("missing 1 (desk); not applicable 1" in line for line in lines)


def test_oscal_keeps_its_published_schema(folder: Path) -> None:
    document = json.loads(output(folder, *LAW, "--format", "oscal"))
    jsonschema.validate(document, json.loads(OSCAL.read_text(encoding="utf-8")))
    results = document["assessment-results"]["results"]
    assert [each["title"] for each in results] == ["desk", "hiring"]
    for result in results:
        observed = {each["uuid"] for each in result["observations"]}
        related = {each["observation-uuid"] for found in result["findings"] for each in found["related-observations"]}
        components = {each["uuid"] for each in result["local-definitions"]["components"]}
        assert len(observed) == len(result["observations"])
        assert related <= observed
        assert {
            subject["subject-uuid"] for each in result["observations"] for subject in each["subjects"]
        } == components
    plan = document["assessment-results"]["import-ap"]["href"]
    assert plan == f"#{document['assessment-results']['back-matter']['resources'][0]['uuid']}"


def test_oscal_finds_something_only_of_what_is_in_force_and_applies(folder: Path) -> None:
    results = json.loads(output(folder, *LAW, "--format", "oscal"))["assessment-results"]["results"]
    hiring = {each["target"]["target-id"]: each["target"]["status"]["state"] for each in results[1]["findings"]}
    assert hiring["nist-ai-rmf_GOVERN-2.1"] == "satisfied"
    assert hiring["nist-ai-rmf_GOVERN-6.1"] == "not-satisfied"
    assert "eu-ai-act_26" not in hiring
    assert "eu-ai-act_50" not in hiring


def test_the_same_run_gives_the_same_bytes(folder: Path) -> None:
    assert output(folder, *LAW, "--format", "oscal") == output(folder, *LAW, "--format", "oscal")


def test_controls_keep_apart_under_the_names_that_oscal_allows(catalog: Catalog) -> None:
    tokens = [control_token(each.id, control) for each in catalog.frameworks.values() for control in each.controls]
    assert len(tokens) == len(set(tokens))


def test_a_control_that_rules_only_relate_to_is_not_shown_satisfied(folder: Path) -> None:
    (folder / "pack.yaml").write_text(
        "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: own, version: 1.0.0}\nrules:\n"
        "- {id: OWN-1, name: named, title: T, kind: duty, severity: error, message: m,\n"
        "   require: ['metadata.owner != \"\"'], controls: [{framework: iso-42001, id: A.3.2, relation: relates}]}\n",
        encoding="utf-8",
    )
    text = output(folder, "--policy", "pack.yaml")
    assert "A.3.2 satisfied by rules that only relate to it 2 (desk, hiring)" in text
    results = json.loads(output(folder, "--policy", "pack.yaml", "--format", "oscal"))["assessment-results"]["results"]
    assert all("findings" not in result for result in results)


def test_clauses_say_which_rules_speak_of_them_and_why_none_does(folder: Path) -> None:
    text = " ".join(output(folder, "--framework", "eu-ai-act", "--clauses").split())
    assert "rules speak of 28 of 127 clauses" in text
    assert "28 to 39, 44, 45: duties of notifying authorities and notified bodies" in text
    assert "no reason is on record" not in text
    rows = list(
        csv.DictReader(StringIO(output(folder, "--framework", "gdpr", "--clauses", "--format", "csv"), newline=""))
    )
    assert len(rows) == 99
    assert next(row for row in rows if row["clause"] == "28")["rules"] == "GDPR-28-2 GDPR-28-3"
    assert all(bool(row["rules"]) != bool(row["why_none"]) for row in rows)
    document = json.loads(output(folder, "--framework", "gdpr", "--clauses", "--format", "json"))
    jsonschema.validate(document, json.loads((ROOT / "schemas" / "coverage.v1.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("framework", ["eu-ai-act", "gdpr", "dora", "nist-ai-rmf", "iso-42001"])
def test_no_clause_of_a_whole_framework_is_left_without_a_rule_or_a_reason(framework: str, folder: Path) -> None:
    rows = csv.DictReader(
        StringIO(output(folder, "--framework", framework, "--clauses", "--format", "csv"), newline="")
    )
    assert [row["clause"] for row in rows if not row["rules"] and not row["why_none"]] == []


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "no rule of the run speaks of a framework; add a pack of law, such as `--policy eu-ai-act`"),
        (("--framework", "gpdr"), 2, "unknown framework `gpdr`; did you mean `gdpr`?"),
        (("--framework", "gdpr", "--clauses", "."), 2, "leave out the paths"),
        (("--framework", "gdpr", "--clauses", "--format", "oscal"), 2, "leave out `--clauses`"),
        (("--framework", "gdpr", "empty"), 3, "nothing was evaluated: no feature was found"),
    ],
)
def test_what_cannot_be_shown_says_why(folder: Path, arguments: tuple[str, ...], code: int, message: str) -> None:
    (folder / "empty").mkdir()
    result = run_here(["coverage", *arguments, *DAY], folder)
    assert (result.returncode, result.stdout) == (code, "")
    assert message in result.stderr


def test_a_manifest_that_cannot_be_read_is_told_beside_the_others(folder: Path) -> None:
    (folder / "bad.aifeature.yaml").write_text(
        "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {}\n", encoding="utf-8"
    )
    result = run_here(["coverage", "--framework", "gdpr", *DAY], folder)
    assert result.returncode == 1
    assert "bad.aifeature.yaml:3" in result.stderr


@pytest.mark.parametrize(
    ("framework", "some", "shown"),
    [
        ("gdpr", ["28", "29", "30", "33"], ["28 to 30", "33"]),
        ("uk-gdpr", ["22A", "22B", "22C", "45A"], ["22A", "22B", "22C", "45A"]),
    ],
    ids=["all are listed", "only some are listed"],
)
def test_a_span_takes_in_nothing_that_is_not_listed(
    framework: str, some: list[str], shown: list[str], catalog: Catalog
) -> None:
    assert list(spans(some, catalog.frameworks[framework])) == shown
