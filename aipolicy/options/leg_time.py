"""The time of one leg put together from its parts, or as a team measured it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipolicy.economics.latency import NOTHING, Duration, Moments, added, moments_of
from aipolicy.options.cost_assumptions import CostAssumptions
from aipolicy.options.workload import Workload
from aipolicy.value import Frozen

if TYPE_CHECKING:
    from aipolicy.catalog.measured import Measured

_MS_PER_S = 1000.0


class LegTime(Frozen):
    """Half of the interactions at least, and the moments of a whole one and of what is shown first."""

    floor_ms: float
    whole: Moments | None
    """All calls of an interaction; None when the length of requests is not known."""
    first: Moments | None = None
    """What is over when something is shown; None where it is not known whether answers are streamed."""


def in_parts(floor_ms: float, workload: Workload, network: Duration, first: Duration, *further: Duration,
              thinking: Duration = NOTHING) -> LegTime:  # fmt: skip
    """Return the time of all calls from the parts of one; nothing is shown before what is thought."""
    durations = (network, first, *further)
    whole = added([moments_of(part, workload.chained_calls) for part in durations])
    if workload.streaming is not True:
        return LegTime(floor_ms, whole, whole if workload.streaming is False else None)
    before = [moments_of(part, workload.chained_calls - 1.0) for part in durations]
    shown = [moments_of(part, 1.0) for part in (network, first, thinking)]
    return LegTime(floor_ms, whole, added([*before, *shown]))


def measured_own(measured: Measured, requests_per_s: float, first_s: float, floor: float, workload: Workload,
              assumptions: CostAssumptions, network: Duration) -> LegTime:  # fmt: skip
    """Return the times at the concurrency at which a team measured: by Little's law a request takes concurrency / rate."""
    whole_ms = measured.at_concurrency / requests_per_s * _MS_PER_S
    first_ms = min(first_s * _MS_PER_S, whole_ms) if measured.first_token_ms is None else measured.first_token_ms
    further = max((workload.answer_tokens or 0.0) - 1.0, 0.0)
    rest_ms = max(whole_ms - first_ms, 0.0)
    thinking_ms = rest_ms / further * thought(workload) if further else 0.0
    first = Duration(first_ms, first_ms * assumptions.speed.p95_over_p50_usual)
    return in_parts(
        floor, workload, network, first, Duration(rest_ms, rest_ms), thinking=Duration(thinking_ms, thinking_ms)
    )


def measured_api(measured: Measured, p50_ms: float, workload: Workload, published: LegTime | None) -> LegTime:
    """Return the times of whole requests as a team measured them, network included; no spread of ours is on them."""
    p95 = p50_ms if measured.p95_ms is None else measured.p95_ms
    floor = p50_ms if published is None else min(published.floor_ms, p50_ms)
    whole = moments_of(Duration(p50_ms, p95), workload.chained_calls)
    first_ms = measured.first_token_ms
    if workload.streaming is not True or first_ms is None:
        return LegTime(floor, whole, None if workload.streaming is None else whole)
    first = moments_of(Duration(first_ms, min(first_ms * p95 / p50_ms, p95)), 1.0)
    return LegTime(floor, whole, added([moments_of(Duration(p50_ms, p95), workload.chained_calls - 1.0), first]))


def thought(workload: Workload) -> float:
    """Return the tokens that are written before anything is shown, besides the first that is."""
    return min(workload.reasoning_tokens, max((workload.answer_tokens or 0.0) - 1.0, 0.0))
