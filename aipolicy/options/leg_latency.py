"""How long an interaction with an option takes: network, queue, first token, further tokens, one call after another."""

from __future__ import annotations

from functools import partial
from math import ceil, exp

from aipolicy.catalog.axes import EFFORTS
from aipolicy.economics import roofline
from aipolicy.economics.fleet import SECONDS_PER_DAY
from aipolicy.economics.latency import (
    NO_TIME,
    NOTHING,
    Z90,
    Duration,
    Moments,
    added,
    lognormal,
    moments_of,
    p50_ms,
    p99_ms,
    waiting_for_server,
)
from aipolicy.economics.roofline import Load, Serving
from aipolicy.options.cost_assumptions import CostAssumptions
from aipolicy.options.cost_inputs import DeviceBasis, End, HostedBasis, LegBasis, OneStepBasis, OwnBasis, Speeds
from aipolicy.options.costs import serving_of
from aipolicy.options.memo import Memo
from aipolicy.options.workload import Workload
from aipolicy.value import Frozen, replace

_MS_PER_S = 1000.0
_MOST_BUSY = 0.98
"""Utilisation above which a queue is taken as this busy; what does not fit is another fact."""


class LatencyEstimate(Frozen):
    """Time of an interaction; what is asked for is added up when it is asked for. None is unknown."""

    floor_ms: float | None
    """Half of the interactions take at least this, with answers of one token and nobody else asking."""
    near: Moments | None = None
    """The leg that answers first; None where the length of requests or how busy machines are is not known."""
    near_first: Moments | None = None
    """That leg up to what is shown first: a token of the last answer where it is streamed, else all of it."""
    far: tuple[Moments, ...] | None = ()
    """What the slow requests of a cascade visit besides, an upper bound."""
    far_first: tuple[Moments, ...] | None = ()

    @property
    def p50_ms(self) -> float | None:
        """Return what half of the interactions take at most; the leg that answers first decides it alone."""
        return None if self.near is None else p50_ms(self.near)

    @property
    def p95_ms(self) -> float | None:
        """Return what 95 % of interactions take at most."""
        whole = self.whole
        return None if whole is None else lognormal(whole).p95_ms

    @property
    def p99_ms(self) -> float | None:
        """Return what 99 % of interactions take at most."""
        whole = self.whole
        return None if whole is None else p99_ms(whole)

    @property
    def first_token_p50_ms(self) -> float | None:
        """Return after what time half of the interactions show something."""
        first = self.first_token
        return None if first is None else p50_ms(first)

    @property
    def first_token_p95_ms(self) -> float | None:
        """Return after what time 95 % of the interactions show something."""
        first = self.first_token
        return None if first is None else lognormal(first).p95_ms

    @property
    def whole(self) -> Moments | None:
        """Return the moments of the whole interaction."""
        if self.near is None or self.far is None:
            return None
        return added(self.near, self.far) if self.far else self.near

    @property
    def first_token(self) -> Moments | None:
        """Return the moments of the interaction up to what is shown first."""
        if self.far == ():
            return self.near_first
        return None if self.near is None or self.far_first is None else added(self.near, self.far_first)


UNKNOWN_LATENCY = LatencyEstimate(None)


class Latencies:
    """Latencies under one workload and the constants of one catalog; what options share is timed once."""

    def __init__(self, workload: Workload, assumptions: CostAssumptions, end: End = "usual") -> None:
        near = Memo(partial(_leg, workload, assumptions, 1.0, end))
        self._far = Memo(partial(_leg, workload, assumptions, workload.hard_case_share, end))
        self._alone = Memo(partial(_alone, near, workload, 0.0))
        self._retrieving = Memo(partial(_alone, near, workload, assumptions.retrieval_ms))

    def of(self, speeds: Speeds) -> LatencyEstimate:
        """Return the latency of an option; in a cascade the slow requests also visit the far side, an upper bound."""
        alone = (self._retrieving if speeds.retrieves else self._alone).of(speeds.main)
        if not speeds.cascade or alone.near is None:
            return alone
        far = self._far.of(speeds.far)
        if far is None or far.parts is None:
            return LatencyEstimate(alone.floor_ms, alone.near, None, None, None)
        return LatencyEstimate(alone.floor_ms, alone.near, None, far.parts, far.first)


class _LegTime(Frozen):
    floor_ms: float
    parts: tuple[Moments, ...] | None
    """The parts of all calls of an interaction; None when the length of requests is not known."""
    first: tuple[Moments, ...] | None = None
    """Those until something is shown; None where it is not known whether answers are streamed."""


def _in_parts(floor_ms: float, workload: Workload, network: Duration, first: Duration, *further: Duration,
              thinking: Duration = NOTHING) -> _LegTime:  # fmt: skip
    durations = (network, first, *further)
    parts = tuple([moments_of(part, workload.chained_calls) for part in durations])
    if workload.streaming is not True:
        return _LegTime(floor_ms, parts, parts if workload.streaming is False else None)
    before = [moments_of(part, workload.chained_calls - 1.0) for part in durations]
    shown = [moments_of(part, 1.0) for part in (network, first, thinking)]
    return _LegTime(floor_ms, parts, (*before, *shown))


def _alone(near: Memo[LegBasis | None, _LegTime | None], workload: Workload, retrieval_ms: float,
           leg: LegBasis | None) -> LatencyEstimate:  # fmt: skip
    """Return the latency of an option without a far side."""
    main = near.of(leg)
    if main is None:
        return UNKNOWN_LATENCY
    floor = workload.chained_calls * main.floor_ms + retrieval_ms
    if main.parts is None:
        return LatencyEstimate(floor)
    retrieval = moments_of(Duration(retrieval_ms, retrieval_ms), 1.0)
    first = None if main.first is None else added(NO_TIME, (*main.first, retrieval))
    return LatencyEstimate(floor, added(NO_TIME, (*main.parts, retrieval)), first)


def _leg(
    workload: Workload, assumptions: CostAssumptions, share: float | None, end: End, basis: LegBasis | None
) -> _LegTime | None:
    match basis:
        case HostedBasis():
            return _hosted(basis, workload, end)
        case OwnBasis():
            return _own(basis, workload, assumptions, share, end)
        case OneStepBasis():
            return _one_step(basis, workload, assumptions, share, end)
        case DeviceBasis() | None:
            return None


def _hosted(basis: HostedBasis, workload: Workload, end: End) -> _LegTime | None:
    speed = basis.speed_at(EFFORTS[0] if workload.reasoning_tokens else workload.effort)
    if speed is None or basis.network is None:
        return None
    pace, network = speed.at(end), basis.network.at(workload.distance, end)
    floor = network.p50_ms + pace.first_token.p50_ms
    if workload.answer_tokens is None:
        return _LegTime(floor, None)
    # NOTE: what a model thinks before the first token that people see is in that token; tokens that are declared come
    # on top of the least that it can think.
    further = max(workload.answer_tokens - 1.0, 0.0) * pace.per_token_ms
    thinking = _thought(workload) * pace.per_token_ms
    return _in_parts(
        floor, workload, network, pace.first_token, Duration(further, further), thinking=Duration(thinking, thinking)
    )


def _own(basis: OwnBasis, workload: Workload, assumptions: CostAssumptions, share: float | None,
         end: End) -> _LegTime | None:  # fmt: skip
    network = basis.network.at(workload.distance, end)
    # NOTE: machines are bought by the estimate; at an end they are as many, and only faster or slower.
    machine = replace(basis.machine, capacity_factor=basis.machine.capacity_factor * _capacity(assumptions, end))
    at_batch = partial(roofline.latency, basis.shape, basis.precision, machine, basis.accelerators)
    # NOTE: the floor is that of a prompt of one token, so that learning the real length never raises it.
    floor_s = at_batch(Load(1.0, 1.0), 1.0).first_token_s
    floor = network.p50_ms + floor_s * _MS_PER_S
    serving = serving_of(basis, workload, assumptions)
    if not isinstance(serving, Serving) or workload.prompt_tokens is None or workload.answer_tokens is None:
        return _LegTime(floor, None)
    if _load_unknown(workload, share) or workload.latency_budget_ms is None:
        return _LegTime(floor, None)
    at_peak = _utilisation(serving.requests_per_s, workload, assumptions, share)
    load = Load(workload.prompt_tokens, max(workload.answer_tokens, 1.0))
    average = at_batch(load, max(serving.batch * at_peak / workload.peak_to_mean, 1.0))
    peak = at_batch(load, max(serving.batch * at_peak, 1.0))
    first = Duration(average.first_token_s * _MS_PER_S, peak.first_token_s * _MS_PER_S)
    further_ms = max(workload.answer_tokens - 1.0, 0.0) * _MS_PER_S
    rest = Duration(further_ms * average.per_output_token_s, further_ms * peak.per_output_token_s)
    thinking_ms = _thought(workload) * _MS_PER_S
    thinking = Duration(thinking_ms * average.per_output_token_s, thinking_ms * peak.per_output_token_s)
    return _in_parts(floor, workload, network, first, rest, thinking=thinking)


def _one_step(basis: OneStepBasis, workload: Workload, assumptions: CostAssumptions, share: float | None,
              end: End) -> _LegTime:  # fmt: skip
    network = basis.network.at(workload.distance, end)
    speed = _capacity(assumptions, end)
    pass_ms = basis.pass_ms / speed
    floor = network.p50_ms + pass_ms
    if _load_unknown(workload, share):
        return _LegTime(floor, None)
    busy = min(_utilisation(basis.requests_per_s * speed, workload, assumptions, share), _MOST_BUSY)
    queued = waiting_for_server(pass_ms, busy)
    return _in_parts(floor, workload, network, Duration(pass_ms, queued.p95_ms))


def _thought(workload: Workload) -> float:
    """Return the tokens that are written before anything is shown, besides the first that is."""
    return min(workload.reasoning_tokens, max((workload.answer_tokens or 0.0) - 1.0, 0.0))


def _capacity(assumptions: CostAssumptions, end: End) -> float:
    """Return what machines of one's own reach at an end, relative to the estimate."""
    if end == "usual":
        return 1.0
    return exp((Z90 if end == "fast" else -Z90) * assumptions.capacity_spread)


def _load_unknown(workload: Workload, share: float | None) -> bool:
    """Return whether nobody knows how busy machines are, and so how long their queue is."""
    return workload.requests_per_day is None or share is None


def _utilisation(requests_per_s: float, workload: Workload, assumptions: CostAssumptions, share: float | None) -> float:
    """Return how busy a replica is at the peak: as planned at most, and less where one replica is more than enough."""
    target = assumptions.redundancy.target_utilisation
    per_day = (workload.requests_per_day or 0.0) * workload.chained_calls * (share or 0.0)
    traffic = 1.0 + assumptions.retry_share + assumptions.evaluation_traffic_share
    peak = per_day / SECONDS_PER_DAY * workload.peak_to_mean * traffic
    replicas = max(ceil(peak / (target * requests_per_s)), 1)
    return min(peak / (replicas * requests_per_s), target)
