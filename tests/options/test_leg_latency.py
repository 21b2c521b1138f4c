"""How long an interaction takes: hosted, own and one-step legs by hand, cascades, and what grows with what."""

from __future__ import annotations

import pytest
from cost_worlds import API, ASSUMPTIONS, CHEAP_API, DEVICE, ENCODER, FAR, NEAR, OWN, PACE, WORK, workloads
from hypothesis import given
from hypothesis import strategies as st
from latency_parts import in_sequence

from aipolicy.economics.latency import Duration, waiting_for_server
from aipolicy.options.cost_inputs import EffortSpeed, End, HostedInputs, LegInputs, Pace, RoundTrips, Speeds
from aipolicy.options.leg_latency import UNKNOWN_LATENCY, Latencies, LatencyEstimate
from aipolicy.options.workload import NO_WORKLOAD, Workload
from aipolicy.value import replace

CERTAIN_PACE = Pace(Duration(400.0, 400.0), per_token_ms=5.0)
CERTAIN = HostedInputs(
    None,
    RoundTrips(Duration(80.0, 80.0)),
    (EffortSpeed("", CERTAIN_PACE, CERTAIN_PACE, CERTAIN_PACE),),
    price_uncertain=False,
)
"""A hosted model whose slow answers are as fast as the others, so that parts simply add up."""


def alone(leg: LegInputs | None, *, retrieves: bool = False) -> Speeds:
    """Return the speeds of an option with one leg."""
    return Speeds(leg, None, cascade=False, retrieves=retrieves)


def cascade(near: LegInputs | None, far: LegInputs | None) -> Speeds:
    """Return the speeds of an option that passes hard cases on."""
    return Speeds(near, far, cascade=True, retrieves=False)


def time_of(speeds: Speeds, work: Workload = WORK) -> LatencyEstimate:
    """Return the latency of an option under the constants of these tests."""
    return Latencies(work, ASSUMPTIONS).of(speeds)


@pytest.mark.parametrize(
    ("speeds", "work", "floor_ms", "p50_ms", "p95_ms"),
    [
        # 80 to the provider, 400 for the first token, 199 further ones of 5 ms
        (alone(CERTAIN), WORK, 480.0, 1475.0, 1475.0),
        # reasoning tokens take their time before the answer
        (alone(CERTAIN), replace(WORK, reasoning_tokens=100.0), 480.0, 1975.0, 1975.0),
        # an answer of one token has no further ones
        (alone(CERTAIN), replace(WORK, output_tokens=1.0), 480.0, 480.0, 480.0),
        (alone(CERTAIN), replace(WORK, output_tokens=0.0), 480.0, 480.0, 480.0),
        # three calls one after another
        (alone(CERTAIN), replace(WORK, chained_calls=3.0), 1440.0, 4425.0, 4425.0),
        # one search in the index
        (alone(CERTAIN, retrieves=True), WORK, 530.0, 1525.0, 1525.0),
        # slow cases also visit the far side; half of the cases do not
        (cascade(CERTAIN, CERTAIN), replace(WORK, hard_case_share=0.1), 480.0, 1475.0, 2950.0),
    ],
)
def test_hosted_answers_take_network_first_token_and_further_tokens(
    speeds: Speeds, work: Workload, floor_ms: float, p50_ms: float, p95_ms: float
) -> None:
    found = time_of(speeds, work)
    assert (found.floor_ms, found.p50_ms, found.p95_ms) == (
        pytest.approx(floor_ms), pytest.approx(p50_ms), pytest.approx(p95_ms)
    )  # fmt: skip


def test_slow_parts_of_hosted_answers_do_not_all_come_together() -> None:
    found = time_of(alone(API))
    parts = ((FAR.usual, 1.0), (PACE.first_token, 1.0), (Duration(995.0, 995.0), 1.0))
    assert (found.p50_ms, found.p95_ms) == (in_sequence(parts).p50_ms, in_sequence(parts).p95_ms)
    assert found.p95_ms is not None
    assert 1475.0 < found.p95_ms < 150.0 + 1000.0 + 995.0


THINKING = replace(
    CERTAIN,
    speeds=tuple(
        EffortSpeed(effort, pace, pace, pace)
        for effort, pace in (
            ("low", Pace(Duration(1_000.0, 1_000.0), 5.0)), ("high", Pace(Duration(9_000.0, 9_000.0), 5.0))
        )
    ),
)  # fmt: skip
"""A model that thinks for one or for nine seconds before the first token that people see."""


@pytest.mark.parametrize(
    ("work", "p50_ms"),
    [
        # 80 ms of network, the first token, 199 further ones of 5 ms
        (WORK, 80.0 + 1_000.0 + 995.0),
        (replace(WORK, effort="low"), 80.0 + 1_000.0 + 995.0),
        # the next higher effort that is known, and the highest where there is none
        (replace(WORK, effort="medium"), 80.0 + 9_000.0 + 995.0),
        (replace(WORK, effort="max"), 80.0 + 9_000.0 + 995.0),
        # declared tokens of reasoning come on top of the least that the model can think
        (replace(WORK, effort="high", reasoning_tokens=100.0), 80.0 + 1_000.0 + 995.0 + 500.0),
    ],
)
def test_what_a_model_thinks_is_part_of_the_first_token_at_the_effort_that_is_declared(
    work: Workload, p50_ms: float
) -> None:
    assert time_of(alone(THINKING), work).p50_ms == pytest.approx(p50_ms)


@pytest.mark.parametrize(
    ("distance", "end", "network_ms"),
    [
        ("usual", "usual", 80.0), ("usual", "fast", 20.0), ("usual", "slow", 180.0), ("same-region", "usual", 20.0),
        ("same-region", "slow", 20.0), ("other-continent", "fast", 180.0),
        # nobody knows this distance: what is usual, or an end
        ("own-process", "usual", 80.0), ("own-process", "fast", 20.0),
    ],
)  # fmt: skip
def test_the_network_is_that_of_the_declared_distance_else_usual_with_its_ends(
    distance: str, end: End, network_ms: float
) -> None:
    leg = replace(CERTAIN, network=FAR)
    found = Latencies(replace(WORK, distance=distance), ASSUMPTIONS, end).of(alone(leg))
    assert found.floor_ms == pytest.approx(network_ms + 400.0)


def test_the_fast_end_of_an_estimate_is_below_what_is_usual_and_the_slow_end_above() -> None:
    fast, usual, slow = (Latencies(WORK, ASSUMPTIONS, end).of(alone(API)) for end in ("fast", "usual", "slow"))
    for name in ("floor_ms", "p50_ms", "p95_ms"):
        assert getattr(fast, name) < getattr(usual, name) < getattr(slow, name)
    assert fast.floor_ms == pytest.approx(20.0 + 200.0)
    assert slow.floor_ms == pytest.approx(180.0 + 800.0)


def test_an_encoder_takes_a_pass_and_waits_at_the_peak() -> None:
    """10,000 a day with 5 % more traffic and twice that at the peak are 0.243 a second on one machine of one a second."""
    found = time_of(alone(ENCODER))
    queued = waiting_for_server(10.0, 10_000 / 86_400 * 2 * 1.05)
    expected = in_sequence(((NEAR.usual, 1.0), (Duration(10.0, queued.p95_ms), 1.0)))
    assert found.floor_ms == pytest.approx(20.0)
    assert (found.p50_ms, found.p95_ms) == (pytest.approx(expected.p50_ms), pytest.approx(expected.p95_ms))


def test_a_decoder_of_ones_own_takes_longer_for_more_tokens_and_at_the_peak() -> None:
    """8 B weights of one byte are read in 8e9 / 3.35e12 s, 2.4 ms, so that 200 tokens take 0.48 s at least."""
    found = time_of(alone(OWN))
    assert found.floor_ms is not None
    assert found.p50_ms is not None
    assert found.p95_ms is not None
    assert 10.0 < found.floor_ms < 100.0
    assert 480.0 < found.p50_ms < found.p95_ms < 10_000.0


@pytest.mark.parametrize(
    ("speeds", "work", "known"),
    [
        (alone(None), WORK, (False, False, False)),
        (alone(DEVICE), WORK, (False, False, False)),
        (alone(replace(API, speeds=())), WORK, (False, False, False)),
        (alone(replace(API, network=None)), WORK, (False, False, False)),
        # without a length of answers there is a floor and nothing else
        (alone(API), NO_WORKLOAD, (True, False, False)),
        (alone(OWN), NO_WORKLOAD, (True, False, False)),
        (alone(OWN), replace(WORK, input_tokens=None), (True, False, False)),
        # an encoder answers in one pass whatever the length, and has a queue that depends on the volume
        (alone(ENCODER), replace(WORK, input_tokens=None, output_tokens=None), (True, True, True)),
        (alone(ENCODER), NO_WORKLOAD, (True, False, False)),
        (alone(ENCODER), replace(NO_WORKLOAD, requests_per_day=1.0), (True, True, True)),
        # how large batches may be depends on the latency budget
        (alone(OWN), replace(WORK, latency_budget_ms=None), (True, False, False)),
        # the far side decides about the slow cases only
        (cascade(API, None), replace(WORK, hard_case_share=0.1), (True, True, False)),
        (cascade(API, DEVICE), replace(WORK, hard_case_share=0.1), (True, True, False)),
        (cascade(None, API), replace(WORK, hard_case_share=0.1), (False, False, False)),
    ],
)
def test_what_is_unknown_about_a_latency_stays_unknown(
    speeds: Speeds, work: Workload, known: tuple[bool, bool, bool]
) -> None:
    found = time_of(speeds, work)
    assert tuple(value is not None for value in (found.floor_ms, found.p50_ms, found.p95_ms)) == known
    if not any(known):
        assert found == UNKNOWN_LATENCY


LEGS: st.SearchStrategy[LegInputs] = st.sampled_from((API, CHEAP_API, CERTAIN, OWN, ENCODER))


@given(LEGS, st.booleans(), workloads())
def test_slow_answers_are_never_faster_than_half_of_them_nor_those_than_the_floor(
    leg: LegInputs, retrieves: bool, work: Workload
) -> None:
    found = time_of(alone(leg, retrieves=retrieves), work)
    assert found.floor_ms is not None
    if found.p50_ms is not None and found.p95_ms is not None:
        assert found.floor_ms <= found.p50_ms * (1.0 + 1e-9)
        assert found.p50_ms <= found.p95_ms


@given(LEGS, LEGS, workloads())
def test_a_cascade_is_never_faster_than_its_near_side(near: LegInputs, far: LegInputs, work: Workload) -> None:
    one, both = time_of(alone(near), work), time_of(cascade(near, far), work)
    assert (both.floor_ms, both.p50_ms) == (one.floor_ms, one.p50_ms)
    if one.p95_ms is not None and both.p95_ms is not None:
        assert both.p95_ms >= one.p95_ms * (1.0 - 1e-9)


@given(st.sampled_from((API, CERTAIN)), workloads(), st.floats(0.0, 4_000.0), st.floats(1.0, 4.0))
def test_hosted_answers_never_take_less_time_with_more_tokens_or_calls(
    leg: HostedInputs, work: Workload, more: float, factor: float
) -> None:
    assert work.output_tokens is not None
    before = time_of(alone(leg), work)
    for changed in (
        replace(work, output_tokens=work.output_tokens + more),
        replace(work, chained_calls=work.chained_calls * factor),
    ):
        after = time_of(alone(leg), changed)
        for name in ("floor_ms", "p50_ms", "p95_ms"):
            assert getattr(after, name) >= getattr(before, name) * (1.0 - 1e-9)


def test_a_leg_that_is_shared_is_as_fast_in_every_option() -> None:
    latencies = Latencies(replace(WORK, hard_case_share=0.1), ASSUMPTIONS)
    together = [latencies.of(speeds) for speeds in (alone(OWN), cascade(ENCODER, OWN), alone(ENCODER), alone(OWN))]
    assert together[0] == together[3] == time_of(alone(OWN), replace(WORK, hard_case_share=0.1))
    assert together[1] == time_of(cascade(ENCODER, OWN), replace(WORK, hard_case_share=0.1))


STREAMED = replace(WORK, streaming=True)
FIRST_TOKENS = (
    # 80 to the provider and 400 for the token that is seen first
    (alone(CERTAIN), STREAMED, 480.0),
    # what is not streamed is seen when all of it is there
    (alone(CERTAIN), replace(WORK, streaming=False), 1475.0),
    (alone(CERTAIN), WORK, None),
    # two answers that nobody sees come before the one that is shown
    (alone(CERTAIN), replace(STREAMED, chained_calls=3.0), 2 * 1475.0 + 480.0),
    # reasoning that is declared is written before anything is shown
    (alone(CERTAIN), replace(STREAMED, reasoning_tokens=100.0), 980.0),
    (alone(CERTAIN, retrieves=True), STREAMED, 530.0),
    (cascade(CERTAIN, CERTAIN), replace(STREAMED, hard_case_share=0.1), 1475.0 + 480.0),
    (cascade(CERTAIN, None), replace(STREAMED, hard_case_share=0.1), None),
    (alone(DEVICE), STREAMED, None),
)


@pytest.mark.parametrize(("speeds", "work", "expected"), FIRST_TOKENS)
def test_the_first_token_comes_before_the_rest_of_the_last_answer(
    speeds: Speeds, work: Workload, expected: float | None
) -> None:
    assert time_of(speeds, work).first_token_p95_ms == (None if expected is None else pytest.approx(expected))


@given(workloads())
def test_slower_shares_take_longer_and_what_is_shown_first_comes_no_later_than_the_whole(work: Workload) -> None:
    for leg in (API, OWN, ENCODER):
        time = time_of(alone(leg), replace(work, streaming=True))
        if time.p95_ms is not None and time.p99_ms is not None and time.first_token_p95_ms is not None:
            assert time.p95_ms <= time.p99_ms
            assert time.first_token_p95_ms <= time.p95_ms * (1.0 + 1e-9)


@given(workloads())
def test_the_favourable_end_of_a_latency_is_no_later_than_the_other(work: Workload) -> None:
    for leg in (API, NEAR, OWN, ENCODER):
        fast, usual, slow = (Latencies(work, ASSUMPTIONS, end).of(alone(leg)) for end in ("fast", "usual", "slow"))
        for name in ("floor_ms", "p50_ms"):
            times = [getattr(time, name) for time in (fast, usual, slow)]
            if None not in times:
                assert times[0] <= times[1] * (1.0 + 1e-9)
                assert times[1] <= times[2] * (1.0 + 1e-9)
