"""Conditions in, whether some case makes them hold or fail: by going through cases of the facts that they compare.

What is not understood, such as a comparison of two facts, may be true or false independently of everything else but the same
text. There are therefore more cases than can occur, and what holds in all of them always holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, product
from math import prod

from aipolicy.facts.spec import FactSpec, FactType
from aipolicy.pack_lint.normal_form import normal
from aipolicy.policy.cel.checked_expr import Node
from aipolicy.value import Frozen, NamedTuple

MAX_CASES = 4_096
"""Conditions with more cases are taken to hold in one and fail in another."""
_ANOTHER_WORD = "\0another"

_Value = float | str | bool
_Case = Mapping[Node, _Value]


class Atom(NamedTuple):
    """A part without and, or and not: what it reads, the values at which it may turn, and its truth for one of them."""

    key: Node
    anchors: tuple[float | str, ...]
    holds: Callable[[_Value], bool]


_ORDERINGS: dict[str, Callable[[float, float], bool]] = {
    "_<_": lambda left, right: left < right,
    "_<=_": lambda left, right: left <= right,
    "_>_": lambda left, right: left > right,
    "_>=_": lambda left, right: left >= right,
}
_FLIPPED = {"_<_": "_>_", "_<=_": "_>=_", "_>_": "_<_", "_>=_": "_<=_", "_==_": "_==_", "_!=_": "_!=_"}


class Logic(Frozen):
    """Answers what conditions can come to, given the facts with their documented values."""

    facts: Mapping[str, FactSpec]

    def can_hold(self, *conditions: Node) -> bool:
        """Return whether all conditions may hold at once."""
        return self._any_case(conditions, lambda case: all(self._truth(condition, case) for condition in conditions))

    def can_fail(self, condition: Node, given: Sequence[Node] = ()) -> bool:
        """Return whether a condition may fail where the given ones hold."""
        return self._any_case(
            (*given, condition),
            lambda case: all(self._truth(holding, case) for holding in given) and not self._truth(condition, case),
        )

    def names_every_word(self, condition: Node) -> bool:
        """Return whether a condition lists every value of a fact, which asks that it is declared and for nothing else."""
        is_list = condition.kind == "call" and condition.name == "@in" and condition.children[1].kind == "list"
        spec = self.facts.get(condition.children[0].name) if is_list else None
        return spec is not None and bool(spec.choices) and not self.can_fail(condition)

    def comparisons(self, condition: Node) -> Iterator[Node]:
        """Yield the parts of a condition that compare a number with a number that is written out."""
        if _parts(condition):
            for part in _parts(condition):
                yield from self.comparisons(part)
        elif _compared_number(condition) is not None:
            yield condition

    def _any_case(self, conditions: Iterable[Node], wanted: Callable[[_Case], bool]) -> bool:
        atoms = [atom for condition in conditions for atom in self._atoms(condition)]
        domains = {
            key: self._domain(key, [a for a in atoms if a.key == key]) for key in dict.fromkeys(a.key for a in atoms)
        }
        if prod(len(values) for values in domains.values()) > MAX_CASES:
            return True
        return any(wanted(dict(zip(domains, values, strict=True))) for values in product(*domains.values()))

    def _truth(self, node: Node, case: _Case) -> bool:
        if node.kind == "const":
            return node.constant is True
        match node.name, node.children if node.kind == "call" else ():
            case "_&&_", operands:
                return all(self._truth(operand, case) for operand in operands)
            case "_||_", operands:
                return any(self._truth(operand, case) for operand in operands)
            case "!_", (inner,):
                return not self._truth(inner, case)
            case "_?_:_", (test, yes, no):
                return self._truth(yes if self._truth(test, case) else no, case)
            case _:
                atom = self._atom(node)
                return atom.holds(case[atom.key])

    def _atoms(self, node: Node) -> Iterator[Atom]:
        if _parts(node):
            for part in _parts(node):
                yield from self._atoms(part)
        elif node.kind != "const":
            yield self._atom(node)

    def _atom(self, node: Node) -> Atom:
        number = _compared_number(node)
        if number is not None:
            return number
        if node.kind == "call" and len(node.children) == 2:
            words = self._compared_words(node)
            if words is not None:
                return words
            left, right = node.children
            match node.name:
                case "_<_" | "_>=_":
                    return _free(Node("call", "_<_", children=(left, right)), negated=node.name == "_>=_")
                case "_>_" | "_<=_":
                    return _free(Node("call", "_<_", children=(right, left)), negated=node.name == "_<=_")
                case "_!=_":
                    return _free(normal(Node("call", "_==_", children=(left, right))), negated=True)
                case _:
                    pass
        return _free(normal(node))

    def _compared_words(self, node: Node) -> Atom | None:
        """Return a comparison of a text fact with words that are written out."""
        for one, other in (node.children, node.children[::-1]):
            spec = self.facts.get(one.name) if one.kind == "ident" else None
            if spec is None or spec.type is not FactType.TEXT:
                continue
            if node.name in ("_==_", "_!=_") and other.kind == "const" and isinstance(other.constant, str):
                return _equal(one, other.constant, wanted=node.name == "_==_")
            if node.name == "@in" and one is node.children[0] and other.kind == "list":
                words = tuple(word.constant for word in other.children if isinstance(word.constant, str))
                if len(words) == len(other.children):
                    return Atom(one, words, frozenset(words).__contains__)
        return None

    def _domain(self, key: Node, atoms: Sequence[Atom]) -> tuple[_Value, ...]:
        spec = self.facts.get(key.name) if key.kind == "ident" else None
        anchors = {anchor for atom in atoms for anchor in atom.anchors}
        if not anchors:
            return (True, False)
        words = sorted(anchor for anchor in anchors if isinstance(anchor, str))
        if words:
            return spec.choices if spec is not None and spec.choices else (*words, _ANOTHER_WORD)
        ends = [] if spec is None else [end for end in (spec.minimum, spec.maximum) if end is not None]
        ordered = sorted({*(anchor for anchor in anchors if isinstance(anchor, float)), *ends})
        around = (ordered[0] - 1.0, *ordered, *((low + high) / 2 for low, high in pairwise(ordered)), ordered[-1] + 1.0)
        if spec is not None and spec.above is not None:
            around = (*around, spec.above + 1e-9)
        # NOTE: without an allowed value nothing is known of the fact, and nothing may be concluded.
        return tuple(value for value in around if spec is None or is_allowed(value, spec)) or (True, False)


def is_allowed(value: float, spec: FactSpec) -> bool:
    """Return whether a fact may have a value, by its documented limits."""
    if (spec.minimum is not None and value < spec.minimum) or (spec.above is not None and value <= spec.above):
        return False
    return spec.maximum is None or value <= spec.maximum


def _parts(node: Node) -> tuple[Node, ...]:
    is_connective = node.kind == "call" and node.name in ("_&&_", "_||_", "!_", "_?_:_")
    return node.children if is_connective else ()


def _free(key: Node, *, negated: bool = False) -> Atom:
    return Atom(key, (), (lambda value: not value) if negated else bool)


def _equal(fact: Node, to: float | str, *, wanted: bool) -> Atom:
    return Atom(fact, (to,), lambda value: (value == to) is wanted)


def _ordered(fact: Node, number: float, compare: Callable[[float, float], bool]) -> Atom:
    return Atom(fact, (number,), lambda value: compare(float(value), number))


def _compared_number(node: Node) -> Atom | None:
    """Return a comparison of a fact with a number that is written out."""
    if node.kind != "call" or node.name not in _FLIPPED or len(node.children) != 2:
        return None
    for function, one, other in (
        (node.name, *node.children), (_FLIPPED[node.name], *node.children[::-1])
    ):  # fmt: skip
        number = written_number(other)
        if one.kind != "ident" or number is None:
            continue
        if function in _ORDERINGS:
            return _ordered(one, number, _ORDERINGS[function])
        return _equal(one, number, wanted=function == "_==_")
    return None


def written_number(node: Node) -> float | None:
    """Return a number that is written out, negative ones included; None for everything else."""
    if node.kind == "call" and node.name == "-_":
        inner = written_number(node.children[0])
        return None if inner is None else -inner
    constant = node.constant if node.kind == "const" else None
    return float(constant) if isinstance(constant, int | float) and not isinstance(constant, bool) else None
