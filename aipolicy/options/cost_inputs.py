"""What the cost and the speed of a leg depend on besides the workload, taken from the catalog; equal bases cost the same."""

from __future__ import annotations

from aipolicy.economics.fleet import MachineCost
from aipolicy.economics.latency import NOTHING, Duration
from aipolicy.economics.machine import Machine, ModelShape, Precision
from aipolicy.economics.token_cost import TokenPrice
from aipolicy.options.option import UNKNOWN_WINDOW, Window
from aipolicy.value import Frozen


class HostedBasis(Frozen):
    """A model at a provider: its price list (None is unknown) and its speed."""

    price: TokenPrice | None
    speed: HostedSpeed | None
    price_uncertain: bool
    """Whether hosts ask very different prices for the same open model."""
    price_stale: bool = False
    """Whether nobody checked the price for long."""
    window: Window = UNKNOWN_WINDOW


class HostedSpeed(Frozen):
    """First token with the network to it, and ms an output token after it."""

    network: Duration
    first_token: Duration
    per_token_ms: float


class OwnBasis(Frozen):
    """A decoder on own machines; `cost` is None where no price of the machines is known."""

    shape: ModelShape
    precision: Precision
    machine: Machine
    accelerators: int
    """Accelerators of one replica."""
    cost: MachineCost | None
    network: Duration
    window: Window = UNKNOWN_WINDOW


class OneStepBasis(Frozen):
    """An encoder or a classical model on own machines: one pass of `pass_ms`, `requests_per_s` of a machine."""

    pass_ms: float
    requests_per_s: float
    cost: MachineCost | None
    network: Duration
    window: Window = UNKNOWN_WINDOW


class DeviceBasis(Frozen):
    """A model on the device of a user: the organisation pays no machine, and how fast it is depends on the device."""

    window: Window = UNKNOWN_WINDOW


LegBasis = HostedBasis | OwnBasis | OneStepBasis | DeviceBasis


class Training(Frozen):
    """What adapting a model takes before it serves: tokens that a provider charges, or operations on own machines."""

    examples: float | None
    """Labelled examples that it takes; None is unknown."""
    usd_per_mtok: float | None
    """What the provider charges for training tokens; None on own machines."""
    params_b: float | None
    """Size of the model that is trained on own machines; None at a provider."""
    tflops: float
    hourly_usd: float | None
    from_scratch: bool
    hosting_usd_per_hour: float = 0.0
    """What a provider charges for every hour in which it holds a tuned model ready."""


class CostBasis(Frozen):
    """What the cost of an option depends on besides the workload; None is unknown."""

    main: LegBasis | None
    far: LegBasis | None
    """The far side of a cascade."""
    standby: LegBasis | None
    """Own machines that wait as a fallback; a provider as a fallback costs nothing while it is not asked."""
    cascade: bool
    stands_by: bool
    engineers: float | None
    build_weeks: float | None
    retrieves: bool
    watched: bool
    """Whether monitoring and evaluation are the organisation's own business: whatever is not a provider's plain model."""
    training: Training | None


class Speeds(Frozen):
    """What the latency of an option depends on besides the workload."""

    main: LegBasis | None
    far: LegBasis | None
    cascade: bool
    retrieves: bool


def network_of(leg: LegBasis | None) -> Duration | None:
    """Return the round trip to a leg, nothing for a device, None where it is unknown."""
    match leg:
        case HostedBasis():
            return None if leg.speed is None else leg.speed.network
        case OwnBasis() | OneStepBasis():
            return leg.network
        case DeviceBasis():
            return NOTHING
        case None:
            return None
