"""What conditions compare facts with, as values: what a formula comes to, what a simple pattern matches."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aipolicy.facts.spec import FactValue
from aipolicy.policy.cel.checked_expr import Node
from aipolicy.source.regex import regex

_WILDCARD = regex(r"\(\?:\[\^/\]\+/\)\*|\[\^/\]\*?|(?<!\\)\.[*+]?")
_ALTERNATIVE = regex(r"(?<!\\)\|.*", re.DOTALL)
_ESCAPED = regex(r"\\(.)")


def number_of(node: Node, values: Mapping[str, FactValue]) -> float | None:
    """Return what a formula over numbers comes to; None where something else is in it."""
    if node.kind == "const" and isinstance(node.constant, int | float) and not isinstance(node.constant, bool):
        return float(node.constant)
    if node.kind == "ident":
        value = values.get(node.name)
        return value if isinstance(value, float) else None
    if node.kind != "call":
        return None
    parts = [number_of(child, values) for child in node.children]
    match node.name, parts:
        case "_+_", [float(left), float(right)]:
            return left + right
        case "_-_", [float(left), float(right)]:
            return left - right
        case "_*_", [float(left), float(right)]:
            return left * right
        case "_/_", [float(left), float(right)] if right:
            return left / right
        case "-_", [float(only)]:
            return -only
        case _:
            return None


def text_for(pattern: str) -> str:
    """Return a text that a simple pattern may well match; that it does is for the evaluation to say."""
    first = _ALTERNATIVE.sub("", pattern.removeprefix("(?s)").removeprefix("^").removeprefix("(?:"))
    return _ESCAPED.sub(r"\1", _WILDCARD.sub("x", first)).rstrip("$)").lstrip("^")
