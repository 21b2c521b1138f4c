"""Reads a serialised CEL `CheckedExpr` far enough to know which facts an expression reads and compares with what.

Field numbers are those of cel-spec's `checked.proto` and `syntax.proto`
(https://github.com/google/cel-spec, proto/cel/expr), read 2026-11-21.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TypeAlias

from aipolicy.value import Frozen

Constant: TypeAlias = "bool | int | float | str | bytes | None"

_ANY_VALUE = 2
_CHECKED_EXPR_EXPR = 4
ORDERINGS = frozenset({"_<_", "_<=_", "_>_", "_>=_"})
_DIVISIONS = frozenset({"_/_", "_%_"})
_CONNECTIVES = frozenset({"_&&_", "_||_", "!_"})
_MAX_EXACT = 2**53
"""Whole numbers up to here are doubles too."""


class Node(Frozen):
    """One node of an expression; what does not apply is empty."""

    kind: str
    name: str = ""
    constant: Constant = None
    children: tuple[Node, ...] = ()


def decode(serialized: bytes) -> Node:
    """Return the expression of a `CheckedExpr` that is wrapped in a protobuf `Any`."""
    wrapped = _last(serialized, _ANY_VALUE)
    return _node(_last(wrapped, _CHECKED_EXPR_EXPR))


def identifiers(node: Node) -> Iterator[str]:
    """Yield the names of everything that an expression reads, bound variables included."""
    if node.kind == "ident":
        yield node.name
    for child in node.children:
        yield from identifiers(child)


def nodes(node: Node) -> Iterator[Node]:
    """Yield a node and everything below it."""
    yield node
    for child in node.children:
        yield from nodes(child)


def constants(node: Node) -> Iterator[float]:
    """Yield the numbers that are written out in an expression."""
    if isinstance(node.constant, int | float) and not isinstance(node.constant, bool):
        yield float(node.constant)
    for child in node.children:
        yield from constants(child)


def divisors(node: Node) -> Iterator[str]:
    """Yield the names that an expression divides by; a double divided by 0 is infinite, which no rule means."""
    if node.kind == "call" and node.name in _DIVISIONS and len(node.children) == 2:
        yield from identifiers(node.children[1])
    for child in node.children:
        yield from divisors(child)


def patterns(node: Node) -> Iterator[str]:
    """Yield every regular expression that is written out in an expression."""
    if node.kind == "call" and node.name == "matches" and len(node.children) == 2:
        pattern = node.children[1].constant
        if isinstance(pattern, str):
            yield pattern
    for child in node.children:
        yield from patterns(child)


def keys_of(node: Node, map_name: str) -> Iterator[str]:
    """Yield the constant keys under which an expression looks into a map fact."""
    if node.children and node.children[0].kind == "ident" and node.children[0].name == map_name:
        if node.kind == "select":
            yield node.name
        elif node.kind == "call" and node.name == "_[_]" and isinstance(node.children[1].constant, str):
            yield node.children[1].constant
    for child in node.children:
        yield from keys_of(child, map_name)


def patterns_of(node: Node) -> Iterator[tuple[str, str]]:
    """Yield each name that is matched against a regular expression, with the expression; a label by its map."""
    if node.kind == "call" and node.name == "matches" and len(node.children) == 2:
        pattern = node.children[1].constant
        name = next(identifiers(node.children[0]), "")
        if isinstance(pattern, str) and name:
            yield name, pattern
    for child in node.children:
        yield from patterns_of(child)


class Turn(Frozen):
    """The one fact that a condition orders, and what it orders it against: a name, a number, or None for a formula."""

    fact: str
    against: str | float | None


def compared_alone(node: Node, prefix: str | tuple[str, ...]) -> Turn | None:
    """Return the one fact with such a prefix that an expression reads, if only to order it against something else.

    Connected by and, or and not, such a condition changes its truth only where that fact passes what it is ordered
    against, so at most once along its values but for that point itself.
    """
    if node.kind != "call":
        return None
    if node.name in _CONNECTIVES:
        reading = [child for child in node.children if _reads(child, prefix)]
        return compared_alone(reading[0], prefix) if len(reading) == 1 else None
    if node.name not in ORDERINGS or len(node.children) != 2:
        return None
    for one, other in (node.children, node.children[::-1]):
        if one.kind == "ident" and one.name.startswith(prefix):
            return None if _reads(other, prefix) else Turn(one.name, _against(other))
    return None


def _against(node: Node) -> str | float | None:
    if node.kind == "ident":
        return node.name
    number = node.constant if node.kind == "const" else None
    exact = isinstance(number, int | float) and not isinstance(number, bool) and abs(number) <= _MAX_EXACT
    return float(number) if exact and isinstance(number, int | float) else None


def _reads(node: Node, prefix: str | tuple[str, ...]) -> bool:
    return any(name.startswith(prefix) for name in identifiers(node))


def _node(data: bytes) -> Node:
    for number, value in _fields(data):
        if not isinstance(value, bytes):
            continue
        match number:
            case 3:
                return Node("const", constant=_constant(value))
            case 4:
                return Node("ident", _last(value, 1).decode())
            case 5:
                return Node("select", _last(value, 2).decode(), children=(_node(_last(value, 1)),))
            case 6:
                target = _last(value, 1)
                arguments = tuple(_node(item) for item in _all(value, 3))
                name = _last(value, 2).decode()
                return Node("call", name, children=((_node(target),) if target else ()) + arguments)
            case 7:
                return Node("list", children=tuple(_node(item) for item in _all(value, 1)))
            case 8:
                entries = tuple(_last(entry, field) for entry in _all(value, 2) for field in (3, 4))
                return Node("map", children=tuple(_node(part) for part in entries))
            case 9:
                parts = (_last(value, field) for field in (2, 4, 5, 6, 7))
                variable, (through, *others) = _last(value, 1).decode(), (_node(part) for part in parts)
                listed = _list_of(through)
                named = (_with_fields(part, variable, listed) if listed else part for part in others)
                return Node("comprehension", variable, children=(through, *named))
            case _:
                pass
    return Node("other")


def _list_of(node: Node) -> str:
    """Return the fact whose elements a comprehension goes through, those that were picked out included; else nothing."""
    if node.kind == "comprehension" and len(node.children) > 1 and node.children[1].kind == "list":
        return _list_of(node.children[0])
    return node.name if node.kind == "ident" else ""


def _with_fields(node: Node, variable: str, listed: str) -> Node:
    """Return an expression with the fields of an element of a list by one name, as `extensions.tools.writes`."""
    if node.kind == "select" and node.children[0] == Node("ident", variable):
        return Node("ident", f"{listed}.{node.name}")
    if not node.children or (node.kind == "comprehension" and node.name == variable):
        return node
    return Node(
        node.kind, node.name, node.constant, tuple(_with_fields(part, variable, listed) for part in node.children)
    )


def _constant(data: bytes) -> Constant:
    for number, value in _fields(data):
        match number, value:
            case 2, int():
                return bool(value)
            case ((3 | 4), int()):
                return value
            case 5, bytes():
                return float(struct.unpack("<d", value)[0])
            case 6, bytes():
                return value.decode()
            case 7, bytes():
                return value
            case _:
                pass
    return None


def _last(data: bytes, wanted: int) -> bytes:
    last = b""
    for number, value in _fields(data):
        if number == wanted and isinstance(value, bytes):
            last = value
    return last


def _all(data: bytes, wanted: int) -> list[bytes]:
    return [value for number, value in _fields(data) if number == wanted and isinstance(value, bytes)]


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield field numbers and values of a protobuf message in wire format."""
    position = 0
    while position < len(data):
        key, position = _varint(data, position)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, position = _varint(data, position)
            yield number, value
            continue
        length = 8 if wire == 1 else 4
        if wire == 2:
            length, position = _varint(data, position)
        yield number, data[position : position + length]
        position += length


def _varint(data: bytes, position: int) -> tuple[int, int]:
    result = shift = 0
    while True:
        byte = data[position]
        position += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result, position
        shift += 7
