"""Numbers that are known within bounds, exactly: sums of decimal numbers as people write them, in any order."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite

from aipolicy.value import NamedTuple


class Interval(NamedTuple):
    """A number between two bounds, both included; None is no bound. Every number within is finite."""

    low: Fraction | None
    high: Fraction | None

    @property
    def is_exact(self) -> bool:
        """Return whether the number is known."""
        return self.low is not None and self.low == self.high


ZERO = Interval(Fraction(0), Fraction(0))
ONE = Interval(Fraction(1), Fraction(1))
ANY = Interval(None, None)
NOT_NEGATIVE = Interval(Fraction(0), None)


def exact(number: float) -> Interval:
    """Return a number as it is written in decimals; one that overflowed is not known."""
    if not isfinite(number):
        return ANY
    value = Fraction(repr(number))
    return Interval(value, value)


def plus(one: Interval, other: Interval) -> Interval:
    """Return the sum."""
    return Interval(
        None if one.low is None or other.low is None else one.low + other.low,
        None if one.high is None or other.high is None else one.high + other.high,
    )


def scaled(one: Interval, factor: Fraction) -> Interval:
    """Return the amount times an exact number."""
    if factor == 0:
        return ZERO
    ends = tuple(None if end is None else end * factor for end in one)
    return Interval(*ends) if factor > 0 else Interval(*ends[::-1])


def times(one: Interval, other: Interval) -> Interval:
    """Return the product."""
    for exactly, unsure in ((one, other), (other, one)):
        if exactly.is_exact and exactly.low is not None:
            return scaled(unsure, exactly.low)
    if None not in (*one, *other):
        products = [a * b for a in one for b in other if a is not None and b is not None]
        return Interval(min(products), max(products))
    if (one.low or 0) >= 0 and (other.low or 0) >= 0 and one.low is not None and other.low is not None:
        return Interval(one.low * other.low, None)
    return ANY


def hull(one: Interval, other: Interval) -> Interval:
    """Return the least amount that holds both."""
    return Interval(
        None if one.low is None or other.low is None else min(one.low, other.low),
        None if one.high is None or other.high is None else max(one.high, other.high),
    )
