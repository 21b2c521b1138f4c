"""There is one way from manifests and a policy to results: every command and the Python API go through `aipolicy.run`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "aipolicy"
EVALUATING = {"evaluate", "findings_of", "apply_waivers", "findings_on_waivers", "portfolio_findings"}
"""What turns features into evaluations and findings."""
WITHIN = ("run", "evaluation", "waivers", "policy", "portfolio", "rule_tests")
"""Folders that `run` calls, and the tests of rules, which evaluate mutants; conditions have a method of the same name."""
OF_ONE_RULE = ("answer/answer.py", "answer/margins.py", "answer/trials.py", "authoring/evaluated_condition.py")
"""What evaluates one rule or condition, of a feature that a run or a trial evaluated."""
COMMANDS = ("check", "diff", "forecast", "explain", "cost")


def modules(*folders: str) -> Iterator[Path]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.relative_to(PACKAGE).parts[0] in folders or not folders:
            yield path


def called(path: Path) -> set[str]:
    """Return the last word of every function that a module calls."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            function = node.func
            names.add(function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", ""))
    return names


def imported(path: Path) -> set[str]:
    """Return every module that a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def test_nothing_but_a_run_evaluates_features_or_makes_findings_of_them() -> None:
    outside = [
        path for path in modules()
        if path.relative_to(PACKAGE).parts[0] not in WITHIN and path.relative_to(PACKAGE).as_posix() not in OF_ONE_RULE
    ]  # fmt: skip
    assert len(outside) > 100
    assert {str(path): found for path in outside if (found := called(path) & EVALUATING)} == {}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_goes_through_the_run(command: str) -> None:
    seen: set[str] = set()
    waiting = {f"aipolicy.cli.{command}_command"}
    while waiting:
        name = waiting.pop()
        seen.add(name)
        path = PACKAGE.parent / f"{name.replace('.', '/')}.py"
        if path.is_file():
            waiting |= {each for each in imported(path) if each.startswith("aipolicy.cli.")} - seen
            seen |= {each for each in imported(path) if each.startswith("aipolicy.")}
    assert any(name.startswith("aipolicy.run.") for name in seen)


def test_a_run_renders_nothing_and_parses_no_json_of_a_report() -> None:
    for path in modules("run"):
        assert not [name for name in imported(path) if name.startswith(("aipolicy.report", "aipolicy.cli"))], path


def test_results_are_kept_without_pickle() -> None:
    keeping = [PACKAGE / "run" / f"{name}.py" for name in ("stored_result", "result_memory", "output_memory")]
    assert not [path for path in keeping if "pickle" in imported(path)]
