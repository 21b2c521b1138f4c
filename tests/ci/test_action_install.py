"""aipolicy is installed into an environment of its own: the code of the action, or one release."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from action_steps import ROOT, run_step
from install import requirement
from workflow_commands import Unusable


@pytest.mark.parametrize("version", ["0.1.0", "1.0rc1", "2.0.post1"])
def test_a_version_is_the_code_of_the_action_or_an_exact_release(version: str) -> None:
    assert requirement(version, ROOT) == f"aipolicy=={version}"
    assert requirement("action", ROOT) == str(ROOT)


@pytest.mark.parametrize(
    "version",
    [
        "",
        "latest",
        ">=1",
        "1.*",
        "--index-url=http://evil",
        "git+https://evil",
        "1.0 evil",
        "1.0\n",
        "../x",
        "1.0;x",
        "１",
    ],
)
def test_anything_else_is_refused(version: str) -> None:
    with pytest.raises(Unusable, match="exact release"):
        requirement(version, ROOT)


def test_the_code_of_the_action_is_installed_and_runs(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "pip.py").write_text("raise SystemExit('pwned')\n", encoding="utf-8")
    done, outputs = run_step("Install aipolicy", shop, INPUT_VERSION="action")
    assert done.returncode == 0, done.stdout + done.stderr
    command = [outputs["python"], "-I", "-m", "aipolicy", "check", "--help"]
    help_text = subprocess.run(command, cwd=shop, capture_output=True, text=True, check=True).stdout
    assert "--output FORMAT=PATH" in help_text


def test_a_release_that_is_refused_ends_the_step(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    done, outputs = run_step("Install aipolicy", shop, INPUT_VERSION="https://evil.example/x.whl")
    assert (done.returncode, outputs) == (2, {})
    assert not (tmp_path / "runner" / "aipolicy-venv").exists()
