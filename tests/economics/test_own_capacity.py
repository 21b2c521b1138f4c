"""Properties of the capacity of own hosting, over models, machines and loads."""

from __future__ import annotations

import numpy
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aipolicy.economics.encoder import encode
from aipolicy.economics.machine import BF16, CALIBRATED, FP8, Machine, ModelShape
from aipolicy.economics.roofline import (
    BATCH_CAP,
    DoesNotFit,
    Load,
    Serving,
    cache_bytes_per_token,
    largest_batch,
    latency,
    least_accelerators,
    prefill_seconds,
    serve,
    step_seconds,
)
from aipolicy.value import replace

LLAMA_8B = ModelShape(8.03, 8.03, 32, 32, 8, 128)
LLAMA_70B = ModelShape(70.6, 70.6, 80, 64, 8, 128)
MIXTRAL = ModelShape(46.7, 12.9, 32, 32, 8, 128)
BERT_LARGE = ModelShape(0.303, 0.303, 24, 16, 16, 64)
H100 = Machine(80, 3350, 1979, 1.0, 450)
H200 = Machine(141, 4800, 1979, 1.0, 450)
L4 = Machine(24, 300, 242)
L40S = Machine(48, 864, 733)
CHAT = Load(1155, 211)

shapes = st.sampled_from([LLAMA_8B, MIXTRAL])
machines = st.sampled_from([H100, H200])
inputs = st.floats(1, 20_000)
outputs = st.floats(1, 4_000)


def served(*arguments, **options) -> Serving:
    serving = serve(*arguments, **options)
    assert isinstance(serving, Serving)
    return serving


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
    short = largest_batch(LLAMA_8B, FP8, H100, 1, Load(input_tokens, output_tokens))
    assert largest_batch(LLAMA_8B, FP8, H100, 1, Load(input_tokens + more, output_tokens)) <= short


def test_cache_of_llama_8b_is_128_kib_a_token_in_16_bits():
    assert cache_bytes_per_token(LLAMA_8B, BF16) == 128 * 1024


@given(st.floats(1, 100), inputs, outputs, st.floats(1, 1_000))
def test_a_mixture_with_all_experts_active_is_a_dense_model(params_b, input_tokens, output_tokens, batch):
    load = Load(input_tokens, output_tokens)
    dense = ModelShape(params_b, params_b, 32, 32, 8, 128)
    nearly = replace(dense, active_params_b=params_b * (1 - 1e-12))
    assert step_seconds(nearly, FP8, H200, 2, load, batch) == pytest.approx(
        step_seconds(dense, FP8, H200, 2, load, batch)
    )


@given(st.integers(1, 500))
def test_a_mixture_reads_more_experts_in_a_larger_batch_and_never_more_than_all(batch):
    dense = replace(MIXTRAL, active_params_b=MIXTRAL.params_b)
    step = step_seconds(MIXTRAL, FP8, H100, 1, CHAT, batch)
    assert step <= step_seconds(MIXTRAL, FP8, H100, 1, CHAT, batch + 1)
    assert step <= step_seconds(dense, FP8, H100, 1, CHAT, batch)


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
    assert serving.step_s <= limit_s * (1 + 1e-9)


def test_a_limit_below_a_single_sequence_is_told_with_both_times():
    answer = serve(LLAMA_8B, FP8, H100, 1, CHAT, step_limit_s=0.001)
    assert isinstance(answer, DoesNotFit)
    assert (answer.reason, answer.available) == ("step", 0.001)
    assert answer.needed == step_seconds(LLAMA_8B, FP8, H100, 1, CHAT, 1)


def test_weights_that_do_not_fit_are_told_with_both_sizes():
    answer = serve(LLAMA_70B, BF16, H100, 1, CHAT)
    assert answer == DoesNotFit("weights", pytest.approx(141.2), pytest.approx(75))


def test_a_context_that_does_not_fit_beside_the_weights_is_told():
    answer = serve(LLAMA_70B, FP8, H100, 1, Load(60_000, 1000))
    assert isinstance(answer, DoesNotFit)
    assert answer.reason == "cache"
    assert answer.needed > answer.available


@given(st.floats(0.5, 2.0))
def test_capacity_is_linear_in_its_factor(factor):
    load, scaled = CHAT, replace(H100, capacity_factor=factor)
    expected = served(LLAMA_8B, FP8, H100, 2, load).requests_per_s * factor
    assert served(LLAMA_8B, FP8, scaled, 2, load).requests_per_s == pytest.approx(expected)


@given(st.sampled_from([LLAMA_8B, LLAMA_70B]), st.sampled_from([2, 4, 8]))
def test_a_replica_over_more_accelerators_is_faster_by_less_than_their_number(shape, accelerators):
    one = step_seconds(shape, FP8, H200, 1, CHAT, 64)
    several = step_seconds(shape, FP8, H200, accelerators, CHAT, 64)
    assert one / accelerators < several < one


def test_prompts_over_pcie_take_longer_than_over_a_link():
    linked = replace(L40S, link_gb_per_s=450)
    assert prefill_seconds(LLAMA_70B, FP8, L40S, 4, 2048) > 2 * prefill_seconds(LLAMA_70B, FP8, linked, 4, 2048)


@pytest.mark.parametrize(
    ("shape", "precision", "machine", "useful_batch", "accelerators"),
    [
        (LLAMA_8B, FP8, L4, 16, 1),
        (LLAMA_70B, FP8, H200, 16, 1),
        (LLAMA_70B, FP8, H100, 16, 1),
        (LLAMA_70B, FP8, H100, 64, 2),
        (LLAMA_70B, BF16, H100, 16, 2),
        (LLAMA_70B, BF16, H100, 64, 4),
        (LLAMA_70B, BF16, L4, 64, 8),
        (LLAMA_70B, BF16, L4, 128, None),
    ],
)
def test_a_replica_takes_the_least_power_of_two_that_holds_a_useful_batch(
    shape, precision, machine, useful_batch, accelerators
):
    assert least_accelerators(shape, precision, machine, CHAT, useful_batch=useful_batch) == accelerators


@given(inputs, outputs, st.floats(1, 400))
def test_nobody_waits_less_than_a_user_alone(input_tokens, output_tokens, batch):
    load = Load(input_tokens, output_tokens)
    alone, among = latency(LLAMA_8B, FP8, H100, 1, load), latency(LLAMA_8B, FP8, H100, 1, load, batch)
    assert among.first_token_s >= alone.first_token_s
    assert among.per_output_token_s >= alone.per_output_token_s


def test_time_per_token_at_the_batch_agrees_with_the_throughput():
    serving = served(LLAMA_8B, FP8, H100, 1, CHAT)
    seen = latency(LLAMA_8B, FP8, H100, 1, CHAT, serving.batch)
    assert serving.batch / seen.per_output_token_s == pytest.approx(serving.output_tokens_per_s, rel=0.02)


def test_a_machine_of_another_vendor_is_slower_by_its_factor_where_kernels_decide():
    slower = replace(H100, vendor_factor=0.5)
    assert prefill_seconds(LLAMA_8B, FP8, slower, 1, 2048) == 2 * prefill_seconds(LLAMA_8B, FP8, H100, 1, 2048)


def test_a_request_without_output_takes_its_prompt_alone():
    serving = served(LLAMA_8B, FP8, H100, 1, Load(1000, 0))
    assert serving.requests_per_s == pytest.approx(1 / prefill_seconds(LLAMA_8B, FP8, H100, 1, 1000))
    assert serving.output_tokens_per_s == 0


def test_no_batch_exceeds_the_cap_of_the_engine():
    assert served(LLAMA_8B, FP8, H200, 1, Load(10, 10)).batch == BATCH_CAP


@given(st.floats(1, 8192), st.floats(0, 1000))
def test_an_encoder_answers_fewer_requests_of_more_tokens(tokens, more):
    fewer, longer = encode(BERT_LARGE, FP8, L4, tokens), encode(BERT_LARGE, FP8, L4, tokens + more)
    assert longer.requests_per_s <= fewer.requests_per_s
    assert longer.request_s >= fewer.request_s


def test_an_encoder_takes_draws_as_well_as_numbers():
    tokens = numpy.array([64.0, 512.0])
    together = encode(BERT_LARGE, FP8, L4, tokens, arithmetic=numpy)
    alone = [encode(BERT_LARGE, FP8, L4, each) for each in tokens]
    assert list(together.requests_per_s) == [each.requests_per_s for each in alone]
    assert list(together.request_s) == [each.request_s for each in alone]


def test_an_encoder_answers_many_times_as_many_requests_as_a_decoder():
    encoder = encode(BERT_LARGE, FP8, H100, CHAT.input_tokens)
    assert encoder.requests_per_s > 30 * served(LLAMA_8B, FP8, H100, 1, CHAT).requests_per_s


def test_an_encoder_that_does_not_fit_has_no_capacity():
    assert encode(LLAMA_70B, BF16, L4, 100) is None


def test_calibration_never_promises_more_than_the_machine_has():
    shares = (
        CALIBRATED.bandwidth_efficiency, CALIBRATED.operations_efficiency, CALIBRATED.encoder_efficiency,
        CALIBRATED.link_efficiency, CALIBRATED.usable_memory,
    )  # fmt: skip
    assert all(0 < share < 1 for share in shares)
