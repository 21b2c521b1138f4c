"""Time of an interaction from its parts: network, queue, first token, further tokens, one call after another.

Parts are taken as independent and lognormal with the given median and 95th percentile; their sum is matched by mean and
variance (Fenton 1960, https://doi.org/10.1109/TCOM.1960.1097606). The slow ends of parts do not coincide, so the 95th
percentile of a sum is less than the sum of the 95th percentiles.

For very wide parts the match puts the median too low. What follows from the parts alone then holds: by the inequality of
arithmetic and geometric means, weighted with the medians, the median of a sum of independent lognormal parts is at least the
sum of their medians; and a sum is never faster than one of its parts.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import exp, log, sqrt

from aipolicy.value import Frozen

_Z95 = 1.6448536269514722
"""95th percentile of the standard normal distribution."""
_Z99 = 2.3263478740408408
Z90 = 1.2815515655446004
"""90th percentile of the standard normal distribution: ends of a range are its 10th and its 90th."""


class Duration(Frozen):
    """A duration in ms: half of the cases take at most `p50_ms`, 95 % at most `p95_ms`."""

    p50_ms: float
    p95_ms: float


NOTHING = Duration(0.0, 0.0)


Moments = tuple[float, float, float, float]
"""Mean in ms and variance in ms squared, which add up over independent durations one after another, and what bounds their
sum from below: the sum of their medians, and the largest of their 95th percentiles, both in ms."""

NO_TIME: Moments = (0.0, 0.0, 0.0, 0.0)


def moments_of(part: Duration, times: float) -> Moments:
    """Return mean, variance and bounds of a lognormal part that happens some times."""
    if part.p50_ms <= 0.0 or times <= 0.0:
        return NO_TIME
    median = times * part.p50_ms
    if part.p95_ms <= part.p50_ms:
        return median, 0.0, median, part.p50_ms
    spread = (log(part.p95_ms / part.p50_ms) / _Z95) ** 2
    mean = part.p50_ms * exp(spread / 2.0)
    return times * mean, times * mean * mean * (exp(spread) - 1.0), median, part.p95_ms


def added(start: Moments, parts: Iterable[Moments]) -> Moments:
    """Return the moments of what has begun and further parts after it."""
    mean, variance, medians, slowest = start
    for part_mean, part_variance, part_median, part_p95 in parts:
        mean += part_mean
        variance += part_variance
        medians += part_median
        slowest = part_p95 if part_p95 > slowest else slowest
    return mean, variance, medians, slowest


def p50_ms(moments: Moments) -> float:
    """Return what half of such durations take at most."""
    return max(_percentile(moments, 0.0), moments[2])


def lognormal(moments: Moments) -> Duration:
    """Return the lognormal duration with this mean and variance, raised to the bounds where it lies below them."""
    median = p50_ms(moments)
    return Duration(median, max(_percentile(moments, _Z95), median, moments[3]))


def p99_ms(moments: Moments) -> float:
    """Return what 99 % of such durations take at most, never less than what 95 % do."""
    return max(_percentile(moments, _Z99), lognormal(moments).p95_ms)


def _percentile(moments: Moments, z: float) -> float:
    mean, variance, _, _ = moments
    if mean == 0.0:
        return 0.0
    spread = log(1.0 + variance / (mean * mean))
    return mean / exp(spread / 2.0) * exp(z * sqrt(spread))


def waiting_for_server(service_ms: float, utilisation: float) -> Duration:
    """Return the time in a queue of one server, service included, at a utilisation below 1.

    Source: M/M/1, where the time in the system is exponential with mean service / (1 - utilisation); the median is 0.693
    and the 95th percentile 2.996 times the mean, and neither is below the service itself. Kleinrock, Queueing Systems,
    volume 1 (1975), section 3.2.
    """
    mean = service_ms / (1.0 - utilisation)
    return Duration(max(service_ms, 0.6931 * mean), max(service_ms, 2.9957 * mean if utilisation > 0.0 else service_ms))
