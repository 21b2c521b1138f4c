"""action.yml and the GitLab template hold to their schemas, to linters, and to the rules that keep injections out."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from action_steps import ACTION, CI, ROOT, STEPS
from comment_body import MARKER
from jsonschema import Draft7Validator

from aipolicy import __version__
from aipolicy.report.formats import markdown

TEMPLATE = CI / "aipolicy.gitlab-ci.yml"
SCRIPTS = {**{name: step["run"] for name, step in STEPS.items() if "run" in step}}
GITLAB = yaml.safe_load(TEMPLATE.read_text(encoding="utf-8"))["aipolicy"]


def tool(name: str) -> str:
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed; the dev extra has it where there is a wheel for this machine")
    return found


@pytest.mark.parametrize(
    ("path", "schema"), [(ROOT / "action.yml", "github-actions"), (TEMPLATE, "gitlab-ci")], ids=["action", "gitlab"]
)
def test_the_file_is_valid_by_its_schema(path: Path, schema: str) -> None:
    folder = files("check_jsonschema") / "builtin_schemas" / "vendor"
    validator = Draft7Validator(json.loads((folder / f"{schema}.json").read_text(encoding="utf-8")))
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert [error.message for error in validator.iter_errors(document)] == []
    wrong = {**document, "runs": 1, "aipolicy": {"script": 1}}
    assert not validator.is_valid(wrong)


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_expression_is_pasted_into_a_script(name: str) -> None:
    assert "${{" not in SCRIPTS[name]
    assert SCRIPTS[name].startswith("set -euo pipefail\n")
    assert STEPS[name]["shell"] == "bash"
    assert not re.search(r"\beval\b|\bsource\b|`", SCRIPTS[name])


@pytest.mark.parametrize("path", [ROOT / "action.yml", ROOT / "docs" / "ci.md"], ids=lambda path: path.name)
def test_every_foreign_action_is_pinned_by_a_commit_and_names_its_version(path: Path) -> None:
    uses = re.findall(r"uses: (\S+)(.*)", path.read_text(encoding="utf-8"))
    assert uses
    for action, comment in uses:
        if not action.startswith("aipolicy/"):
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action)
            assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment)


def test_only_the_step_that_comments_gets_the_token() -> None:
    holders = [name for name, step in STEPS.items() if "inputs.token" in str(step)]
    assert holders == ["Comment", "Upload SARIF"]
    assert "token" not in json.dumps([STEPS[name]["run"] for name in SCRIPTS]).lower()


def test_every_input_is_used_and_every_used_input_is_declared() -> None:
    used = set(re.findall(r"inputs\.([\w-]+)", json.dumps(ACTION["runs"])))
    assert used == set(ACTION["inputs"])


def test_zizmor_finds_nothing() -> None:
    command = [
        tool("zizmor"),
        "--offline",
        "--no-progress",
        "--no-config",
        "--persona=auditor",
        str(ROOT / "action.yml"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("shell", "script"), [
    *(("bash", script) for script in SCRIPTS.values()), ("sh", "\n".join(GITLAB["before_script"] + GITLAB["script"])),
])  # fmt: skip
def test_shellcheck_finds_nothing(shell: str, script: str) -> None:
    command = [tool("shellcheck"), f"--shell={shell}", "--norc", "-"]
    done = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_marker_is_the_one_of_the_markdown_format() -> None:
    assert MARKER == markdown.MARKER


def test_the_gitlab_template_installs_this_release() -> None:
    assert f'"aipolicy==${{AIPOLICY_VERSION:-{__version__}}}"' in GITLAB["before_script"][1]
    assert f"/v{__version__}/" in TEMPLATE.read_text(encoding="utf-8")


def test_the_scripts_need_nothing_but_the_standard_library() -> None:
    own = {path.stem for path in CI.glob("*.py")}
    for path in CI.glob("*.py"):
        names = re.findall(r"^(?:from|import) (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert set(names) <= own | set(sys.stdlib_module_names)
