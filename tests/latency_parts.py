"""The time of parts one after another, put together from what the engine puts it together from."""

from __future__ import annotations

from collections.abc import Iterable

from aipolicy.economics.latency import NO_TIME, Duration, added, lognormal, moments_of


def in_sequence(parts: Iterable[tuple[Duration, float]]) -> Duration:
    """Return the duration of parts one after another, each with how many times it happens."""
    return lognormal(added(NO_TIME, (moments_of(part, times) for part, times in parts)))
