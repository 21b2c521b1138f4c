"""How fast an open model answers on accelerators: the calibrated roofline of a decoder.

A step of decoding reads the weights once and the cache of every sequence, or computes, whichever takes longer; a prompt
computes. A machine is memory, bandwidth, operations a second and a link, of which an engine reaches the shares in
`Calibration`. `benchmarks/check_capacity.py` compares it with published figures.

Sources of the formulas: chapters 7 and 8 of https://github.com/jax-ml/scaling-book commit 04d8de5, read 2026-11-21 (weights,
cache, time of a step, operations of the forward pass), and Pope et al. 2022, https://arxiv.org/abs/2211.05102, cited there.
Sizes of model and machine are plain numbers; tokens, batch and `capacity_factor` may be arrays of draws.
"""

from __future__ import annotations

from typing import Literal

from aipolicy.economics.arithmetic import SCALARS, Arithmetic
from aipolicy.economics.machine import Calibration, Machine, ModelShape, Precision
from aipolicy.value import Frozen

BATCH_CAP = 512.0
"""Sequences that an engine serves at once. Defaults differ: 256 in vLLM 0.10 (ROCm/vllm docs/dev-docker/README.md @040de12),
512 to 1,024 as balanced (https://docs.vultr.com/inference-cookbook/cuda/optimization/concurrency-tuning), 4,096 in runs of
TensorRT-LLM (docs/source/performance/perf-overview.md @258c754); read 2026-11-21."""

ACTIVATION_BYTES = 2.0
"""Bytes of an element that accelerators exchange; activations stay in 16 bits when weights and cache are in 8."""


class Load(Frozen):
    """Tokens of a mean request."""

    input_tokens: float
    output_tokens: float


class Serving(Frozen):
    """What one replica serves at its largest batch."""

    batch: float
    requests_per_s: float


class DoesNotFit(Frozen):
    """What of a replica is too little: its memory for the weights or a cache beside them, or the time of a step."""

    reason: Literal["weights", "cache", "step"]


class Latency(Frozen):
    """What one user sees, without network and queue."""

    first_token_s: float
    per_output_token_s: float


class _Pace(Frozen):
    """What a replica takes for the parts of its work, in seconds."""

    fixed_s: float
    """Once a step."""
    weights_s: float
    """Reading all weights."""
    inactive_share: float
    """Share of the weights that one token does not read."""
    distinct_choice: float
    """How many tokens choose their experts for themselves."""
    token_s: float
    """The operations for one token, without attention."""
    exchange_s: float
    """Exchanging the activations of one token between accelerators."""
    cache_token_s: float
    """Reading the cache of one token of context."""
    attention_s: float
    """The operations of attention between two tokens of a prompt."""
    sequence_s: float
    """Handling one sequence."""

    def read_s(self, tokens: float) -> float:
        """Return the seconds for reading the weights that so many tokens need."""
        if not self.inactive_share:
            return self.weights_s
        read_share: float = 1.0 - self.inactive_share ** (1.0 + (tokens - 1.0) * self.distinct_choice)
        return self.weights_s * read_share

    def step_s(self, batch: float, context_tokens: float, arithmetic: Arithmetic) -> float:
        """Return the seconds of one decoding step of a batch.

        A mixture of experts reads the share 1 - (1 - active / total) ** n of its weights, where n is 1 and a part of the
        other tokens: these choose their experts independently and evenly, the rest choose what is read already. Engines may
        spread experts instead of tensors, so that figures for mixtures are less certain than for dense models, whose share
        is 1.
        """
        busy_s = arithmetic.maximum(batch * self.token_s, self.read_s(batch))
        return batch * self._sequence_s(context_tokens) + busy_s + self.fixed_s

    def prefill_s(self, input_tokens: float) -> float:
        """Return what one prompt takes of a replica's time while others decode beside it.

        Two operations an active parameter and token, and causal attention: four operations for each pair of tokens, layer
        and dimension, half of the pairs. Reading the weights is shared with the decoding step that goes on.
        """
        return input_tokens * (self.token_s + self.exchange_s + self.attention_s * input_tokens)

    def largest_batch(self, limit_s: float, context_tokens: float, arithmetic: Arithmetic) -> float:
        """Return the largest batch within a limit; all experts are taken as read unless one sequence alone fits."""
        left_s = limit_s - self.fixed_s
        sequence_s = self._sequence_s(context_tokens)
        reading = (left_s - self.weights_s) / sequence_s
        computing = left_s / (sequence_s + self.token_s)
        alone = arithmetic.where(self.step_s(1.0, context_tokens, arithmetic) <= limit_s, 1.0, 0.0)
        return arithmetic.maximum(arithmetic.floor(arithmetic.minimum(reading, computing)), alone)

    def _sequence_s(self, context_tokens: float) -> float:
        return self.cache_token_s * context_tokens + self.exchange_s + self.sequence_s


def cache_bytes_per_token(shape: ModelShape, precision: Precision) -> float:
    """Return the bytes of key-value cache that one token of context takes."""
    return 2.0 * shape.layers * shape.kv_heads * shape.head_dim * precision.cache_bytes


def serve(shape: ModelShape, precision: Precision, machine: Machine, accelerators: int, load: Load, *,
          step_limit_s: float | None = None, batch_cap: float = BATCH_CAP,
          arithmetic: Arithmetic = SCALARS) -> Serving | DoesNotFit:  # fmt: skip
    """Return what a replica of so many accelerators serves at the largest batch it can hold, or why it cannot.

    Every request takes its prompt's time and its share of as many steps as it has output tokens.

    An array of draws has no single answer to whether it fits: decide that with the likely load first. Draws in which no
    sequence would fit are computed with one.
    """
    free_gb = _free_gb(shape, precision, machine, accelerators)
    if free_gb <= 0.0:
        return DoesNotFit("weights")
    context_tokens = _mean_context(load)
    context_gb = cache_bytes_per_token(shape, precision) * context_tokens / 1e9
    pace = _pace(shape, precision, machine, accelerators)
    batch = arithmetic.floor(arithmetic.minimum(free_gb / context_gb, batch_cap))
    if step_limit_s is not None:
        batch = arithmetic.minimum(batch, pace.largest_batch(step_limit_s, context_tokens, arithmetic))
    if arithmetic is not SCALARS:
        batch = arithmetic.maximum(batch, 1.0)
    elif batch < 1.0:
        if context_gb > free_gb or step_limit_s is None:
            return DoesNotFit("cache")
        return DoesNotFit("step")
    step_s = pace.step_s(batch, context_tokens, arithmetic)
    return Serving(batch, batch / (batch * pace.prefill_s(load.input_tokens) + load.output_tokens * step_s))


def latency(shape: ModelShape, precision: Precision, machine: Machine, accelerators: int, load: Load,
            batch: float = 1.0, *, arithmetic: Arithmetic = SCALARS) -> Latency:  # fmt: skip
    """Return first token and time per output token when a batch of requests is being served; 1 is the floor.

    The prompt reads the weights at least once and launches every layer. Among others it first waits for steps and for the
    prompts of some of them, and every later token waits for its share of all the others' prompts.
    """
    calibration = machine.calibration
    pace = _pace(shape, precision, machine, accelerators)
    step_s = pace.step_s(batch, _mean_context(load), arithmetic)
    prefill_s = pace.prefill_s(load.input_tokens)
    others = batch - 1.0
    prompt_s = arithmetic.maximum(prefill_s, pace.read_s(load.input_tokens)) + pace.fixed_s
    handling_s = calibration.seconds_per_request + calibration.seconds_per_b_params * shape.params_b
    steps = calibration.steps_before_first * arithmetic.minimum(others, 1.0)
    return Latency(
        handling_s / machine.capacity_factor
        + prompt_s
        + steps * step_s
        + calibration.prompts_ahead * others * prefill_s,
        step_s + others * prefill_s / arithmetic.maximum(load.output_tokens, 1.0),
    )


def _pace(shape: ModelShape, precision: Precision, machine: Machine, accelerators: int) -> _Pace:
    """Return the pace of a replica.

    Accelerators of a replica sum up two partial results a layer in a ring, in which each sends 2 (n - 1) / n of them.
    """
    calibration = machine.calibration
    speed = machine.capacity_factor
    bandwidth_efficiency, operations_efficiency, layer_s = _reached(shape, calibration)
    kernels = accelerators * machine.vendor_factor * speed
    byte_s = 1e-9 / (machine.bandwidth_gb_per_s * bandwidth_efficiency * kernels)
    operation_s = 1e-12 / (machine.tflops * operations_efficiency * machine.operations_factor * kernels)
    width = shape.heads * shape.head_dim
    fixed_s = layer_s * shape.layers
    exchange_s = 0.0
    if accelerators > 1:
        fixed_s += 2.0 * shape.layers * calibration.seconds_per_message
        handed_on = shape.hidden or width
        sent_bytes = 2.0 * shape.layers * handed_on * ACTIVATION_BYTES * 2.0 * (accelerators - 1) / accelerators
        exchange_s = sent_bytes * 1e-9 / (machine.link_gb_per_s * calibration.link_efficiency * speed)
    return _Pace(
        fixed_s / speed,
        1e9 * shape.params_b * precision.weight_bytes * byte_s,
        1.0 - shape.active_params_b / shape.params_b,
        calibration.distinct_choice,
        2e9 * shape.active_params_b * operation_s,
        exchange_s,
        cache_bytes_per_token(shape, precision) * byte_s,
        2.0 * shape.layers * width * operation_s,
        (calibration.seconds_per_sequence + calibration.seconds_per_stream) / speed,
    )


def _reached(shape: ModelShape, calibration: Calibration) -> tuple[float, float, float]:
    """Return the shares of bandwidth and of operations that a model reaches, and the seconds that a layer adds to a step."""
    if not shape.is_mixture:
        bandwidth, operations = calibration.bandwidth_efficiency, calibration.operations_efficiency
        layer_s = calibration.seconds_per_layer
    else:
        bandwidth, operations = calibration.mixture_bandwidth_efficiency, calibration.mixture_operations_efficiency
        layer_s = calibration.mixture_seconds_per_layer
    if shape.has_latent_attention:
        operations *= calibration.latent_operations_efficiency
        layer_s += calibration.latent_seconds_per_layer
    return bandwidth, operations, layer_s


def _free_gb(shape: ModelShape, precision: Precision, machine: Machine, accelerators: int) -> float:
    calibration = machine.calibration
    usable_gb = machine.memory_gb * calibration.usable_memory - calibration.reserved_gb
    return usable_gb * accelerators - shape.params_b * precision.weight_bytes


def _mean_context(load: Load) -> float:
    return load.input_tokens + load.output_tokens / 2.0
