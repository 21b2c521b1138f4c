"""The commit that a change began from: found for what names one, refused with a message for everything else."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from git_repos import GitRepo, clean, leak, repository_in

from aipolicy.errors import BaseError
from aipolicy.history.repository import find_base, find_repository

HOSTILE = {
    "an option that writes": "--output=written",
    "a short option": "-x",
    "a shell": "HEAD;touch written",
    "a substitution": "$(touch written)",
    "a branch before the first": "@{-1}",
    "a NUL": "main\0",
    "a line break": "main\nHEAD",
    "a very long one": "a" * 5_000,
    "nothing": "",
    "a range": "HEAD..HEAD",
    "a symmetric difference": "HEAD...HEAD",
    "a file": "HEAD:a.aifeature.yaml",
    "a tree": "HEAD^{tree}",
    "an exclusion": "^HEAD",
    "a branch that is not there": "release",
    "a hash that is not there": "0" * 40,
    "end of options": "--",
    "an escape": "\x1b[31m",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_names_no_commit_is_exit_2_and_never_runs(what: str, repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({"a.aifeature.yaml": leak()})
    before = sorted(os.listdir(repo.folder))
    done = run("check", f"--base={HOSTILE[what]}")
    assert done.code == 2
    assert done.err.startswith("aipolicy: base: ")
    assert "\x1b" not in done.err
    assert not done.out
    assert sorted(os.listdir(repo.folder)) == before


def test_the_base_is_where_the_change_began_not_the_tip_of_the_branch(repo: GitRepo) -> None:
    began = repo.commit({"a.aifeature.yaml": clean()})
    repo.git("checkout", "-q", "-b", "change")
    repo.commit({"b.aifeature.yaml": clean("b")})
    repo.git("checkout", "-q", "main")
    repo.commit({"c.aifeature.yaml": clean("c")})
    repo.git("checkout", "-q", "change")
    base = find_base(find_repository("."), "main")
    assert base.commit == began
    assert base.day.isoformat() == "2026-10-01"


@pytest.mark.parametrize("revision", ["main", "HEAD", "HEAD~1", "v1", "@", "main@{0}", ":/change"])
def test_every_way_of_naming_a_commit_works(revision: str, repo: GitRepo) -> None:
    repo.commit({"a.aifeature.yaml": clean()})
    repo.commit({"b.aifeature.yaml": clean("b")})
    repo.git("tag", "-a", "v1", "-m", "v1")
    assert len(find_base(find_repository("."), revision).commit) == 40


def test_a_shallow_clone_is_told_to_fetch_the_history(repo: GitRepo, tmp_path: Path, monkeypatch, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({"a.aifeature.yaml": clean()})
    repo.git("checkout", "-q", "-b", "change")
    repo.commit({"b.aifeature.yaml": clean("b")})
    repo.git("checkout", "-q", "main")
    repo.commit({"c.aifeature.yaml": clean("c")})
    repo.git("clone", "-q", "--depth=1", "--no-single-branch", f"file://{repo.folder}", str(tmp_path / "shallow"))
    shallow = GitRepo(tmp_path / "shallow")
    shallow.git("checkout", "-q", "change")
    monkeypatch.chdir(shallow.folder)
    for revision in ("origin/main", "origin/main~1"):
        done = run("check", "--base", revision)
        assert done.code == 2
        assert "fetch-depth: 0" in done.err


def test_histories_without_a_common_commit_are_exit_2(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({"a.aifeature.yaml": clean()})
    repo.git("checkout", "-q", "--orphan", "other")
    repo.commit({"b.aifeature.yaml": clean("b")})
    done = run("check", "--base", "main")
    assert done.code == 2
    assert "no commit in common" in done.err


def test_a_folder_without_a_repository_is_exit_2(tmp_path: Path, monkeypatch, run) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "a.aifeature.yaml").write_text(clean(), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    done = run("check", "--base", "main")
    assert done.code == 2
    assert "no git repository" in done.err


def test_a_bare_repository_is_exit_2(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    bare = tmp_path / "bare"
    bare.mkdir()
    GitRepo(bare).git("init", "-q", "--bare")
    monkeypatch.chdir(bare)
    with pytest.raises(BaseError, match="bare repository"):
        find_repository(".")


def test_a_repository_without_a_commit_is_exit_2(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.write({"a.aifeature.yaml": clean()})
    done = run("check", "--base", "HEAD")
    assert done.code == 2
    assert "no commit is named `HEAD`" in done.err


def test_without_git_the_run_is_exit_2(repo: GitRepo, tmp_path: Path, monkeypatch, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({"a.aifeature.yaml": clean()})
    monkeypatch.setenv("PATH", str(tmp_path))
    done = run("check", "--base", "main")
    assert done.code == 2
    assert "install git" in done.err


def test_variables_of_a_git_hook_do_not_lead_elsewhere(repo: GitRepo, tmp_path: Path, monkeypatch, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({"a.aifeature.yaml": leak()})
    other = repository_in(tmp_path / "other")
    other.commit()
    for name, value in {"GIT_DIR": str(other.folder / ".git"), "GIT_WORK_TREE": str(other.folder),
                        "GIT_INDEX_FILE": "nowhere", "GIT_EXTERNAL_DIFF": "false"}.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    assert run("check", "--base", "main").code == 0


def test_configuration_of_the_clone_starts_no_program(repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({"a.aifeature.yaml": leak(), ".gitattributes": "*.yaml diff=evil filter=evil\n"})
    script = repo.folder / ".git" / "evil"
    script.write_text(f"#!{sys.executable}\nopen({str(repo.folder / 'ran')!r}, 'w')\n", encoding="utf-8")
    script.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "diff.external", "diff.evil.textconv", "diff.evil.command",
                "filter.evil.smudge", "core.sshCommand", "gpg.program", "core.alternateRefsCommand"):  # fmt: skip
        repo.git("config", key, str(script))
    repo.git("config", "log.showSignature", "true")
    hooks = repo.folder / ".git" / "hooks"
    for name in ("post-checkout", "post-index-change", "reference-transaction"):
        (hooks / name).symlink_to(script)
    assert run("check", "--base", "main").code == 0
    assert not (repo.folder / "ran").exists()


def test_a_missing_object_is_exit_2_and_nothing_is_fetched(repo: GitRepo, tmp_path: Path, monkeypatch, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({"a.aifeature.yaml": leak()})
    repo.commit({"a.aifeature.yaml": leak() + "# changed\n"})
    repo.git("config", "uploadpack.allowFilter", "true")
    partial = tmp_path / "partial"
    repo.git("clone", "-q", "--filter=blob:none", f"file://{repo.folder}", str(partial))
    monkeypatch.chdir(partial)
    done = run("check", "--base", "HEAD~1")
    assert done.code == 2
    assert "fetches nothing" in done.err
