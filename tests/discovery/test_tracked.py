"""What git tracks or would not ignore is found, whatever ignore files say: held to git itself."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from git_repos import GitRepo

from aipolicy.discovery.find import search_manifests
from aipolicy.discovery.git_index import UnreadableIndex, read_tracked
from aipolicy.manifest.skipped import ABSENT, IGNORED

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

from compare_with_git import differences, repositories


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitRepo:
    """A repository that is the working folder, without settings of the user."""
    (tmp_path / "work").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "work"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path / "work")
    repo = GitRepo(tmp_path / "work")
    repo.git("init", "-q")
    return repo


def write(folder: Path, *names: str, text: str = "a: 1\n") -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def found(*paths: str) -> list[str]:
    return [file.path for file in search_manifests(paths or (".",), stdin=bytes).files]


def notices() -> tuple[str, ...]:
    return search_manifests(["."], stdin=bytes).left_out.notices


@pytest.mark.parametrize("seed", [11, 12])
def test_random_ignore_files_hold_as_in_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    for root in repositories(seed, 2, tmp_path):
        assert differences(root) == ([], [])


@pytest.mark.parametrize("rule", ["aifeature.yaml", "svc/", "*", "/svc/*"])
@pytest.mark.parametrize("version", ["2", "3", "4"])
def test_a_tracked_manifest_is_found_whatever_ignores_it(repo: GitRepo, rule: str, version: str) -> None:
    write(repo.folder, "svc/deep/aifeature.yaml", "svc/aifeature.yaml", "svc/deep/new.aifeature.yaml", "svc/x.txt")
    repo.git("update-index", "--index-version", version)
    repo.git("add", "svc/deep/aifeature.yaml", "svc/x.txt", "svc/aifeature.yaml")
    if version == "3":
        repo.git("rm", "-q", "--cached", "svc/aifeature.yaml")
        repo.git("add", "--intent-to-add", "svc/aifeature.yaml")
    write(repo.folder, ".gitignore", text=f"{rule}\n*.aifeature.yaml\n")
    assert found() == ["svc/aifeature.yaml", "svc/deep/aifeature.yaml"]


def test_an_ignored_manifest_that_is_not_tracked_is_told(repo: GitRepo) -> None:
    write(repo.folder, "a.aifeature.yaml", "b.aifeature.yaml", "ai-feature.yaml")
    write(repo.folder, ".gitignore", text="a.*\nai-*\n")
    left_out = search_manifests(["."], stdin=bytes).left_out
    assert [tuple(each) for each in left_out.skipped] == [("a.aifeature.yaml", IGNORED)]


def test_folders_are_asked_about_as_folders(repo: GitRepo) -> None:
    write(repo.folder, "svc/aifeature.yaml")
    write(repo.folder, ".gitignore", text="*\n!*/\n!*.yaml\n")
    assert found() == ["svc/aifeature.yaml"]


@pytest.mark.parametrize("key", ["core.excludesFile", None])
def test_the_personal_ignore_file_holds(repo: GitRepo, key: str | None) -> None:
    write(repo.folder, "personal" if key else ".config/git/ignore", text="scratch\n")
    if key:
        write(
            repo.folder, ".gitconfig", text='[user]\n\tname = n ; n\n[Core]\n\texcludesfile = "~/pers\\\nonal" # mine\n'
        )
    write(repo.folder, "aifeature.yaml", "scratch/aifeature.yaml")
    assert repo.git("ls-files", "-o", "--exclude-standard", "*aifeature.yaml").split() == found() == ["aifeature.yaml"]


@pytest.mark.parametrize(
    ("included", "held"),
    [("[core]\n\texcludesFile = /elsewhere\n", False), ("[user]\n\temail = e@example.com\n", True)],
)
def test_a_personal_ignore_file_that_hangs_on_a_condition_ignores_nothing(
    repo: GitRepo, included: str, held: bool
) -> None:
    write(repo.folder, "personal", text="scratch\n")
    write(repo.folder, "work.inc", text=included)
    write(
        repo.folder, ".gitconfig",
        text='[core]\n\texcludesFile = ~/personal\n[includeIf "gitdir:~/work/"]\n\tpath = work.inc\n',
    )  # fmt: skip
    write(repo.folder, "scratch/aifeature.yaml")
    assert found() == ([] if held else ["scratch/aifeature.yaml"])


def test_a_linked_working_tree_has_an_index_of_its_own(repo: GitRepo, tmp_path: Path) -> None:
    write(repo.folder, "svc/aifeature.yaml", "new/x.txt")
    repo.git("add", "-A")
    repo.git("commit", "-q", "-m", "a")
    repo.git("worktree", "add", "-q", str(tmp_path / "other"))
    write(repo.folder, ".git/info/exclude", text="svc\nnew\n")
    write(tmp_path / "other", "new/aifeature.yaml")
    assert found(str(tmp_path / "other")) == [f"{tmp_path.as_posix()}/other/svc/aifeature.yaml"]


def test_a_submodule_has_ignore_rules_of_its_own(repo: GitRepo, tmp_path: Path) -> None:
    inner = GitRepo(tmp_path / "inner")
    write(inner.folder, "aifeature.yaml", "gen/aifeature.yaml", "gen/b.aifeature.yaml")
    inner.git("init", "-q")
    inner.git("add", "-A")
    inner.git("rm", "-q", "--cached", "gen/b.aifeature.yaml")
    inner.git("commit", "-q", "-m", "a")
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.folder), "sub/inner")
    write(repo.folder, "sub/inner/gen/b.aifeature.yaml", "sub/aifeature.yaml")
    write(repo.folder, ".gitignore", text="sub\naifeature.yaml\n")
    write(repo.folder, "sub/inner/.gitignore", text="gen\n")
    assert found() == ["sub/inner/aifeature.yaml", "sub/inner/gen/aifeature.yaml"]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda repo: repo.git("update-index", "--split-index"), "it is split"),
        (lambda repo: (repo.folder / ".git/index").write_bytes(b"DIRC\0\0\0\2\0\0\0\5"), "it is damaged"),
        (lambda repo: (repo.folder / ".git/index").write_bytes(b"DIRC\0\0\0\7\0\0"), "it is of no version that is known"),
        (lambda repo: (repo.folder / ".git/index").write_bytes(b""), "it is of no version that is known"),
    ],
)  # fmt: skip
def test_where_the_index_cannot_be_used_nothing_is_ignored_and_that_is_told(
    repo: GitRepo, spoil: object, reason: str
) -> None:
    write(repo.folder, "svc/aifeature.yaml", "svc/b.aifeature.yaml")
    repo.git("add", "svc/aifeature.yaml")
    spoil(repo)  # type: ignore[operator]
    write(repo.folder, ".gitignore", text="svc\n")
    assert found() == ["svc/aifeature.yaml", "svc/b.aifeature.yaml"]
    assert notices() == (
        f"git's index of `work` cannot be used, because {reason}: what git ignores there is checked too",
    )


def test_a_sparse_index_is_not_relied_on(repo: GitRepo) -> None:
    write(repo.folder, "a/aifeature.yaml", "b/deep/aifeature.yaml", "x.txt")
    repo.git("add", "-A")
    repo.git("commit", "-q", "-m", "a")
    repo.git("sparse-checkout", "set", "--cone", "--sparse-index", "a")
    write(repo.folder, ".gitignore", text="a\n")
    assert found() == ["a/aifeature.yaml"]
    assert "because it is sparse, with folders that are not checked out" in notices()[0]


def test_what_a_sparse_checkout_leaves_out_is_told(repo: GitRepo) -> None:
    write(repo.folder, "a/aifeature.yaml", "b/deep/aifeature.yaml", "b/old.aifeature.yaml", "x.txt")
    repo.git("add", "-A")
    repo.git("commit", "-q", "-m", "a")
    repo.git("sparse-checkout", "set", "--cone", "--no-sparse-index", "a")
    search = search_manifests(["."], exclude=["old.*"], stdin=bytes)
    assert [file.path for file in search.files] == ["a/aifeature.yaml"]
    assert [tuple(each) for each in search.left_out.skipped] == [("b/deep/aifeature.yaml", ABSENT)]
    assert search_manifests(["a"], stdin=bytes).left_out.skipped == ()


@pytest.mark.parametrize("version", ["2", "4"])
def test_a_damaged_index_is_refused_or_read_and_nothing_else(repo: GitRepo, version: str) -> None:
    write(repo.folder, *(f"{'d' * number}/{number}.aifeature.yaml" for number in range(1, 9)))
    repo.git("update-index", "--index-version", version)
    repo.git("add", "-A")
    path = repo.folder / ".git" / "index"
    whole, random = path.read_bytes(), Random(5)
    for _ in range(400):
        data = bytearray(whole[: random.randint(0, len(whole))] if random.random() < 0.5 else whole)
        for _ in range(random.randint(0, 6) if data else 0):
            data[random.randrange(len(data))] = random.randrange(256)
        path.write_bytes(data)
        with suppress(UnreadableIndex):
            read_tracked(str(path), lambda name: name.endswith(b".yaml"))


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions do not bind here")
def test_an_ignore_file_that_cannot_be_read_ends_all_ignoring_below_it(repo: GitRepo) -> None:
    write(repo.folder, ".gitignore", text="*.yaml\n")
    write(repo.folder, "a/.gitignore", "a/aifeature.yaml")
    (repo.folder / "a" / ".gitignore").chmod(0)
    assert found() == ["a/aifeature.yaml"]


def test_a_very_long_ignore_file_ignores_nothing(repo: GitRepo) -> None:
    write(repo.folder, "aifeature.yaml")
    write(repo.folder, ".gitignore", text="*.yaml\n" + "#" * 1_100_000 + "\n!aifeature.yaml\n")
    assert found() == ["aifeature.yaml"]


def test_what_is_no_repository_for_git_ignores_nothing(repo: GitRepo) -> None:
    write(repo.folder, "aifeature.yaml")
    write(repo.folder, ".gitignore", text="*.yaml\n")
    (repo.folder / ".git" / "HEAD").unlink()
    assert found() == ["aifeature.yaml"]
