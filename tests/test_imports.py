"""Who may import what, over all modules of the package: nothing is listed by hand but the few that may."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "aipolicy"
AT_THE_TOP = {"__init__", "__main__", "errors", "value", "value_code"}
MAY_IMPORT = {
    "cel_expr_python": {"aipolicy.policy.cel.expressions"},
    "subprocess": {"aipolicy.history.git"},
    "multiprocessing": {"aipolicy.run.processes"},
    **{
        name: set()
        for name in ("asyncio", "ftplib", "http", "pty", "requests", "smtplib", "socket", "ssl", "urllib.request")
    },
}
"""The modules that may import something that runs code of others, other programs, or the network."""
EVALUATING = (
    "run.evaluated_file.evaluate_file", "run.evaluated_file.evaluation_by",
    "run.remembered_files.run_remembered", "run.evaluated_run.check",
)  # fmt: skip
"""What evaluates manifests; what an answer at hand would be with other declarations is asked by a page too."""
NEVER_EVALUATING = ("aipolicy.cli.", "aipolicy.report.")
"""Rooms that read options and write what comes of them, or show what was evaluated: the two meet in `commands/`."""


def modules(package: Path = PACKAGE) -> dict[str, Path]:
    """Return every module by its name."""
    names = {}
    for path in sorted(package.rglob("*.py")):
        parts = (package.name, *path.relative_to(package).with_suffix("").parts)
        names[".".join(parts).removesuffix(".__init__")] = path
    return names


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Return what a module imports, wherever in it, for types alone included."""
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            names += (f"{node.module}.{alias.name}" for alias in node.names)
    return tuple(names)


def importers(name: str, package: Path = PACKAGE) -> set[str]:
    """Return the modules that import another, or something of it."""
    return {
        module for module, path in modules(package).items()
        if any(each == name or each.startswith(f"{name}.") for each in imports(path))
    }  # fmt: skip


def circle(package: Path = PACKAGE) -> list[str]:
    """Return modules that import each other in a circle, types included; empty for none."""
    known = modules(package)
    graph = {}
    for module, path in known.items():
        others = {each if each in known else each.rpartition(".")[0] for each in imports(path)}
        graph[module] = others & known.keys() - {module, package.name}
    while True:
        ends = {module for module, others in graph.items() if not others & graph.keys()}
        if not ends:
            return sorted(graph)
        graph = {module: others for module, others in graph.items() if module not in ends}


@pytest.mark.parametrize("name", MAY_IMPORT)
def test_only_a_named_module_imports(name: str) -> None:
    assert importers(name) - MAY_IMPORT[name] == set()
    assert MAY_IMPORT[name] <= importers(name), "take out who does not import it"


@pytest.mark.parametrize("name", EVALUATING)
def test_what_reads_options_or_shows_results_evaluates_nothing(name: str) -> None:
    evaluating = importers(f"aipolicy.{name}")
    assert evaluating, "take out what nothing imports"
    assert [module for module in sorted(evaluating) if module.startswith(NEVER_EVALUATING)] == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circle() == []


def test_no_module_stays_loose_at_the_top() -> None:
    assert {path.stem for path in PACKAGE.glob("*.py")} <= AT_THE_TOP


def test_no_module_is_called_like_a_test() -> None:
    names = [name.rpartition(".")[2] for name in modules()]
    assert [name for name in names if name.startswith("test_") and not name.endswith("_command")] == []


def test_an_offence_is_seen(tmp_path: Path) -> None:
    package = tmp_path / "made"
    package.mkdir()
    for name, text in {
        "__init__": "", "a": "from made.b import x\nimport subprocess\n", "c": "from made import a\n",
        "b": "def f():\n    from urllib.request import urlopen\n    from made.c import y\n",
    }.items():  # fmt: skip
        (package / f"{name}.py").write_text(text)
    assert importers("subprocess", package) == {"made.a"}
    assert importers("urllib.request", package) == {"made.b"}
    assert circle(package) == ["made.a", "made.b", "made.c"]
