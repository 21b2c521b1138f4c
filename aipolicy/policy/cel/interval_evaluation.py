"""What an expression amounts to where numbers are known within bounds only: three-valued, exact, and never more certain.

CEL itself has no such numbers. Here its checked expressions are followed as far as amounts go: `+`, `-`, `*`, division by a
number, comparisons, `in`, `&&`, `||`, `!`. What sums are made of is told apart by name, so that a share of a whole that is
not fully known (`group.x <= 0.5 * total.x`) is decided as soon as the known part decides it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Protocol, TypeAlias

from aipolicy.facts.spec import FactType
from aipolicy.policy.cel.checked_expr import Node
from aipolicy.policy.cel.expressions import ExpressionError, Truth
from aipolicy.policy.cel.interval import Interval, exact, plus, scaled, times
from aipolicy.value import Frozen

_ORDERINGS = frozenset({"_<_", "_<=_", "_>_", "_>=_"})
_EQUALITIES = frozenset({"_==_", "_!=_"})
_ARITHMETIC = frozenset({"_+_", "_-_", "_*_", "_/_", "-_"})
_WITH_ENTRIES = frozenset({FactType.MAP, FactType.TABLE})
_NOT = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE, Truth.UNKNOWN: Truth.UNKNOWN}


class Form(Frozen):
    """A sum of named amounts, each times a number, and a rest."""

    factors: tuple[tuple[str, Fraction], ...]
    rest: Interval


Value: TypeAlias = "Form | str | tuple[str, ...] | bool | None"
"""None is unknown."""


class Scope(Protocol):
    """What the names of an expression stand for."""

    def value(self, name: str) -> Value:
        """Return the value of a name."""

    def bounds(self, form: Form) -> Interval:
        """Return what a sum of named amounts comes to."""


def constant(number: float) -> Form:
    """Return a number as a form."""
    return Form((), exact(number))


def refuse_unsupported(node: Node, types: Mapping[str, FactType]) -> None:
    """Raise `ExpressionError` for a condition that `truth` cannot follow."""
    match node.kind, node.name:
        case ("const", _) if isinstance(node.constant, bool):
            return
        case ("ident", _) if types.get(node.name) is FactType.BOOL:
            return
        case "call", ("_&&_" | "_||_" | "!_"):
            for child in node.children:
                refuse_unsupported(child, types)
            return
        case ("call", name) if name in _ORDERINGS and all(is_arithmetic(child, types) for child in node.children):
            return
        case ("call", name) if name in _EQUALITIES and all(_is_operand(child, types) for child in node.children):
            return
        case "call", "@in":
            one, other = node.children
            is_list = other.kind == "ident" and types.get(other.name) not in _WITH_ENTRIES
            listed = is_list or (other.kind == "list" and all(_is_operand(c, types) for c in other.children))
            if _is_operand(one, types) and listed:
                return
        case _:
            pass
    raise ExpressionError(
        "a condition on amounts is made of `+`, `-`, `*`, `/` by a number, comparisons, `in`, `&&`, `||` and `!`"
    )


def is_arithmetic(node: Node, types: Mapping[str, FactType]) -> bool:
    """Return whether `number` can follow an expression."""
    if node.kind == "const":
        return isinstance(node.constant, int | float) and not isinstance(node.constant, bool)
    if node.kind == "ident":
        return types.get(node.name) is FactType.NUMBER
    if node.kind != "call" or node.name not in _ARITHMETIC:
        return False
    if node.name == "_/_" and not (node.children[1].kind == "const" and node.children[1].constant):
        return False
    return all(is_arithmetic(child, types) for child in node.children)


def number(node: Node, scope: Scope) -> Form:
    """Return what an arithmetic expression comes to."""
    if node.kind == "const":
        return constant(node.constant)  # type: ignore[arg-type]  # checked when the pack was loaded
    if node.kind == "ident":
        value = scope.value(node.name)
        assert isinstance(value, Form)
        return value
    forms = [number(child, scope) for child in node.children]
    match node.name:
        case "-_":
            return _scaled(forms[0], Fraction(-1))
        case "_+_":
            return _plus(*forms)
        case "_-_":
            return _plus(forms[0], _scaled(forms[1], Fraction(-1)))
        case "_/_":
            return _scaled(forms[0], 1 / Fraction(repr(node.children[1].constant)))
        case _:
            return _times(forms[0], forms[1], scope)


def truth(node: Node, scope: Scope) -> Truth:
    """Return whether a condition holds, whatever the amounts are within their bounds."""
    if node.kind == "const":
        return _truth(node.constant is True)
    if node.kind == "ident":
        value = scope.value(node.name)
        return Truth.UNKNOWN if value is None else _truth(value is True)
    match node.name:
        case "!_":
            return _NOT[truth(node.children[0], scope)]
        case "_&&_":
            return _either(node, scope, Truth.FALSE)
        case "_||_":
            return _either(node, scope, Truth.TRUE)
        case "@in":
            return _is_in(node, scope)
        case "_==_" | "_!=_":
            equality = _equal(_operand(node.children[0], scope), _operand(node.children[1], scope), scope)
            return equality if node.name == "_==_" else _NOT[equality]
        case _:
            return _ordered(node, scope)


def _truth(holds: bool) -> Truth:
    return Truth.TRUE if holds else Truth.FALSE


def _either(node: Node, scope: Scope, deciding: Truth) -> Truth:
    """Return what `&&` comes to, which one false side decides, or `||`, which one true side does."""
    sides = {truth(child, scope) for child in node.children}
    if deciding in sides:
        return deciding
    return Truth.UNKNOWN if Truth.UNKNOWN in sides else _NOT[deciding]


def _ordered(node: Node, scope: Scope) -> Truth:
    one, other = (number(child, scope) for child in node.children)
    if node.name in ("_>_", "_>=_"):
        one, other = other, one
    low, high = scope.bounds(_plus(one, _scaled(other, Fraction(-1))))
    if node.name in ("_<_", "_>_"):
        return _within(high is not None and high < 0, low is not None and low >= 0)
    return _within(high is not None and high <= 0, low is not None and low > 0)


def _within(holds: bool, fails: bool) -> Truth:
    return Truth.TRUE if holds else Truth.FALSE if fails else Truth.UNKNOWN


def _is_in(node: Node, scope: Scope) -> Truth:
    one, listed = node.children
    others: Sequence[Value] | Value
    others = [_operand(c, scope) for c in listed.children] if listed.kind == "list" else scope.value(listed.name)
    if not isinstance(others, list | tuple):
        return Truth.UNKNOWN
    operand = _operand(one, scope)
    truths = {_equal(operand, other, scope) for other in others}
    return _within(Truth.TRUE in truths, truths <= {Truth.FALSE})


def _equal(one: Value, other: Value, scope: Scope) -> Truth:
    if isinstance(one, Form) and isinstance(other, Form):
        low, high = scope.bounds(_plus(one, _scaled(other, Fraction(-1))))
        apart = (low is not None and low > 0) or (high is not None and high < 0)
        return _within(low == high == 0, apart)
    if one is None or other is None:
        return Truth.UNKNOWN
    return _truth(one == other)


def _is_operand(node: Node, types: Mapping[str, FactType]) -> bool:
    plain = node.kind == "ident" or (node.kind == "const" and isinstance(node.constant, str | bool))
    return plain or is_arithmetic(node, types)


def _operand(node: Node, scope: Scope) -> Value:
    if node.kind == "const" and isinstance(node.constant, str | bool):
        return node.constant
    return scope.value(node.name) if node.kind == "ident" else number(node, scope)


def _plus(one: Form, other: Form) -> Form:
    factors = dict(one.factors)
    for name, factor in other.factors:
        factors[name] = factors.get(name, Fraction(0)) + factor
    return Form(tuple(sorted((name, f) for name, f in factors.items() if f)), plus(one.rest, other.rest))


def _scaled(form: Form, factor: Fraction) -> Form:
    return Form(tuple((name, f * factor) for name, f in form.factors if factor), scaled(form.rest, factor))


def _times(one: Form, other: Form, scope: Scope) -> Form:
    for number_, form in ((one, other), (other, one)):
        if not number_.factors and number_.rest.is_exact and number_.rest.low is not None:
            return _scaled(form, number_.rest.low)
    return Form((), times(scope.bounds(one), scope.bounds(other)))


def no_sum(form: Form) -> Interval:
    """Return what a form without named amounts comes to."""
    assert not form.factors
    return form.rest
