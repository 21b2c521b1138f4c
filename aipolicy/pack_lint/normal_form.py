"""A condition in, the same in one form out, so that conditions that differ in spelling alone are equal."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from aipolicy.policy.cel.checked_expr import Node

_OPPOSITES = {"_<_": "_>=_", "_<=_": "_>_", "_>_": "_<=_", "_>=_": "_<_", "_==_": "_!=_", "_!=_": "_==_"}
_TURNED = {"_>_": "_<_", "_>=_": "_<=_"}
_UNORDERED = frozenset({"_==_", "_!=_"})
_CONNECTIVES = frozenset({"_&&_", "_||_"})


def normal(node: Node) -> Node:
    """Return an expression without what does not matter: order of operands, direction of comparisons, double negation."""
    children = tuple(normal(child) for child in node.children)
    if node.kind == "list":
        return Node("list", children=_sorted(dict.fromkeys(children)))
    if node.kind != "call":
        return Node(node.kind, node.name, _number_alike(node), children)
    name = node.name
    if name == "!_" and children[0].kind == "call":
        inner = children[0]
        if inner.name == "!_":
            return inner.children[0]
        if inner.name in _OPPOSITES:
            # NOTE: the operands are in normal form; going through them again would double the work at every level.
            name, children = _OPPOSITES[inner.name], inner.children
    if name in _TURNED:
        name, children = _TURNED[name], children[::-1]
    if name in _UNORDERED:
        children = _sorted(children)
    if name in _CONNECTIVES:
        operands = [part for child in children for part in (child.children if child.name == name else (child,))]
        different = _sorted(dict.fromkeys(operands))
        return different[0] if len(different) == 1 else Node("call", name, children=different)
    if name == "@in" and children[1].kind == "list" and len(children[1].children) == 1:
        return Node("call", "_==_", children=_sorted((children[0], children[1].children[0])))
    return Node("call", name, children=children)


def conjuncts(nodes: Iterable[Node]) -> frozenset[Node]:
    """Return the conditions that must all hold, in normal form, those joined by `&&` apart."""
    parts: set[Node] = set()
    for node in map(normal, nodes):
        parts.update(node.children if node.kind == "call" and node.name == "_&&_" else (node,))
    return frozenset(parts)


def replaced(node: Node, name_to_node: Callable[[str], Node | None]) -> Node:
    """Return an expression with some of its names replaced."""
    if node.kind == "ident":
        return name_to_node(node.name) or node
    return Node(node.kind, node.name, node.constant, tuple(replaced(child, name_to_node) for child in node.children))


def _number_alike(node: Node) -> bool | float | str | bytes | None:
    """Return a constant, whole numbers as fractional ones, which compare alike."""
    constant = node.constant
    return float(constant) if isinstance(constant, int) and not isinstance(constant, bool) else constant


def _sorted(nodes: Iterable[Node]) -> tuple[Node, ...]:
    return tuple(sorted(nodes, key=repr))
