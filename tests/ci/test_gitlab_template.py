"""The script of the GitLab template, executed by sh."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from action_steps import CI, CLEAN, WRONG, git

JOB = yaml.safe_load((CI / "aipolicy.gitlab-ci.yml").read_text(encoding="utf-8"))["aipolicy"]


def run(folder: Path, python: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the script with an `aipolicy` that is the given shell line."""
    tools = folder.parent / "tools"
    tools.mkdir(exist_ok=True)
    (tools / "aipolicy").write_text(f"#!/bin/sh\n{python}\n", encoding="utf-8")
    (tools / "aipolicy").chmod(0o755)
    environment = {**os.environ, **JOB["variables"], "PATH": f"{tools}:{os.environ['PATH']}", "AIPOLICY_CACHE_DIR": ""}
    environment.pop("CI_MERGE_REQUEST_DIFF_BASE_SHA", None)
    return subprocess.run(
        ["sh", "-c", "\n".join(JOB["script"])], cwd=folder, env=environment | variables, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


@pytest.mark.parametrize(("variables", "wanted"), [
    ({}, ["--", "."]),
    ({"CI_MERGE_REQUEST_DIFF_BASE_SHA": "abc"}, ["--base=abc", "--", "."]),
    ({"CI_MERGE_REQUEST_DIFF_BASE_SHA": "abc", "AIPOLICY_BASE": "none"}, ["--", "."]),
    ({"CI_MERGE_REQUEST_DIFF_BASE_SHA": "abc", "AIPOLICY_BASE": "v1"}, ["--base=v1", "--", "."]),
    ({"AIPOLICY_PATHS": "a b\n--exit-zero\n*"}, ["--", "a b", "--exit-zero", "*"]),
    ({"AIPOLICY_PATHS": "$(touch pwned)`touch pwned`"}, ["--", "$(touch pwned)`touch pwned`"]),
    ({"AIPOLICY_POLICY": "build-or-buy\nour own.yaml", "AIPOLICY_FAIL_ON": "note"},
     ["--policy=build-or-buy", "--policy=our own.yaml", "--fail-on=note", "--", "."]),
])  # fmt: skip
def test_every_variable_becomes_an_argument(tmp_path: Path, variables: dict[str, str], wanted: list[str]) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "file").touch()
    done = run(shop, 'printf "%s\\n" "$@"; exit 1', **variables)
    assert done.returncode == 1
    reports = ["--output=gitlab=gl-code-quality-report.json", "--output=junit=aipolicy-junit.xml"]
    assert done.stdout.splitlines() == ["check", "--format=text", *reports, *wanted]
    assert not (shop / "pwned").exists()


FAKE = """case "$1 $2" in
  "diff --help") echo --ignore-cost-below ;;
  diff*) printf "%s\\n" "$@"; exit ${DIFF:-0} ;;
  *) exit ${CHECK:-0} ;;
esac"""


@pytest.mark.parametrize(
    ("check", "diff", "code"),
    [("0", "0", 0), ("1", "0", 1), ("0", "1", 1), ("0", "3", 0), ("1", "3", 1), ("0", "2", 2)],
)
def test_what_a_change_does_is_kept_and_its_cost_may_fail(tmp_path: Path, check: str, diff: str, code: int) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    variables = {"AIPOLICY_BASE": "v1", "AIPOLICY_FAIL_ON_COST_INCREASE": "10%", "AIPOLICY_POLICY": "our own.yaml"}
    done = run(shop, FAKE, CHECK=check, DIFF=diff, **variables)
    assert done.returncode == code, done.stderr
    wanted = ["--base=v1", "--ignore-cost-below=1%", "--policy=our own.yaml", "--fail-on-cost-increase=10%", "--", "."]
    assert done.stdout.splitlines() == ["diff", "--format=markdown", *wanted]
    assert (shop / "aipolicy-diff.md").read_text() == done.stdout


@pytest.mark.parametrize(("check", "base"), [("2", "v1"), ("0", "none")])
def test_nothing_is_compared_without_a_base_or_a_check(tmp_path: Path, check: str, base: str) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    done = run(shop, FAKE, CHECK=check, AIPOLICY_BASE=base)
    assert (done.returncode, done.stdout) == (int(check), "")


@pytest.mark.parametrize(
    ("packages", "installed"),
    [("", []), ("acme-policies==1.4.0\n--evil\n*", ["--", "acme-policies==1.4.0", "--evil", "*"])],
)
def test_packages_of_packs_are_installed_as_wheels(tmp_path: Path, packages: str, installed: list[str]) -> None:
    (tmp_path / "file").touch()
    line = next(each for each in JOB["before_script"] if "AIPOLICY_PACKAGES" in each)
    script = line.replace("/tmp/aipolicy-venv/bin/python", "printf '%s\\n'")
    done = subprocess.run(
        ["sh", "-euc", script], cwd=tmp_path, env={**os.environ, "AIPOLICY_PACKAGES": packages}, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    arguments = done.stdout.splitlines()
    assert arguments[8:] == installed
    assert not packages or arguments[4:8] == [
        "--quiet",
        "--no-input",
        "--disable-pip-version-check",
        "--only-binary=:all:",
    ]


def test_the_reports_of_a_real_run_are_those_that_the_job_delivers(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    git(shop, "init", "-q")
    (shop / "aifeature.yaml").write_text(CLEAN, encoding="utf-8")
    real = f'exec "{sys.executable}" -I -m aipolicy "$@"'
    assert run(shop, real).returncode == 0
    (shop / "aifeature.yaml").write_text(WRONG, encoding="utf-8")
    assert run(shop, real).returncode == 1
    reports = JOB["artifacts"]["reports"]
    issues = json.loads((shop / reports["codequality"]).read_text(encoding="utf-8"))
    assert issues[0]["location"] == {"lines": {"begin": 4}, "path": "aifeature.yaml"}
    assert "<testsuites" in (shop / reports["junit"]).read_text(encoding="utf-8")
    assert set(JOB["artifacts"]["paths"]) == {*reports.values(), "aipolicy-diff.md"}


def test_the_job_sets_nothing_that_a_pipeline_may_want_to_set() -> None:
    assert JOB["variables"] == {"GIT_DEPTH": "0"}
