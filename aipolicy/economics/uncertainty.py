"""Ranges of inputs, their draws, and what comes of them: quantiles, probabilities, and which input matters most.

A range is a likely value with a low and a high one that it stays above and below nine times in ten. Its distribution is
lognormal on either side of the likely value, so that the three are the 10th, 50th and 90th percentile; where the low value
is 0 or less it is normal on either side. Draws are stratified (McKay, Beckman and Conover 1979,
https://doi.org/10.1080/00401706.1979.10489755): two thousand of them place a 10th percentile within about 1 %.

Only `draw` and what works on draws import numpy, and they import it when they are called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from hashlib import sha256
from math import exp, log
from statistics import NormalDist
from typing import TYPE_CHECKING, TypeAlias

from aipolicy.value import Frozen

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Draws: TypeAlias = NDArray[np.float64]

DRAWS = 2000
Z90 = NormalDist().inv_cdf(0.9)
"""90th percentile of the standard normal distribution."""


class Range(Frozen):
    """An input that is known within bounds; `low` and `high` are its 10th and 90th percentile."""

    low: float
    likely: float
    high: float
    at_most: float | None = None
    """A bound that no draw passes, such as 1 for a share."""
    at_least: float = 0.0

    @property
    def certain(self) -> bool:
        """Return whether there is nothing to draw."""
        return self.low == self.high


def around(likely: float, sd_log: float, *, at_least: float = 0.0) -> Range:
    """Return the range of a value whose logarithm has a standard deviation."""
    factor = exp(Z90 * sd_log)
    return Range(max(likely / factor, min(at_least, likely)), likely, likely * factor, at_least=at_least)


class Quantiles(Frozen):
    """10th, 50th and 90th percentile of a result."""

    p10: float
    p50: float
    p90: float


class Influence(Frozen):
    """What one input does to a result when it alone moves between its low and its high value."""

    name: str
    at_low: float
    at_high: float

    @property
    def swing(self) -> float:
        """Return by how much the result moves."""
        return abs(self.at_high - self.at_low)


def draw(name: str, range_: Range, *, seed: str, count: int = DRAWS) -> Draws:
    """Return draws of an input; they depend on its name, its range and the seed, and on no other input."""
    import numpy as np

    digest = sha256(f"{seed}\0{name}".encode()).digest()
    # NOTE: RandomState is the generator whose stream numpy never changes (NEP 19).
    order = np.random.RandomState(int.from_bytes(digest[:4], "big")).permutation(count)
    normal = np.array(_strata(count))[order]
    if range_.low > 0.0:
        down, up = log(range_.likely / range_.low), log(range_.high / range_.likely)
    else:
        down, up = range_.likely - range_.low, range_.high - range_.likely
    moved: Draws = normal * np.where(normal < 0.0, down / Z90, up / Z90)
    drawn: Draws = range_.likely * np.exp(moved) if range_.low > 0.0 else range_.likely + moved
    drawn = np.maximum(drawn, range_.at_least)
    return drawn if range_.at_most is None else np.minimum(drawn, range_.at_most)


def quantiles(draws: Draws) -> Quantiles:
    """Return the 10th, 50th and 90th percentile of draws."""
    import numpy as np

    p10, p50, p90 = (float(value) for value in np.quantile(draws, (0.1, 0.5, 0.9)))
    return Quantiles(p10, p50, p90)


def quantile(draws: Draws, share: float) -> float:
    """Return the value that a share of the draws stays below."""
    import numpy as np

    return float(np.quantile(draws, share))


def probability_less(a: Draws, b: Draws) -> float:
    """Return the probability that `a` is less than `b`; draws that are equal count half."""
    import numpy as np

    return float(np.mean(a < b) + 0.5 * np.mean(a == b))


def influences(result: Callable[[Mapping[str, float]], float], ranges: Mapping[str, Range]) -> tuple[Influence, ...]:
    """Return what each input does to a result on its own, the strongest first; the others stay at their likely value."""
    likely = {name: range_.likely for name, range_ in ranges.items()}
    unsorted: Iterable[Influence] = (
        Influence(name, result({**likely, name: range_.low}), result({**likely, name: range_.high}))
        for name, range_ in ranges.items()
        if not range_.certain
    )
    return tuple(sorted(unsorted, key=lambda influence: (-influence.swing, influence.name)))


@lru_cache(maxsize=4)
def _strata(count: int) -> tuple[float, ...]:
    """Return the standard normal value in the middle of each of `count` equally likely strata."""
    normal = NormalDist()
    return tuple(normal.inv_cdf((number + 0.5) / count) for number in range(count))
