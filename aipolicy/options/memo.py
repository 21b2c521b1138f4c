"""What a function makes of objects that many things share, made once; the objects are told apart by identity.

Identity is quicker than the values of objects made of objects; that two equal ones are worked on twice does no harm.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Generic, TypeVar

Thing = TypeVar("Thing")
Made = TypeVar("Made")


class Memo(Generic[Thing, Made]):
    """Remembers what a function made of every object that it was asked for.

    INVARIANT: an object is kept together with what was made of it, so that no other is ever given its identity.
    A function that belongs to the owner of the memo would keep both alive until the next collection of garbage.
    """

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[Thing], Made]) -> None:
        self._make = make
        self._made: dict[int, tuple[Thing, Made]] = {}

    def of(self, thing: Thing) -> Made:
        """Return what the function made of an object."""
        known = self._made.get(id(thing))
        if known is None:
            known = self._made[id(thing)] = (thing, self._make(thing))
        return known[1]


def numbered() -> Memo[object, int]:
    """Return what gives every object a number of its own."""
    numbers = count()
    return Memo(lambda _: next(numbers))
