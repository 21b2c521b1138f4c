"""What expressions compare facts with: words, parts of words, other names; and what is put together for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from aipolicy.policy.cel.checked_expr import ORDERINGS, Node, identifiers
from aipolicy.value import Frozen, NamedTuple

_COMPARISONS = frozenset({"_==_", "_!=_", "@in"})
_HAS_PART: Mapping[str, Callable[[str, str], bool]] = {
    "startsWith": str.startswith, "endsWith": str.endswith, "contains": str.__contains__,
}  # fmt: skip
MATCHES = "matches"
PARTS = frozenset({*_HAS_PART, MATCHES})
PART_VERBS = {"startsWith": "starts with", "endsWith": "ends with", "contains": "contains", MATCHES: "matches"}
_PASSED_ON = frozenset({"_?_:_", "_[_]", "dyn", "string"})
"""Calls whose value is one of what they are given."""


class WordComparison(Frozen):
    """A fact set against constant words, or against another name, by `==`, `!=` or `in`."""

    fact: str
    words: tuple[str, ...]
    other: str = ""


class PartComparison(Frozen):
    """A fact of which some part is asked for: in constant words, or in what other names stand for."""

    fact: str
    function: str
    words: tuple[str, ...]
    others: tuple[str, ...]


class Operand(Frozen):
    """What one side of a comparison may be: facts, or elements of list facts, and constant words."""

    facts: tuple[str, ...]
    words: tuple[str, ...]


class Entry(NamedTuple):
    """What stands in a parameter under some words, as an expression asks it."""

    name: str
    keys: tuple[Node, ...]


ENTRY = "[]"
"""How the name of what stands in a parameter ends, once for every word below which it stands."""


def entry_of(node: Node) -> Entry | None:
    """Return the parameter of which an expression asks what stands under a word, None for any other expression."""
    if node.kind == "select":
        key, of = Node("const", constant=node.name), node.children[0]
    elif node.kind == "call" and node.name == "_[_]":
        of, key = node.children
    else:
        return None
    if of.kind == "ident":
        return Entry(of.name, (key,)) if of.name.startswith("params.") else None
    inner = entry_of(of)
    return None if inner is None else Entry(inner.name, (*inner.keys, key))


def entries_in(node: Node) -> Iterator[Node]:
    """Yield every expression that asks a parameter what stands under a word, the outer ones of several first."""
    if entry_of(node) is not None:
        yield node
    for child in node.children:
        yield from entries_in(child)


Bound: TypeAlias = "Mapping[str, Operand]"
"""What the variables of comprehensions stand for."""


def has_part(function: str, text: str, part: str) -> bool:
    """Return whether a text begins with, ends with or contains a part."""
    return _HAS_PART[function](text, part)


def comparisons(node: Node, bound: Bound | None = None) -> Iterator[WordComparison]:
    """Yield every comparison of a fact, or of an element of a list fact, with constant words or another name."""
    bound = _bound_below(node, bound or {})
    if node.kind == "call" and node.name in _COMPARISONS and len(node.children) == 2:
        for one, other in (node.children, node.children[::-1]):
            mine, theirs = _operand(one, bound), _operand(other, bound)
            for fact in mine.facts:
                if theirs.words:
                    yield WordComparison(fact, theirs.words)
                yield from (WordComparison(fact, (), name) for name in theirs.facts)
    for child in node.children:
        yield from comparisons(child, bound)


def part_comparisons(node: Node, bound: Bound | None = None) -> Iterator[PartComparison]:
    """Yield every question whether a fact begins with, ends with, contains or matches a text."""
    bound = _bound_below(node, bound or {})
    if node.kind == "call" and node.name in PARTS and len(node.children) == 2:
        text, part = (_operand(child, bound) for child in node.children)
        yield from (PartComparison(fact, node.name, part.words, part.facts) for fact in text.facts)
    for child in node.children:
        yield from part_comparisons(child, bound)


class Joined(Frozen):
    """A comparison of which an operand is put together with `+`."""

    parts: tuple[Node, ...]
    """What is put together."""
    reads: tuple[str, ...]
    """The facts that the comparison reads on both of its sides."""


def joined_operands(node: Node, bound: Bound | None = None) -> Iterator[Joined]:
    """Yield every operand of a comparison that is put together with `+`."""
    bound = _bound_below(node, bound or {})
    if node.kind == "call" and node.name in _COMPARISONS | PARTS:
        names = [bound[name].facts if name in bound else (name,) for name in identifiers(node)]
        reads = tuple(fact for facts in names for fact in facts)
        for child in node.children:
            yield from (Joined(tuple(_summed(operand)), reads) for operand in _joined(child))
    for child in node.children:
        yield from joined_operands(child, bound)


def _joined(node: Node) -> Iterator[Node]:
    if node.kind == "call" and node.name == "_+_":
        yield node
    elif node.kind == "list" or (node.kind == "call" and node.name in _PASSED_ON):
        for child in node.children:
            yield from _joined(child)


def _summed(node: Node) -> Iterator[Node]:
    if node.kind == "call" and node.name == "_+_":
        for child in node.children:
            yield from _summed(child)
    else:
        yield node


def _bound_below(node: Node, bound: Bound) -> Bound:
    """Return what variables stand for, with that of a comprehension: an element of what it goes through."""
    if node.kind == "comprehension" and node.children:
        return {**bound, node.name: _operand(node.children[0], bound)}
    return bound


def _operand(node: Node, bound: Bound) -> Operand:
    """Return which facts and which words a side of a comparison may be, or its elements."""
    if node.kind == "const" and isinstance(node.constant, str):
        return Operand((), (node.constant,))
    if node.kind == "ident":
        return bound.get(node.name, Operand((node.name,), ()))
    if (entry := entry_of(node)) is not None:
        return Operand((f"{entry.name}{ENTRY * len(entry.keys)}",), ())
    inner: tuple[Node, ...] = ()
    if node.kind == "list":
        inner = node.children
    elif node.kind == "call" and node.name == "_?_:_":
        inner = node.children[1:]
    elif node.kind == "call" and node.name in _PASSED_ON:
        is_key = node.name == "_[_]" and isinstance(node.children[1].constant, str)
        inner = () if is_key else node.children[:1]
    elif node.kind == "comprehension" and len(node.children) > 1 and node.children[1].kind == "list":
        inner = node.children[:1]  # a filtered list
    parts = [_operand(child, bound) for child in inner]
    return Operand(
        tuple(fact for part in parts for fact in part.facts), tuple(word for part in parts for word in part.words)
    )


def orderings(node: Node) -> Iterator[tuple[str, str]]:
    """Yield every pair of names of which an expression orders one against the other, in both orders."""
    if node.kind == "call" and node.name in ORDERINGS and all(child.kind == "ident" for child in node.children):
        one, other = (child.name for child in node.children)
        yield from ((one, other), (other, one))
    for child in node.children:
        yield from orderings(child)
