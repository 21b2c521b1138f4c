"""What the product never calls is no part of it: a function that only tests call shows nothing about the product."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted([*ROOT.glob("aipolicy/**/*.py"), *ROOT.glob("tools/*.py"), *ROOT.glob("ci/*.py")])
TEMPLATES = sorted(ROOT.glob("aipolicy/**/*.jinja"))
CALLED_FROM_OUTSIDE = {
    "format_commands": "click calls it",
    "redirect_request": "urllib calls it",
}
"""Names that nothing here calls, and who does."""

Place = tuple[Path, int]


def definitions(tree: ast.AST, path: Path) -> Iterator[tuple[str, Path, int, int]]:
    """Yield functions, methods and classes by name, with the lines that they span."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("__"):
            yield node.name, path, node.lineno, node.end_lineno or node.lineno


def references(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield every name that is read, as a name, an attribute, or a word that is looked up by name."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(attr=name):
                yield name, node.lineno
            case ast.Constant(value=str(name)):
                yield name, node.lineno


def test_nothing_is_there_for_tests_alone() -> None:
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}
    read: dict[str, list[Place]] = defaultdict(list)
    for path, tree in trees.items():
        for name, line in references(tree):
            read[name].append((path, line))
    for path in TEMPLATES:
        for name in re.findall(r"\.(\w+)", path.read_text(encoding="utf-8")):
            read[name].append((path, 0))
    unread = {
        name: f"{path.relative_to(ROOT).as_posix()}:{first}"
        for path, tree in trees.items()
        for name, path, first, last in definitions(tree, path)
        if not any(place != path or not first <= line <= last for place, line in read[name])
    }
    assert {name: place for name, place in unread.items() if name not in CALLED_FROM_OUTSIDE} == {}
    assert set(CALLED_FROM_OUTSIDE) - set(unread) == set(), "called after all: take it out of the list"
