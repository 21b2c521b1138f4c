"""Numbers by search: from which value on, or up to which, something else follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import ceil, floor, isfinite, log10

_STEPS = 24
_DIGITS = 3
"""Significant digits that a person would name."""
WHOLE = frozenset({"people", "weeks", "examples", "days", "requests/day", "tokens", "person-months", "ms"})
"""Units of which people say whole numbers."""


def turning(holds: Callable[[float], bool], near: float, far: float, unit: str) -> float:
    """Return the value nearest to `near`, in few digits, at which `holds`; it holds at `far` and not at `near`.

    Where the truth turns several times between the two, one of the turns is found.
    """
    rounded = _up if far > near else _down
    *_, (near, far) = _brackets(holds, near, far, unit)
    # NOTE: the limit itself is as a rule a number in few digits, and the search ends a little beyond it.
    for said in (_down(far, unit) if far > near else _up(far, unit), rounded(far, unit)):
        if holds(said):
            return said
    return far


def turns_beyond(holds: Callable[[float], bool], near: float, far: float, unit: str, limit: float) -> bool:
    """Return whether `turning` would end beyond a limit, searching no further than it takes to tell."""
    is_up = far > near
    for before, after in _brackets(holds, near, far, unit):
        nearest = _down(before, unit) if is_up else _up(before, unit)
        if nearest > limit if is_up else nearest < limit:
            return True
        if after < limit if is_up else after > limit:
            return False
    return False


def _brackets(holds: Callable[[float], bool], near: float, far: float, unit: str) -> Iterator[tuple[float, float]]:
    """Yield values ever nearer to each other, `holds` at the second and not at the first, until in few digits they meet."""
    rounded = _up if far > near else _down
    yield near, far
    for _ in range(_STEPS):
        middle = _between(near, far)
        if rounded(middle, unit) in (rounded(near, unit), rounded(far, unit)):
            break
        if holds(middle):
            far = middle
        else:
            near = middle
        yield near, far


def _between(one: float, other: float) -> float:
    """Return the geometric mean of two positive numbers, else the arithmetic one."""
    if one > 0.0 and other > 0.0:
        return float((one * other) ** 0.5)
    return (one + other) / 2.0


def _up(value: float, unit: str) -> float:
    return _rounded(value, unit, ceil)


def _down(value: float, unit: str) -> float:
    return _rounded(value, unit, floor)


def _rounded(value: float, unit: str, towards: Callable[[float], int]) -> float:
    """Return a number in few digits, whole where its unit is counted."""
    if value == 0.0 or not isfinite(value):
        return value
    places = _DIGITS - 1 - floor(log10(abs(value)))
    if unit in WHOLE:
        places = min(places, 0)
    scale = 10.0**places
    # NOTE: a product that is a whole number but for its last bits is that number.
    scaled = value * scale
    whole = round(scaled)
    return (whole if abs(scaled - whole) < 1e-6 * max(abs(scaled), 1.0) else towards(scaled)) / scale
