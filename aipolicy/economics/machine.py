"""What the roofline takes of a model and of a machine, and how engines fall short of the machine's figures."""

from __future__ import annotations

from aipolicy.value import Frozen, replace


class Calibration(Frozen):
    """What an engine reaches of a machine's figures, and what it and its server add.

    Where no other source stands beside it, a figure of dense models was fitted to TensorRT-LLM 0.17 and 0.14 without the 70B
    model; figures of mixtures, of latent attention, of the server and of first tokens were fitted to served models
    (benchmarks/calibration.yaml says to which, and which models were held back). All are rounded.
    """

    bandwidth_efficiency: float = 0.75
    operations_efficiency: float = 0.65
    seconds_per_layer: float = 30e-6
    """Launches and synchronisation, once a step and layer."""
    mixture_bandwidth_efficiency: float = 0.90
    mixture_operations_efficiency: float = 0.60
    mixture_seconds_per_layer: float = 60e-6
    distinct_choice: float = 0.55
    """How many tokens of a batch choose their experts for themselves; the others choose what is read already."""
    latent_operations_efficiency: float = 0.35
    """Share of the operations above that a model with latent attention reaches (DeepSeek, Kimi)."""
    latent_seconds_per_layer: float = 45e-6
    """Further launches of latent attention, once a step and layer."""
    seconds_per_sequence: float = 6e-6
    """Scheduling and sampling, once a step and sequence."""
    seconds_per_stream: float = 14e-6
    """Sending a token to whom it is for, once a step and sequence; an engine alone does not."""
    seconds_per_request: float = 10e-3
    """Receiving and tokenising a request; part of the first token only."""
    seconds_per_b_params: float = 0.25e-3
    """Preparing a prompt, which takes longer the larger the model is; part of the first token only."""
    steps_before_first: float = 4.5
    """Steps of the others that a request waits for until its prompt is begun and its first token sent."""
    prompts_ahead: float = 0.095
    """Share of the others whose prompts are computed first: requests come in groups."""
    link_efficiency: float = 0.45
    seconds_per_message: float = 8e-6
    """`intra_node_min_message_latency` of the package llm-analysis 0.2.2; two messages a layer."""
    usable_memory: float = 0.95
    """Engines take 0.9 to 0.95; what is sold as 80 GB is 80 GiB, 7 % more (MLPerf and nvidia-smi figures)."""
    reserved_gb: float = 1.0
    """Activations and graphs of one accelerator; with the line above it fits a 70B model in FP8 on one H100 and in BF16 on
    two A100, as published for TensorRT-LLM 0.17."""


CALIBRATED = Calibration()
"""A model behind a server, as people use it."""
ENGINE_ALONE = replace(
    CALIBRATED, seconds_per_stream=0.0, seconds_per_request=5e-3, seconds_per_b_params=0.0, steps_before_first=1.0,
    prompts_ahead=0.0,
)  # fmt: skip
"""An engine that is fed and read by a benchmark beside it."""


class ModelShape(Frozen):
    """What of a transformer decides its speed; a dense model has as many active as total parameters.

    A mixture of experts keeps all its weights in memory, computes with the active ones, and reads between the two.
    Latent attention keeps one small vector a token and layer: `kv_heads` then says what of a head that is.
    """

    params_b: float
    active_params_b: float
    layers: float
    heads: float
    kv_heads: float
    head_dim: float
    hidden: float = 0.0
    """Width of what layers hand on; 0 where it is that of all heads together."""

    @property
    def is_mixture(self) -> bool:
        """Return whether a token goes through a part of the weights only."""
        return self.active_params_b < self.params_b

    @property
    def has_latent_attention(self) -> bool:
        """Return whether less than two whole heads are kept of many."""
        return self.kv_heads < 2.0 and self.heads >= 16.0 * self.kv_heads


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
    operations_factor: float = 1.0
    """The same share for operations alone, on top of the factor of the vendor."""
