"""Packs from git revisions as layers below an organisation's pack, and what they may extend themselves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from git_repos import GitRepo, on_call, pack, repository_in

from aipolicy.errors import AipolicyError
from aipolicy.policy.locate import find_packs


def layer(name: str, rule: str, *extends: str, severity: str = "error") -> str:
    """Return a pack with one rule that extends others."""
    text = pack(severity).replace("name: own,", f"name: {name},").replace("OWN-001", rule)
    text = text.replace("nobody-on-call", f"{name}-on-call")
    entries = "".join(f"  - {{{entry}}}\n" for entry in extends)
    return text.replace("rules:\n", f"extends:\n{entries}rules:\n") if extends else text


GIT = "git: ../../policies, revision: v1, path: packs/base"


@pytest.fixture
def policies(tmp_path: Path) -> GitRepo:
    """Return a repository with a pack, and a pack that extends it."""
    made = repository_in(tmp_path / "policies")
    made.commit(
        {
            "packs/base/pack.yaml": layer("base", "BASE-001"),
            "packs/team/pack.yaml": layer("team", "TEAM-001", "pack: ../base"),
        }
    )
    made.git("tag", "v1")
    return made


def chain(repo: GitRepo, *extends: str) -> list[str]:
    """Return the packs of a run whose own pack extends others, bases first, as said in messages."""
    repo.write({"own/pack.yaml": layer("own", "OWN-001", *extends)})
    found = find_packs(["./own"], repo.folder)
    return [each.path.replace(repo.folder.parent.as_posix(), "") for each in found]


@pytest.mark.parametrize(
    ("entry", "bases"),
    [
        (GIT, ["git+/policies@v1#packs/base"]),
        ("pack: git+../../policies@v1#packs/base", ["git+/policies@v1#packs/base"]),
        ("git: ../../policies, revision: v1, path: packs/team/",
         ["git+/policies@v1#packs/base", "git+/policies@v1#packs/team"]),
        ("git: ../../policies, revision: v1, path: packs/team/pack.yaml",
         ["git+/policies@v1#packs/base", "git+/policies@v1#packs/team/pack.yaml"]),
        ("pack: ../base", ["/repo/base"]),
    ],
)  # fmt: skip
def test_a_pack_extends_folders_and_revisions(entry: str, bases: list[str], policies: GitRepo, repo: GitRepo) -> None:
    repo.write({"base/pack.yaml": layer("base", "BASE-001")})
    assert chain(repo, entry) == [*bases, "/repo/own"]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("git: ../../policies, revision: v1, path: packs/bas", "own/pack.yaml:5:5: git+/policies@v1#packs/bas: commit"),
        ("git: 'https://example.org/p', revision: v1", "is an address; fetch it first"),
        ("git: ../../policies, revision: v1, path: ../up", "is no folder of a repository"),
        ("git: ../../policies, path: packs/base", "missing key `revision`"),
        ("git: ../../policies, revision: v1, folder: packs/base", "unknown key `folder`"),
        (
            "git: ../../policies, revision: v1, pack: x",
            "an entry names a `pack` or a `git` repository; write two entries",
        ),
        ("git: ../po#icies, revision: v1", "can be read in several ways"),
        ("git: [a], revision: v1", "`git` must be text"),
        ("pack: build-or-buy, revision: v1", "unknown key `revision`"),
    ],
)
def test_an_entry_that_cannot_be_followed_is_told_at_its_line(  # type: ignore[no-untyped-def]
    entry: str, message: str, policies: GitRepo, repo: GitRepo, run
) -> None:
    repo.write({"own/pack.yaml": layer("own", "OWN-001", entry), "aifeature.yaml": on_call("true")})
    done = run("check", "--policy", "./own")
    assert done.code == 2
    assert "own/pack.yaml:5:" in done.err
    assert message.replace("+/policies", "+../policies") in done.err


@pytest.mark.parametrize("entry", ["pack: ../../../x", "pack: /etc/base", "pack: 'https://example.org/x'", GIT])
def test_a_pack_of_a_revision_leads_to_nothing_outside_of_it(entry: str, policies: GitRepo, repo: GitRepo) -> None:
    policies.commit({"packs/evil/pack.yaml": layer("evil", "EVIL-001", entry)})
    with pytest.raises(
        AipolicyError, match="a pack of a git revision can extend packs of that revision, shipped ones, and packs of"
    ):
        find_packs(["git+../policies@main#packs/evil"], repo.folder)


def test_a_pack_of_a_revision_may_extend_shipped_packs(policies: GitRepo, repo: GitRepo) -> None:
    policies.commit({"packs/base/pack.yaml": layer("base", "BASE-001", "pack: cost-control")})
    assert find_packs(["git+../policies@main#packs/base"], repo.folder)[0].origin.kind == "shipped"


def test_packs_of_a_revision_that_extend_each_other_in_a_circle_are_refused(policies: GitRepo, repo: GitRepo) -> None:
    policies.commit({"packs/base/pack.yaml": layer("base", "BASE-001", "pack: ../team")})
    with pytest.raises(AipolicyError, match="in a circle"):
        find_packs(["git+../policies@main#packs/base"], repo.folder)


def test_the_lock_pins_what_is_extended_too(policies: GitRepo, repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    from click.testing import CliRunner

    from aipolicy.cli.main import cli

    branch = GIT.replace("v1", "main").replace("packs/base", "packs/team")
    repo.write(
        {
            "aipolicy.toml": "policies = ['./own']\n",
            "own/pack.yaml": layer("own", "OWN-001", branch),
            "aifeature.yaml": on_call("true"),
        }
    )
    assert CliRunner().invoke(cli, ["policy", "lock"]).exit_code == 0
    text = (repo.folder / "aipolicy.lock").read_text(encoding="utf-8")
    assert re.findall(r'^\[packs\."(.*)"\]$', text, re.MULTILINE) == [
        "./own",
        "git+../policies@main#packs/base",
        "git+../policies@main#packs/team",
    ]
    assert run("check").code == 0
    policies.commit({"packs/base/pack.yaml": layer("base", "BASE-001", severity="warning")})
    done = run("check")
    assert done.code == 2
    assert "`git+../policies@main#packs/base` is not what was locked" in done.err
    # an entry that is gone leaves its pins behind
    repo.write({"own/pack.yaml": layer("own", "OWN-001")})
    assert "nothing leads to it any more" in run("check").err


def test_a_base_follows_its_entries_from_where_the_working_tree_is(policies: GitRepo, repo: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    ours = repo.folder.parent / "ours" / "pack.yaml"
    ours.parent.mkdir()
    ours.write_text(layer("ours", "OURS-001"), encoding="utf-8")
    repo.commit(
        {
            "aipolicy.toml": "policies = ['./own']\n",
            "own/pack.yaml": layer("own", "OWN-001", GIT, "pack: ../../ours"),
            "aifeature.yaml": on_call("false"),
        }
    )
    ours.write_text(layer("ours", "OURS-001", severity="warning"), encoding="utf-8")
    done = run("check", "--base", "HEAD")
    assert done.code == 0, done.err + done.out
    assert "3 unchanged" in done.out
