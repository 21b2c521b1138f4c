"""`--profile`: which rules and conditions take most, in counts that are the same in every run."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aipolicy.cli.main import cli

HEAD = """apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: house, version: 1.0.0}
rules:
"""
RULE = """\
  - id: IN-00%d
    name: rule-%d
    title: t
    kind: duty
    severity: error
    require: [%s]
    message: m
    tests:
      - {name: no, given: {data.minimized: false}, expect: violated}
"""
CHEAP, DEAR = "data.minimized", "data.minimized && latency.p95_ms <= 900 && volume.requests_per_day <= 900"


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", "")
    rules = (RULE % (1, 1, CHEAP), RULE % (2, 2, DEAR))
    (tmp_path / "house.yaml").write_text(HEAD + "".join(rules), encoding="utf-8")
    return "./house.yaml"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments, "--as-of", "2026-11-21"])


def test_the_rule_that_takes_most_is_told_first_with_its_condition(pack: str) -> None:
    said = run("test", "--policy", pack, "--mutate", "--profile").stderr
    lines = said.splitlines()
    assert lines[0].startswith("2 rules, ")
    assert [line.partition(":")[0] for line in lines if not line.startswith(" ")][1:] == ["IN-002", "IN-001"]
    assert f"house.yaml:19: {lines[1].split()[1]}, 9 parts: {DEAR}" in lines[2]
    assert "1 example" in lines[1]
    assert "mutants" in lines[1]


@pytest.mark.parametrize("command", [("test", "--mutate", "--policy"), ("lint-policy",)])
def test_it_is_the_same_in_every_run_and_leaves_the_output_as_it_is(command: tuple[str, ...], pack: str) -> None:
    told = [run(*command, pack, "--profile") for _ in range(2)]
    plain = run(*command, pack)
    assert told[0].stderr == told[1].stderr != ""
    assert {result.stdout for result in (*told, plain)} == {plain.stdout}
    assert {result.exit_code for result in told} == {plain.exit_code}


def test_lint_tells_of_how_many_parts_a_rule_is_made_up(pack: str) -> None:
    said = run("lint-policy", pack, "--profile").stderr.splitlines()
    assert [line.split(",")[1].strip() for line in said if line.startswith("IN-")] == ["9 parts", "1 part"]
