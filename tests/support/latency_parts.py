"""The time of parts one after another, put together from what the engine puts it together from."""

from __future__ import annotations

from collections.abc import Iterable

from aipolicy.economics.latency import Duration, added, moments_of, p50_ms, p95_ms


def in_sequence(parts: Iterable[tuple[Duration, float]]) -> Duration:
    """Return the duration of parts one after another, each with how many times it happens."""
    moments = added(moments_of(part, times) for part, times in parts)
    return Duration(p50_ms(moments), p95_ms(moments))
