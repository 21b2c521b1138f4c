"""Conditions on amounts within bounds: as CEL says where all is known, and never more certain than what may still come."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.facts.spec import FactSpec, FactType
from aipolicy.policy.cel.checked_expr import decode
from aipolicy.policy.cel.expressions import Compiler, Condition, ExpressionError, Truth
from aipolicy.policy.cel.interval import ANY, NOT_NEGATIVE, ZERO, Interval, exact, hull, plus, scaled, times
from aipolicy.policy.cel.interval_evaluation import Form, Value, refuse_unsupported, truth

TYPES = {
    "group.a": FactType.NUMBER, "group.b": FactType.NUMBER, "total.a": FactType.NUMBER, "params.share": FactType.NUMBER,
    "group.key": FactType.TEXT, "params.names": FactType.TEXTS, "params.on": FactType.BOOL,
}  # fmt: skip
COMPILER = Compiler({name: FactSpec(name, type_, name) for name, type_ in TYPES.items()}, {})
CONDITIONS = (
    "group.a <= group.b",
    "group.a < 2.0 * group.b - 1.0",
    "group.a >= 3 && group.b > 0",
    "group.a > 3 || group.b == 2.0",
    "!(group.a != 4.0)",
    "group.a * group.b <= 6.0",
    "-group.a / 2.0 <= group.b - group.a",
    "group.a in [1.0, 2.0]",
    "group.a <= 3 || group.a >= 3",
    "group.a - group.a == 0.0",
)
numbers = st.integers(-4, 6)
"""Of the ends of amounts, and of what lies within them."""


class Names:
    """Names that stand for amounts of their own."""

    def __init__(self, amounts: Mapping[str, Interval], others: Mapping[str, Value] | None = None) -> None:
        self.amounts = amounts
        self.others = others or {}

    def value(self, name: str) -> Value:
        return self.others[name] if name in self.others else Form(((name, Fraction(1)),), ZERO)

    def bounds(self, form: Form) -> Interval:
        found = form.rest
        for name, factor in form.factors:
            found = plus(found, scaled(self.amounts[name], factor))
        return found


def judged(text: str, amounts: Mapping[str, Interval], others: Mapping[str, Value] | None = None) -> Truth:
    tree = decode(COMPILER.compile(text).checked)
    refuse_unsupported(tree, TYPES)
    return truth(tree, Names(amounts, others))


@pytest.mark.parametrize("text", CONDITIONS)
@given(a=numbers, b=numbers)
def test_known_amounts_are_judged_as_cel_judges_them(text: str, a: int, b: int) -> None:
    by_cel, _ = Condition(COMPILER.compile(text).checked).evaluate({"group.a": float(a), "group.b": float(b)})
    assert judged(text, {"group.a": exact(a), "group.b": exact(b)}) is by_cel


@pytest.mark.parametrize("text", CONDITIONS)
@given(
    a=st.tuples(numbers, numbers, numbers),
    b=st.tuples(numbers, numbers, numbers),
    open_=st.sampled_from(("", "a", "b")),
)
def test_what_is_certain_within_bounds_holds_for_every_amount_within(
    text: str, a: tuple[int, int, int], b: tuple[int, int, int], open_: str
) -> None:
    bounds, inside = {}, {}
    for name, ends in (("a", a), ("b", b)):
        low, middle, high = sorted(ends)
        bounds[f"group.{name}"] = Interval(Fraction(low), None if name == open_ else Fraction(high))
        inside[f"group.{name}"] = exact(middle)
    before = judged(text, bounds)
    assert before in (Truth.UNKNOWN, judged(text, inside))


@pytest.mark.parametrize(
    ("text", "others", "expected"),
    [
        ("group.key == 'openai'", {"group.key": "openai"}, Truth.TRUE),
        ("group.key == 'openai'", {"group.key": None}, Truth.UNKNOWN),
        ("group.key in params.names", {"group.key": "x", "params.names": ("x", "y")}, Truth.TRUE),
        ("group.key in ['x']", {"group.key": None}, Truth.UNKNOWN),
        ("params.on || group.key == 'x'", {"group.key": None, "params.on": True}, Truth.TRUE),
        ("false && group.key == 'x'", {"group.key": None}, Truth.FALSE),
    ],
)
def test_names_of_groups_may_be_unknown(text: str, others: Mapping[str, Value], expected: Truth) -> None:
    assert judged(text, {}, others) is expected


def test_a_sum_of_decimals_is_what_people_add_up() -> None:
    tenths = plus(plus(exact(0.1), exact(0.2)), exact(0.3))
    assert tenths == exact(0.6)
    assert judged("group.a <= params.share * group.b", {"group.a": exact(60), "group.b": exact(100)},
                  {"params.share": Form((), exact(0.6))}) is Truth.TRUE  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "params.names.exists(n, n == group.key)",
        "group.key.startsWith('a')",
        "(group.a > 1.0 ? group.a : group.b) > 2.0",
        "group.a > double(size(params.names))",
        "group.key + 'x' == 'ax'",
    ],
)
def test_what_amounts_do_not_follow_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError, match="a condition on amounts is made of"):
        judged(text, {})


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (times(NOT_NEGATIVE, exact(0)), ZERO),
        (times(NOT_NEGATIVE, exact(-2)), Interval(None, Fraction(0))),
        (times(NOT_NEGATIVE, NOT_NEGATIVE), NOT_NEGATIVE),
        (times(Interval(Fraction(2), None), Interval(Fraction(3), None)), Interval(Fraction(6), None)),
        (times(ANY, NOT_NEGATIVE), ANY),
        (
            times(Interval(Fraction(-1), Fraction(2)), Interval(Fraction(-3), Fraction(4))),
            Interval(Fraction(-6), Fraction(8)),
        ),
        (hull(exact(1), NOT_NEGATIVE), NOT_NEGATIVE),
        (exact(float("inf")), ANY),
    ],
)
def test_bounds_are_as_wide_as_they_must_be(found: Interval, expected: Interval) -> None:
    assert found == expected
