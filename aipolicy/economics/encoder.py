"""How fast an encoder answers: a classifier, an embedding model or a reranker, in one pass and without a cache.

Source of the formula: two operations a parameter and token, as for a prompt of a decoder (see `roofline`), and attention of
every token to every other: four operations for each pair, layer and dimension.
"""

from __future__ import annotations

from aipolicy.economics.arithmetic import SCALARS, Arithmetic
from aipolicy.economics.machine import Machine, ModelShape, Precision
from aipolicy.value import Frozen


class Encoding(Frozen):
    """What one accelerator encodes."""

    requests_per_s: float
    """With many requests at once."""
    request_s: float
    """One request alone; the floor of its latency."""


def encode(shape: ModelShape, precision: Precision, machine: Machine, tokens: float, *,
           arithmetic: Arithmetic = SCALARS) -> Encoding | None:  # fmt: skip
    """Return what one accelerator encodes in requests of a mean length, None when the weights do not fit.

    `shape.params_b` counts the parameters that compute, which leaves out the table of embeddings. Requests are taken as
    packed, without padding; with padding `tokens` is the padded length.
    """
    calibration = machine.calibration
    weights_gb = shape.params_b * precision.weight_bytes
    if weights_gb > machine.memory_gb * calibration.usable_memory - calibration.reserved_gb:
        return None
    kernels = machine.vendor_factor * machine.capacity_factor
    width = shape.heads * shape.head_dim
    operations = tokens * (2e9 * shape.params_b + 4.0 * shape.layers * width * tokens)
    computing_s = operations / (1e12 * machine.tflops * calibration.encoder_efficiency * kernels)
    reading_s = weights_gb / (machine.bandwidth_gb_per_s * calibration.bandwidth_efficiency * kernels)
    handling_s = calibration.seconds_per_layer * shape.layers + calibration.seconds_per_request
    alone_s = arithmetic.maximum(computing_s, reading_s) + handling_s / machine.capacity_factor
    return Encoding(1.0 / computing_s, alone_s)
