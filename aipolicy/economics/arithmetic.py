"""What formulas need beyond the four operations, for one number or for an array of draws alike.

A formula takes its arithmetic as an argument: `SCALARS` for one value, the module `numpy` for many draws at once. There
is one formula for both, and numpy is not imported for a point estimate. Quantities are annotated as `float`; an array
of draws takes part in the same operations and is named as such only where it is made.
"""

from __future__ import annotations

import math
from typing import Protocol


class Arithmetic(Protocol):
    """The operations of formulas; the module `numpy` has them for arrays."""

    def maximum(self, a: float, b: float, /) -> float:
        """Return the larger value."""

    def minimum(self, a: float, b: float, /) -> float:
        """Return the smaller value."""

    def ceil(self, a: float, /) -> float:
        """Return the next whole number upwards."""

    def floor(self, a: float, /) -> float:
        """Return the next whole number downwards."""

    def where(self, condition: bool, a: float, b: float, /) -> float:
        """Return `a` where the condition holds, else `b`."""


class _Scalars:
    def maximum(self, a: float, b: float, /) -> float:
        return a if a >= b else b

    def minimum(self, a: float, b: float, /) -> float:
        return a if a <= b else b

    def ceil(self, a: float, /) -> float:
        return float(math.ceil(a))

    def floor(self, a: float, /) -> float:
        return float(math.floor(a))

    def where(self, condition: bool, a: float, b: float, /) -> float:
        return a if condition else b


SCALARS: Arithmetic = _Scalars()
"""Arithmetic of single numbers, without any import."""

ONE_DRAW: Arithmetic = _Scalars()
"""Arithmetic of one draw out of many: what a formula says of an array of draws, for a single one."""
