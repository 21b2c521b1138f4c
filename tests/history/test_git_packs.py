"""Packs at revisions of local repositories: read from git's objects, or refused with what to do."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from git_repos import GitRepo, on_call, pack, repository_in

from aipolicy.errors import PolicyError
from aipolicy.policy.sources.git_pack import GitReference, parse_git_reference
from aipolicy.policy.sources.locate import PackFiles, find_pack
from aipolicy.source.limits import MAX_BYTES, MAX_FOLDER_FILES


@pytest.fixture
def policies(tmp_path: Path) -> GitRepo:
    """Return a repository of policies, with a tag of its first commit."""
    made = repository_in(tmp_path / "policies")
    made.commit({"packs/base/pack.yaml": pack(), "packs/base/README.md": "read me", "packs/base/tests/t.yaml": "a: 1"})
    made.git("tag", "v1.2.0")
    made.commit({"packs/base/pack.yaml": pack("warning")})
    return made


def found(reference: str, folder: Path) -> PackFiles:
    (folder / "project").mkdir(exist_ok=True)
    return find_pack(reference, folder / "project")


def shown_at(folder: Path, rest: str) -> str:
    return f"git+{folder.as_posix()}/policies@{rest}"


@pytest.mark.parametrize("revision", ["v1.2.0", "refs/tags/v1.2.0", "main~1", "HEAD@{1}"])
def test_a_folder_is_read_as_it_was_at_the_revision(revision: str, policies: GitRepo, tmp_path: Path) -> None:
    (policies.folder / "packs/base/pack.yaml").write_text("not committed", encoding="utf-8")
    read = found(f"git+../policies@{revision}#packs/base", tmp_path)
    place = shown_at(tmp_path, f"{revision}#packs/base")
    assert read.files == ((f"{place}/pack.yaml", pack().encode()),)
    assert read.origin.commit == policies.git("rev-parse", "v1.2.0")


@pytest.mark.parametrize(
    ("reference", "path"),
    [
        ("git+../policies@main#packs/base/pack.yaml", "main#packs/base/pack.yaml"),
        ("git+../policies@main#packs/base/", "main#packs/base/pack.yaml"),
    ],
)
def test_a_file_and_a_slash_at_the_end_are_fine(reference: str, path: str, policies: GitRepo, tmp_path: Path) -> None:
    assert found(reference, tmp_path).files == ((shown_at(tmp_path, path), pack("warning").encode()),)


def test_a_pack_at_the_top_and_a_bare_repository_are_read(policies: GitRepo, tmp_path: Path) -> None:
    policies.git("rm", "-rq", "packs")
    policies.commit({"pack.yaml": pack()})
    policies.git("clone", "-q", "--bare", ".", str(tmp_path / "mirror.git"))
    read = found("git+../mirror.git@main", tmp_path)
    assert [path.rpartition("@")[2] for path, _ in read.files] == ["main#pack.yaml"]


def test_the_path_is_from_the_referring_folder_and_shown_from_the_working_folder(
    policies: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    read = find_pack("git+../policies@v1.2.0#packs/base", Path())
    assert read.files[0][0] == "git+../policies@v1.2.0#packs/base/pack.yaml"


PARSED = [
    ("git+../p@v1#a/b", GitReference("../p", "v1", "a/b")),
    ("git+/srv/me@corp/p@v1", GitReference("/srv/me@corp/p", "v1")),
    ("git+p@main@{1}#a@b", GitReference("p", "main@{1}", "a@b")),
    ("git+p@v1#a#b", GitReference("p", "v1", "a#b")),
    ("git+.@HEAD", GitReference(".", "HEAD")),
]


@pytest.mark.parametrize(("text", "parts"), PARSED)
def test_a_reference_is_taken_apart_and_put_together(text: str, parts: GitReference) -> None:
    assert parse_git_reference(text) == parts
    assert str(parts) == text


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("git+https://example.org/p.git@v1#a", "is an address; fetch it first: no network at run time"),
        ("git+ssh://git@example.org/p@v1", "is an address"),
        ("git+git@example.org:p.git@v1", "is an address"),
        ("git+file:///srv/p@v1", "is an address"),
        ("git+ext::sh -c touch% x@v1", "is an address"),
        ("git+//host/share@v1", "is an address"),
        ("https://example.org/base.zip", "is an address"),
        ("git@example.org:policies/base", "is an address"),
        ("git+../policies#packs/base", "names no revision; write `git+PATH@REVISION#FOLDER`"),
        ("git+../policies@#packs/base", "names no revision"),
        ("git+@v1", "names no repository"),
        ("git+../policies@v1#", "names no folder after `#`"),
        ("git+../policies@v1#../x", "is no folder of a repository"),
        ("git+../policies@v1#/packs", "is no folder of a repository"),
        ("git+../policies@v1#packs//base", "is no folder of a repository"),
        ("git+../policies@v\x1b1", "has a control or invisible character"),
        ("git+../policies@--output=x#packs/base", "`--output=x` is no revision"),
        ("git+../policies@v9#packs/base", "no commit is named `v9` there; fetch it"),
        ("git+policies@v1.2.0:packs#base", "is an address"),
        ("git+../policies@v1.2.0:packs#base", "no commit is named `v1.2.0:packs`"),
        ("git+../policies@v1.2.0#pakcs/base", "holds no `pakcs`; did you mean `packs`?"),
        ("git+../policies@v1.2.0#packs/base/pack.yaml/x", "`packs/base/pack.yaml` is a file at commit"),
        ("git+../policies@v1.2.0#packs", "the folder holds no pack files"),
        ("git+../policies/packs@v1.2.0#base", "the folder is inside a repository; name the repository's top"),
        ("git+../policies/.git@v1.2.0#packs", "the folder is inside a repository"),
        ("git+../project@v1.2.0", "the folder is no git repository"),
        ("git+../nowhere@v1.2.0", "there is no such folder; clone the repository there first"),
    ],
)
def test_a_reference_that_cannot_be_relied_on_is_refused(
    reference: str, message: str, policies: GitRepo, tmp_path: Path
) -> None:
    with pytest.raises(PolicyError) as caught:
        found(reference, tmp_path)
    assert message in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["policies", "project"]


def test_a_password_in_an_address_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(PolicyError) as caught:
        found("git+https://me:secret@example.org/p@v1", tmp_path)
    assert "secret" not in str(caught.value)


def test_a_name_that_is_a_tag_and_a_branch_is_refused(policies: GitRepo, tmp_path: Path) -> None:
    policies.git("branch", "v1.2.0")
    with pytest.raises(PolicyError, match=r"is a branch and a tag; write `refs/heads/v1.2.0` or `refs/tags/v1.2.0`"):
        found("git+../policies@v1.2.0#packs/base", tmp_path)
    assert found("git+../policies@refs/tags/v1.2.0#packs/base", tmp_path).files


@pytest.mark.parametrize(
    ("link", "reference"),
    [("packs/base/more.yaml", "packs/base"), ("packs/other", "packs/other"), ("linked", "linked/base")],
)
def test_links_are_not_followed(link: str, reference: str, policies: GitRepo, tmp_path: Path) -> None:
    os.symlink("/etc", policies.folder / link)
    policies.commit()
    with pytest.raises(PolicyError, match="is a symbolic link, which is not followed"):
        found(f"git+../policies@main#{reference}", tmp_path)


@pytest.mark.parametrize("reference", ["packs", "packs/inner"])
def test_submodules_are_not_followed(reference: str, policies: GitRepo, tmp_path: Path) -> None:
    inner = repository_in(tmp_path / "inner")
    inner.commit({"pack.yaml": pack()})
    policies.git("submodule", "add", "-q", str(inner.folder), "packs/inner")
    policies.commit({"packs/pack.yaml": pack()})
    with pytest.raises(PolicyError, match="is a submodule, which is not followed"):
        found(f"git+../policies@main#{reference}", tmp_path)


@pytest.mark.parametrize("name", ["a\x1bb.yaml", "a\\b.yaml", "a\u202eb.yaml"])
def test_a_misleading_name_is_refused(name: str, policies: GitRepo, tmp_path: Path) -> None:
    policies.commit({f"packs/base/{name}": "a: 1"})
    with pytest.raises(PolicyError, match="has a control character or a backslash in its name"):
        found("git+../policies@main#packs/base", tmp_path)


def test_yaml_that_would_not_be_read_is_refused(policies: GitRepo, tmp_path: Path) -> None:
    policies.commit({"packs/base/more.YAML": "a: 1"})
    with pytest.raises(PolicyError, match=r"`more.YAML` would not be read"):
        found("git+../policies@main#packs/base", tmp_path)


def test_a_folder_with_too_many_files_is_refused(policies: GitRepo, tmp_path: Path) -> None:
    blob = policies.git("hash-object", "-w", "--stdin", stdin=b"a: 1")
    listed = "".join(f"100644 blob {blob}\t{number}.yaml\n" for number in range(MAX_FOLDER_FILES + 1))
    tree = policies.git("mktree", stdin=listed.encode())
    commit = policies.git("commit-tree", "-m", "many", tree)
    with pytest.raises(PolicyError, match=f"more than {MAX_FOLDER_FILES} files"):
        found(f"git+../policies@{commit}", tmp_path)


def test_a_large_file_is_cut_off_and_refused_by_its_reader(policies: GitRepo, tmp_path: Path) -> None:
    policies.commit({"packs/base/pack.yaml": " " * (MAX_BYTES + 100)})
    ((_, data),) = found("git+../policies@main#packs/base", tmp_path).files
    assert len(data) == MAX_BYTES + 1


def test_nothing_runs_and_nothing_is_written(policies: GitRepo, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    policies.commit({".gitattributes": "* filter=x"})
    for key in ("core.fsmonitor", "core.pager", "core.sshCommand", "filter.x.smudge", "diff.external"):
        policies.git("config", key, f"touch {trap}")
    before = subprocess.run(["find", policies.folder, "-newermt", "2000-01-01"], capture_output=True, check=True).stdout
    assert found("git+../policies@main#packs/base", tmp_path).files
    after = subprocess.run(["find", policies.folder, "-newermt", "2000-01-01"], capture_output=True, check=True).stdout
    assert before == after
    assert not trap.exists()


def test_mistakes_are_at_their_line_of_the_revision(policies: GitRepo, repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    policies.commit({"packs/base/pack.yaml": pack().replace("duty", "dutty")})
    repo.write({"aifeature.yaml": on_call("true")})
    done = run("check", "--policy", "git+../policies@main#packs/base")
    assert done.code == 2
    assert "git+../policies@main#packs/base/pack.yaml:8:11: `dutty` is not one of `constraint`, `duty`" in done.err


def test_a_moved_branch_is_judged_anew_although_runs_are_remembered(policies: GitRepo, repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    repo.write({"aifeature.yaml": on_call("false")})
    command = ("check", "--policy", "git+../policies@main#packs/base")
    assert run(*command).code == 0
    policies.commit({"packs/base/pack.yaml": pack()})
    assert run(*command).code == 1
