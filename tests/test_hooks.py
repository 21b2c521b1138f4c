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

from aipolicy.manifest.manifest_names import MANIFEST_PATTERNS, is_manifest_name

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
        (".aifeature.yaml", True),
        ("xaifeature.yaml", False),
        ("aifeature.yamlx", False),
        ("Aifeature.yaml", True),
        ("a/x.aifeature.YAML", True),
        ("values.yaml", False),
    ],
)
def test_the_hook_takes_manifests_and_nothing_else(path: str, wanted: bool) -> None:
    assert bool(re.search(HOOKS["aipolicy"]["files"], path)) is wanted


@pytest.mark.parametrize(
    "name", ["aifeature.yaml", ".aifeature.yml", "AIFeature.YAML", "xaifeature.yaml", "aifeature.yamlx"]
)
def test_a_hook_takes_what_the_search_takes(name: str) -> None:
    assert all(bool(re.search(hook["files"], f"a/{name}")) is is_manifest_name(name) for hook in HOOKS.values())


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


@pytest.fixture(scope="module")
def pre_commit_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which pre-commit keeps the environment of the hooks, built once."""
    return tmp_path_factory.mktemp("home")


class Project:
    """A repository that uses the hooks, and the real pre-commit in it."""

    def __init__(self, folder: Path, hooks: Path, home: Path) -> None:
        self.folder = folder
        folder.mkdir()
        git(folder, "init", "-q")
        (folder / ".pre-commit-config.yaml").write_text(
            f"repos:\n  - repo: {hooks}\n    rev: {git(hooks, 'rev-parse', 'HEAD')}\n    hooks:\n"
            "      - id: aipolicy\n      - id: aipolicy-portfolio\n",
            encoding="utf-8",
        )
        self.cache = folder.parent / "c"
        self._environment = {**os.environ, "PRE_COMMIT_HOME": str(home), "AIPOLICY_CACHE_DIR": str(self.cache)}
        self._environment.pop("PYTHONPATH", None)

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Stage everything and run the hooks, by default on what is staged."""
        git(self.folder, "add", "-A")
        command = [sys.executable, "-m", "pre_commit", "run", "--color", "never", *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=self._environment, capture_output=True, text=True, check=False
        )


@pytest.fixture
def project(hook_repository: Path, pre_commit_home: Path, tmp_path: Path) -> Project:
    return Project(tmp_path / "project", hook_repository, pre_commit_home)


def feature(name: str, *, wrong: bool = False) -> str:
    return CLEAN.replace("faq", name).replace("residency", "residancy" if wrong else "residency")


def test_the_real_pre_commit_checks_changed_manifests(project: Project) -> None:
    project.write("values.yaml", "a: 1\na: 2\n")
    for number in range(12):
        project.write(f"f{number}.aifeature.yaml", feature(f"faq-{number}"))
    clean = project.run("--all-files")
    assert clean.returncode == 0, clean.stdout + clean.stderr
    assert clean.stdout.count("Passed") == 2
    project.write("f3.aifeature.yaml", feature("faq-3", wrong=True))
    wrong = project.run("--all-files")
    assert wrong.returncode == 1
    assert "f3.aifeature.yaml:4:29" in wrong.stdout
    assert "unknown key `residancy`; did you mean `residency`?" in wrong.stdout
    assert "values.yaml" not in wrong.stdout


def test_many_files_in_several_processes_lose_no_finding(project: Project) -> None:
    wrong = {f"f{number}.aifeature.yaml" for number in range(0, 60, 7)}
    for number in range(60):
        name = f"f{number}.aifeature.yaml"
        project.write(name, feature(f"faq-{number}", wrong=name in wrong))
    # NOTE: the first run finds no cache, the second the cache that several processes wrote at once.
    for _ in range(2):
        done = project.run("aipolicy", "--all-files")
        assert done.returncode == 1
        assert set(re.findall(r"(f\d+\.aifeature\.yaml):4:29", done.stdout)) == wrong
        checked = [int(count) for count in re.findall(r"^(\d+) features? in \d+ files?", done.stdout, re.MULTILINE)]
        assert sum(checked) == 60 - len(wrong)
    if (os.cpu_count() or 1) > 1:
        assert len(checked) > 1


def test_a_manifest_that_the_commit_deletes_is_not_looked_for(project: Project) -> None:
    for name in ("kept", "gone"):
        project.write(f"{name}.aifeature.yaml", feature(name))
    git(project.folder, "add", "-A")
    git(project.folder, "commit", "-qm", "both")
    (project.folder / "gone.aifeature.yaml").unlink()
    alone = project.run()
    assert alone.returncode == 0, alone.stdout
    assert alone.stdout.count("Skipped") == 2
    project.write("kept.aifeature.yaml", feature("kept", wrong=True))
    beside = project.run()
    assert beside.returncode == 1
    assert "kept.aifeature.yaml:4:29" in beside.stdout
    assert "gone" not in beside.stdout


NAMES = ("two  spaces", "größe-機能", "-x", "--exit-zero", "--config=evil", "quote'\"s", "$(touch pwned)", "*")


def test_a_name_is_a_name_whatever_is_in_it(project: Project) -> None:
    for number, name in enumerate(NAMES):
        project.write(f"{name}.aifeature.yaml", feature(f"faq-{number}"))
    clean = project.run("aipolicy")
    assert clean.returncode == 0, clean.stdout
    for name in NAMES:
        project.write(f"{name}.aifeature.yaml", feature("faq", wrong=True))
    wrong = project.run("aipolicy")
    assert wrong.returncode == 1
    for name in NAMES:
        assert f"--> {name}.aifeature.yaml:4:29" in wrong.stdout
    assert not (project.folder / "pwned").exists()
