"""A report that has to leave a manifest out says so, and its exit code is no success."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import run_here
from git_repos import HEAD, clean

DAY = ("--as-of", "2026-11-30")
REPORTS = {
    "answers": ("answers",), "answers as JSON": ("answers", "--format", "json"), "summary": ("explain", ".", "--summary"),
    "coverage": ("coverage", "--policy", "gdpr"), "coverage as OSCAL": ("coverage", "--policy", "gdpr", "--format", "oscal"),
    "page": ("report", "--output", "report.html"), "wiki": ("report", "--format", "markdown"),
}  # fmt: skip
BROKEN = {
    "a misspelt key": (f"{HEAD}metadata: {{name: odd}}\ndta: {{}}\n", "MAN-003"),
    "a misspelt word": (f"{HEAD}metadata: {{name: odd}}\ndata: {{classes: [helth]}}\n", "MAN-005"),
    "a key twice": (f"{HEAD}metadata: {{name: odd}}\nmetadata: {{name: odd}}\n", "MAN-002"),
    "an empty file": ("", "MAN-006"),
    "no YAML": (f"{HEAD}metadata: [", "MAN-001"),
}


@pytest.mark.parametrize("command", REPORTS)
@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_left_out_is_told_beside_what_is_shown_and_is_no_success(
    command: str, broken: str, tmp_path: Path
) -> None:
    text, rule = BROKEN[broken]
    (tmp_path / "good.aifeature.yaml").write_text(clean(), encoding="utf-8")
    assert run_here([*REPORTS[command], *DAY], tmp_path).returncode == 0
    (tmp_path / "odd.aifeature.yaml").write_text(text, encoding="utf-8")
    result = run_here([*REPORTS[command], *DAY], tmp_path)
    assert result.returncode == 1, result.stderr
    assert rule in result.stderr
    (tmp_path / "good.aifeature.yaml").unlink()
    assert run_here([*REPORTS[command], *DAY], tmp_path).returncode != 0
