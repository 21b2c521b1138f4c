"""Packs of installed packages in runs: locked by content, shown with their package, the same for both sides of a change."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from git_repos import DAY, GitRepo, on_call
from installed_packages import FILES, install, write
from jsonschema import Draft202012Validator

from aipolicy.cli.main import cli

SCHEMA = Path(__file__).resolve().parents[2] / "schemas" / "policy.v1.json"
PACK_FILE = "acme_policies/base/pack.yaml"
STRICTER = {**FILES, PACK_FILE: FILES[PACK_FILE].replace("warning", "error")}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run) -> Path:  # type: ignore[no-untyped-def]
    """Return a folder in which a package with a pack is installed."""
    monkeypatch.syspath_prepend(tmp_path / "site")
    install(tmp_path / "site")
    return tmp_path / "site"


@pytest.fixture
def project(repo: GitRepo, site: Path) -> GitRepo:
    """Return a project that is judged by the pack of the package."""
    repo.write({"aipolicy.toml": "policies = ['package:acme']\n", "aifeature.yaml": on_call("true")})
    return repo


def upgrade(site: Path, files: dict[str, str] = FILES, version: str = "1.5.0") -> None:
    """Install another version in place of the first."""
    for path in (site / "acme_policies-1.4.0.dist-info").iterdir():
        path.unlink()
    (site / "acme_policies-1.4.0.dist-info").rmdir()
    install(site, files, version=version)


def policy(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["policy", *arguments])


def test_a_lock_names_the_package_and_pins_the_content(project: GitRepo) -> None:
    done = policy("lock")
    assert done.exit_code == 0
    assert "+ package:acme  acme 1 of acme-policies 1.4.0 sha256:" in done.output
    text = (project.folder / "aipolicy.lock").read_text(encoding="utf-8")
    assert re.search(
        r'\n\[packs\."package:acme"\]\nname = "acme"\nversion = "1"\nfrom = "package"\npackage = "acme-policies"\n'
        r'package_version = "1.4.0"\ndigest = "sha256:[0-9a-f]{64}"\n$',
        text,
    )
    assert policy("lock", "--check").exit_code == 0


def test_an_upgrade_with_other_rules_stops_every_run(project: GitRepo, site: Path, run) -> None:  # type: ignore[no-untyped-def]
    assert policy("lock").exit_code == 0
    assert run("check").code == run("check").code == 0
    upgrade(site, STRICTER)
    for command in (("check",), ("rules",), ("explain", "ACME-001")):
        done = run(*command)
        assert done.code == 2
        assert "`package:acme` is not what was locked" in done.err
        assert "(it was of acme-policies 1.4.0 and is of acme-policies 1.5.0); review it, then run" in done.err
    done = policy("lock", "--check")
    assert done.exit_code == 1
    assert "~ package:acme  acme 1 of acme-policies 1.4.0 sha256:" in done.output
    assert policy("lock").exit_code == 0
    assert run("check").code == 0


def test_an_upgrade_with_the_same_rules_stops_nothing_but_is_not_current(project: GitRepo, site: Path, run) -> None:  # type: ignore[no-untyped-def]
    assert policy("lock").exit_code == 0
    upgrade(site)
    assert run("check").code == 0
    assert policy("lock", "--check").exit_code == 1


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('from = "package"', 'from = "path"', "`package:acme` is a pack of an installed package; write the lock again"),
        ('"package:acme"', '"./acme"', "`./acme` is no pack of an installed package"),
        ("package_version = ", "pakage_version = ", "unknown key `pakage_version`; did you mean `package_version`?"),
        ('package = "acme-policies"', "package = 1", "`package` must be text"),
    ],
)
def test_a_damaged_lock_stops_the_run(old: str, new: str, message: str, project: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    assert policy("lock").exit_code == 0
    lock = project.folder / "aipolicy.lock"
    text = lock.read_text(encoding="utf-8")
    assert old in text
    lock.write_text(text.replace(old, new), encoding="utf-8")
    done = run("check")
    assert done.code == 2
    assert message in done.err


def test_policy_show_names_the_package_and_its_version_whatever_is_remembered(
    project: GitRepo, site: Path, run
) -> None:  # type: ignore[no-untyped-def]
    for version in ("1.4.0", "1.5.0"):
        if version != "1.4.0":
            upgrade(site, version=version)
        text = policy("show").output
        assert re.search(
            rf"  acme 1, 1 rule\n +package:acme\n +of the installed package acme-policies {version}\n", text
        )
        shown = json.loads(policy("show", "--format", "json").output)
        Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(shown)
        assert shown["packs"][0]["package"] == {"name": "acme-policies", "version": version}
        assert run("check").code == 0


def test_a_finding_names_its_rule_in_the_package_and_a_shipped_pack_has_none(project: GitRepo) -> None:
    assert "package:acme/pack.yaml:9:15" in policy("show", "ACME-001").output
    shown = json.loads(policy("show", "--policy", "build-or-buy", "--format", "json").output)
    assert shown["packs"][0]["package"] is None


def test_both_sides_of_a_change_are_judged_by_what_is_installed(project: GitRepo, site: Path, run) -> None:  # type: ignore[no-untyped-def]
    project.commit({"aifeature.yaml": on_call("false")})
    write(site, STRICTER)
    done = run("check", "--base", "HEAD")
    assert done.code == 0, done.err
    assert "1 unchanged" in done.out
    assert DAY in done.out


def test_a_pack_of_a_revision_extends_one_of_a_package(project: GitRepo, run) -> None:  # type: ignore[no-untyped-def]
    text = FILES[PACK_FILE].replace("name: acme,", "name: own,").replace("ACME-001", "OWN-001")
    text = text.replace("nobody-on-call", "own-on-call").replace(
        "rules:\n", "extends: [{pack: package:acme}]\nrules:\n"
    )
    project.commit({"own/pack.yaml": text})
    done = run("rules", "--policy", "git+.@main#own")
    assert done.code == 0, done.err
    assert "ACME-001" in done.out
    assert "OWN-001" in done.out


def test_a_base_that_a_package_pack_is_new_to_is_judged_without_complaint(repo: GitRepo, site: Path, run) -> None:  # type: ignore[no-untyped-def]
    repo.commit({"aipolicy.toml": "policies = ['build-or-buy']\n", "aifeature.yaml": on_call("false")})
    repo.write({"aipolicy.toml": "policies = ['package:acme']\n"})
    done = run("check", "--base", "HEAD")
    assert done.code in (0, 1), done.err
    assert "ACME-001" in done.out
