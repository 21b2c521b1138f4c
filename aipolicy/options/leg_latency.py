"""How long an interaction with an option takes: network, queue, first token, further tokens, one call after another."""

from __future__ import annotations

from functools import partial
from math import ceil, exp
from typing import TYPE_CHECKING

from aipolicy.catalog.axes import EFFORTS
from aipolicy.economics import roofline
from aipolicy.economics.fleet import SECONDS_PER_DAY
from aipolicy.economics.latency import (
    NO_TIME,
    Z90,
    Duration,
    Moments,
    both,
    moments_of,
    p50_ms,
    p95_ms,
    p99_ms,
    waiting_for_server,
)
from aipolicy.economics.roofline import Load, Serving
from aipolicy.options.cost_assumptions import CostAssumptions
from aipolicy.options.cost_inputs import (
    DeviceInputs,
    End,
    HostedInputs,
    LegInputs,
    OneStepInputs,
    OwnInputs,
    Pace,
    Speeds,
)
from aipolicy.options.leg_time import LegTime, in_parts, measured_api, measured_own, thought
from aipolicy.options.memo import Memo
from aipolicy.options.one_step import capacity_of, pass_ms
from aipolicy.options.one_step import requests_per_s as capacity_for
from aipolicy.options.serving import serving_of
from aipolicy.options.workload import Workload
from aipolicy.value import Frozen, replace

if TYPE_CHECKING:
    pass

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
    far: Moments | None = NO_TIME
    """What the slow requests of a cascade visit besides, an upper bound."""
    far_first: Moments | None = None
    """That leg up to what is shown first; in a cascade nothing is shown before."""

    @property
    def p50_ms(self) -> float | None:
        """Return what half of the interactions take at most; the leg that answers first decides it alone."""
        return None if self.near is None else p50_ms(self.near)

    @property
    def p95_ms(self) -> float | None:
        """Return what 95 % of interactions take at most."""
        whole = self.whole
        return None if whole is None else p95_ms(whole)

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
        return None if first is None else p95_ms(first)

    @property
    def whole(self) -> Moments | None:
        """Return the moments of the whole interaction."""
        if self.near is None or self.far is None:
            return None
        return self.near if self.far is NO_TIME else both(self.near, self.far)

    @property
    def first_token(self) -> Moments | None:
        """Return the moments of the interaction up to what is shown first."""
        if self.far is NO_TIME:
            return self.near_first
        return None if self.near is None or self.far_first is None else both(self.near, self.far_first)


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
        return LatencyEstimate(
            alone.floor_ms, alone.near, None, None if far is None else far.whole, None if far is None else far.first
        )


def _alone(near: Memo[LegInputs | None, LegTime | None], workload: Workload, retrieval_ms: float,
           leg: LegInputs | None) -> LatencyEstimate:  # fmt: skip
    """Return the latency of an option without a far side."""
    main = near.of(leg)
    if main is None:
        return UNKNOWN_LATENCY
    floor = workload.chained_calls * main.floor_ms + retrieval_ms
    if main.whole is None:
        return LatencyEstimate(floor)
    if not retrieval_ms:
        return LatencyEstimate(floor, main.whole, main.first)
    retrieval = moments_of(Duration(retrieval_ms, retrieval_ms), 1.0)
    return LatencyEstimate(
        floor, both(main.whole, retrieval), None if main.first is None else both(main.first, retrieval)
    )


def _leg(
    workload: Workload, assumptions: CostAssumptions, share: float | None, end: End, inputs: LegInputs | None
) -> LegTime | None:
    match inputs:
        case HostedInputs():
            return _hosted(inputs, workload, end)
        case OwnInputs():
            return _own(inputs, workload, assumptions, share, end)
        case OneStepInputs():
            return _one_step(inputs, workload, assumptions, share, end)
        case DeviceInputs() | None:
            return None


def _hosted(inputs: HostedInputs, workload: Workload, end: End) -> LegTime | None:
    """Return the times of a hosted model, as published or as a team measured them."""
    published = _published(inputs, workload, end)
    if inputs.measured is None or inputs.measured.p50_ms is None:
        return published
    return measured_api(inputs.measured, inputs.measured.p50_ms, workload, published)


def _published(inputs: HostedInputs, workload: Workload, end: End) -> LegTime | None:
    speed = inputs.speed_at(EFFORTS[0] if workload.reasoning_tokens else workload.effort)
    if speed is None or inputs.network is None:
        return None
    pace, network = speed.at(end), inputs.network.at(workload.distance, end)
    floor = network.p50_ms + pace.first_token.p50_ms
    audio_ms = _audio_ms(pace, workload)
    if audio_ms is None or (inputs.writes and workload.answer_tokens is None):
        return LegTime(floor, None)
    # NOTE: what a model thinks before the first token that people see is in that token; tokens that are declared come
    # on top of the least that it can think.
    further = max((workload.answer_tokens or 0.0) - 1.0, 0.0) * pace.per_token_ms if inputs.writes else 0.0
    thinking = thought(workload) * pace.per_token_ms
    first = pace.first_token
    if audio_ms:
        first = Duration(first.p50_ms + audio_ms, first.p95_ms + audio_ms)
    return in_parts(floor, workload, network, first, Duration(further, further), thinking=Duration(thinking, thinking))


def _audio_ms(pace: Pace, workload: Workload) -> float | None:
    """Return what a recording takes to be transcribed; None where its length is not known and would decide it."""
    if not pace.per_audio_second_ms:
        return 0.0
    return None if workload.audio_seconds is None else workload.audio_seconds * pace.per_audio_second_ms


def _own(inputs: OwnInputs, workload: Workload, assumptions: CostAssumptions, share: float | None,
         end: End) -> LegTime | None:  # fmt: skip
    network = inputs.network.at(workload.distance, end)
    # NOTE: machines are bought by the estimate; at an end they are as many, and only faster or slower.
    machine = replace(inputs.machine, capacity_factor=inputs.machine.capacity_factor * _capacity(assumptions, end))
    at_batch = partial(roofline.latency, inputs.shape, inputs.precision, machine, inputs.accelerators)
    # NOTE: the floor is that of a prompt of one token, so that learning the real length never raises it.
    floor_s = at_batch(Load(1.0, 1.0), 1.0).first_token_s
    floor = network.p50_ms + floor_s * _MS_PER_S
    if inputs.measured is not None and inputs.measured.first_token_ms is not None:
        floor = min(floor, network.p50_ms + inputs.measured.first_token_ms)
    serving = serving_of(inputs, workload, assumptions)
    if not isinstance(serving, Serving) or workload.prompt_tokens is None or workload.answer_tokens is None:
        return LegTime(floor, None)
    if _load_unknown(workload, share) or workload.latency_budget_ms is None:
        return LegTime(floor, None)
    load = Load(workload.prompt_tokens, max(workload.answer_tokens, 1.0))
    if inputs.measured is not None:
        first_s = at_batch(load, serving.batch).first_token_s
        return measured_own(inputs.measured, serving.requests_per_s, first_s, floor, workload, assumptions, network)
    at_peak = _utilisation(serving.requests_per_s, workload, assumptions, share)
    average = at_batch(load, max(serving.batch * at_peak / _peak(workload), 1.0))
    peak = at_batch(load, max(serving.batch * at_peak, 1.0))
    first = Duration(average.first_token_s * _MS_PER_S, peak.first_token_s * _MS_PER_S)
    further_ms = max(workload.answer_tokens - 1.0, 0.0) * _MS_PER_S
    rest = Duration(further_ms * average.per_output_token_s, further_ms * peak.per_output_token_s)
    thinking_ms = thought(workload) * _MS_PER_S
    thinking = Duration(thinking_ms * average.per_output_token_s, thinking_ms * peak.per_output_token_s)
    return in_parts(floor, workload, network, first, rest, thinking=thinking)


def _one_step(inputs: OneStepInputs, workload: Workload, assumptions: CostAssumptions, share: float | None,
              end: End) -> LegTime:  # fmt: skip
    network = inputs.network.at(workload.distance, end)
    speed = capacity_of(inputs, _capacity(assumptions, end), assumptions)
    floor = network.p50_ms + inputs.pass_ms / speed
    whole_ms, requests_per_s = pass_ms(inputs, workload, speed), capacity_for(inputs, workload)
    if inputs.measured is not None and requests_per_s is not None:
        whole_ms = inputs.measured.at_concurrency / requests_per_s * _MS_PER_S
        floor = min(floor, network.p50_ms + whole_ms)
    if _load_unknown(workload, share) or whole_ms is None or requests_per_s is None:
        return LegTime(floor, None)
    busy = min(_utilisation(requests_per_s * speed, workload, assumptions, share), _MOST_BUSY)
    queued = waiting_for_server(whole_ms, busy)
    return in_parts(floor, workload, network, Duration(whole_ms, queued.p95_ms))


def _capacity(assumptions: CostAssumptions, end: End) -> float:
    """Return what machines of one's own reach at an end, relative to the estimate."""
    if end == "usual":
        return 1.0
    return exp((Z90 if end == "fast" else -Z90) * assumptions.capacity_spread)


def _peak(workload: Workload) -> float:
    return max(workload.peak_to_mean, workload.least_peak)


def _load_unknown(workload: Workload, share: float | None) -> bool:
    """Return whether nobody knows how busy machines are, and so how long their queue is."""
    return workload.requests_per_day is None or share is None


def _utilisation(requests_per_s: float, workload: Workload, assumptions: CostAssumptions, share: float | None) -> float:
    """Return how busy a replica is at the peak: as planned at most, and less where one replica is more than enough."""
    target = assumptions.redundancy.target_utilisation
    per_day = (workload.requests_per_day or 0.0) * workload.chained_calls * (share or 0.0)
    traffic = 1.0 + assumptions.retry_share + assumptions.evaluation_traffic_share
    peak = per_day / SECONDS_PER_DAY * _peak(workload) * traffic
    replicas = max(ceil(peak / (target * requests_per_s)), 1)
    return min(peak / (replicas * requests_per_s), target)
