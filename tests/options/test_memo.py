"""What is remembered by identity is never that of another object."""

from __future__ import annotations

import ast
import gc
import weakref
from pathlib import Path

import pytest

from aipolicy.options.memo import Memo, Shared, first_places

PACKAGE = Path(__file__).resolve().parents[2] / "aipolicy"


class Thing:
    """Something that is equal to everything of its kind."""

    def __init__(self, name: str = "") -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Thing)

    __hash__ = None  # type: ignore[assignment]  # what cannot be hashed can be remembered


@pytest.mark.parametrize("made", [0, None, "made", ()])
def test_an_object_is_worked_on_once_whatever_comes_of_it(made: object) -> None:
    asked = []
    memo = Memo(lambda thing: (asked.append(thing), made)[1])
    thing = Thing()
    assert [memo.of(thing), memo.of(thing), memo.of(None), memo.of(None)] == [made] * 4
    assert [each is None for each in asked] == [False, True]


def test_equal_objects_are_two_objects() -> None:
    memo = Memo(lambda thing: thing.name)
    assert [memo.of(thing) for thing in (Thing("a"), Thing("b"))] == ["a", "b"]


def test_no_object_is_given_what_was_made_of_one_that_is_gone() -> None:
    memo = Memo(lambda thing: thing.name)
    # NOTE: without anybody who keeps them, each of these would be given the identity of the one before.
    assert [memo.of(Thing(str(number))) for number in range(1000)] == [str(number) for number in range(1000)]


def test_objects_are_kept_as_long_as_the_memo_and_no_longer() -> None:
    memo = Memo(id)
    thing = Thing()
    memo.of(thing)
    kept = weakref.ref(thing)
    del thing
    assert kept() is not None
    gc.disable()
    try:
        del memo
        assert kept() is None
    finally:
        gc.enable()


def test_places_name_the_first_that_is_the_same_object_not_an_equal_one() -> None:
    first, second, equal = [1], [2], [1]
    assert first_places([first, second, first, equal, None, second, None]) == (0, 1, 0, 3, 4, 1, 4)


def test_what_is_made_of_the_same_objects_and_values_is_one_object() -> None:
    shared: Shared[tuple[object, int]] = Shared()
    part, other = Thing("a"), Thing("a")
    made = shared.of((part, 1), (part,), 1)
    assert shared.of((part, 1), (part,), 1) is made
    assert shared.of((part, 2), (part,), 2) is not made
    assert shared.of((other, 1), (other,), 1) is not made


def test_identities_are_used_nowhere_else() -> None:
    using = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name) and node.id == "id" and isinstance(node.ctx, ast.Load)
    }
    assert using == {"options/memo.py"}
