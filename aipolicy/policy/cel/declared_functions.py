"""What conditions call besides the functions of CEL; the runtime is handed in, so that one module alone imports it."""

from __future__ import annotations

from types import ModuleType
from typing import Any

_ORDERINGS = {"_<_": "less", "_<=_": "less_equals", "_>_": "greater", "_>=_": "greater_equals"}
FUNCTIONS_LEFT_OUT = "name: aipolicy\nstdlib:\n  exclude_functions:\n" + "".join(
    f'    - name: "{function}"\n' for function in _ORDERINGS
)
"""The functions of CEL that are declared otherwise, as the configuration of an environment."""


def declared_functions(cel: ModuleType) -> tuple[Any, ...]:
    """Return orderings, of numbers alone and of whole and fractional ones alike, and `within`."""
    return (*_orderings(cel), _within(cel))


def _within(cel: ModuleType) -> Any:
    """Return the type of `within`, which is written out before anything is evaluated."""
    text, texts = cel.Type.STRING, cel.Type.List(cel.Type.STRING)
    names = ((text, "text"), (texts, "list"))
    overloads = [cel.Overload(f"within_{one}_{two}", cel.Type.BOOL, [a, b]) for a, one in names for b, two in names]
    return cel.FunctionDecl("within", overloads)


def _orderings(cel: ModuleType) -> list[Any]:
    numbers = ((cel.Type.DOUBLE, "double"), (cel.Type.INT, "int64"))
    declarations = []
    for function, name in _ORDERINGS.items():
        overloads = [
            cel.Overload(f"{name}_{left}" + ("" if left == right else f"_{right}"), cel.Type.BOOL, [a, b])
            for a, left in numbers
            for b, right in numbers
        ]
        declarations.append(cel.FunctionDecl(function, overloads))
    return declarations
