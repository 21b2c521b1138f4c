"""`aipolicy docs`: pages are written whole and kept current, and nothing that is not ours is touched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aipolicy.cli.main import cli
from aipolicy.errors import UsageError

PACK = """\
apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: house, version: 1.0.0, description: Ours}
parameters:
  - {name: least, type: number, default: 3, unit: people, description: how many, source: ours}
rules:
  - {id: IN-001, name: one, title: First, kind: duty, severity: error, require: [team.on_call], message: m}
  - {id: IN-002, name: two, title: Second, kind: duty, severity: error, require: [team.on_call], message: m}
"""
PAGES = ["house.md", "house/IN-001.md", "house/IN-002.md"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pack.yaml").write_text(PACK, encoding="utf-8")
    (tmp_path / "aipolicy.toml").write_text('policies = ["pack.yaml"]\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["docs", "out", *arguments])


def without_second_rule() -> None:
    Path("pack.yaml").write_text("".join(PACK.splitlines(keepends=True)[:-1]), encoding="utf-8")


def held() -> dict[str, bytes]:
    return {path.relative_to("out").as_posix(): path.read_bytes() for path in Path("out").rglob("*") if path.is_file()}


def test_pages_are_written_and_then_current() -> None:
    first = run()
    assert (first.exit_code, first.output) == (0, "out: 3 pages, 3 written\n")
    assert sorted(held()) == PAGES
    assert run().output == "out: 3 pages, 0 written\n"
    assert (run("--check").exit_code, run("--check").output) == (0, "out is current: 3 pages\n")


def test_check_names_what_is_wrong_and_writes_nothing() -> None:
    run()
    without_second_rule()
    Path("out/house/IN-001.md").unlink()
    before = held()
    result = run("--check")
    assert result.exit_code == 1
    assert result.output.splitlines()[:3] == [
        "out of date: house.md", "missing: house/IN-001.md", "left over: house/IN-002.md"
    ]  # fmt: skip
    assert held() == before


def test_check_of_a_folder_that_is_not_there_fails_and_makes_none() -> None:
    assert run("--check").exit_code == 1
    assert not Path("out").exists()


def test_pages_of_rules_that_are_gone_are_removed() -> None:
    run()
    without_second_rule()
    assert run().output == "removed house/IN-002.md, a page of an earlier run\nout: 2 pages, 1 written\n"
    assert sorted(held()) == PAGES[:2]


def test_pages_of_a_pack_that_is_gone_are_removed_with_its_folder() -> None:
    run()
    Path("pack.yaml").write_text(PACK.replace("name: house", "name: home"), encoding="utf-8")
    run()
    assert sorted(os.listdir("out")) == ["home", "home.md"]


@pytest.mark.parametrize("path", ["notes.md", "house/notes.md", "house/IN-003.md", "house/deep/IN-002.md", "x.txt"])
def test_what_we_did_not_make_stays(path: str) -> None:
    run()
    Path("out", path).parent.mkdir(exist_ok=True)
    Path("out", path).write_text("mine\n", encoding="utf-8")
    assert run("--check").exit_code == 0
    without_second_rule()
    run()
    assert Path("out", path).read_text(encoding="utf-8") == "mine\n"


@pytest.mark.parametrize("path", PAGES)
def test_a_file_of_somebody_else_is_not_replaced(path: str) -> None:
    Path("out/house").mkdir(parents=True)
    Path("out", path).write_text("mine\n", encoding="utf-8")
    assert run("--check").exit_code == 1
    result = run()
    assert isinstance(result.exception, UsageError)
    assert held() == {path: b"mine\n"}


def test_nothing_is_written_through_a_link() -> None:
    Path("elsewhere").mkdir()
    Path("out").mkdir()
    Path("out/house").symlink_to("../elsewhere")
    assert isinstance(run().exception, UsageError)
    Path("out/house").unlink()
    run()
    Path("mine.md").write_bytes(Path("out/house.md").read_bytes())
    Path("out/old.md").symlink_to("../mine.md")
    run()
    assert Path("mine.md").exists()
    assert not os.listdir("elsewhere")


def test_a_folder_that_is_a_file_is_refused() -> None:
    Path("out").write_text("mine", encoding="utf-8")
    assert isinstance(run().exception, UsageError)
    assert isinstance(run("--check").exception, UsageError)


def test_a_folder_where_a_page_belongs_is_refused() -> None:
    Path("out/house.md").mkdir(parents=True)
    assert isinstance(run().exception, UsageError)


def test_line_ends_of_windows_are_current() -> None:
    run()
    for path in Path("out").rglob("*.md"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert run("--check").exit_code == 0


def test_values_of_the_configuration_are_in_force() -> None:
    with open("aipolicy.toml", "a", encoding="utf-8") as stream:
        stream.write('[parameters]\n"house.least" = 5\n')
    run()
    assert "| `3` | `5`, set by the configuration |" in Path("out/house.md").read_text(encoding="utf-8")


def test_a_choice_of_rules_and_the_day_change_nothing() -> None:
    run()
    with open("aipolicy.toml", "a", encoding="utf-8") as stream:
        stream.write('ignore = ["IN-002"]\nwaivers = ["missing.yaml"]\n')
    assert run("--check").exit_code == 0


def test_a_pack_with_a_mistake_writes_nothing() -> None:
    Path("pack.yaml").write_text(PACK.replace("severity: error", "severty: error", 1), encoding="utf-8")
    assert run().exception is not None
    assert not Path("out").exists()
