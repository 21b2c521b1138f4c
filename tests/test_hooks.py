"""The pre-commit hooks, their file patterns, and the real pre-commit running them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

from aipolicy.manifest.discovery import MANIFEST_PATTERNS

ROOT = Path(__file__).resolve().parent.parent
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
CLEAN = (
    "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: faq}\n"
    "data: {classes: [internal], residency: [US]}\nlatency: {p95_ms: 8000}\nvolume: {requests_per_day: 2000}\n"
)


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("aifeature.yaml", True),
        ("a/b/aifeature.yml", True),
        ("claims.aifeature.yaml", True),
        ("a/claims-triage.aifeature.yaml", True),
        ("notaifeature.yaml", False),
        ("aifeature.yaml.bak", False),
        ("aifeature.json", False),
        ("aifeature.yml", True),
        ("deep/er/x.y.aifeature.yml", True),
        ("aifeature.yaml/readme.md", False),
        ("aifeature_yaml", False),
        (".aifeature.yaml", False),
        ("xaifeature.yaml", False),
        ("aifeature.yamlx", False),
        ("Aifeature.yaml", False),
        ("values.yaml", False),
    ],
)
def test_the_hook_takes_manifests_and_nothing_else(path: str, wanted: bool) -> None:
    assert bool(re.search(HOOKS["aipolicy"]["files"], path)) is wanted


def test_the_portfolio_hook_runs_once_over_everything() -> None:
    assert HOOKS["aipolicy-portfolio"]["pass_filenames"] is False
    assert HOOKS["aipolicy-portfolio"]["require_serial"] is True


@pytest.mark.parametrize("hook", HOOKS)
def test_every_pattern_is_one_that_discovery_agrees_with(hook: str) -> None:
    for path in ("aifeature.yaml", "a/b.aifeature.yml"):
        assert re.search(HOOKS[hook]["files"], path)
        assert any(fnmatch(path.rpartition("/")[2], pattern) for pattern in MANIFEST_PATTERNS)
    assert not re.search(HOOKS[hook]["files"], "a/values.yaml")
    assert HOOKS[hook]["entry"].split()[:2] == ["aipolicy", "check"]


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture(scope="module")
def hook_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a git repository with the files of this checkout."""
    folder = tmp_path_factory.mktemp("hooks") / "aipolicy"
    for name in git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard").splitlines():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_file():
            shutil.copyfile(ROOT / name, target)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "hooks")
    return folder


def test_the_real_pre_commit_checks_changed_manifests(hook_repository: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    git(project, "init", "-q")
    revision = git(hook_repository, "rev-parse", "HEAD")
    (project / ".pre-commit-config.yaml").write_text(
        f"repos:\n  - repo: {hook_repository}\n    rev: {revision}\n    hooks:\n      - id: aipolicy\n"
        "      - id: aipolicy-portfolio\n",
        encoding="utf-8",
    )
    (project / "values.yaml").write_text("a: 1\na: 2\n", encoding="utf-8")
    for number in range(12):
        (project / f"f{number}.aifeature.yaml").write_text(CLEAN.replace("faq", f"faq-{number}"), encoding="utf-8")
    git(project, "add", "-A")
    environment = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "home"), "AIPOLICY_CACHE_DIR": str(tmp_path / "c")}
    environment.pop("PYTHONPATH", None)
    command = [sys.executable, "-m", "pre_commit", "run", "--all-files", "--color", "never"]
    clean = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert clean.returncode == 0, clean.stdout + clean.stderr
    assert clean.stdout.count("Passed") == 2
    (project / "f3.aifeature.yaml").write_text(CLEAN.replace("residency", "residancy"), encoding="utf-8")
    git(project, "add", "-A")
    wrong = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert wrong.returncode == 1
    assert "f3.aifeature.yaml:4:29" in wrong.stdout
    assert "unknown key `residancy`; did you mean `residency`?" in wrong.stdout
    assert "values.yaml" not in wrong.stdout
