"""What a function makes of objects that many things share, made once; the objects are told apart by identity.

Identity is quicker than the values of objects made of objects; that two equal ones are worked on twice does no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


class Numbers:
    """Numbers for objects that many things share: the same for the same object, which is kept."""

    __slots__ = ("_numbers",)

    def __init__(self) -> None:
        self._numbers: dict[int, tuple[object, int]] = {}

    def of(self, thing: object) -> int:
        """Return the number of an object."""
        return self._numbers.setdefault(id(thing), (thing, len(self._numbers)))[1]


def first_places(things: Sequence[object]) -> tuple[int, ...]:
    """Return for every thing the place of the first that is the same object."""
    first: dict[int, int] = {}
    return tuple([first.setdefault(id(thing), place) for place, thing in enumerate(things)])


class Shared(Generic[Made]):
    """Objects by the objects and the values that they are made of: one for all that have the same.

    INVARIANT: what is kept holds its parts, so that no other object is ever given their identity.
    """

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], tuple[Made, tuple[object, ...]]] = {}

    def of(self, made: Made, parts: tuple[object, ...], *values: object) -> Made:
        """Return the first object that was made of these parts and values."""
        return self._kept.setdefault((*map(id, parts), *values), (made, parts))[0]
