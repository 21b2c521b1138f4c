"""Plans with routes on the command line: every route is told, and none of them passes because another one does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from command_line import run_here

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLE = re.findall(r"^```yaml\n(.*?)^```$", (ROOT / "docs/plans.md").read_text(encoding="utf-8"), re.M | re.S)[0]
DAY = ("--as-of", "2026-11-21")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "claims.aifeature.yaml").write_text(EXAMPLE, encoding="utf-8")
    return tmp_path


def errors(folder: Path) -> dict[str, set[str]]:
    done = run_here(["check", "--format", "json", *DAY, "."], folder)
    found: dict[str, set[str]] = {}
    for finding in json.loads(done.stdout)["findings"]:
        if finding["severity"] == "error" and finding["outcome"] == "violated":
            found.setdefault(finding["feature"], set()).add(finding["rule"])
    return found


def test_the_example_of_the_page_keeps_the_rules_on_both_routes(folder: Path) -> None:
    done = run_here(["check", *DAY, "."], folder)
    assert "2 features in 1 file" in done.stdout
    assert errors(folder) == {}


@pytest.mark.parametrize(
    ("was", "now", "feature", "rule"),
    [
        ("region: datazone-eu", "region: datazone-us", "claims-triage", "RES-001"),
        ("region: eu-central-1", "region: us-east-1", "claims-triage:health", "RES-001"),
        ("amazon-bedrock\n      region: eu", "amazon-bedrock\n      region: us", "claims-triage", "RES-001"),
    ],
)  # fmt: skip
def test_a_leg_that_breaks_a_rule_is_told_at_its_line_whatever_the_other_legs_do(
    folder: Path, was: str, now: str, feature: str, rule: str
) -> None:  # fmt: skip
    path = folder / "claims.aifeature.yaml"
    assert was in EXAMPLE
    path.write_text(EXAMPLE.replace(was, now), encoding="utf-8")
    assert errors(folder) == {feature: {rule}}
    done = run_here(["check", "--format", "concise", *DAY, "."], folder)
    line = 1 + EXAMPLE[: EXAMPLE.index(was)].count("\n") + was.count("\n")
    assert done.returncode == 1
    assert re.search(rf"claims\.aifeature\.yaml:{line}:\d+: error\[{rule}\]", done.stdout)


def test_a_route_is_explained_by_its_name_and_changed_by_its_leg(folder: Path) -> None:
    asked = ["explain", "claims-triage:health", *DAY, "--format", "json"]
    now, other = (
        json.loads(run_here([*asked, *change], folder).stdout) for change in ([], ["--set", "plan.model=qwen3-14b"])
    )
    assert now["name"] == "claims-triage:health"
    assert "qwen3-14b" in json.dumps(other)
