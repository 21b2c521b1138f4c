"""aipolicy is installed into an environment of its own: the code of the action, or one release."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from action_steps import ROOT, run_step
from install import packages, requirement
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


def test_packages_are_exact_releases_one_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INPUT_PACKAGES", "acme-policies==1.4.0\n\n  b.c==2.0rc1 \n")
    assert packages() == ("acme-policies==1.4.0", "b.c==2.0rc1")
    monkeypatch.delenv("INPUT_PACKAGES")
    assert packages() == ()


@pytest.mark.parametrize(
    "package", ["acme", "acme>=1", "acme==1.*", "--index-url=http://evil", "acme @ https://evil", "./acme", "acme==1 x"]
)
def test_any_other_package_is_refused(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INPUT_PACKAGES", f"fine==1.0\n{package}")
    with pytest.raises(Unusable, match="`packages` takes exact releases such as"):
        packages()


def acme_wheel(folder: Path) -> Path:
    """Return a folder that stands in for an index, with the wheel of the example in it."""
    shutil.copytree(ROOT / "examples" / "pack-package", folder / "source")
    build = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(folder),
        str(folder / "source"),
    ]
    subprocess.run(build, capture_output=True, check=True)
    return folder


def test_the_code_of_the_action_and_a_package_of_packs_are_installed_and_run(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "pip.py").write_text("raise SystemExit('pwned')\n", encoding="utf-8")
    done, outputs = run_step(
        "Install aipolicy", shop, INPUT_VERSION="action", INPUT_PACKAGES="acme-policies==1.4.0",
        PIP_FIND_LINKS=str(acme_wheel(tmp_path / "index")),
        PYTHONWARNINGS="",  # NOTE: what pip, or what it builds with, uses of itself and will lose is not ours to mend.
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr

    def aipolicy(*arguments: str) -> str:
        command = [outputs["python"], "-I", "-m", "aipolicy", *arguments]
        return subprocess.run(command, cwd=shop, capture_output=True, text=True, check=True).stdout

    assert "--output FORMAT=PATH" in aipolicy("check", "--help")
    assert "ACME-001" in aipolicy("rules", "--policy", "package:acme")


def test_a_release_that_is_refused_ends_the_step(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    done, outputs = run_step("Install aipolicy", shop, INPUT_VERSION="https://evil.example/x.whl")
    assert (done.returncode, outputs) == (2, {})
    assert not (tmp_path / "runner" / "aipolicy-venv").exists()
