"""Numbers by search: from which value on, or up to which, something else follows."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor, isfinite, log10

_STEPS = 24
LIMIT_DIGITS = 3
"""Significant digits of a number at which a rule that is declared in numbers breaks."""
ESTIMATE_DIGITS = 2
"""Significant digits of a number that rests on estimates, which are no finer."""
WHOLE = frozenset({"people", "weeks", "examples", "days", "requests/day", "tokens", "person-months", "ms"})
"""Units of which people say whole numbers."""


def turning(holds: Callable[[float], bool], near: float, far: float, unit: str, digits: int = LIMIT_DIGITS,
            likely: Callable[[float], bool] | None = None) -> float:  # fmt: skip
    """Return the value nearest to `near`, in few digits, at which `holds`; it holds at `far` and not at `near`.

    Where the truth turns several times between the two, one of the turns is found. What is `likely` is asked first, where
    it is known: it takes less time, and is believed only where the truth turns at the same number.
    """
    if likely is not None:
        guess = turning(likely, near, far, unit, digits)
        if guess != far and not holds(guess):
            near = guess
        else:
            before = _before(guess, near, unit, digits)
            if before is None or not holds(before):
                return guess
            far = before
    rounded, inwards = (_up, _down) if far > near else (_down, _up)
    for _ in range(_STEPS):
        # NOTE: in few digits the two have met.
        if abs(near - far) <= _step(far, unit, digits):
            break
        middle = _between(near, far)
        if holds(middle):
            far = middle
        else:
            near = middle
    # NOTE: the limit itself is as a rule a number in few digits, and the search ends a little beyond it.
    for number in (inwards(far, unit, digits), rounded(far, unit, digits)):
        if holds(number):
            return number
    return far


def _before(number: float, near: float, unit: str, digits: int) -> float | None:
    """Return the number in few digits before one, towards `near`, None where there is none between the two."""
    step = _step(number, unit, digits)
    before = number - step if number > near else number + step
    return before if min(number, near) < before < max(number, near) else None


def _between(one: float, other: float) -> float:
    """Return the geometric mean of two positive numbers, else the arithmetic one."""
    if one > 0.0 and other > 0.0:
        return float((one * other) ** 0.5)
    return (one + other) / 2.0


def _up(value: float, unit: str, digits: int) -> float:
    return _rounded(value, unit, digits, ceil)


def _down(value: float, unit: str, digits: int) -> float:
    return _rounded(value, unit, digits, floor)


def _step(value: float, unit: str, digits: int) -> float:
    """Return how far numbers in few digits lie apart where a value is; no less than one where its unit is counted."""
    step = 10.0 ** (floor(log10(abs(value))) - digits + 1) if value != 0.0 and isfinite(value) else 0.0
    return max(step, 1.0) if unit in WHOLE else step


def _rounded(value: float, unit: str, digits: int, towards: Callable[[float], int]) -> float:
    """Return a number in few digits, whole where its unit is counted."""
    if value == 0.0 or not isfinite(value):
        return value
    places = digits - 1 - floor(log10(abs(value)))
    if unit in WHOLE:
        places = min(places, 0)
    # NOTE: powers below one have no exact value, and their quotients would not be whole numbers.
    power = 10.0 ** abs(places)
    scaled = value * power if places >= 0 else value / power
    # NOTE: a product that is a whole number but for its last bits is that number.
    whole = round(scaled)
    figure = whole if abs(scaled - whole) < 1e-6 * max(abs(scaled), 1.0) else towards(scaled)
    return figure / power if places >= 0 else figure * power
