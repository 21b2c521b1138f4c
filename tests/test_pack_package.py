"""The example of packs as a Python package: built, installed, and named in every command of its page."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "pack-package"
COMMANDS = re.findall(r"^aipolicy .*$", (EXAMPLE / "README.md").read_text(encoding="utf-8"), re.MULTILINE)

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def python(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=folder,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "100", **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel of the example, built without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(EXAMPLE, folder / "source")
    built = python("build", "--wheel", "--no-isolation", "--outdir", str(folder), str(folder / "source"), folder=folder)
    assert built.returncode == 0, built.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture
def run(wheel: Path, tmp_path: Path) -> Run:
    """Return a function that runs aipolicy where the wheel is installed, beside the other examples."""
    site = tmp_path / "site"
    # NOTE: what pip uses of itself and will lose is not ours to mend.
    installed = python(
        "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", str(site), str(wheel), folder=tmp_path,
        PYTHONWARNINGS="",
    )  # fmt: skip
    assert installed.returncode == 0, installed.stderr
    shutil.copytree(ROOT / "examples" / "quickstart", tmp_path / "examples" / "quickstart")
    path = os.pathsep.join((str(site), str(ROOT)))
    environment = {"PYTHONPATH": path, "AIPOLICY_CACHE_DIR": str(wheel.parent / "cache")}
    return lambda *arguments: python("aipolicy", *arguments, folder=tmp_path / "examples", **environment)


def test_the_wheel_holds_the_packs_and_no_code(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if ".dist-info/" not in name]
    assert names == ["acme_policies/acme/pack.yaml", "acme_policies/acme_payments/pack.yaml"]


def test_every_command_of_the_page_runs(run: Run) -> None:
    assert len(COMMANDS) == 4
    for command in COMMANDS:
        done = run(*shlex.split(command)[1:])
        assert done.returncode in (0, 1), done.stderr
        assert not done.stderr
        assert "ACME-001" in done.stdout or "acme 2.1.0" in done.stdout or "tests hold" in done.stdout


def test_the_packs_are_free_of_findings_and_tested(run: Run) -> None:
    assert run("lint-policy", "package:acme", "package:acme-payments").returncode == 0
    assert run("test", "--policy", "package:acme-payments", "--mutate").returncode == 0


def test_check_lock_and_show_say_where_the_rules_come_from(run: Run, tmp_path: Path) -> None:
    day = ("--as-of", "2026-11-21")
    checked = run("check", "quickstart", "--policy", "package:acme-payments", *day)
    assert checked.returncode == 1
    assert "acme-payments 1.0.0 over acme)" in checked.stdout
    (tmp_path / "examples" / "aipolicy.toml").write_text("policies = ['package:acme-payments']\n", encoding="utf-8")
    locked = run("policy", "lock")
    assert "+ package:acme-payments  acme-payments 1.0.0 of acme-policies 1.4.0 sha256:" in locked.stdout
    assert "+ package:acme  acme 2.1.0 of acme-policies 1.4.0 sha256:" in locked.stdout
    assert run("check", "quickstart", *day).stdout == checked.stdout
    shown = run("policy", "show", *day).stdout
    assert "of the installed package acme-policies 1.4.0" in shown
    assert "set by acme-payments at package:acme-payments/pack.yaml:" in shown


def test_an_installation_that_was_edited_does_not_pass_its_lock(run: Run, tmp_path: Path) -> None:
    (tmp_path / "examples" / "aipolicy.toml").write_text("policies = ['package:acme']\n", encoding="utf-8")
    assert run("policy", "lock").returncode == 0
    pack = tmp_path / "site" / "acme_policies" / "acme" / "pack.yaml"
    pack.write_text(pack.read_text(encoding="utf-8").replace("severity: warning", "severity: note"), encoding="utf-8")
    done = run("check", "quickstart")
    assert done.returncode == 2
    assert "`package:acme` is not what was locked" in done.stderr
