"""How fast a hosted model answers, from what was published of it: its pace at each effort and end, and what it thinks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipolicy.catalog.axes import EFFORTS
from aipolicy.economics.latency import Duration
from aipolicy.options.cost_inputs import EffortSpeed, Pace

if TYPE_CHECKING:
    from aipolicy.catalog.catalog import Catalog
    from aipolicy.catalog.machines import HostedSpeed as Published
    from aipolicy.catalog.offerings import Model
    from aipolicy.options.cost_assumptions import SpeedAssumptions
    from aipolicy.options.cost_inputs import End
    from aipolicy.options.option import Leg


def hosted_speeds(leg: Leg, catalog: Catalog, assumptions: SpeedAssumptions) -> tuple[EffortSpeed, ...]:
    """Return how fast a provider's model answers, by effort, the least first."""
    from aipolicy.catalog.machines import speeds_at

    tier = catalog.tier_speeds.get(leg.model.tier)
    speeds = speeds_at(leg.provider, leg.model, catalog.speeds, assumptions.other_host, tier)
    return tuple([_speed(speed, leg.model, catalog, assumptions) for speed in speeds])


def _speed(published: Published, model: Model, catalog: Catalog, assumptions: SpeedAssumptions) -> EffortSpeed:
    usual, fast, slow = (_pace(published, end, assumptions) for end in ("usual", "fast", "slow"))
    thinking = thinking_tokens(published.effort, model, catalog, assumptions)
    return EffortSpeed(published.effort, usual, fast, slow, thinking)


def thinking_tokens(effort: str, model: Model, catalog: Catalog, assumptions: SpeedAssumptions) -> float:
    """Return what a model thinks at an effort: what its maker's service, or hosts of its weights, take too long by.

    (first token - what a model takes that does not think) * tokens a second; nothing where no effort is published.
    """
    published = catalog.speeds.get((model.provider, model.id), ()) if model.reasoning else ()
    speed = next((entry for entry in published if entry.effort == effort), None)
    if speed is None or effort in ("", EFFORTS[0]) or speed.first_token_ms is None or speed.tokens_per_s is None:
        return 0.0
    thinking_ms = max(speed.first_token_ms.usual - assumptions.unthinking_ms, 0.0)
    return thinking_ms / 1000.0 * speed.tokens_per_s.usual


def _pace(published: Published, end: End, assumptions: SpeedAssumptions) -> Pace:
    """Return a pace at one end; the slow answers of one end are what its median is over those of the usual one."""
    first, output, audio = published.first_token_ms, published.tokens_per_s, published.audio_per_s
    assert first is not None
    p50_ms = getattr(first, end)
    ratio = getattr(assumptions, f"p95_over_p50_{end}")
    if published.first_token_p95_ms is not None:
        ratio = published.first_token_p95_ms / first.usual
    per_token_ms, per_audio_ms = (0.0 if speed is None else 1000.0 / getattr(speed, end) for speed in (output, audio))
    return Pace(Duration(p50_ms, p50_ms * ratio), per_token_ms, per_audio_ms)
