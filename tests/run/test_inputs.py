"""Nothing that a run reads is ever written over, by whatever path or link the output is named."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aipolicy.cli.main import cli
from aipolicy.errors import AipolicyError

FILES = {
    ".git/HEAD": "ref: refs/heads/main\n",
    "aipolicy.toml": (
        'policies = ["./packs/own"]\ncatalog = ["prices.yaml"]\nwaivers = ["waivers.yaml"]\nbaseline = "known.json"\n'
    ),
    "packs/own/pack.yaml": (
        "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: own, version: '1'}\nrules:\n"
        "  - {id: OWN-001, name: off, title: On call, kind: duty, severity: error, require: [team.on_call], message: no}\n"
    ),
    "prices.yaml": "prices: []\n",
    "waivers.yaml": "apiVersion: aipolicy/v1\nkind: Waivers\nwaivers: []\n",
    "svc/aifeature.yaml": "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: a, owner: b}\nteam: {on_call: true}\n",
    "svc/aipolicy.toml": "strict = true\n",
}
ABSENT = ("aipolicy.lock", "known.json")
"""Inputs that are read as soon as they are there."""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with an input of every kind, that is the working folder."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", "")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def linked(make: Callable[[str, str], None]) -> Callable[[str], str]:
    def path(name: str) -> str:
        make(os.path.abspath(name), "linked.json")
        return "linked.json"

    return path


WAYS: dict[str, Callable[[str], str]] = {
    "its path": str,
    "a longer path": lambda name: f"svc/.././{name}",
    "an absolute path": os.path.abspath,
    "a link": linked(os.symlink),
    "a hard link": linked(os.link),
}
COMMANDS = {
    "check": ("check", "--output", "json={}"),
    "forecast": ("forecast", "--output", "json={}"),
    "baseline": ("check", "--write-baseline", "{}", "--fail-on", "error"),
}


def run(command: str, target: str) -> Result:
    return CliRunner().invoke(cli, [word.format(target) for word in COMMANDS[command]])


def untouched(here: Path) -> bool:
    return all((here / name).read_text(encoding="utf-8") == text for name, text in FILES.items()) and not any(
        (here / name).exists() for name in ABSENT
    )


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith(".git")])
def test_no_report_is_written_over_what_is_read(here: Path, name: str, way: str) -> None:
    result = run("check", WAYS[way](name))
    assert isinstance(result.exception, AipolicyError), result.output
    assert "is read by this run; write to another file" in str(result.exception)
    assert untouched(here)


@pytest.mark.parametrize("command", ["forecast", "baseline"])
@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith(".git")])
def test_nor_is_anything_else(here: Path, name: str, command: str) -> None:
    result = run(command, WAYS["a link"](name))
    assert "is read by this run; write to another file" in str(result.exception)
    assert untouched(here)


@pytest.mark.parametrize("name", ABSENT)
def test_what_would_be_read_if_it_were_there_is_not_made(here: Path, name: str) -> None:
    assert "is read by this run" in str(run("check", name).exception)
    assert untouched(here)


@pytest.mark.parametrize("name", ["b/aifeature.yaml", "x.aifeature.yml", "b/aipolicy.toml", "pyproject.toml"])
def test_no_report_takes_a_name_that_runs_look_for(here: Path, name: str) -> None:
    (here / "b").mkdir()
    assert "has a name that runs look for and read" in str(run("check", name).exception)
    assert untouched(here)


@pytest.mark.parametrize("command", ["check", "baseline"])
def test_a_shipped_pack_is_not_written_over(here: Path, command: str) -> None:
    from aipolicy.files.shipped import shipped_path

    (here / "aipolicy.toml").write_text("", encoding="utf-8")
    pack = Path(shipped_path("policies", "build-or-buy"))
    target = next(iter(sorted(pack.glob("*.yaml"))))
    before = target.read_bytes()
    os.symlink(target, "linked.json")
    assert "is read by this run" in str(run(command, "linked.json").exception)
    assert target.read_bytes() == before


def test_the_step_summary_is_not_appended_to_what_is_read(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", WAYS["a hard link"]("packs/own/pack.yaml"))
    result = CliRunner().invoke(cli, ["check", "--format", "github"])
    assert "is read by this run" in str(result.exception)
    assert untouched(here)


def test_a_lock_that_is_another_file_is_not_written(here: Path) -> None:
    os.symlink("packs/own/pack.yaml", "aipolicy.lock")
    result = CliRunner().invoke(cli, ["policy", "lock"])
    assert "is read by this run" in str(result.exception)
    assert (here / "packs/own/pack.yaml").read_text(encoding="utf-8") == FILES["packs/own/pack.yaml"]


@pytest.mark.parametrize("name", ["aipolicy.toml", "prices.yaml", "waivers.yaml", "aipolicy.lock"])
def test_a_new_manifest_takes_the_place_of_nothing_that_the_configuration_names(here: Path, name: str) -> None:
    flags = ("--name", "x", "--owner", "o", "--data-class", "public", "--residency", "EU", "--p95-ms", "1", "--force")
    result = CliRunner().invoke(cli, ["init", name, *flags, "--requests-per-day", "1"])
    assert "is read by this run" in str(result.exception)
    assert untouched(here)


def test_the_baseline_of_the_run_can_be_written_anew(here: Path) -> None:
    for _ in range(2):
        result = CliRunner().invoke(cli, ["check", "--write-baseline"])
        assert result.exit_code == 0, result.output + str(result.exception)
    assert (here / "known.json").exists()


def test_two_outputs_to_one_file_are_refused_by_whatever_path(here: Path) -> None:
    (here / "a.json").touch()
    os.symlink("a.json", "b.json")
    result = CliRunner().invoke(cli, ["check", "--output", "json=a.json", "--output", "sarif=b.json"])
    assert "two outputs go to `b.json`" in str(result.exception)
