"""`aipolicy test --suggest --write`: examples land below their rules, and what is not ours to edit is left."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aipolicy.cli.main import cli

HEAD = "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: house, version: 1.0.0}\n"
RULE = """\
- id: IN-001   # the first
  name: leaves
  title: Data stays inside
  kind: constraint
  severity: error
  when: [data.sensitivity >= 3.0]
  require: ["!option.leaves_organization"]
  message: m
  # behind it
"""
DAY = ("--as-of", "2026-11-21")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", "")
    return tmp_path


def run(*arguments: str, pack: str = "./house.yaml") -> Result:
    return CliRunner().invoke(cli, ["test", "--policy", pack, *DAY, *arguments])


GROUP = "groups:\n- title: G\n  when: [data.personal]\n  rules:\n" + "".join(
    f"  {line}\n" for line in RULE.splitlines()
)


@pytest.mark.parametrize("rules", [f"rules:\n{RULE}", GROUP], ids=["in the file", "in a group"])
def test_what_is_written_notices_every_slip_and_covers_every_condition(rules: str, folder: Path) -> None:
    before = HEAD + rules
    (folder / "house.yaml").write_text(before, encoding="utf-8")
    written = run("--suggest", "--write")
    after = (folder / "house.yaml").read_text(encoding="utf-8")
    assert "wrote" in written.output
    assert "read each" in written.output
    assert "under `tests`" not in written.output
    assert [line for line in after.splitlines() if line in before.splitlines()] == before.splitlines()
    assert run("--mutate", "--min-mutation", "100", "--min-coverage", "100").exit_code == 0
    again = run("--suggest", "--write")
    assert "wrote nothing; nothing is suggested" in again.output
    assert (folder / "house.yaml").read_text(encoding="utf-8") == after


def test_a_rule_to_which_nothing_can_be_added_keeps_its_suggestions_on_the_screen(folder: Path) -> None:
    flow = (
        HEAD
        + "rules:\n- {id: IN-001, name: n, title: T, kind: duty, severity: error, require: data.minimized, message: m}\n"
    )
    (folder / "house.yaml").write_text(flow, encoding="utf-8")
    result = run("--suggest", "--write")
    assert "wrote" not in result.output
    assert "# IN-001 at house.yaml:5, under `tests`" in result.output
    assert (folder / "house.yaml").read_text(encoding="utf-8") == flow


def test_a_file_that_cannot_be_written_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "house.yaml").write_text(f"{HEAD}rules:\n{RULE}", encoding="utf-8")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("aipolicy.rule_tests.written_suggestions.write_whole", refuse)
    result = run("--suggest", "--write")
    assert result.exit_code != 0
    assert "cannot write: permission denied" in str(result.exception)
    assert (folder / "house.yaml").read_text(encoding="utf-8") == f"{HEAD}rules:\n{RULE}"


def test_installed_packs_are_nobodys_to_edit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "house.yaml").write_text(f"{HEAD}rules:\n{RULE}", encoding="utf-8")
    monkeypatch.setattr("aipolicy.rule_tests.written_suggestions.PACKAGE", str(folder))
    result = run("--suggest", "--write")
    assert "under `tests`" in result.output
    assert (folder / "house.yaml").read_text(encoding="utf-8") == f"{HEAD}rules:\n{RULE}"


def test_writing_needs_suggestions(folder: Path) -> None:
    result = run("--write")
    assert result.exit_code == 2
    assert "--write writes what is suggested; add --suggest" in result.output


TABLE = """\
  tests:
  - given: {data.classes: [health]}
    columns: [option.leaves_organization, expect]
    rows:
      sent out: [true, violated]   # by whom?
"""


def test_suggestions_stand_beside_tables_which_stay_as_they_are(folder: Path) -> None:
    before = f"{HEAD}rules:\n{RULE}{TABLE}"
    (folder / "house.yaml").write_text(before, encoding="utf-8")
    assert "wrote" in run("--suggest", "--write").output
    assert (folder / "house.yaml").read_text(encoding="utf-8").startswith(before)
    assert run("--mutate", "--min-mutation", "100", "--min-coverage", "100").exit_code == 0
