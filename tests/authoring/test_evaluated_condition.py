"""`aipolicy eval`: each part of a condition with its truth and what it reads, and what cannot be compiled is told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

MANIFEST = """apiVersion: aipolicy/v1
kind: AIFeature
metadata: {name: f, owner: web, lifecycle: pilot}
data: {classes: [health], minimized: false}
plan: {hosting: provider-api, provider: openai}
"""
PACK = """apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: p, version: 1.0.0}
parameters:
- {name: level, type: number, default: 3, unit: level, description: d, source: s}
variables:
- {name: sensitive, expression: data.sensitivity >= params.level}
rules:
- {id: P-001, name: n, title: T, kind: duty, severity: note, when: variables.sensitive, require: data.minimized, message: m}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "f.aifeature.yaml").write_text(MANIFEST)
    (tmp_path / "p.yaml").write_text(PACK)
    return tmp_path


def run(folder: Path, condition: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "aipolicy", "eval", condition, "f.aifeature.yaml", "--policy", "p.yaml"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_each_part_is_shown_with_its_truth_and_its_values(folder: Path) -> None:
    result = run(folder, "(variables.sensitive || data.minimized) && !(team.on_call)")
    assert result.returncode == 0
    assert result.stdout.splitlines() == [
        "f",
        "  unknown  (variables.sensitive || data.minimized) && !(team.on_call)",
        "    true  variables.sensitive || data.minimized",
        "      true  variables.sensitive",
        "        data.sensitivity = 3",
        "        params.level = 3",
        "      false  data.minimized",
        "        data.minimized = false",
        "    unknown  !(team.on_call)",
        "      unknown  team.on_call",
        "        team.on_call = unknown",
    ]


def test_a_part_that_differs_among_ways_says_on_how_many_it_is_what(folder: Path) -> None:
    told = run(folder, 'option.region == "eu"').stdout
    assert "true on " in told
    assert "false on " in told


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("data.persnal", "unknown fact `data.persnal`; did you mean `data.personal`? (column 1)"),
        ("data.sensitivity", "a condition must be true or false"),
        ("data.personal and data.minimized", "write `&&`"),
        ("", "``"),
    ],
)
def test_what_is_no_condition_is_told(folder: Path, condition: str, message: str) -> None:
    result = run(folder, condition)
    assert result.returncode == 2
    assert message in result.stderr
