"""Repositories, and the command line run in them as a user does."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from git_repos import DAY, GitRepo, repository_in
from jsonschema import Draft202012Validator

from aipolicy.cli.main import main


@dataclass(frozen=True, slots=True)
class Done:
    """What a run gave."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]
DIFF_SCHEMA = Path(__file__).resolve().parents[2] / "schemas" / "diff.v1.json"


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which compiled policies are kept for all tests."""
    return tmp_path_factory.mktemp("kept") / "aipolicy"


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitRepo:
    """Return an empty repository, which is the working folder."""
    made = repository_in(tmp_path / "repo")
    monkeypatch.chdir(made.folder)
    return made


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kept: Path) -> Run:
    """Return a function that runs the command line in this process, on the day of the tests."""
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", str(kept))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def call(command: str, *arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["aipolicy", command, "--as-of", DAY, *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as exit_:
            main()
        out, err = capsys.readouterr()
        return Done(int(exit_.value.code or 0), out, err)

    return call


@pytest.fixture
def diff(run: Run) -> Callable[..., dict[str, Any]]:
    """Return a function that gives the diff as JSON, by feature name."""

    def call(*arguments: str) -> dict[str, Any]:
        done = run("diff", "--base", "main", "--format", "json", *arguments)
        assert (done.code, done.err) == (0, "")
        found = json.loads(done.out)
        Draft202012Validator(json.loads(DIFF_SCHEMA.read_text(encoding="utf-8"))).validate(found)
        return {each["name"]: each for each in found["features"]} | {"": found}

    return call
