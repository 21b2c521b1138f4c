"""Properties of the capacity of own hosting, over models, machines and loads."""

from __future__ import annotations

import numpy
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aipolicy.economics.machine import BF16, CALIBRATED, FP8, Machine, ModelShape
from aipolicy.economics.roofline import (
    BATCH_CAP,
    DoesNotFit,
    Load,
    Serving,
    cache_bytes_per_token,
    latency,
    serve,
)
from aipolicy.value import replace

LLAMA_8B = ModelShape(8.03, 8.03, 32, 32, 8, 128)
LLAMA_70B = ModelShape(70.6, 70.6, 80, 64, 8, 128)
MIXTRAL = ModelShape(46.7, 12.9, 32, 32, 8, 128)
H100 = Machine(80, 3350, 1979, 1.0, 450)
H200 = Machine(141, 4800, 1979, 1.0, 450)
L40S = Machine(48, 864, 733)
CHAT = Load(1155, 211)
CONTEXT = 1155 + 211 / 2
"""Tokens of a chat in the mean, half of the answer written."""

shapes = st.sampled_from([LLAMA_8B, MIXTRAL])
machines = st.sampled_from([H100, H200])
inputs = st.floats(1, 20_000)
outputs = st.floats(1, 4_000)


def served(*arguments, **options) -> Serving:
    serving = serve(*arguments, **options)
    assert isinstance(serving, Serving)
    return serving


def step_s(shape, precision, machine, accelerators, context_tokens, batch) -> float:
    """Return the seconds of a step: what a user waits for a token while no prompt is computed."""
    written = Load(0.0, 2.0 * context_tokens)  # half of it in the mean
    return latency(shape, precision, machine, accelerators, written, batch).per_output_token_s


def prefill_s(shape, machine, accelerators, input_tokens) -> float:
    """Return what a prompt takes of a replica that does nothing but prompts."""
    return 1.0 / served(shape, FP8, machine, accelerators, Load(input_tokens, 0.0)).requests_per_s


@given(shapes, machines, inputs, outputs, st.integers(1, 500))
def test_throughput_grows_with_the_batch(shape, machine, input_tokens, output_tokens, batch):
    load = Load(input_tokens, output_tokens)
    smaller = served(shape, FP8, machine, 1, load, batch_cap=batch)
    larger = served(shape, FP8, machine, 1, load, batch_cap=batch + 1)
    assert larger.requests_per_s >= smaller.requests_per_s * (1 - 1e-12)


@given(shapes, machines, inputs, outputs, st.floats(0, 4_000))
def test_more_output_never_raises_requests(shape, machine, input_tokens, output_tokens, more):
    shorter = served(shape, FP8, machine, 1, Load(input_tokens, output_tokens))
    longer = served(shape, FP8, machine, 1, Load(input_tokens, output_tokens + more))
    assert longer.requests_per_s <= shorter.requests_per_s * (1 + 1e-12)


@given(shapes, machines, inputs, outputs, st.floats(0, 20_000))
def test_more_input_never_raises_requests(shape, machine, input_tokens, output_tokens, more):
    shorter = served(shape, FP8, machine, 1, Load(input_tokens, output_tokens))
    longer = served(shape, FP8, machine, 1, Load(input_tokens + more, output_tokens))
    assert longer.requests_per_s <= shorter.requests_per_s * (1 + 1e-12)


@given(inputs, outputs, st.floats(1, 20_000))
def test_a_longer_context_leaves_room_for_fewer_sequences(input_tokens, output_tokens, more):
    short = served(LLAMA_8B, FP8, H100, 1, Load(input_tokens, output_tokens))
    assert served(LLAMA_8B, FP8, H100, 1, Load(input_tokens + more, output_tokens)).batch <= short.batch


def test_cache_of_llama_8b_is_128_kib_a_token_in_16_bits():
    assert cache_bytes_per_token(LLAMA_8B, BF16) == 128 * 1024


@given(st.floats(1, 100), inputs, st.floats(1, 1_000))
def test_a_mixture_with_all_experts_active_is_a_dense_model(params_b, context_tokens, batch):
    dense = ModelShape(params_b, params_b, 32, 32, 8, 128)
    nearly = replace(dense, active_params_b=params_b * (1 - 1e-12))
    alike = replace(
        CALIBRATED,
        mixture_bandwidth_efficiency=CALIBRATED.bandwidth_efficiency,
        mixture_operations_efficiency=CALIBRATED.operations_efficiency,
        mixture_seconds_per_layer=CALIBRATED.seconds_per_layer,
    )
    machine = replace(H200, calibration=alike)
    assert step_s(nearly, FP8, machine, 2, context_tokens, batch) == pytest.approx(
        step_s(dense, FP8, machine, 2, context_tokens, batch)
    )


@given(st.integers(1, 500))
def test_a_mixture_reads_more_experts_in_a_larger_batch_and_never_more_than_all(batch):
    dense = replace(MIXTRAL, active_params_b=MIXTRAL.params_b)
    step = step_s(MIXTRAL, FP8, H100, 1, CONTEXT, batch)
    assert step <= step_s(MIXTRAL, FP8, H100, 1, CONTEXT, batch + 1)
    assert step <= step_s(dense, FP8, H100, 1, CONTEXT, batch)


@given(
    shapes, machines, st.sampled_from([1, 2, 4]), st.sampled_from([None, 0.02, 0.05]),
    st.lists(st.tuples(inputs, outputs, st.floats(0.5, 2.0)), min_size=1, max_size=5),
)  # fmt: skip
def test_an_array_of_draws_gives_what_each_draw_gives(shape, machine, accelerators, limit_s, draws):
    columns = [numpy.array(column) for column in zip(*draws, strict=True)]
    together = served(
        shape, FP8, replace(machine, capacity_factor=columns[2]), accelerators, Load(columns[0], columns[1]),
        step_limit_s=limit_s, arithmetic=numpy,
    )  # fmt: skip
    seen = latency(
        shape, FP8, replace(machine, capacity_factor=columns[2]), accelerators, Load(columns[0], columns[1]),
        together.batch, arithmetic=numpy,
    )  # fmt: skip
    for position, (input_tokens, output_tokens, factor) in enumerate(draws):
        one, load = replace(machine, capacity_factor=factor), Load(input_tokens, output_tokens)
        alone = serve(shape, FP8, one, accelerators, load, step_limit_s=limit_s)
        if isinstance(alone, DoesNotFit):
            assert together.batch[position] == 1
            continue
        assert together.batch[position] == alone.batch
        assert together.requests_per_s[position] == pytest.approx(alone.requests_per_s)
        expected = latency(shape, FP8, one, accelerators, load, alone.batch)
        assert seen.first_token_s[position] == pytest.approx(expected.first_token_s)
        assert seen.per_output_token_s[position] == pytest.approx(expected.per_output_token_s)


@given(shapes, machines, inputs, outputs, st.floats(0.001, 0.2))
def test_a_limit_for_the_step_is_kept(shape, machine, input_tokens, output_tokens, limit_s):
    serving = serve(shape, FP8, machine, 1, Load(input_tokens, output_tokens), step_limit_s=limit_s)
    assume(isinstance(serving, Serving))
    assert step_s(shape, FP8, machine, 1, input_tokens + output_tokens / 2, serving.batch) <= limit_s * (1 + 1e-9)


def test_what_does_not_fit_is_told():
    """The weights of 70B in 16 bits are 141 GB, of which one H100 holds 75."""
    assert serve(LLAMA_8B, FP8, H100, 1, CHAT, step_limit_s=0.001) == DoesNotFit("step")
    assert serve(LLAMA_70B, BF16, H100, 1, CHAT) == DoesNotFit("weights")
    assert serve(LLAMA_70B, FP8, H100, 1, Load(60_000, 1000)) == DoesNotFit("cache")
    assert isinstance(serve(LLAMA_70B, BF16, H100, 2, CHAT), Serving)


@given(st.floats(0.5, 2.0))
def test_capacity_is_linear_in_its_factor(factor):
    load, scaled = CHAT, replace(H100, capacity_factor=factor)
    expected = served(LLAMA_8B, FP8, H100, 2, load).requests_per_s * factor
    assert served(LLAMA_8B, FP8, scaled, 2, load).requests_per_s == pytest.approx(expected)


@given(st.sampled_from([LLAMA_8B, LLAMA_70B]), st.sampled_from([2, 4, 8]))
def test_a_replica_over_more_accelerators_is_faster_by_less_than_their_number(shape, accelerators):
    one = step_s(shape, FP8, H200, 1, CONTEXT, 64)
    several = step_s(shape, FP8, H200, accelerators, CONTEXT, 64)
    assert one / accelerators < several < one


def test_prompts_over_pcie_take_longer_than_over_a_link():
    linked = replace(L40S, link_gb_per_s=450)
    assert prefill_s(LLAMA_70B, L40S, 4, 2048) > 2 * prefill_s(LLAMA_70B, linked, 4, 2048)


@given(inputs, outputs, st.floats(1, 400))
def test_nobody_waits_less_than_a_user_alone(input_tokens, output_tokens, batch):
    load = Load(input_tokens, output_tokens)
    alone, among = latency(LLAMA_8B, FP8, H100, 1, load), latency(LLAMA_8B, FP8, H100, 1, load, batch)
    assert among.first_token_s >= alone.first_token_s
    assert among.per_output_token_s >= alone.per_output_token_s


def test_time_per_token_at_the_batch_agrees_with_the_throughput():
    serving = served(LLAMA_8B, FP8, H100, 1, CHAT)
    seen = latency(LLAMA_8B, FP8, H100, 1, CHAT, serving.batch)
    output_tokens_per_s = serving.requests_per_s * CHAT.output_tokens
    assert serving.batch / seen.per_output_token_s == pytest.approx(output_tokens_per_s, rel=0.02)


def test_a_machine_of_another_vendor_is_slower_by_its_factor_where_kernels_decide():
    slower = replace(H100, vendor_factor=0.5)
    assert prefill_s(LLAMA_8B, slower, 1, 2048) == pytest.approx(2 * prefill_s(LLAMA_8B, H100, 1, 2048))


def test_a_request_without_output_takes_its_prompt_alone():
    alone = latency(LLAMA_8B, FP8, H100, 1, Load(1000, 0)).first_token_s
    handling = CALIBRATED.seconds_per_request + CALIBRATED.seconds_per_b_params * LLAMA_8B.params_b
    added = alone - handling - CALIBRATED.seconds_per_layer * LLAMA_8B.layers
    assert served(LLAMA_8B, FP8, H100, 1, Load(1000, 0)).requests_per_s == pytest.approx(1 / added)


def test_no_batch_exceeds_the_cap_of_the_engine():
    assert served(LLAMA_8B, FP8, H200, 1, Load(10, 10)).batch == BATCH_CAP


def test_calibration_never_promises_more_than_the_machine_has():
    shares = (
        CALIBRATED.bandwidth_efficiency, CALIBRATED.operations_efficiency, CALIBRATED.link_efficiency,
        CALIBRATED.usable_memory, CALIBRATED.mixture_bandwidth_efficiency, CALIBRATED.mixture_operations_efficiency,
        CALIBRATED.latent_operations_efficiency, CALIBRATED.distinct_choice, CALIBRATED.prompts_ahead,
    )  # fmt: skip
    assert all(0 < share < 1 for share in shares)
