"""What a replica of an own model serves within the latency budget: computed, or as a team measured it."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from aipolicy.economics.arithmetic import SCALARS, Arithmetic
from aipolicy.economics.roofline import DoesNotFit, Load, Serving, serve
from aipolicy.options.cost_assumptions import CostAssumptions
from aipolicy.options.cost_inputs import OwnInputs
from aipolicy.options.workload import Workload
from aipolicy.value import replace

if TYPE_CHECKING:
    from aipolicy.catalog.measured import Measured


def serving_of(inputs: OwnInputs, workload: Workload, assumptions: CostAssumptions, *, judged: bool = False,
               likely: Workload | None = None, arithmetic: Arithmetic = SCALARS) -> Serving | DoesNotFit | None:  # fmt: skip
    """Return what one replica serves within the latency budget, why it does not fit, or None for unknown lengths.

    Where no batch keeps the budget, capacity is that of the largest batch; the latency rules speak of the rest. With
    arrays of draws the `likely` workload decides which of the two it is.
    """
    load = _load(workload, assumptions, judged=judged, arithmetic=arithmetic)
    if load is None:
        return None
    if inputs.measured is not None:
        return _as_measured(inputs.measured, load)
    machine = inputs.machine
    factor = assumptions.mixture_capacity_factor if inputs.shape.is_mixture else assumptions.capacity_factor
    if not is_one(factor):
        machine = replace(machine, vendor_factor=machine.vendor_factor * factor)
    limit_s = _step_limit_s(inputs, workload, load)
    if limit_s is not None and likely is not None and not _keeps_budget(inputs, likely, assumptions, judged=judged):
        limit_s = None
    served = serve(
        inputs.shape, inputs.precision, machine, inputs.accelerators, load, step_limit_s=limit_s, arithmetic=arithmetic
    )
    if isinstance(served, DoesNotFit) and served.reason == "step":
        return serve(inputs.shape, inputs.precision, machine, inputs.accelerators, load, arithmetic=arithmetic)
    return served


def _as_measured(measured: Measured, load: Load) -> Serving:
    """Return what a replica serves as it was measured, whatever is computed: no factor of an estimate is on it."""
    rate = measured.requests_per_s
    if rate is None:
        rate = (measured.tokens_per_s or 0.0) / load.output_tokens
    return Serving(measured.at_concurrency, rate)


def _load(workload: Workload, assumptions: CostAssumptions, *, judged: bool, arithmetic: Arithmetic) -> Load | None:
    inputs, outputs = workload.prompt_tokens, workload.answer_tokens
    if inputs is None or outputs is None:
        return None
    if judged:
        inputs, outputs = inputs + assumptions.judge_input_tokens, outputs + assumptions.judge_output_tokens
    return Load(arithmetic.maximum(inputs, 1.0), arithmetic.maximum(outputs, 1.0))


def _keeps_budget(inputs: OwnInputs, likely: Workload, assumptions: CostAssumptions, *, judged: bool) -> bool:
    load = _load(likely, assumptions, judged=judged, arithmetic=SCALARS)
    limit_s = None if load is None else _step_limit_s(inputs, likely, load)
    if load is None or limit_s is None:
        return False
    served = serve(inputs.shape, inputs.precision, inputs.machine, inputs.accelerators, load, step_limit_s=limit_s)
    return isinstance(served, Serving)


def is_one(factor: float) -> bool:
    """Return whether a factor changes nothing; an array of draws always may."""
    return type(factor) is float and factor == 1.0


def _step_limit_s(inputs: OwnInputs, workload: Workload, load: Load) -> float | None:
    """Return the time for one output token that the latency budget leaves, in seconds; None where there is no limit."""
    if workload.latency_budget_ms is None or workload.latency_budget_ms == inf:
        return None
    left_ms = workload.latency_budget_ms / workload.chained_calls - inputs.network.at(workload.distance).p95_ms
    return left_ms / 1000.0 / load.output_tokens if left_ms > 0.0 else None
