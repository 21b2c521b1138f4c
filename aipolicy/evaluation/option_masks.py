"""Sets of options as bit masks: bit N stands for option N."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def numbers_in(mask: int) -> Iterator[int]:
    """Yield the numbers of the options in a mask, smallest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def first_in(mask: int) -> int:
    """Return the smallest option number in a mask that is not empty."""
    return (mask & -mask).bit_length() - 1


def mask(numbers: Sequence[int]) -> int:
    mask = 0
    for number in numbers:
        mask |= 1 << number
    return mask
