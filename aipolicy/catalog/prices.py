"""List prices: what a provider charges for a model in a region, in USD, with the day and the source of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from aipolicy.catalog.entries import Dated
from aipolicy.value import Frozen

if TYPE_CHECKING:
    from aipolicy.catalog.currencies import ExchangeRate

ANY_REGION = "any"
MODES = ("chat", "embedding", "rerank", "classification", "moderation", "transcription")
OUTPUT_MODES = frozenset({"chat"})
"""Modes in which output tokens are charged; in the others an output price does not exist, which is not unknown."""


class SourcePackage(Frozen):
    """The package from whose data a price was read, and the SHA-256 of the file that holds it."""

    name: str
    version: str
    sha256: str


class LongContext(Frozen, kw_only=True):
    """USD per million tokens of a whole request whose input is longer than `above_input_tokens`; None is unknown."""

    above_input_tokens: float
    input_usd_per_mtok: float | None
    output_usd_per_mtok: float | None
    cached_input_usd_per_mtok: float | None
    cache_write_usd_per_mtok: float | None
    batch_input_usd_per_mtok: float | None
    batch_output_usd_per_mtok: float | None
    batch_cached_input_usd_per_mtok: float | None


class Price(Frozen, kw_only=True):
    """List price in USD per million tokens; None is unknown, 0 only where the source says that it is free.

    `cache_write` holds for about five minutes, `cache_write_hour` for an hour. `tuned` prices are for a model that the
    provider fine-tuned, `training` for each token it was trained on. `currency` is the one that the entry is written
    in; `exchange_rate` is what converted it, None for USD. Amounts are after `discount_percent`.
    """

    provider: str
    model: str
    region: str
    mode: str
    currency: str
    exchange_rate: ExchangeRate | None
    discount_percent: float
    free: bool
    input_usd_per_mtok: float | None
    output_usd_per_mtok: float | None
    cached_input_usd_per_mtok: float | None
    cache_write_usd_per_mtok: float | None
    batch_input_usd_per_mtok: float | None
    batch_output_usd_per_mtok: float | None
    batch_cached_input_usd_per_mtok: float | None
    cache_write_hour_usd_per_mtok: float | None
    reasoning_output_usd_per_mtok: float | None
    usd_per_thousand_requests: float | None
    documents_per_request: float | None
    """How many documents to be ordered are charged as one request; None where their number does not matter."""
    usd_per_audio_hour: float | None
    """For an hour of a recording, whether it is sold by the minute or by the hour."""
    tuned_input_usd_per_mtok: float | None
    tuned_output_usd_per_mtok: float | None
    training_usd_per_mtok: float | None
    tuned_hosting_usd_per_hour: float | None
    long_context: LongContext | None
    deprecation_date: date | None
    retrieved_on: date | None
    source_package: SourcePackage | None
    agreement: str
    disputed: str
    dated: Dated
    audio_input_usd_per_mtok: float | None = None
    """For the tokens of recordings that a model takes in beside text."""

    @property
    def checked_on(self) -> date:
        """Return the day on which somebody, or the package, last read the price."""
        return self.dated.checked_on

    @property
    def charges_output(self) -> bool:
        """Return whether output tokens are charged; if so, a missing output price is unknown."""
        return self.mode in OUTPUT_MODES


PriceIndex = Mapping[tuple[str, str, str], tuple[Price, ...]]
"""The prices in force by provider, model and region; more than one where a model is sold in several modes."""


def price_index(prices: Iterable[Price]) -> PriceIndex:
    """Return prices by provider, model and region."""
    index: dict[tuple[str, str, str], tuple[Price, ...]] = {}
    for price in prices:
        key = (price.provider, price.model, price.region)
        index[key] = (*index.get(key, ()), price)
    return index


def price_of(index: PriceIndex, provider: str, model: str, region: str, mode: str | None = None) -> Price | None:
    """Return the price in a region, else the provider's price for any region, else None: nobody knows it.

    Without a mode the first price found holds, whatever it is charged for; a model is rarely sold in two modes.
    """
    for place in (region, ANY_REGION):
        for price in index.get((provider, model, place), ()):
            if mode in (None, price.mode):
                return price
    return None
