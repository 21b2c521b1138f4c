"""How long models take that answer in one pass, and how many requests machines answer, by the length of a request."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

from aipolicy.economics.arithmetic import SCALARS, Arithmetic
from aipolicy.economics.latency import Z90

if TYPE_CHECKING:
    from aipolicy.options.cost_assumptions import CostAssumptions
    from aipolicy.options.cost_inputs import OneStepInputs
    from aipolicy.options.workload import Workload

_MS_PER_S = 1000.0
_LEAST_S = 1e-6
"""What a request takes of a machine at least."""


def length_s(inputs: OneStepInputs, workload: Workload) -> float | None:
    """Return the seconds that the length of a request takes of a machine, None where the length is not known."""
    seconds = 0.0
    for rate, length in (
        (inputs.input_tokens_per_s, workload.prompt_tokens),
        (inputs.audio_per_s, workload.audio_seconds),
    ):
        if rate is None:
            continue
        if length is None:
            return None
        seconds = seconds + length / rate
    return seconds


def pass_ms(inputs: OneStepInputs, workload: Workload, capacity: float = 1.0) -> float | None:
    """Return the time of one pass in ms on a machine of a capacity relative to the estimate, None where it is not known."""
    seconds = length_s(inputs, workload)
    return None if seconds is None else (inputs.pass_ms + seconds * _MS_PER_S) / capacity


def requests_per_s(inputs: OneStepInputs, workload: Workload, arithmetic: Arithmetic = SCALARS) -> float | None:
    """Return what a machine answers a second, None where it hangs on a length that is not known.

    Where the length decides, many requests share a pass, and only the length counts.
    """
    if inputs.measured is not None:
        if inputs.measured.requests_per_s is not None:
            return inputs.measured.requests_per_s
        tokens = workload.prompt_tokens
        return None if tokens is None else (inputs.measured.tokens_per_s or 0.0) / arithmetic.maximum(tokens, 1.0)
    if inputs.input_tokens_per_s is None and inputs.audio_per_s is None:
        return inputs.requests_per_s
    seconds = length_s(inputs, workload)
    return None if seconds is None else 1.0 / arithmetic.maximum(seconds, _LEAST_S)


def capacity_of(inputs: OneStepInputs, factor: float, assumptions: CostAssumptions) -> float:
    """Return how much more or less a machine does, given the factor of machines whose range is that of the catalog.

    A machine with a range of its own is as far from its estimate in its range as the others are in theirs; what a team
    measured is what it is.
    """
    if inputs.measured is not None:
        return 1.0
    usual = Z90 * assumptions.capacity_spread
    return factor ** (log(inputs.spread) / usual) if inputs.spread > 1.0 and usual > 0.0 else factor
