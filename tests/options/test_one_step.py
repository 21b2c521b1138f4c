"""Models that embed, put in order or transcribe: what a request takes of a machine, costs at a provider, and needs said."""

from __future__ import annotations

from datetime import date

import pytest
from cost_worlds import ASSUMPTIONS, ENCODER, FAR, NEAR, RENTED, WORK, inputs

from aipolicy.catalog.measured import Measured
from aipolicy.economics.latency import Duration
from aipolicy.economics.token_cost import TokenPrice, TokenRates
from aipolicy.options.cost_inputs import EffortSpeed, HostedInputs, OneStepInputs, Pace, Speeds
from aipolicy.options.costs import hosted_request_usd, leg_curve
from aipolicy.options.estimates import _fits_window
from aipolicy.options.leg_latency import Latencies
from aipolicy.options.one_step import capacity_of, pass_ms, requests_per_s
from aipolicy.options.option import Window
from aipolicy.options.uncertain_inputs import unknown_because
from aipolicy.value import replace

EMBEDDER = OneStepInputs(10.0, 0.0, RENTED, NEAR, input_tokens_per_s=50_000.0, spread=2.0)
LISTENER = OneStepInputs(100.0, 0.0, RENTED, NEAR, audio_per_s=30.0)
AUDIO = replace(WORK, input_tokens=None, output_tokens=None, audio_seconds=60.0)
PACE = Pace(Duration(100.0, 200.0), 0.0, per_audio_second_ms=20.0)


def api(price: TokenPrice, pace: Pace = PACE) -> HostedInputs:
    return HostedInputs(price, FAR, (EffortSpeed("", pace, pace, pace),), price_uncertain=False, writes=False)


PER_HOUR = api(TokenPrice(TokenRates(0.0, None), usd_per_audio_hour=0.36))
PER_SEARCH = api(
    TokenPrice(TokenRates(0.0, None), usd_per_thousand_requests=2.0, documents_per_request=100.0),
    Pace(Duration(100.0, 200.0), 0.0),
)
PER_TOKEN = api(TokenPrice(TokenRates(0.02, None)), Pace(Duration(100.0, 200.0), 0.0))


def test_a_pass_takes_its_fixed_time_and_that_of_what_is_sent() -> None:
    """1,000 tokens at 50,000 a second are 20 ms; a minute at 30 times its speed is 2 s."""
    assert pass_ms(EMBEDDER, WORK) == pytest.approx(10.0 + 20.0)
    assert pass_ms(LISTENER, AUDIO) == pytest.approx(100.0 + 2_000.0)
    assert pass_ms(ENCODER, replace(WORK, input_tokens=None)) == 10.0


def test_a_machine_answers_as_many_as_it_takes_in() -> None:
    assert requests_per_s(EMBEDDER, WORK) == pytest.approx(50.0)
    assert requests_per_s(LISTENER, AUDIO) == pytest.approx(0.5)
    assert requests_per_s(ENCODER, WORK) == ENCODER.requests_per_s


@pytest.mark.parametrize("model", [EMBEDDER, LISTENER])
def test_a_length_that_nobody_declared_leaves_time_and_cost_unknown(model: OneStepInputs) -> None:
    silent = replace(WORK, input_tokens=None, audio_seconds=None)
    assert pass_ms(model, silent) is requests_per_s(model, silent) is leg_curve(model, silent, ASSUMPTIONS) is None
    latency = Latencies(silent, ASSUMPTIONS).of(Speeds(model, None, cascade=False, retrieves=False))
    assert latency.p95_ms is None
    assert latency.floor_ms is not None


def test_a_machine_with_a_wider_range_is_as_far_out_at_its_ends_as_others_are() -> None:
    for factor in (0.8, 1.0, 1.3):
        assert capacity_of(ENCODER, factor, ASSUMPTIONS) == factor
    fast = Latencies(WORK, ASSUMPTIONS, "fast").of(Speeds(EMBEDDER, None, cascade=False, retrieves=False))
    slow = Latencies(WORK, ASSUMPTIONS, "slow").of(Speeds(EMBEDDER, None, cascade=False, retrieves=False))
    assert fast.p50_ms is not None
    assert slow.p50_ms is not None
    network = NEAR.usual.p50_ms
    assert (slow.p50_ms - network) / (fast.p50_ms - network) == pytest.approx(2.0 * 2.0, rel=0.1)


@pytest.mark.parametrize(
    ("measured", "rate"),
    [
        (Measured(25.0, None, 4.0, None, date(2026, 10, 1), "b"), 25.0),
        (Measured(None, 20_000.0, 4.0, None, date(2026, 10, 1), "b"), 20.0),
    ],
)
def test_what_was_measured_stands_without_a_range_of_ours(measured: Measured, rate: float) -> None:
    """Tokens a second of a model that writes none are those that it takes in: 20,000 are 20 texts of 1,000."""
    model = replace(EMBEDDER, measured=measured)
    assert requests_per_s(model, WORK) == rate
    assert capacity_of(model, 0.5, ASSUMPTIONS) == 1.0
    latency = Latencies(WORK, ASSUMPTIONS, "slow").of(Speeds(model, None, cascade=False, retrieves=False))
    assert latency.p50_ms == pytest.approx(4.0 / rate * 1000.0 + NEAR.usual.p50_ms, rel=0.05)


@pytest.mark.parametrize(
    ("price", "work", "usd"),
    [
        (PER_HOUR, AUDIO, 0.36 / 60.0),
        (PER_TOKEN, replace(WORK, output_tokens=None), 1_000 * 0.02 / 1e6),
        (PER_SEARCH, replace(WORK, documents=100.0), 0.002),
        (PER_SEARCH, replace(WORK, documents=101.0), 0.004),
    ],
    ids=["by the hour", "by token", "by search", "by two searches"],
)
def test_a_request_costs_what_is_sold(price: HostedInputs, work: object, usd: float) -> None:
    assert hosted_request_usd(price, work, ASSUMPTIONS) == pytest.approx(usd)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("price", "missing"),
    [(PER_HOUR, "volume.audio_seconds"), (PER_SEARCH, "volume.documents"), (PER_TOKEN, "volume.input_tokens")],
)
def test_what_is_charged_and_not_declared_makes_the_cost_unknown_and_is_named(
    price: HostedInputs, missing: str
) -> None:
    silent = replace(WORK, input_tokens=None, output_tokens=None)
    assert hosted_request_usd(price, silent, ASSUMPTIONS) is None
    assert unknown_because(inputs(price), silent) == (f"`{missing}` is not declared",)


def test_left_out_no_recording_is_sent_to_who_is_paid_by_text_and_who_is_paid_by_it_has_no_known_cost() -> None:
    """As the registry says of `volume.audio_seconds`."""
    assert hosted_request_usd(PER_TOKEN, WORK, ASSUMPTIONS) is not None
    assert hosted_request_usd(PER_HOUR, WORK, ASSUMPTIONS) is None


def test_a_recording_for_a_model_that_is_paid_by_text_has_no_known_price() -> None:
    heard = replace(WORK, audio_seconds=60.0)
    assert hosted_request_usd(PER_TOKEN, heard, ASSUMPTIONS) is None
    assert unknown_because(inputs(PER_TOKEN), heard) == ("no price of recordings for the model",)


def test_a_model_that_hears_beside_text_is_paid_for_both_and_needs_no_recording() -> None:
    """60 s at 0.036 USD an hour, beside 1,000 tokens at 0.1 and 200 at 0.4 USD a million."""
    hears = replace(PER_TOKEN, price=TokenPrice(TokenRates(0.1, 0.4), usd_per_audio_hour=0.036), writes=True)
    text = replace(WORK, input_tokens=1000.0, output_tokens=200.0)
    assert hosted_request_usd(hears, text, ASSUMPTIONS) == pytest.approx(0.00018)
    assert hosted_request_usd(hears, replace(text, audio_seconds=60.0), ASSUMPTIONS) == pytest.approx(0.00078)


def test_a_recording_takes_up_room_in_the_window_of_a_model_that_hears() -> None:
    """32 tokens a second: an hour is 115,200, beside a text of 1,000."""
    hour = replace(WORK, input_tokens=1000.0, output_tokens=200.0, audio_seconds=3600.0)
    for context, fits in ((117_000.0, True), (116_000.0, False)):
        window = Window(context, context, context, reasons=False, audio_tokens_per_s=32.0)
        assert _fits_window(hour, replace(PER_TOKEN, window=window)) is fits


def test_a_recording_is_transcribed_before_anything_is_shown() -> None:
    """20 ms for each of 60 seconds, after 100 ms and a network of 80."""
    latency = Latencies(replace(AUDIO, streaming=True), ASSUMPTIONS).of(
        Speeds(PER_HOUR, None, cascade=False, retrieves=False)
    )
    assert latency.p50_ms == pytest.approx(80 + 100 + 1_200, rel=0.02)
    assert latency.first_token_p50_ms == pytest.approx(latency.p50_ms)
