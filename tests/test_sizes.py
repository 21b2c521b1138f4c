"""What is long is hard to read: no module and no function of the package grows beyond a screen or a few."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "aipolicy"
MODULES = {path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
MOST_LINES_OF_A_MODULE = 300
MOST_LINES_OF_A_FUNCTION = 45
REGISTRIES = {"facts/declared.py", "facts/derived.py"}
"""Modules that list data, an entry after the other, and may be as long as what they list."""


def functions(text: str) -> Iterator[tuple[str, int]]:
    """Yield every function of a module with the number of its lines."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_module_but_registries_of_data_is_long() -> None:
    long = {name for name, text in MODULES.items() if len(text.splitlines()) > MOST_LINES_OF_A_MODULE}
    assert long == REGISTRIES, "what is no longer long is taken out of the list"


def test_no_function_is_long() -> None:
    named = [(name, function, lines) for name, text in MODULES.items() for function, lines in functions(text)]
    assert [each for each in named if each[2] > MOST_LINES_OF_A_FUNCTION] == []


@pytest.mark.parametrize("lines", [1, 44])
def test_lines_of_a_function_are_counted_from_its_name_to_its_end(lines: int) -> None:
    text = "class A:\n    def f(self):\n" + "        pass\n" * lines + "\n\nx = 1\n"
    assert list(functions(text)) == [("f", lines + 1)]
