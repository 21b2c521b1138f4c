"""The worked example of a published book, which takes machines as perfect: the pure roofline has to give its figures.

Source: https://github.com/jax-ml/scaling-book inference.md commit 04d8de5, "Modeling throughput and latency for LLaMA
2-13B" and the quiz before it, read 2026-11-21. The book rounds bandwidth to 0.82 TB/s and the cache of a sequence to 6.7 GB.
"""

from __future__ import annotations

import pytest

from aipolicy.economics.machine import BF16, FP8, Calibration, Machine, ModelShape, Precision
from aipolicy.economics.roofline import Load, cache_bytes_per_token, latency, serve

PURE_ROOFLINE = Calibration(
    bandwidth_efficiency=1.0, operations_efficiency=1.0, seconds_per_layer=0.0, seconds_per_sequence=0.0,
    seconds_per_stream=0.0, seconds_per_request=0.0, seconds_per_b_params=0.0, steps_before_first=0.0, prompts_ahead=0.0,
    link_efficiency=float("inf"), seconds_per_message=0.0, usable_memory=1.0, reserved_gb=0.0,
)  # fmt: skip
"""Nothing lost and nothing added: the bound that no engine beats."""

TPU_V5E = Machine(16, 820, 197, calibration=PURE_ROOFLINE)
CHIPS = 8
CONTEXT = Load(8192, 0)
LLAMA_2_13B = ModelShape(13, 13, 40, 40, 40, 128)
WITH_FEWER_CACHE_HEADS = ModelShape(13, 13, 40, 40, 8, 128)
QUIZ = ModelShape(30, 30, 50, 1, 1, 1000)
"""A model with a cache of 100 kB a token at one byte an element."""
QUIZ_TPU = Machine(16, 810, 197, calibration=PURE_ROOFLINE)


def step_s(
    shape: ModelShape, precision: Precision, machine: Machine, chips: int, context_tokens: float, batch: int
) -> float:
    """Return the seconds of a step: what a user waits for a token while no prompt is computed."""
    written = Load(0.0, 2.0 * context_tokens)  # half of it in the mean
    return latency(shape, precision, machine, chips, written, batch).per_output_token_s


@pytest.mark.parametrize(
    ("shape", "batch", "published_ms", "published_tokens_per_s"),
    [
        (LLAMA_2_13B, 1, 4.98, 200.61),
        (LLAMA_2_13B, 8, 12.13, 659.30),
        (LLAMA_2_13B, 16, 20.30, 787.99),
        (LLAMA_2_13B, 32, 36.65, 873.21),
        (LLAMA_2_13B, 64, 69.33, 923.13),
        (LLAMA_2_13B, 240, 249.09, 963.53),
        (WITH_FEWER_CACHE_HEADS, 1, 4.17, 239.94),
        (WITH_FEWER_CACHE_HEADS, 16, 7.23, 2212.48),
        (WITH_FEWER_CACHE_HEADS, 240, 52.99, 4529.34),
    ],
)
def test_steps_of_the_pure_roofline_are_those_of_the_book(shape, batch, published_ms, published_tokens_per_s):
    seconds = step_s(shape, BF16, TPU_V5E, CHIPS, 8192, batch)
    assert seconds * 1000 == pytest.approx(published_ms, rel=0.003)
    assert batch / seconds == pytest.approx(published_tokens_per_s, rel=0.003)


@pytest.mark.parametrize(("batch", "published_ms"), [(4, 2.5), (256, 21)])
def test_quiz_on_small_and_large_batches_has_the_answer_of_the_book(batch, published_ms):
    assert step_s(QUIZ, FP8, QUIZ_TPU, 16, 8192, batch) * 1000 == pytest.approx(published_ms, rel=0.03)


def test_the_cache_is_that_of_the_book():
    assert 8192 * cache_bytes_per_token(LLAMA_2_13B, BF16) / 1e9 == pytest.approx(6.7, rel=0.003)


def test_batch_at_which_computing_takes_as_long_as_reading_is_240():
    reading = step_s(LLAMA_2_13B, BF16, TPU_V5E, CHIPS, 0, 240)
    assert step_s(LLAMA_2_13B, BF16, TPU_V5E, CHIPS, 0, 1) == reading
    assert step_s(LLAMA_2_13B, BF16, TPU_V5E, CHIPS, 0, 241) > reading


def test_memory_ends_beyond_a_batch_of_fifteen():
    # The book counts 128 GB as 128 GiB and so reaches 16.
    assert serve(LLAMA_2_13B, BF16, TPU_V5E, CHIPS, CONTEXT).batch == 15
