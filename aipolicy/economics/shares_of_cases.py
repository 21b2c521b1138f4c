"""What passed and failed cases say of a share: its interval, and the fewest cases that tell it from a target.

The interval is Wilson's (1927, https://doi.org/10.1080/01621459.1927.10502953), of 95 %: for few cases, and for shares near
0 and 1, it keeps that level where the usual one does not (Brown, Cai and DasGupta 2001,
https://doi.org/10.1214/ss/1009213286).
"""

from __future__ import annotations

from math import ceil, sqrt

_Z = 1.9599639845400536
"""Standard deviations on either side of the middle that hold 95 % of a normal distribution: its quantile at 0.975.

Written out, because `statistics` is slow to import; a test compares it.
"""


def wilson_interval(passed: float, of: float) -> tuple[float, float]:
    """Return between which shares the true one lies where so many of so many cases passed.

    (p + z² / 2n ± z √(p (1 - p) / n + z² / 4n²)) / (1 + z² / n) with p = passed / n.
    """
    share, z2 = passed / of, _Z * _Z
    middle = share + z2 / (2.0 * of)
    half = _Z * sqrt(share * (1.0 - share) / of + z2 / (4.0 * of * of))
    whole = 1.0 + z2 / of
    return max(min((middle - half) / whole, share), 0.0), min(max((middle + half) / whole, share), 1.0)


def fewest_cases(share: float, target: float) -> int | None:
    """Return the fewest cases of which the interval around a share leaves a target out; None where no number does.

    An interval of Wilson's leaves t out where |p - t| > z √(t (1 - t) / n), so n > z² t (1 - t) / (p - t)².
    """
    if share == target or (target >= 1.0 and share >= 1.0):
        return None
    return max(ceil(_Z * _Z * target * (1.0 - target) / (share - target) ** 2), 1)
