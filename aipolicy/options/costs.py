"""What an option costs: a curve over volume from its cost inputs, a workload and the constants of the catalog.

Everything here is put together from the formulas in `aipolicy.economics`; a part that is not known makes the whole unknown,
never free. With arrays of draws in the workload or the constants the same functions work on all draws at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipolicy.economics.arithmetic import SCALARS, Arithmetic
from aipolicy.economics.fleet import MachineCost, RentedMachines, Staircase, staircase
from aipolicy.economics.retrieval import embedding_usd
from aipolicy.economics.roofline import Serving
from aipolicy.economics.token_cost import TokenPrice, TokenUse, request_usd, requests_per_month
from aipolicy.options.cost_assumptions import CostAssumptions
from aipolicy.options.cost_inputs import (
    CostInputs,
    DeviceInputs,
    HostedInputs,
    LegInputs,
    OneStepInputs,
    OwnInputs,
    Role,
    legs_of,
)
from aipolicy.options.fixed_costs import fixed_cost
from aipolicy.options.one_step import capacity_of, requests_per_s
from aipolicy.options.serving import is_one, serving_of
from aipolicy.options.upfront_costs import Lines
from aipolicy.options.workload import Workload
from aipolicy.value import Frozen, replace

if TYPE_CHECKING:
    from aipolicy.economics.break_even import CostCurve

_MS_PER_HOUR = 3_600_000.0
_ANY_VOLUME = 1e18
"""Requests a day that no feature reaches: the capacity of machines that only wait."""
_LEAST_SHARE = 1e-9
"""Share of requests below which a leg counts as asked this rarely; its machines stand ready all the same."""


class LegCurve(Frozen):
    """What a leg costs over the requests a day of the whole feature: per request, and machines."""

    usd_per_daily_request: float
    machines: Staircase | None = None

    def monthly_usd(self, requests_per_day: float, arithmetic: Arithmetic = SCALARS) -> float:
        """Return the cost of a month at a volume of the feature."""
        usd = self.usd_per_daily_request * requests_per_day
        return usd if self.machines is None else usd + self.machines.monthly_usd(requests_per_day, arithmetic)


class RunningCost(Frozen):
    """The parts of a running cost: what stays whatever the volume, and the legs."""

    fixed: Lines
    legs: tuple[tuple[str, LegCurve], ...]

    @property
    def curve(self) -> CostCurve:
        """Return the whole as one curve over requests a day."""
        machines = tuple(leg.machines for _, leg in self.legs if leg.machines is not None)
        per_request = sum(leg.usd_per_daily_request for _, leg in self.legs)
        from aipolicy.economics.break_even import CostCurve

        return CostCurve(sum(usd for _, usd in self.fixed), per_request, machines)

    def monthly_usd(self, requests_per_day: float, arithmetic: Arithmetic = SCALARS) -> float:
        """Return the cost of a month at a volume."""
        usd = sum(usd for _, usd in self.fixed)
        for _, leg in self.legs:
            usd = usd + leg.monthly_usd(requests_per_day, arithmetic)
        return usd

    def lines(self, requests_per_day: float) -> Lines:
        """Return the parts of a month's cost at a volume, in USD."""
        return (*((name, leg.monthly_usd(requests_per_day)) for name, leg in self.legs), *self.fixed)


def running_cost(inputs: CostInputs, workload: Workload, assumptions: CostAssumptions, *,
                 likely: Workload | None = None, arithmetic: Arithmetic = SCALARS) -> RunningCost | None:  # fmt: skip
    """Return what an option costs over volume, or None when a part that is charged is not known.

    With draws the `likely` workload decides which latency budget capacity has to keep.
    """
    fixed = fixed_cost(inputs, workload, assumptions)
    legs = [
        (name, role_curve(leg, role, workload, assumptions, likely=likely, arithmetic=arithmetic))
        for name, leg, role in legs_of(inputs)
    ]
    known = tuple((name, leg) for name, leg in legs if leg is not None)
    return None if fixed is None or len(known) < len(legs) else RunningCost(fixed, known)


def leg_curve(inputs: LegInputs | None, workload: Workload, assumptions: CostAssumptions, *, share: float | None = 1.0,
              judged: bool = False, likely: Workload | None = None,
              arithmetic: Arithmetic = SCALARS) -> LegCurve | None:  # fmt: skip
    """Return what a leg that takes a share of the requests costs, or None when it is not known.

    `judged` adds what it takes to tell a hard case from an easy one to every request.
    """
    if share is None or inputs is None:
        return None
    match inputs:
        case DeviceInputs():
            return LegCurve(0.0)
        case HostedInputs():
            usd = hosted_request_usd(inputs, workload, assumptions, judged=judged, arithmetic=arithmetic)
            if usd is None:
                return None
            paid = requests_per_month(
                workload.chained_calls * share,
                days_per_month=assumptions.days_per_month,
                retry_share=assumptions.retry_share,
                evaluation_share=assumptions.evaluation_traffic_share,
            )
            return LegCurve(usd * paid)
        case OwnInputs():
            if workload.latency_budget_ms is None:
                return None  # a tighter budget takes more machines
            serving = serving_of(inputs, workload, assumptions, judged=judged, likely=likely, arithmetic=arithmetic)
            if not isinstance(serving, Serving):
                return None
            return _machines(
                serving.requests_per_s, inputs.accelerators, inputs.cost, workload, assumptions, share, arithmetic
            )
        case OneStepInputs():
            capacity = requests_per_s(inputs, workload, arithmetic)
            if capacity is None:
                return None
            capacity = capacity * capacity_of(inputs, assumptions.capacity_factor, assumptions)
            return _machines(capacity, 1, inputs.cost, workload, assumptions, share, arithmetic)


def hosted_request_usd(inputs: HostedInputs, workload: Workload, assumptions: CostAssumptions, *, judged: bool = False,
                       arithmetic: Arithmetic = SCALARS) -> float | None:  # fmt: skip
    """Return the list price of one call in USD; None when the price or the length of requests is not known."""
    if inputs.price is None or not _is_length_known(inputs.price, workload):
        return None
    input_tokens, cached, outputs = (
        0.0 if length is None else length
        for length in (workload.input_tokens, workload.cached_tokens, workload.output_tokens)
    )
    if inputs.price.knows_batches and workload.latency_budget_ms is None and workload.batchable_share < 1.0:
        return None  # whether requests may wait for a batch decides the price
    use = TokenUse(
        input_tokens=input_tokens + (assumptions.judge_input_tokens if judged else 0.0),
        output_tokens=outputs + (assumptions.judge_output_tokens if judged else 0.0),
        cached_tokens=cached,
        cached_counted=workload.cached_counted,
        cache_written_tokens=workload.cache_written_tokens,
        cache_kept_hour=workload.cache_kept == "hour",
        reasoning_tokens=workload.reasoning_tokens + _published_thinking(inputs, workload),
        documents=0.0 if workload.documents is None else workload.documents,
        audio_seconds=0.0 if workload.audio_seconds is None else workload.audio_seconds,
    )
    waiting = 1.0 if _may_wait(workload, assumptions) else workload.batchable_share
    usd = request_usd(use, inputs.price, batch=waiting == 1.0, arithmetic=arithmetic)
    if 0.0 < waiting < 1.0:
        usd += waiting * (request_usd(use, inputs.price, batch=True, arithmetic=arithmetic) - usd)
    if inputs.price_uncertain:
        return usd * assumptions.open_price_factor
    return usd * assumptions.list_price_factor if inputs.price_stale else usd


def _is_length_known(price: TokenPrice, workload: Workload) -> bool:
    """Return whether everything is known of a request that is charged for."""
    is_charged = (
        (price.charges_tokens, workload.input_tokens),
        (price.charges_tokens, workload.cached_tokens),
        (price.rates.output is not None, workload.output_tokens),
        (price.documents_per_request is not None, workload.documents),
        (price.is_by_recording, workload.audio_seconds),
    )
    # NOTE: a recording that a model takes in is paid for; where a price says nothing of it, nobody knows how much.
    is_heard = workload.audio_seconds is None or price.usd_per_audio_hour is not None
    return is_heard and all(length is not None for charged, length in is_charged if charged)


def _published_thinking(inputs: HostedInputs, workload: Workload) -> float:
    """Return the tokens that a model is published to think for a request; none where the team says how many it thinks."""
    speed = None if workload.reasoning_declared else inputs.speed_at(workload.effort)
    return 0.0 if speed is None else speed.thinking_tokens


def _may_wait(workload: Workload, assumptions: CostAssumptions) -> bool:
    budget = workload.latency_budget_ms
    return budget is not None and budget >= assumptions.batch_latency_hours * _MS_PER_HOUR


def _machines(requests_per_s: float, accelerators: int, cost: MachineCost | None, workload: Workload,
              assumptions: CostAssumptions, share: float, arithmetic: Arithmetic) -> LegCurve | None:  # fmt: skip
    if cost is None:
        return None
    calls = workload.chained_calls * arithmetic.maximum(share, _LEAST_SHARE)
    traffic = 1.0 + assumptions.retry_share + assumptions.evaluation_traffic_share
    peak = arithmetic.maximum(workload.peak_to_mean, workload.least_peak)
    rented = _in_hours(cost, workload, assumptions)
    stairs = staircase(requests_per_s / (calls * traffic), accelerators, rented, assumptions.redundancy, peak)
    if cost.estimated and not is_one(assumptions.accelerator_price_factor):
        stairs = replace(stairs, usd=stairs.usd * assumptions.accelerator_price_factor)
    return LegCurve(0.0, stairs)


def _in_hours(cost: MachineCost, workload: Workload, assumptions: CostAssumptions) -> MachineCost:
    """Return what machines cost that are rented for some hours a day, each time with what it takes until they answer."""
    if not isinstance(cost, RentedMachines) or workload.hours_per_day >= 24.0:
        return cost
    share = min((workload.hours_per_day + assumptions.machine_start_hours) / 24.0, 1.0)
    return replace(cost, hours_per_month=cost.hours_per_month * share)


def role_curve(leg: LegInputs | None, role: Role, workload: Workload, assumptions: CostAssumptions, *,
               likely: Workload | None = None, arithmetic: Arithmetic = SCALARS) -> LegCurve | None:  # fmt: skip
    """Return what a leg costs in its role, or None when it is not known."""
    match role:
        case "model" | "judged":
            judged = role == "judged"
            return leg_curve(leg, workload, assumptions, judged=judged, likely=likely, arithmetic=arithmetic)
        case "hard cases":
            share = workload.hard_case_share
            return leg_curve(leg, workload, assumptions, share=share, likely=likely, arithmetic=arithmetic)
        case "standby":
            return _standby(leg, assumptions)
        case "questions":
            return _questions(workload, assumptions)


def _questions(workload: Workload, assumptions: CostAssumptions) -> LegCurve:
    usd = embedding_usd(assumptions.query_tokens, assumptions.embedding_usd_per_mtok)
    return LegCurve(usd * requests_per_month(workload.chained_calls, days_per_month=assumptions.days_per_month))


def _standby(inputs: LegInputs | None, assumptions: CostAssumptions) -> LegCurve | None:
    """Return what a fallback of one's own costs while it waits: one replica, which others follow when it is needed."""
    if not isinstance(inputs, OwnInputs | OneStepInputs) or inputs.cost is None:
        return LegCurve(0.0) if isinstance(inputs, DeviceInputs) else None
    accelerators = inputs.accelerators if isinstance(inputs, OwnInputs) else 1
    sold_in = int(inputs.cost.sold_in)
    instance = sold_in * -(-max(accelerators, 1) // sold_in)
    usd = inputs.cost.monthly_usd(instance)
    if inputs.cost.estimated:
        usd = usd * assumptions.accelerator_price_factor
    return LegCurve(0.0, Staircase(usd, _ANY_VOLUME, 0.0))
