"""What own hosting takes: accelerators, latency building blocks, people, time and labelled examples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from aipolicy.catalog.axes import ADAPTATIONS, BOUNDARIES, DISTANCES, EFFORTS, HOSTINGS, KIND_TIERS, MODEL_TIERS, USUAL
from aipolicy.catalog.entries import Dated, read_dated
from aipolicy.catalog.measured import Measured, read_measured
from aipolicy.source.records import Record
from aipolicy.value import Frozen, replace

if TYPE_CHECKING:
    from aipolicy.catalog.offerings import Model

PCIE_GB_PER_S = 32.0
"""PCIe 4.0 x16, one way: what connects accelerators without a link of their own."""


class Accelerator(Frozen):
    """One accelerator; `sold_in` is the smallest number that can be rented, `hourly_usd` is for one."""

    id: str
    name: str
    memory_gb: float
    bandwidth_gb_per_s: float
    bf16_tflops: float
    fp8_tflops: float | None
    fp4_tflops: float | None
    link_gb_per_s: float
    """To the other accelerators of a server, one way."""
    sold_in: float
    hourly_usd: float | None
    vendor_factor: float
    """Speed relative to what the calibration of the roofline says of the figures."""
    operations_factor: float
    """The same for operations alone."""
    purchase_usd: float | None
    power_kw: float | None
    dated: Dated


class Network(Frozen):
    """Round trip between the feature and a boundary, in ms; of the distance that is usual, or of another."""

    boundary: str
    distance: str
    round_trip_p50_ms: float
    round_trip_p95_ms: float
    dated: Dated


class Ends(Frozen):
    """A figure that differs from hour to hour and from publisher to publisher: what is usual, and both ends of it."""

    fast: float
    usual: float
    slow: float


class HostedSpeed(Frozen):
    """How fast a provider's model answers at one effort, or the models of a tier where nobody published it.

    The first token is the first that people see: what a model thinks before it is part of it. A model that writes no
    answer gives all of it at once, and then. None is not published.
    """

    provider: str
    model: str
    tier: str
    effort: str
    """How much the model thinks, empty where it does not think or nobody says how much."""
    first_token_ms: Ends | None
    first_token_p95_ms: float | None
    tokens_per_s: Ends | None
    dated: Dated
    audio_per_s: Ends | None = None
    """Seconds of a recording that are transcribed in a second."""


class SelfHosted(Frozen):
    """A model on an accelerator that is worth considering for own hosting.

    `accelerators` make up one replica. Of a model that answers in one pass, such as a classifier, `pass_ms` is the time of
    a pass whatever is sent; to that comes what the length takes, where the two rates below are known.
    """

    model: str
    accelerator: str
    accelerators: float
    pass_ms: float | None
    dated: Dated
    measured: Measured | None = None
    """What a team measured of it, in the place of what is computed."""
    input_tokens_per_s: float | None = None
    """Tokens that a replica takes in, all requests together, when it has enough of them at once."""
    audio_per_s: float | None = None
    """Seconds of recordings that a replica transcribes in a second, all requests together."""
    spread: float = 1.0
    """How many times more or less these rates may be."""


class Effort(Frozen):
    """What it takes to build with one adaptation on one hosting; None is unknown.

    `ml_engineers` stay for as long as the feature runs.
    """

    adaptation: str
    hosting: str
    ml_engineers: float | None
    lead_time_weeks: float | None
    labelled_examples: float | None
    build_weeks: float | None
    """Engineer-weeks until it serves."""
    dated: Dated
    may_be_none: ClassVar[frozenset[str]] = frozenset({"lead_time_weeks", "labelled_examples", "build_weeks"})
    """What an organisation that has it already need not do again."""


def read_accelerator(record: Record) -> Accelerator:
    """Return one entry of `accelerators`."""
    for key in ("price_provider", "price_source", "price_note"):
        record.text(key, "")
    return Accelerator(
        id=record.text("id"),
        name=record.text("name", ""),
        memory_gb=record.positive("memory_gb"),
        bandwidth_gb_per_s=record.positive("bandwidth_gb_per_s"),
        bf16_tflops=record.positive("bf16_tflops"),
        fp8_tflops=record.optional_positive("fp8_tflops"),
        fp4_tflops=record.optional_positive("fp4_tflops"),
        link_gb_per_s=record.positive("link_gb_per_s", PCIE_GB_PER_S),
        sold_in=record.number("sold_in", minimum=1),
        hourly_usd=record.optional_positive("hourly_usd"),
        vendor_factor=record.positive("vendor_factor", 1.0),
        operations_factor=record.positive("operations_factor", 1.0),
        purchase_usd=record.optional_positive("purchase_usd"),
        power_kw=record.optional_positive("power_kw"),
        dated=read_dated(record),
    )


def read_network(record: Record) -> Network:
    """Return one entry of `network`."""
    return Network(
        record.text("from", choices=BOUNDARIES), record.text("distance", USUAL, choices=DISTANCES),
        record.number("round_trip_p50_ms"), record.number("round_trip_p95_ms"), read_dated(record),
    )  # fmt: skip


def read_speed(record: Record) -> HostedSpeed:
    """Return one entry of `speeds`, of a model at a provider."""
    return _read_speed(record, record.text("provider"), record.text("model"), "")


def read_tier_speed(record: Record) -> HostedSpeed:
    """Return one entry of `tier_speeds`, of every model of a tier of which nothing else is known."""
    return _read_speed(record, "", "", record.text("tier", choices=MODEL_TIERS))


def _read_speed(record: Record, provider: str, model: str, tier: str) -> HostedSpeed:
    first, output = _ends(record, "first_token_ms", rising=True), _ends(record, "tokens_per_s", rising=False)
    audio = _ends(record, "audio_per_s", rising=False)
    if first is None and output is None and audio is None:
        record.mistake("says neither `first_token_ms` nor `tokens_per_s` nor `audio_per_s`; state what was measured")
    p95 = record.optional_positive("first_token_p95_ms")
    if p95 is not None and first is not None and p95 < first.usual:
        record.mistake(
            f"`first_token_p95_ms` must be at least `first_token_ms` ({first.usual:g}), found {p95:g}",
            "first_token_p95_ms",
        )
    effort = record.text("effort", "", choices=("", *EFFORTS))
    return HostedSpeed(provider, model, tier, effort, first, p95, output, read_dated(record), audio)


def _ends(record: Record, key: str, *, rising: bool) -> Ends | None:
    """Return what is usual with its ends: those that are stated, else the spread on both sides of it."""
    fast_key, slow_key = f"{key}_fast", f"{key}_slow"
    fast, slow = record.optional_positive(fast_key), record.optional_positive(slow_key)
    spread = max(1.0, record.number("spread", 1.0, minimum=1))
    usual = record.optional_positive(key)
    if usual is None:
        for other in (fast_key, slow_key):
            if record.has(other):
                record.mistake(f"`{other}` is an end of `{key}`, which is not stated; write it too", other)
        return None
    less, more = usual / spread, usual * spread
    ends = Ends(
        (less if rising else more) if fast is None else fast,
        usual,
        (more if rising else less) if slow is None else slow,
    )
    if not (ends.fast <= usual <= ends.slow if rising else ends.fast >= usual >= ends.slow):
        record.mistake(
            f"`{key}` {usual:g} must lie between its ends, {ends.fast:g} (fast) and {ends.slow:g} (slow)", key
        )
    return ends


def speeds_at(
    provider: str, model: Model, known: Mapping[tuple[str, str], tuple[HostedSpeed, ...]], other_host: float,
    of_tier: HostedSpeed | None,
) -> tuple[HostedSpeed, ...]:  # fmt: skip
    """Return how fast a model is at a provider by effort, the least first; empty where not even its tier is known.

    What nobody measured at the provider is what the maker's own service does, at least `other_host` times faster or
    slower, or for open weights what hosts do; a part that is not published at all is that of the tier.
    """
    here = {speed.effort: speed for speed in known.get((provider, model.id), ())}
    elsewhere = {
        speed.effort: speed if model.open_weights or provider == model.provider else _widened(speed, other_host)
        for speed in known.get((model.provider, model.id), ())
    }
    efforts = sorted({*here, *elsewhere}, key=("", *EFFORTS).index)
    any_here = next(iter(here.values()), None)
    speeds = []
    for effort in efforts:
        chain = [speed for speed in (here.get(effort), any_here, elsewhere.get(effort), of_tier) if speed is not None]
        measured = next(
            (speed for speed in chain if speed.first_token_ms is not None and speed.effort in ("", effort)), None
        )
        output = next((speed.tokens_per_s for speed in chain if speed.tokens_per_s is not None), None)
        if measured is not None and (output is not None or model.tier in KIND_TIERS):
            speeds.append(
                replace(
                    chain[0], effort=effort, first_token_ms=measured.first_token_ms,
                    first_token_p95_ms=measured.first_token_p95_ms, tokens_per_s=output,
                    audio_per_s=next((speed.audio_per_s for speed in chain if speed.audio_per_s is not None), None),
                )
            )  # fmt: skip
    return tuple(speeds) or ((of_tier,) if of_tier is not None else ())


def _widened(speed: HostedSpeed, factor: float) -> HostedSpeed:
    """Return a speed whose ends lie at least a factor from what is usual."""
    first, output = speed.first_token_ms, speed.tokens_per_s
    if first is not None:
        first = Ends(min(first.fast, first.usual / factor), first.usual, max(first.slow, first.usual * factor))
    if output is not None:
        output = Ends(max(output.fast, output.usual * factor), output.usual, min(output.slow, output.usual / factor))
    audio = speed.audio_per_s
    if audio is not None:
        audio = Ends(max(audio.fast, audio.usual * factor), audio.usual, min(audio.slow, audio.usual / factor))
    return replace(speed, first_token_ms=first, tokens_per_s=output, first_token_p95_ms=None, audio_per_s=audio)


def read_self_hosted(record: Record) -> SelfHosted:
    """Return one entry of `self_hosted`."""
    return SelfHosted(
        model=record.text("model"),
        accelerator=record.text("accelerator"),
        accelerators=record.number("accelerators", minimum=1),
        pass_ms=record.optional_positive("ms_per_request"),
        dated=read_dated(record),
        measured=read_measured(record),
        input_tokens_per_s=record.optional_positive("input_tokens_per_s"),
        audio_per_s=record.optional_positive("audio_per_s"),
        spread=record.number("spread", 1.0, minimum=1),
    )


def read_effort(record: Record) -> Effort:
    """Return one entry of `effort`."""
    return Effort(
        adaptation=record.text("adaptation", choices=ADAPTATIONS),
        hosting=record.text("hosting", choices=HOSTINGS),
        ml_engineers=record.optional_number("ml_engineers"),
        lead_time_weeks=record.optional_number("lead_time_weeks"),
        labelled_examples=record.optional_number("labelled_examples"),
        build_weeks=record.optional_number("build_weeks"),
        dated=read_dated(record),
    )
