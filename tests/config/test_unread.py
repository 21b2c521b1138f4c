"""Configuration files that do not hold are told, from wherever a run begins: a hook, a pipeline, a folder of one team."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from aipolicy.cli.main import cli
from aipolicy.config.config_file import read_config
from aipolicy.run.inputs import manifests_of

MANIFEST = "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: a}\ndata: {classes: [internal]}\n"
FILES = {
    ".git/HEAD": "ref: refs/heads/main\n",
    "aipolicy.toml": "strict = false\n",
    "svc/a/aipolicy.toml": "strict = true\n",
    "svc/a/aifeature.yaml": MANIFEST,
    "svc/b/pyproject.toml": "[tool.aipolicy]\nstrict = true\n",
    "svc/b/aifeature.yaml": MANIFEST.replace("name: a", "name: b"),
    "svc/c/pyproject.toml": "[tool.other]\naipolicy = 1\n",
    "pyproject.toml": "[tool.aipolicy]\nstrict = true\n",
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with configuration files at several depths."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", "")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def notices(*paths: str, config: str | None = None) -> tuple[str, ...]:
    return manifests_of(paths, read_config(config, os.curdir), stdin=bytes).left_out.notices


HOLDS = "because it is the nearest upward from the working folder"


@pytest.mark.parametrize(
    ("folder", "paths", "told"),
    [
        (".", (), "2 configuration files not read: `svc/a/aipolicy.toml`, `svc/b/pyproject.toml`; `aipolicy.toml` holds, "),
        (".", ("svc/a/aifeature.yaml",), "1 configuration file not read: `svc/a/aipolicy.toml`; `aipolicy.toml` holds, "),
        (".", ("svc/b",), "1 configuration file not read: `svc/b/pyproject.toml`; `aipolicy.toml` holds, "),
        ("svc/a", (), "1 configuration file not read: `../../aipolicy.toml`; `aipolicy.toml` holds, "),
        ("svc/b", ("aifeature.yaml",), "1 configuration file not read: `../../aipolicy.toml`; `pyproject.toml` holds, "),
        ("svc", ("c",), None),
    ],
)  # fmt: skip
def test_a_configuration_that_does_not_hold_is_told(
    here: Path, monkeypatch: pytest.MonkeyPatch, folder: str, paths: tuple[str, ...], told: str | None
) -> None:
    monkeypatch.chdir(here / folder)
    if folder.startswith("svc/"):
        (here / "pyproject.toml").unlink()
    assert notices(*paths) == (() if told is None else (told + HOLDS,))


def test_without_a_configuration_above_those_below_are_told(here: Path) -> None:
    (here / "aipolicy.toml").unlink()
    (here / "pyproject.toml").unlink()
    assert notices("svc/a") == (
        "1 configuration file not read: `svc/a/aipolicy.toml`; the defaults hold, because there is none upward from the "
        "working folder",
    )


def test_one_that_is_named_makes_the_nearest_one_that_is_not_read(here: Path) -> None:
    (here / "ci.toml").write_text("strict = true\n", encoding="utf-8")
    (notice,) = notices("svc/c", config="ci.toml")
    assert notice == (
        "2 configuration files not read: `aipolicy.toml`, `pyproject.toml`; `ci.toml` holds, because `--config` names it"
    )


def test_a_broken_one_that_does_not_hold_is_told_and_no_error(here: Path) -> None:
    (here / "svc/c/aipolicy.toml").write_text("strict =", encoding="utf-8")
    assert "`svc/c/aipolicy.toml`" in notices("svc/c")[0]


@pytest.mark.parametrize("output_format", ["text", "json", "sarif", "github", "markdown", "csv"])
def test_every_format_says_it(here: Path, output_format: str) -> None:
    done = CliRunner().invoke(cli, ["check", "svc/a", "--format", output_format])
    assert "configuration file not read" in (done.stdout + done.stderr).replace("\n", " ")
