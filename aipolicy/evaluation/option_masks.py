"""Sets of options as bit masks: bit N stands for option N."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence


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


def union(masks: Iterable[int]) -> int:
    """Return the options that are in some of the masks."""
    joined = 0
    for mask in masks:
        joined |= mask
    return joined


def fewest(mask: int, against: Iterable[int]) -> int:
    """Return the options of a mask that are in the fewest of the masks against, nothing of an empty mask."""
    levels = [mask]
    for other in against:
        if other & mask:
            carried = 0
            for number, level in enumerate(levels):
                levels[number] = level & ~other | carried
                carried = level & other
            levels.append(carried)
    return next((level for level in levels if level), 0)
