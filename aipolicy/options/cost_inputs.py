"""What the cost and the speed of a leg depend on besides the workload, taken from the catalog; equal ones cost the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from aipolicy.catalog.axes import EFFORTS
from aipolicy.economics.fleet import MachineCost
from aipolicy.economics.latency import NOTHING, Duration
from aipolicy.economics.machine import Machine, ModelShape, Precision
from aipolicy.economics.token_cost import LongContextRates, TokenPrice, TokenRates
from aipolicy.options.option import UNKNOWN_WINDOW, Window
from aipolicy.value import Frozen

if TYPE_CHECKING:
    from aipolicy.catalog.assumptions import HeadCount
    from aipolicy.catalog.catalog import Catalog
    from aipolicy.catalog.machine_prices import MachinePrice
    from aipolicy.catalog.measured import Measured
    from aipolicy.catalog.prices import LongContext as PriceTier
    from aipolicy.catalog.prices import Price

End = Literal["fast", "usual", "slow"]
"""Which end of what is known of a speed: the favourable one, what is usual, or the other one."""


class RoundTrips(Frozen):
    """Round trips to where a model runs: the usual one, and by distance from it."""

    usual: Duration
    by_distance: tuple[tuple[str, Duration], ...] = ()

    def at(self, distance: str, end: End = "usual") -> Duration:
        """Return the round trip over a distance; where that is not known or not said, at one end of all of them."""
        stated = dict(self.by_distance)
        if distance in stated:
            return stated[distance]
        if end == "usual":
            return self.usual
        every = (self.usual, *stated.values())
        return (min if end == "fast" else max)(every, key=lambda trip: trip.p50_ms)


class Pace(Frozen):
    """First token that people see, and ms an output token after it; 0 where all of an answer is given at once."""

    first_token: Duration
    per_token_ms: float
    per_audio_second_ms: float = 0.0
    """What a second of a recording takes to be transcribed."""


class EffortSpeed(Frozen):
    """How fast a model answers at one effort: what is usual, and the ends of what is published."""

    effort: str
    usual: Pace
    fast: Pace
    slow: Pace
    thinking_tokens: float = 0.0
    """What the model is published to think for a request at this effort, before the first token that people see."""

    def at(self, end: End) -> Pace:
        """Return the pace at one end."""
        return self.fast if end == "fast" else self.slow if end == "slow" else self.usual


class HostedInputs(Frozen):
    """A model at a provider: its price list (None is unknown) and its speed."""

    price: TokenPrice | None
    network: RoundTrips | None
    speeds: tuple[EffortSpeed, ...]
    """By effort, the least first; empty where nothing is known."""
    price_uncertain: bool
    """Whether hosts ask very different prices for the same open model."""
    price_stale: bool = False
    """Whether nobody checked the price for long."""
    seller: str = ""
    """Who asks a price that nobody checked for long: what it is now is uncertain independently of those of others."""
    window: Window = UNKNOWN_WINDOW
    writes: bool = True
    """Whether the model writes an answer token by token."""
    measured: Measured | None = None
    """What a team measured of whole requests, in the place of what is published."""

    def speed_at(self, effort: str) -> EffortSpeed | None:
        """Return the speed at an effort or the next higher one that is known, the highest where there is none."""
        if len(self.speeds) == 1:
            return self.speeds[0]
        enough = [speed for speed in self.speeds if _rank(speed.effort) >= _rank(effort)]
        return (enough[0] if enough else self.speeds[-1]) if self.speeds else None


def _rank(effort: str) -> int:
    """Return where an effort stands; a model of which no effort is known is the same at each of them."""
    return EFFORTS.index(effort) if effort else len(EFFORTS)


class OwnInputs(Frozen):
    """A decoder on own machines; `cost` is None where no price of the machines is known."""

    shape: ModelShape
    precision: Precision
    machine: Machine
    accelerators: int
    """Accelerators of one replica."""
    cost: MachineCost | None
    network: RoundTrips
    window: Window = UNKNOWN_WINDOW
    measured: Measured | None = None
    """What a team measured of a replica, in the place of what is computed."""


class OneStepInputs(Frozen):
    """A model on own machines that answers in one pass of `pass_ms`, and of what the length of a request takes besides."""

    pass_ms: float
    requests_per_s: float
    """What a machine answers where the length takes nothing, or as a team measured it."""
    cost: MachineCost | None
    network: RoundTrips
    window: Window = UNKNOWN_WINDOW
    input_tokens_per_s: float | None = None
    """Tokens that a machine takes in; None where the length of a text takes nothing."""
    audio_per_s: float | None = None
    """Seconds of recordings that a machine transcribes; None where nothing is transcribed."""
    spread: float = 1.0
    """How many times more or less it may do, at the ends of a range that a machine is estimated within."""
    fits: bool | None = True
    """Whether weights fit the machines; None where their size is not known."""
    measured: Measured | None = None
    """What a team measured of it, in the place of all of this."""


class DeviceInputs(Frozen):
    """A model on the device of a user: the organisation pays no machine, and how fast it is depends on the device."""

    window: Window = UNKNOWN_WINDOW


LegInputs = HostedInputs | OwnInputs | OneStepInputs | DeviceInputs


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


class People(Frozen, eq=False):
    """Whom a way of building takes while it runs; there is one for each way, so that identity tells them apart."""

    counts: tuple[HeadCount, ...]


class CostInputs(Frozen):
    """What the cost of an option depends on besides the workload; None is unknown."""

    main: LegInputs | None
    far: LegInputs | None
    """The far side of a cascade."""
    standby: LegInputs | None
    """Own machines that wait as a fallback; a provider as a fallback costs nothing while it is not asked."""
    cascade: bool
    stands_by: bool
    people: People | None
    build_weeks: float | None
    retrieves: bool
    watched: bool
    """Whether monitoring and evaluation are the organisation's own business: whatever is not a provider's plain model."""
    training: Training | None
    partner_training: Training | None = None
    """What adapting the model of the partner takes, where that is another one than the main model."""


class Speeds(Frozen):
    """What the latency of an option depends on besides the workload."""

    main: LegInputs | None
    far: LegInputs | None
    cascade: bool
    retrieves: bool


NO_NETWORK = RoundTrips(NOTHING)
"""Nothing is crossed."""


def network_of(leg: LegInputs | None) -> RoundTrips | None:
    """Return the round trips to a leg, nothing for a device, None where they are unknown."""
    match leg:
        case HostedInputs() | OwnInputs() | OneStepInputs():
            return leg.network
        case DeviceInputs():
            return NO_NETWORK
        case None:
            return None


_SECONDS_PER_HOUR, _MILLION = 3600.0, 1e6


def token_price(price: Price, audio_tokens_per_s: float | None = None) -> TokenPrice | None:
    """Return a list price as the formulas take it; None where a part that is always charged is unknown.

    What a recording costs that a model takes in beside text follows from the tokens that a second of it is to the model.
    """
    amounts = (price.usd_per_thousand_requests, price.input_usd_per_mtok, price.usd_per_audio_hour)
    if all(amount is None for amount in amounts):
        return None
    if price.output_usd_per_mtok is None and price.charges_output:
        return None
    rates = TokenRates(
        price.input_usd_per_mtok or 0.0, price.output_usd_per_mtok, price.cached_input_usd_per_mtok,
        price.cache_write_usd_per_mtok, price.reasoning_output_usd_per_mtok, price.cache_write_hour_usd_per_mtok,
    )  # fmt: skip
    long = None
    if price.long_context is not None:
        tier = price.long_context
        if tier.input_usd_per_mtok is None or tier.output_usd_per_mtok is None:
            return None
        above = TokenRates(
            tier.input_usd_per_mtok, tier.output_usd_per_mtok, tier.cached_input_usd_per_mtok,
            tier.cache_write_usd_per_mtok,
        )  # fmt: skip
        long = LongContextRates(tier.above_input_tokens, above, _batch_rates(tier))
    return TokenPrice(
        rates, _batch_rates(price), long, price.usd_per_thousand_requests or 0.0, price.documents_per_request,
        _usd_per_audio_hour(price, audio_tokens_per_s),
    )  # fmt: skip


def _usd_per_audio_hour(price: Price, tokens_per_s: float | None) -> float | None:
    if price.usd_per_audio_hour is not None or price.audio_input_usd_per_mtok is None or tokens_per_s is None:
        return price.usd_per_audio_hour
    return price.audio_input_usd_per_mtok * tokens_per_s * _SECONDS_PER_HOUR / _MILLION


def _batch_rates(price: Price | PriceTier) -> TokenRates | None:
    """Return what a batch costs; None where the provider has no batches, or a part that is always charged is unknown."""
    writes = getattr(price, "charges_output", True)
    if price.batch_input_usd_per_mtok is None or (writes and price.batch_output_usd_per_mtok is None):
        return None
    return TokenRates(
        price.batch_input_usd_per_mtok, price.batch_output_usd_per_mtok, price.batch_cached_input_usd_per_mtok
    )


def tuned_price(price: Price) -> TokenPrice | None:
    """Return the price of a fine-tuned model, which is not the price of the model it was tuned from."""
    if price.tuned_input_usd_per_mtok is None or price.tuned_output_usd_per_mtok is None:
        return None
    return TokenPrice(TokenRates(price.tuned_input_usd_per_mtok, price.tuned_output_usd_per_mtok))


def machine_price(catalog: Catalog, provider: str, region: str, accelerator_id: str) -> MachinePrice | None:
    """Return what the seller asks in a region; what an organisation says it pays for a machine holds wherever it stands."""
    price = catalog.machine_prices.at(accelerator_id, provider, region)
    machine = catalog.accelerators.get(accelerator_id)
    stated = None if machine is None or not machine.dated.own else machine.hourly_usd
    if machine is None or stated is None or (price is not None and price.dated.own):
        return price
    from aipolicy.catalog.machine_prices import MachinePrice

    return MachinePrice(accelerator_id, provider, stated, machine.sold_in, machine.dated, region=region)


Role = Literal["model", "judged", "hard cases", "standby", "questions"]
"""What a leg is asked for: everything; everything, and whether a case is hard; hard cases; to wait; to embed questions."""
ROLES: tuple[Role, ...] = get_args(Role)


def legs_of(inputs: CostInputs) -> tuple[tuple[str, LegInputs | None, Role], ...]:
    """Return the legs that an option pays for: a name for people, its inputs, and what it is asked for."""
    legs: list[tuple[str, LegInputs | None, Role]] = [("model", inputs.main, "judged" if inputs.cascade else "model")]
    if inputs.cascade:
        legs.append(("hard cases", inputs.far, "hard cases"))
    if inputs.stands_by:
        legs.append(("standing fallback", inputs.standby, "standby"))
    if inputs.retrieves:
        legs.append(("questions embedded", None, "questions"))
    return tuple(legs)
