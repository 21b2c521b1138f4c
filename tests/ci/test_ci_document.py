"""The examples of docs/ci.md are what the tools take, and its tables say what the action says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from action_steps import ACTION, CI, ROOT
from jsonschema import Draft7Validator
from test_action_file import tool

TEXT = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
HOOK_CONFIGS = [block for block in BLOCKS if block.startswith("repos:")]
WORKFLOW = next(block for block in BLOCKS if "\njobs:" in block)
GITLAB = next(block for block in BLOCKS if block.startswith("include:"))


def schema_errors(name: str, document: Any) -> list[str]:
    path = files("check_jsonschema") / "builtin_schemas" / "vendor" / f"{name}.json"
    validator = Draft7Validator(json.loads(path.read_text(encoding="utf-8")))
    return [error.message for error in validator.iter_errors(document)]


def test_every_example_is_looked_at() -> None:
    assert sorted(BLOCKS) == sorted([*HOOK_CONFIGS, WORKFLOW, GITLAB])


@pytest.mark.parametrize("block", HOOK_CONFIGS)
def test_the_hook_example_is_valid_and_names_our_hooks(block: str, tmp_path: Path) -> None:
    path = tmp_path / ".pre-commit-config.yaml"
    path.write_text(block, encoding="utf-8")
    command = [sys.executable, "-m", "pre_commit", "validate-config", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    ours = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    for hook in yaml.safe_load(block)["repos"][0]["hooks"]:
        assert hook["id"] in ours
        assert hook.get("args", ["--"])[-1] == "--"


def test_the_workflow_is_valid_and_gives_inputs_that_exist() -> None:
    # NOTE: YAML 1.1 reads the key `on` as true.
    document = {"on" if key is True else key: value for key, value in yaml.safe_load(WORKFLOW).items()}
    assert schema_errors("github-workflows", document) == []
    checkout, ours = document["jobs"]["aipolicy"]["steps"]
    assert checkout["with"]["fetch-depth"] == 0
    assert set(ours["with"]) <= set(ACTION["inputs"])
    assert document["jobs"]["aipolicy"]["permissions"] == {
        "contents": "read", "pull-requests": "write", "security-events": "write"
    }  # fmt: skip


def test_zizmor_finds_nothing_in_the_workflow_once_the_release_is_pinned(tmp_path: Path) -> None:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "aipolicy.yml").write_text(WORKFLOW.replace("@v0.1.0", f"@{'ab' * 20}"), encoding="utf-8")
    command = [tool("zizmor"), "--offline", "--no-progress", "--no-config", "--persona=auditor", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_gitlab_example_is_valid_and_sets_variables_that_the_template_reads() -> None:
    document = yaml.safe_load(GITLAB)
    assert schema_errors("gitlab-ci", document) == []
    template = (CI / "aipolicy.gitlab-ci.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"AIPOLICY_[A-Z_]+", TEXT)) == set(re.findall(r"AIPOLICY_[A-Z_]+", template))
    assert document["include"][0]["remote"] in template


def test_the_table_of_inputs_is_that_of_the_action() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| (\S*) ?\|", TEXT, re.MULTILINE)
    described = {name: default.strip("`") for name, default in rows}
    defaults = {
        name: each["default"].replace("${{ github.token }}", "github.token") for name, each in ACTION["inputs"].items()
    }
    assert described == defaults


def test_the_action_of_the_readme_gets_inputs_that_exist() -> None:
    block = re.search(
        r"^```yaml\n(- uses: aipolicy.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S
    )
    assert block is not None
    assert set(yaml.safe_load(block[1])[0]["with"]) <= set(ACTION["inputs"])
