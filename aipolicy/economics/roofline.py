"""How fast an open model answers on accelerators: the calibrated roofline of a decoder.

A step of decoding reads the weights once and the cache of every sequence, or computes, whichever takes longer; a prompt
computes. A machine is memory, bandwidth and operations a second, of which an engine reaches the shares in `Calibration`.

Sources of the formulas: chapters 7 and 8 of https://github.com/jax-ml/scaling-book commit 04d8de5, read 2026-11-21 (weights,
cache, time of a step, operations of the forward pass), and Pope et al. 2022, https://arxiv.org/abs/2211.05102, cited there.
Sizes of model and machine are plain numbers; tokens, batch and `vendor_factor` may be arrays of draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log2
from typing import Literal

from aipolicy.economics.arithmetic import SCALARS, Arithmetic

TENSOR_PARALLEL = (1, 2, 4, 8)
"""Numbers of accelerators that one replica is spread over: powers of two divide the heads, eight are one server."""

BATCH_CAP = 256.0
"""Sequences that an engine serves at once: `max_num_seqs` of vLLM 0.6, https://github.com/vllm-project/vllm."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What an engine reaches of a machine's figures, and what it adds to each step."""

    bandwidth_efficiency: float = 0.90
    operations_efficiency: float = 0.60
    seconds_per_layer: float = 100e-6
    """Launches, synchronisation and sampling, once a step and layer."""
    seconds_per_sequence: float = 6e-6
    """Scheduling and detokenising, once a step and sequence."""
    parallel_penalty: float = 0.2
    """Efficiencies are divided by 1 + penalty * log2 of the accelerators of a replica."""
    usable_memory: float = 0.9
    """`gpu_memory_utilization` of vLLM and `kv_cache_free_gpu_mem_fraction` of TensorRT-LLM are 0.9 by default."""


CALIBRATED = Calibration()
PURE_ROOFLINE = Calibration(1.0, 1.0, 0.0, 0.0, 0.0, 1.0)
"""Nothing lost and nothing added: the bound that no engine beats."""


@dataclass(frozen=True, slots=True)
class ModelShape:
    """What of a transformer decides its speed; a dense model has as many active as total parameters.

    A mixture of experts keeps all its weights in memory, computes with the active ones, and reads between the two.
    """

    params_b: float
    active_params_b: float
    layers: float
    heads: float
    kv_heads: float
    head_dim: float


@dataclass(frozen=True, slots=True)
class Precision:
    """Bytes of a weight and of an element of the key-value cache."""

    weight_bytes: float
    cache_bytes: float


FP8 = Precision(1.0, 1.0)
BF16 = Precision(2.0, 2.0)


@dataclass(frozen=True, slots=True)
class Machine:
    """One accelerator by its data sheet; operations are dense ones at the precision that is computed in."""

    memory_gb: float
    bandwidth_gb_per_s: float
    tflops: float
    vendor_factor: float = 1.0
    """Speed relative to what the calibration says; times a draw where capacity is uncertain."""
    calibration: Calibration = CALIBRATED


@dataclass(frozen=True, slots=True)
class Load:
    """Tokens of a mean request."""

    input_tokens: float
    output_tokens: float


@dataclass(frozen=True, slots=True)
class Serving:
    """What one replica serves at its largest batch."""

    batch: float
    step_s: float
    """One decoding step of the whole batch, without prompts in between."""
    prefill_s: float
    """What one prompt takes of the replica's time."""
    requests_per_s: float
    output_tokens_per_s: float


@dataclass(frozen=True, slots=True)
class DoesNotFit:
    """Why a replica cannot serve: what was needed and what there is, in GB, or in seconds for the step."""

    reason: Literal["weights", "cache", "step"]
    needed: float
    available: float


@dataclass(frozen=True, slots=True)
class Latency:
    """What one user sees, without network and queue."""

    first_token_s: float
    per_output_token_s: float


@dataclass(frozen=True, slots=True)
class _Step:
    """The parts of a decoding step in seconds, and the rates of a replica."""

    fixed_s: float
    weights_s: float
    inactive_share: float
    """Share of the weights that one token does not read."""
    sequence_s: float
    """Reading the cache of one sequence, and handling it."""
    compute_s: float
    """The operations for one sequence."""

    def seconds(self, batch: float, arithmetic: Arithmetic) -> float:
        busy_s = arithmetic.maximum(batch * self.compute_s, self.read_s(batch))
        return batch * self.sequence_s + busy_s + self.fixed_s

    def read_s(self, tokens: float) -> float:
        """Return the seconds for reading the weights that so many tokens need."""
        return self.weights_s * (1.0 - self.inactive_share**tokens) if self.inactive_share else self.weights_s

    def largest_batch(self, limit_s: float, arithmetic: Arithmetic) -> float:
        """Return the largest batch within a limit; all experts are taken as read unless one sequence alone fits."""
        left_s = limit_s - self.fixed_s
        reading = (left_s - self.weights_s) / self.sequence_s
        computing = left_s / (self.sequence_s + self.compute_s)
        batch = arithmetic.floor(arithmetic.minimum(reading, computing))
        alone = arithmetic.where(self.seconds(1.0, arithmetic) <= limit_s, 1.0, 0.0)
        return arithmetic.maximum(batch, alone)


def weights_gb(shape: ModelShape, precision: Precision) -> float:
    """Return the memory of the weights in GB."""
    return shape.params_b * precision.weight_bytes


def cache_bytes_per_token(shape: ModelShape, precision: Precision) -> float:
    """Return the bytes of key-value cache that one token of context takes."""
    return 2.0 * shape.layers * shape.kv_heads * shape.head_dim * precision.cache_bytes


def step_seconds(shape: ModelShape, precision: Precision, machine: Machine, accelerators: int, load: Load,
                 batch: float, *, arithmetic: Arithmetic = SCALARS) -> float:  # fmt: skip
    """Return the seconds of one decoding step of a batch, with half of the output written.

    A mixture of experts reads the share 1 - (1 - active / total) ** batch of its weights: all tokens choose their
    experts independently and evenly. Real routing is uneven and its small matrix products are slower, so that figures
    for mixtures are less certain than for dense models, where the share is 1.
    """
    return _step(shape, precision, machine, accelerators, load).seconds(batch, arithmetic)


def prefill_seconds(shape: ModelShape, precision: Precision, machine: Machine, accelerators: int,
                    input_tokens: float) -> float:  # fmt: skip
    """Return what one prompt takes of a replica's time while others decode beside it.

    Two operations an active parameter and token, and causal attention: four operations for each pair of tokens, layer
    and dimension, half of the pairs. Reading the weights is shared with the decoding step that goes on.
    """
    operations = input_tokens * (
        2e9 * shape.active_params_b + 2.0 * shape.layers * shape.heads * shape.head_dim * input_tokens
    )
    return operations / _operations_per_s(machine, accelerators)


def largest_batch(shape: ModelShape, precision: Precision, machine: Machine, accelerators: int, load: Load, *,
                  step_limit_s: float | None = None, batch_cap: float = BATCH_CAP,
                  arithmetic: Arithmetic = SCALARS) -> float:  # fmt: skip
    """Return the whole sequences that fit: in the memory beside the weights, in a step's time, in the engine.

    Less than 1 means that no sequence fits.
    """
    sequences = _sequences_in_memory(shape, precision, machine, accelerators, load)
    batch = arithmetic.floor(arithmetic.minimum(sequences, batch_cap))
    if step_limit_s is None:
        return batch
    step = _step(shape, precision, machine, accelerators, load)
    return arithmetic.minimum(batch, step.largest_batch(step_limit_s, arithmetic))


def serve(shape: ModelShape, precision: Precision, machine: Machine, accelerators: int, load: Load, *,
          step_limit_s: float | None = None, batch_cap: float = BATCH_CAP,
          arithmetic: Arithmetic = SCALARS) -> Serving | DoesNotFit:  # fmt: skip
    """Return what a replica of so many accelerators serves at the largest batch it can hold, or why it cannot.

    Every request takes its prompt's time and its share of as many steps as it has output tokens.

    An array of draws has no single answer to whether it fits: decide that with the likely load first. Draws in which no
    sequence would fit are computed with one.
    """
    free_gb = _usable_gb(machine, accelerators) - weights_gb(shape, precision)
    if free_gb <= 0.0:
        return DoesNotFit("weights", weights_gb(shape, precision), _usable_gb(machine, accelerators))
    context_gb = cache_bytes_per_token(shape, precision) * (load.input_tokens + load.output_tokens / 2.0) / 1e9
    step = _step(shape, precision, machine, accelerators, load)
    batch = arithmetic.floor(arithmetic.minimum(free_gb / context_gb, batch_cap))
    if step_limit_s is not None:
        batch = arithmetic.minimum(batch, step.largest_batch(step_limit_s, arithmetic))
    if arithmetic is not SCALARS:
        batch = arithmetic.maximum(batch, 1.0)
    elif batch < 1.0:
        if context_gb > free_gb or step_limit_s is None:
            return DoesNotFit("cache", context_gb, free_gb)
        return DoesNotFit("step", step.seconds(1.0, arithmetic), step_limit_s)
    step_s = step.seconds(batch, arithmetic)
    prefill_s = prefill_seconds(shape, precision, machine, accelerators, load.input_tokens)
    requests_per_s = batch / (batch * prefill_s + load.output_tokens * step_s)
    return Serving(batch, step_s, prefill_s, requests_per_s, requests_per_s * load.output_tokens)


def least_accelerators(shape: ModelShape, precision: Precision, machine: Machine, load: Load, *,
                       useful_batch: float) -> int | None:  # fmt: skip
    """Return the smallest replica that holds the weights and a useful batch of one load, None when eight do not."""
    for accelerators in TENSOR_PARALLEL:
        if largest_batch(shape, precision, machine, accelerators, load) >= useful_batch:
            return accelerators
    return None


def latency(shape: ModelShape, precision: Precision, machine: Machine, accelerators: int, load: Load,
            batch: float = 1.0, *, arithmetic: Arithmetic = SCALARS) -> Latency:  # fmt: skip
    """Return first token and time per output token when a batch of requests is being served; 1 is the floor.

    The prompt reads the weights at least once and launches every layer. Among others it first waits for the step under
    way, and every later token for its share of the others' prompts.
    """
    step = _step(shape, precision, machine, accelerators, load)
    step_s = step.seconds(batch, arithmetic)
    prefill_s = prefill_seconds(shape, precision, machine, accelerators, load.input_tokens)
    others = batch - 1.0
    first_token_s = arithmetic.maximum(prefill_s, step.read_s(load.input_tokens)) + step.fixed_s
    return Latency(
        first_token_s + arithmetic.minimum(others, 1.0) * step_s,
        step_s + others * prefill_s / arithmetic.maximum(load.output_tokens, 1.0),
    )


def _step(shape: ModelShape, precision: Precision, machine: Machine, accelerators: int, load: Load) -> _Step:
    calibration = machine.calibration
    bytes_per_s = 1e9 * machine.bandwidth_gb_per_s * calibration.bandwidth_efficiency
    bytes_per_s = bytes_per_s * machine.vendor_factor * _scaling(calibration, accelerators)
    context_tokens = load.input_tokens + load.output_tokens / 2.0
    return _Step(
        calibration.seconds_per_layer * shape.layers / machine.vendor_factor,
        1e9 * shape.params_b * precision.weight_bytes / bytes_per_s,
        1.0 - shape.active_params_b / shape.params_b,
        cache_bytes_per_token(shape, precision) * context_tokens / bytes_per_s
        + calibration.seconds_per_sequence / machine.vendor_factor,
        2e9 * shape.active_params_b / _operations_per_s(machine, accelerators),
    )


def _operations_per_s(machine: Machine, accelerators: int) -> float:
    calibration = machine.calibration
    operations_per_s = 1e12 * machine.tflops * calibration.operations_efficiency * machine.vendor_factor
    return operations_per_s * _scaling(calibration, accelerators)


def _scaling(calibration: Calibration, accelerators: int) -> float:
    return 1.0 if accelerators == 1 else accelerators / (1.0 + calibration.parallel_penalty * log2(accelerators))


def _usable_gb(machine: Machine, accelerators: int) -> float:
    return machine.memory_gb * accelerators * machine.calibration.usable_memory


def _sequences_in_memory(shape: ModelShape, precision: Precision, machine: Machine, accelerators: int,
                         load: Load) -> float:  # fmt: skip
    free_gb = _usable_gb(machine, accelerators) - weights_gb(shape, precision)
    context_tokens = load.input_tokens + load.output_tokens / 2.0
    return free_gb * 1e9 / (cache_bytes_per_token(shape, precision) * context_tokens)
