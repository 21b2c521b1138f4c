"""What is about a feature itself stands with it, and not with each of its routes again."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import run_here

MANIFEST = """apiVersion: aipolicy/v1
kind: AIFeature
metadata: {name: claims, lifecycle: pilot}
task: {type: summarization}
data: {classes: [internal, health], residency: [EU]}
latency: {p95_ms: 8000}
volume: {requests_per_day: 120000}
plan:
  legs:
    - {role: main, hosting: provider-api, provider: openai, region: us, model: gpt-6-luna}
    - {role: main, hosting: provider-api, provider: mistral, when: {data.classes: [health]}}
"""
PACK = """apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: house, version: 1.0.0, title: House, description: Lets comments waive}
waivers: {inline: true}
rules:
  - id: HOUSE-001
    name: owned
    title: A feature has an owner
    kind: duty
    severity: note
    require: ['metadata.owner != "nobody"']
    message: nobody answers for it
    why: Somebody has to.
    fix: declare `metadata.owner`
"""
COMMENT = "  # aipolicy: ignore[%s] known until=%s owner=claims approver=risk"


def findings(folder: Path, text: str, *more: str) -> list[dict[str, Any]]:
    (folder / "f.aifeature.yaml").write_text(text, encoding="utf-8")
    done = run_here(["check", "f.aifeature.yaml", "--as-of", "2026-11-30", "--format", "json", *more], folder)
    assert done.stdout, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    return found


def told(found: list[dict[str, Any]]) -> Counter[tuple[str, str, int]]:
    return Counter((each["rule"], each["message"], each["region"]["start_line"]) for each in found)


def test_what_is_about_the_feature_itself_stands_once(tmp_path: Path) -> None:
    found = findings(tmp_path, MANIFEST)
    assert set(told(found).values()) == {1}
    of = {each["rule"]: each["feature"] for each in found}
    assert of["TASK-006"] == "claims"


def test_what_is_about_a_leg_stands_with_its_route(tmp_path: Path) -> None:
    found = findings(tmp_path, MANIFEST)
    by_route = {(each["rule"], each["feature"], each["region"]["start_line"]) for each in found}
    assert {("DATA-001", "claims", 10), ("DATA-001", "claims:health", 11)} <= by_route


def test_a_wrong_value_is_told_once(tmp_path: Path) -> None:
    found = findings(tmp_path, MANIFEST.replace("p95_ms: 8000", "p95_ms: 8000, p50_ms: 9000"))
    assert [each["feature"] for each in found if each["rule"] == "MAN-008"] == ["claims"]


@pytest.mark.parametrize(
    ("rule", "until", "at"),
    [("TASK-006", "2026-11-15", "task:"), ("RES-001", "2027-02-01", "latency:"), ("DATA-001", "2026-11-15", "openai")],
)
def test_what_is_said_of_a_waiver_beside_the_feature_is_said_once(
    tmp_path: Path, rule: str, until: str, at: str
) -> None:
    """Whether it is needed or has expired: one waiver, one finding."""
    (tmp_path / "house.yaml").write_text(PACK, encoding="utf-8")
    line = next(each for each in MANIFEST.splitlines() if at in each)
    text = MANIFEST.replace(line, line + COMMENT % (rule, until))
    found = findings(tmp_path, text, "--policy", "build-or-buy", "--policy", "house.yaml")
    said = [each["rule"] for each in found if each["rule"].startswith("WAIVER-")]
    assert len(said) == 1


def test_a_waiver_that_one_route_needs_is_needed(tmp_path: Path) -> None:
    """The rule fails at the line of one leg alone; to the other route the comment says nothing."""
    (tmp_path / "house.yaml").write_text(PACK, encoding="utf-8")
    line = next(each for each in MANIFEST.splitlines() if "openai" in each)
    text = MANIFEST.replace(line, line + COMMENT % ("OPS-001", "2027-02-01"))
    found = findings(tmp_path, text, "--policy", "build-or-buy", "--policy", "house.yaml")
    assert [each["outcome"] for each in found if each["rule"] == "OPS-001"] == ["waived"]
    assert [each for each in found if each["rule"].startswith("WAIVER-")] == []
