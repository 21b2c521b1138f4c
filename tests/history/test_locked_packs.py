"""The lock file: what it pins is what judges, or nothing does; and it is written alike for the same packs."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from git_repos import GitRepo, on_call, pack, repository_in

CONFIG = "policies = ['build-or-buy', './own', './base', 'git+../policies@main#packs/git']\n"
DIGEST = "sha256:" + "0" * 64


def named(name: str, rule: str, severity: str = "warning") -> str:
    return (
        pack(severity)
        .replace("name: own,", f"name: {name},")
        .replace("OWN-001", rule)
        .replace("nobody-on", name + "-on")
    )


@pytest.fixture
def policies(tmp_path: Path) -> GitRepo:
    made = repository_in(tmp_path / "policies")
    made.commit({"packs/git/pack.yaml": named("git", "GIT-001"), "other.txt": "1"})
    return made


@pytest.fixture
def project(repo: GitRepo, policies: GitRepo) -> GitRepo:
    """Return a project with packs from everywhere."""
    repo.write(
        {
            "aipolicy.toml": CONFIG,
            "own/pack.yaml": named("own", "OWN-001"),
            "base/pack.yaml": named("base", "BASE-001"),
            "aifeature.yaml": on_call("true", lifecycle="prototype"),
        }
    )
    return repo


@pytest.fixture
def policy(run):  # type: ignore[no-untyped-def]
    """Return a function that runs `aipolicy policy`."""
    import sys

    def call(*arguments: str):  # type: ignore[no-untyped-def]
        from aipolicy.cli.main import main

        sys.argv[:] = ["aipolicy", "policy", *arguments]
        with pytest.raises(SystemExit) as exit_:
            main()
        return int(exit_.value.code or 0)

    return call


def test_a_lock_says_what_every_pack_is_and_where_it_comes_from(project: GitRepo, policies, policy, capsys) -> None:  # type: ignore[no-untyped-def]
    assert policy("lock") == 0
    out = capsys.readouterr().out
    assert out.startswith("aipolicy.lock: 4 packs pinned\n+ ./base  base 1 sha256:")
    text = (project.folder / "aipolicy.lock").read_text(encoding="utf-8")
    tables = re.findall(r'^\[packs\."(.*)"\]\nname = "(.*)"\nversion = "(.*)"\nfrom = "(.*)"$', text, re.MULTILINE)
    assert [(table[0], table[1], table[3]) for table in tables] == [
        ("./base", "base", "path"),
        ("./own", "own", "path"),
        ("build-or-buy", "build-or-buy", "shipped"),
        ("git+../policies@main#packs/git", "git", "git"),
    ]
    assert f'commit = "{policies.git("rev-parse", "main")}"' in text


def test_a_digest_is_what_sha256sum_says_of_the_files(project: GitRepo, policy) -> None:  # type: ignore[no-untyped-def]
    project.write({"own/more.yaml": "apiVersion: aipolicy/v1\nkind: PolicyRules\nrules: []\n"})
    assert policy("lock") == 0
    listed = subprocess.run(
        ["sha256sum", "more.yaml", "pack.yaml"], cwd=project.folder / "own", capture_output=True, check=True
    )
    whole = (
        subprocess.run(["sha256sum"], input=listed.stdout, capture_output=True, check=True).stdout.split()[0].decode()
    )
    assert f'from = "path"\ndigest = "sha256:{whole}"' in (project.folder / "aipolicy.lock").read_text(encoding="utf-8")


def test_a_lock_is_the_same_from_any_folder_and_for_any_line_ends(  # type: ignore[no-untyped-def]
    project: GitRepo, policy, monkeypatch, tmp_path: Path, capsys
) -> None:
    assert policy("lock") == 0
    lock = project.folder / "aipolicy.lock"
    first = lock.read_bytes()
    (project.folder / "sub").mkdir()
    monkeypatch.chdir(project.folder / "sub")
    assert policy("lock") == 0
    assert lock.read_bytes() == first
    monkeypatch.chdir(tmp_path)
    assert policy("lock", "--config", str(project.folder / "aipolicy.toml")) == 0
    assert lock.read_bytes() == first
    own = project.folder / "own/pack.yaml"
    own.write_bytes(own.read_bytes().replace(b"\n", b"\r\n"))
    lock.write_bytes(first.replace(b"\n", b"\r\n"))
    assert policy("lock", "--check", "--config", str(project.folder / "aipolicy.toml")) == 0
    assert capsys.readouterr().out.endswith("aipolicy.lock is current: 4 packs\n")


def move_branch(project: GitRepo, policies: GitRepo) -> None:
    policies.commit({"packs/git/pack.yaml": named("git", "GIT-001", "error")})


def change_folder(project: GitRepo, policies: GitRepo) -> None:
    project.write({"own/pack.yaml": named("own", "OWN-001", "error")})


def add_file(project: GitRepo, policies: GitRepo) -> None:
    project.write({"own/more.yaml": "apiVersion: aipolicy/v1\nkind: PolicyRules\nrules: []\n"})


def rename_file(project: GitRepo, policies: GitRepo) -> None:
    os.rename(project.folder / "own/pack.yaml", project.folder / "own/p.yaml")


def add_pack(project: GitRepo, policies: GitRepo) -> None:
    project.write({"aipolicy.toml": CONFIG.replace("]", ", 'cost-control']")})


def remove_pack(project: GitRepo, policies: GitRepo) -> None:
    project.write({"aipolicy.toml": CONFIG.replace(", './base'", "")})


def change_shipped(project: GitRepo, policies: GitRepo) -> None:
    lock = project.folder / "aipolicy.lock"
    text = lock.read_text(encoding="utf-8")
    table, old = re.search(r'(?s)(\[packs\."build-or-buy"\].*?digest = )"(.*?)"', text).groups()  # type: ignore[union-attr]
    lock.write_text(text.replace(f'{table}"{old}"', f'{table}"{DIGEST}"'), encoding="utf-8")


CHANGES = {
    move_branch: r"aipolicy.lock:\d+:1: `git\+../policies@main#packs/git` is not what was locked: sha256:\w{64}, now "
    r"sha256:\w{64} \(`main` was commit \w{12} and is \w{12}\); review it, then run `aipolicy policy lock`",
    change_folder: r"aipolicy.lock:\d+:1: `./own` is not what was locked: sha256:\w{64}, now sha256:\w{64}; review",
    add_file: r"aipolicy.lock:\d+:1: `./own` is not what was locked",
    rename_file: r"aipolicy.lock:\d+:1: `./own` is not what was locked",
    add_pack: r"aipolicy.lock: `cost-control` is not in the lock, and has sha256:\w{64}; review it, then run `aipolicy",
    remove_pack: r"aipolicy.lock:\d+:1: `./base` is locked as sha256:\w{64}, and nothing leads to it any more",
    change_shipped: r"`build-or-buy` is not what was locked: sha256:0{64}, now sha256:\w{64} \(shipped packs change with",
}


@pytest.mark.parametrize(("change", "message"), CHANGES.items(), ids=[change.__name__ for change in CHANGES])
def test_what_is_not_what_was_locked_stops_every_run(  # type: ignore[no-untyped-def]
    change, message: str, project: GitRepo, policies: GitRepo, policy, run, capsys
) -> None:
    assert policy("lock") == 0
    assert run("check").code == run("check").code == 0
    change(project, policies)
    for command in (("check",), ("rules",), ("explain", "OWN-001")):
        done = run(*command)
        assert done.code == 2
        assert re.search(message, done.err), done.err
        assert done.err.startswith("aipolicy: lock: aipolicy.lock:")
    capsys.readouterr()
    assert policy("lock", "--check") == 1
    out = capsys.readouterr().out
    assert out.startswith("aipolicy.lock is not current; review what changed, then run `aipolicy policy lock`\n")
    assert re.search(r"^[+~-] ", out, re.MULTILINE)
    assert policy("lock") == 0
    assert run("check").code == 0


def test_a_commit_that_changes_no_pack_stops_nothing_but_is_not_current(project, policies, policy, run) -> None:  # type: ignore[no-untyped-def]
    assert policy("lock") == 0
    policies.commit({"other.txt": "2"})
    assert run("check").code == 0
    assert policy("lock", "--check") == 1


LOCKS: dict[str, tuple[str, str, str]] = {
    "no TOML": ("name = ", "name ", "aipolicy.lock:6:6: not valid TOML"),
    "a merge that stopped": ("[packs", "<<<<<<< HEAD\n[packs", "aipolicy.lock:5:1: not valid TOML"),
    "a key misspelt": ("digest = ", "digset = ", "aipolicy.lock:9:1: unknown key `digset`; did you mean `digest`?"),
    "a digest cut off": ("sha256:", "sha256", "aipolicy.lock:9:1: `sha256"),
    "a digest that is a number": ('digest = "', 'digest = 1 # "', "aipolicy.lock:9:1: `digest` must be text"),
    "an unknown kind": ('from = "path"', 'from = "archive"', "aipolicy.lock:8:1: `archive` is not one of `shipped`"),
    "a git pack without commit": ("commit = ", "# ", "`` is no commit"),
    "a commit of something else": ('from = "git"', 'from = "path"', "unknown key `commit`"),
    "git by another name": ('"git+../policies@main#packs/git"', '"./git"', "`./git` is no revision of a repository"),
    "another version": (
        "lock_version = 1",
        "lock_version = 2",
        "aipolicy.lock:3:1: version 2 of the lock is not known",
    ),
    "no version": ("lock_version = 1", "", "missing key `lock_version`"),
    "packs as text": ("lock_version = 1", "packs = 'x'\nlock_version = 1", "not valid TOML"),
    "nothing known": ("lock_version = 1", "lock_version = 1\npins = 1", "aipolicy.lock:4:1: unknown key `pins`"),
    "an escape": (
        'name = "base"',
        'name = "\\u001b[2J"',
        "aipolicy.lock:6:1: text with a control or invisible character",
    ),
    "a table twice": ('[packs."./own"]', '[packs."./base"]', "aipolicy.lock:11"),
}


@pytest.mark.parametrize(("old", "new", "message"), LOCKS.values(), ids=list(LOCKS))
def test_a_damaged_lock_stops_the_run_at_its_line(  # type: ignore[no-untyped-def]
    old: str, new: str, message: str, project: GitRepo, policy, run
) -> None:
    assert policy("lock") == 0
    lock = project.folder / "aipolicy.lock"
    text = lock.read_text(encoding="utf-8")
    assert old in text
    lock.write_text(text.replace(old, new, 1), encoding="utf-8")
    done = run("check")
    assert done.code == 2
    assert message in done.err
    assert policy("lock", "--check") == 2
    assert policy("lock") == 0
    assert lock.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"a" * 2_000_000, b"\0"])
def test_a_file_that_is_no_lock_stops_the_run(data: bytes, project: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    (project.folder / "aipolicy.lock").write_bytes(data)
    done = run("check")
    assert done.code == 2
    assert done.err.startswith("aipolicy: lock: aipolicy.lock:")


def test_a_lock_that_is_a_folder_or_leads_nowhere_stops_the_run(project: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    (project.folder / "aipolicy.lock").symlink_to("nowhere")
    assert run("check").code == 2
    (project.folder / "aipolicy.lock").unlink()
    (project.folder / "aipolicy.lock").mkdir()
    assert run("check").code == 2


def test_packs_of_the_command_line_are_compared_where_the_lock_knows_them(project: GitRepo, policy, run) -> None:  # type: ignore[no-untyped-def]
    assert policy("lock") == 0
    assert run("check", "--policy", "cost-control").code in (0, 1)
    assert run("check", "--policy", "./own").code == 0
    project.write({"own/pack.yaml": named("own", "OWN-001", "error")})
    assert run("check", "--policy", "./own/").code == 2
    assert run("check", "--policy", "build-or-buy").code in (0, 1)


def test_a_lock_whose_configuration_is_gone_stops_the_run(project: GitRepo, policy, run) -> None:  # type: ignore[no-untyped-def]
    assert policy("lock") == 0
    (project.folder / "aipolicy.toml").unlink()
    done = run("check")
    assert done.code == 2
    assert "`./own` is locked" in done.err
    assert policy("lock") == 2


def test_a_lock_is_written_only_for_packs_that_can_be_read(project: GitRepo, policy, capsys) -> None:  # type: ignore[no-untyped-def]
    project.write({"own/pack.yaml": pack().replace("version: '1'", "version: 1")})
    assert policy("lock") == 2
    assert "own/pack.yaml:3:32: `version` must be text" in capsys.readouterr().err
    project.write({"own/pack.yaml": pack() + "]"})
    assert policy("lock") == 2
    project.write({"own/pack.yaml": pack().replace("on_call]", "on_cal]")})
    assert policy("lock") == 2
    assert "own/pack.yaml:10:15: " in capsys.readouterr().err
    assert not (project.folder / "aipolicy.lock").exists()
    project.write({"own/pack.yaml": pack().replace("PolicyPack", "PolicyRules")})
    assert policy("lock") == 2
    assert policy("lock", "--check") == 2


def test_without_a_lock_check_says_so(project: GitRepo, policy, capsys) -> None:  # type: ignore[no-untyped-def]
    assert policy("lock", "--check") == 1
    assert capsys.readouterr().out == "aipolicy.lock does not exist; write it with `aipolicy policy lock`\n"


def test_the_base_is_judged_by_the_commit_that_it_pinned(project: GitRepo, policies: GitRepo, policy, run) -> None:  # type: ignore[no-untyped-def]
    project.write({"aifeature.yaml": on_call("false", lifecycle="prototype")})
    assert policy("lock") == 0
    project.commit()
    policies.commit({"packs/git/pack.yaml": named("git", "GIT-001", "error")})
    assert policy("lock") == 0
    done = run("check", "--base", "HEAD")
    assert done.code == 1
    assert "1 worse" in done.out
    assert "policy" in run("diff", "--base", "HEAD").out


def test_a_repository_may_pin_a_revision_of_itself(project: GitRepo, policy, run) -> None:  # type: ignore[no-untyped-def]
    project.commit()
    project.git("tag", "v1")
    project.write(
        {"aipolicy.toml": "policies = ['git+.@v1#own']\n", "aifeature.yaml": on_call("false", lifecycle="prototype")}
    )
    assert policy("lock") == 0
    project.commit()
    assert run("check", "--base", "HEAD").code == 0


@pytest.mark.parametrize("spelling", ["own.yaml", "./own.yaml", "{here}/own.yaml", "../{name}/own.yaml", "sub/../own.yaml",
                                      "{link}/own.yaml"])  # fmt: skip
def test_a_pack_of_the_command_line_is_compared_with_the_lock_however_it_is_spelt(
    spelling: str, repo: GitRepo, tmp_path: Path, policy, run
) -> None:  # type: ignore[no-untyped-def]
    repo.write({"aipolicy.toml": "policies = ['own.yaml']\n", "own.yaml": pack("warning"), "sub/keep": "",
                "aifeature.yaml": on_call("true", lifecycle="prototype")})  # fmt: skip
    (tmp_path / "link").symlink_to(repo.folder)
    assert policy("lock") == 0
    named = spelling.format(here=repo.folder, name=repo.folder.name, link=tmp_path / "link")
    assert run("check", "--policy", named).code == 0
    repo.write({"own.yaml": pack("note")})
    done = run("check", "--policy", named)
    assert (done.code, "is not what was locked" in done.err) == (2, True)
