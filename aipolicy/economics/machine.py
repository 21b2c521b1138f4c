"""What the roofline takes of a model and of a machine, and how engines fall short of the machine's figures."""

from __future__ import annotations

from aipolicy.value import Frozen


class Calibration(Frozen):
    """What an engine reaches of a machine's figures, and what it adds.

    Where no other source stands beside it, a figure was fitted to TensorRT-LLM 0.17 and 0.14 and to vLLM 0.10 on MI300X,
    and rounded; every other source in benchmarks/throughput_points.yaml was held out.
    """

    bandwidth_efficiency: float = 0.77
    operations_efficiency: float = 0.60
    seconds_per_layer: float = 50e-6
    """Launches and synchronisation, once a step and layer."""
    seconds_per_sequence: float = 7e-6
    """Scheduling, sampling and detokenising, once a step and sequence."""
    seconds_per_request: float = 5e-3
    """Receiving and tokenising a request; part of the first token only."""
    link_efficiency: float = 0.45
    seconds_per_message: float = 8e-6
    """`intra_node_min_message_latency` of the package llm-analysis 0.2.2; two messages a layer."""
    usable_memory: float = 0.95
    """Engines take 0.9 to 0.95; what is sold as 80 GB is 80 GiB, 7 % more (MLPerf and nvidia-smi figures)."""
    reserved_gb: float = 1.0
    """Activations and graphs of one accelerator; with the line above it fits a 70B model in FP8 on one H100 and in BF16 on
    two A100, as published for TensorRT-LLM 0.17."""


CALIBRATED = Calibration()


class ModelShape(Frozen):
    """What of a transformer decides its speed; a dense model has as many active as total parameters.

    A mixture of experts keeps all its weights in memory, computes with the active ones, and reads between the two.
    """

    params_b: float
    active_params_b: float
    layers: float
    heads: float
    kv_heads: float
    head_dim: float


class Precision(Frozen):
    """Bytes of a weight and of an element of the key-value cache."""

    weight_bytes: float
    cache_bytes: float


FP8 = Precision(1.0, 1.0)
BF16 = Precision(2.0, 2.0)


class Machine(Frozen):
    """One accelerator by its data sheet; operations are dense ones at the precision that is computed in."""

    memory_gb: float
    bandwidth_gb_per_s: float
    tflops: float
    vendor_factor: float = 1.0
    """Share of what the calibration says that kernels for this accelerator reach of bandwidth and operations."""
    link_gb_per_s: float = 32.0
    """To the other accelerators of a server, one way; 32 is PCIe 4.0 x16, what there is without a link of its own."""
    capacity_factor: float = 1.0
    """Speed of the whole relative to the formula, 1 for the estimate and a draw of its uncertainty otherwise."""
    calibration: Calibration = CALIBRATED
