"""What own hosting takes: accelerators, latency building blocks, people, time and labelled examples."""

from __future__ import annotations

from aipolicy.catalog.entries import Dated, read_dated
from aipolicy.catalog.offerings import ADAPTATIONS, BOUNDARIES, HOSTINGS, TIERS
from aipolicy.source.records import Record
from aipolicy.value import Frozen

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
    purchase_usd: float | None
    power_kw: float | None
    dated: Dated


class Network(Frozen):
    """Round trip between the feature and a boundary, in ms."""

    boundary: str
    round_trip_p50_ms: float
    round_trip_p95_ms: float
    dated: Dated


class HostedSpeed(Frozen):
    """First token and output speed of a provider's models of one tier."""

    tier: str
    first_token_p50_ms: float
    first_token_p95_ms: float
    output_tokens_per_s: float
    dated: Dated


class SelfHosted(Frozen):
    """A model on an accelerator that is worth considering for own hosting.

    `accelerators` make up one replica; `pass_ms` is the time of one pass of a model that answers in one, such as a
    classifier.
    """

    model: str
    accelerator: str
    accelerators: float
    pass_ms: float | None
    dated: Dated


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


def read_accelerator(record: Record) -> Accelerator:
    """Return one entry of `accelerators`."""
    for key in ("price_provider", "price_source", "price_note"):
        record.text(key, "")
    return Accelerator(
        id=record.text("id"),
        name=record.text("name", ""),
        memory_gb=record.number("memory_gb"),
        bandwidth_gb_per_s=record.number("bandwidth_gb_per_s"),
        bf16_tflops=record.number("bf16_tflops"),
        fp8_tflops=record.optional_number("fp8_tflops"),
        fp4_tflops=record.optional_number("fp4_tflops"),
        link_gb_per_s=record.number("link_gb_per_s", PCIE_GB_PER_S),
        sold_in=record.number("sold_in", minimum=1),
        hourly_usd=record.optional_number("hourly_usd"),
        vendor_factor=record.number("vendor_factor", 1.0),
        purchase_usd=record.optional_number("purchase_usd"),
        power_kw=record.optional_number("power_kw"),
        dated=read_dated(record),
    )


def read_network(record: Record) -> Network:
    """Return one entry of `network`."""
    return Network(
        boundary=record.text("from", choices=BOUNDARIES),
        round_trip_p50_ms=record.number("round_trip_p50_ms"),
        round_trip_p95_ms=record.number("round_trip_p95_ms"),
        dated=read_dated(record),
    )


def read_hosted_speed(record: Record) -> HostedSpeed:
    """Return one entry of `first_token`."""
    record.text("hosting", "provider-api", choices=("provider-api",))
    return HostedSpeed(
        tier=record.text("tier", choices=TIERS),
        first_token_p50_ms=record.number("first_token_p50_ms"),
        first_token_p95_ms=record.number("first_token_p95_ms"),
        output_tokens_per_s=record.number("output_tokens_per_s"),
        dated=read_dated(record),
    )


def read_self_hosted(record: Record) -> SelfHosted:
    """Return one entry of `self_hosted`."""
    return SelfHosted(
        model=record.text("model"),
        accelerator=record.text("accelerator"),
        accelerators=record.number("accelerators", minimum=1),
        pass_ms=record.optional_number("ms_per_request"),
        dated=read_dated(record),
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
