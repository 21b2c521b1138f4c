"""README and docs: every command runs, the sample is real output, the test command is what CI runs."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import run_here

from aipolicy import __version__

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted(
    [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *(ROOT / "docs").glob("*.md"),
        ROOT / "examples/organization/README.md",
    ]
)
IN_ORDER = ROOT / "docs" / "first-ten-minutes.md"
"""A page whose commands work on what those before them wrote."""
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
VERSION = re.compile(
    r"(?:rev: v|aipolicy@v|aipolicy/aipolicy/v|AIPOLICY_VERSION:-|such as `?|Version )(\d+\.\d+\.\d+)(?=\W)"
)
NAMING_A_VERSION = ("README.md", "docs/ci.md", "action.yml", "ci/aipolicy.gitlab-ci.yml", "ci/install.py")


def blocks(document: Path, language: str) -> list[str]:
    return [body for found, body in BLOCK.findall(document.read_text(encoding="utf-8")) if found == language]


def commands(*documents: Path) -> list[tuple[str, str]]:
    return [
        (document.name, line.partition("  #")[0].strip())
        for document in documents or DOCUMENTS
        for block in blocks(document, "sh")
        for line in block.splitlines()
        if line.startswith("aipolicy ")
    ]


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workplace")
    shutil.copytree(ROOT / "examples", folder / "examples")
    return folder


@pytest.mark.parametrize(("document", "command"), [each for each in commands() if each[0] != IN_ORDER.name])
def test_every_command_in_the_documents_runs(document: str, command: str, workplace: Path) -> None:
    result = run_here(shlex.split(command)[1:], workplace)
    assert result.returncode in (0, 1), result.stderr
    # NOTE: what is said of a whole run, such as features without a lifecycle, stands beside machine formats.
    told = [] if "--profile" in command else result.stderr.splitlines()
    assert [line for line in told if not line.startswith("aipolicy: ")] == []


def test_the_first_ten_minutes_can_be_followed_from_top_to_bottom(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    found = [command for _, command in commands(IN_ORDER)]
    results = {command: run_here(shlex.split(command)[1:], tmp_path) for command in found}
    assert {command: result.stderr for command, result in results.items() if result.stderr} == {}
    gating = [command for command, result in results.items() if result.returncode]
    assert gating == [
        command for command in found if command.startswith("aipolicy check examples") and "zero" not in command
    ]
    assert (tmp_path / "help-desk.aifeature.yaml").is_file()
    assert "no findings" in results["aipolicy check help-desk.aifeature.yaml"].stdout


def test_the_first_two_sh_blocks_of_the_readme_are_one_command_each() -> None:
    first, second = blocks(ROOT / "README.md", "sh")[:2]
    assert first.count("\n") == second.count("\n") == 1
    assert "examples/quickstart" in first
    assert "tools/verify.py" in second


def test_ci_runs_exactly_the_test_command_of_the_readme() -> None:
    second = blocks(ROOT / "README.md", "sh")[1].strip()
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines[-1] == second


@pytest.mark.parametrize(("number", "width"), [(0, "80"), (1, "100")])
def test_the_samples_in_the_readme_are_real_output(number: int, width: str, workplace: Path) -> None:
    sample = blocks(ROOT / "README.md", "text")[number].splitlines()
    command, lines = sample[0], [line for line in sample[1:] if line not in ("", "…")]
    arguments = [*shlex.split(command.removeprefix("$ "))[1:], "--as-of", "2026-11-21"]
    ended = subprocess.run(
        [sys.executable, "-m", "aipolicy", *arguments],
        cwd=workplace,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": width},
        capture_output=True,
        text=True,
        check=False,
    )
    output = ended.stdout.splitlines()
    position = 0
    for line in lines:
        assert line in output[position:], line
        position = output.index(line, position) + 1


@pytest.mark.parametrize("name", NAMING_A_VERSION)
def test_every_version_of_ours_that_is_named_is_the_present_one(name: str) -> None:
    assert set(VERSION.findall((ROOT / name).read_text(encoding="utf-8"))) == {__version__}


def test_the_manifest_in_the_readme_is_a_manifest(tmp_path: Path) -> None:
    block = next(body for body in blocks(ROOT / "README.md", "yaml") if "AIFeature" in body)
    (tmp_path / "aifeature.yaml").write_text(block, encoding="utf-8")
    result = run_here(["check", ".", "--format", "json"], tmp_path)
    assert '"features": 1' in result.stdout


def test_the_configuration_in_the_readme_is_a_configuration(tmp_path: Path) -> None:
    from aipolicy.config.config_file import read_config

    path = tmp_path / "aipolicy.toml"
    path.write_text(blocks(ROOT / "README.md", "toml")[0], encoding="utf-8")
    config = read_config(str(path), str(tmp_path))
    assert config.parameters["build-or-buy.restricted_from"] == 3


def test_the_rule_in_the_readme_loads(tmp_path: Path) -> None:
    rule = next(body for body in blocks(ROOT / "README.md", "yaml") if body.startswith("- id: DATA-001"))
    head = (
        "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: readme, version: 1.0.0}\nparameters:\n"
        "  - {name: restricted_from, type: number, default: 4, unit: level, description: d, source: s}\nrules:\n"
    )
    pack = tmp_path / "pack.yaml"
    pack.write_text(head + rule, encoding="utf-8")
    result = run_here(["rules", "--policy", str(pack)], tmp_path)
    assert result.returncode == 0, result.stderr
    assert "readme 1.0.0: 1 rule" in result.stdout
    assert "DATA-001" in result.stdout
