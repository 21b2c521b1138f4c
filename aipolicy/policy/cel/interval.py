"""Numbers that are known within bounds, exactly: sums of decimal numbers as people write them, in any order."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite

from aipolicy.value import NamedTuple


class Amount(NamedTuple):
    """A number between two bounds, both included; None is no bound. Every number within is finite."""

    low: Fraction | None
    high: Fraction | None

    @property
    def is_exact(self) -> bool:
        """Return whether the number is known."""
        return self.low is not None and self.low == self.high


ZERO = Amount(Fraction(0), Fraction(0))
ONE = Amount(Fraction(1), Fraction(1))
ANY = Amount(None, None)
NOT_NEGATIVE = Amount(Fraction(0), None)


def exact(number: float) -> Amount:
    """Return a number as it is written in decimals; one that overflowed is not known."""
    if not isfinite(number):
        return ANY
    value = Fraction(repr(number))
    return Amount(value, value)


def plus(one: Amount, other: Amount) -> Amount:
    """Return the sum."""
    return Amount(
        None if one.low is None or other.low is None else one.low + other.low,
        None if one.high is None or other.high is None else one.high + other.high,
    )


def scaled(one: Amount, factor: Fraction) -> Amount:
    """Return the amount times an exact number."""
    if factor == 0:
        return ZERO
    ends = tuple(None if end is None else end * factor for end in one)
    return Amount(*ends) if factor > 0 else Amount(*ends[::-1])


def times(one: Amount, other: Amount) -> Amount:
    """Return the product."""
    for exactly, unsure in ((one, other), (other, one)):
        if exactly.is_exact and exactly.low is not None:
            return scaled(unsure, exactly.low)
    if None not in (*one, *other):
        products = [a * b for a in one for b in other if a is not None and b is not None]
        return Amount(min(products), max(products))
    if (one.low or 0) >= 0 and (other.low or 0) >= 0 and one.low is not None and other.low is not None:
        return Amount(one.low * other.low, None)
    return ANY


def hull(one: Amount, other: Amount) -> Amount:
    """Return the least amount that holds both."""
    return Amount(
        None if one.low is None or other.low is None else min(one.low, other.low),
        None if one.high is None or other.high is None else max(one.high, other.high),
    )
