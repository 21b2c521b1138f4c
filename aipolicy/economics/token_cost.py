"""What one request to a hosted model costs, in USD.

Prices are USD per million tokens. Sources of the rules, read 2026-11-21: prompt caching and cache writes,
https://platform.claude.com/docs/en/build-with-claude/prompt-caching and https://platform.openai.com/docs/guides/prompt-caching;
tiers by prompt length that hold for the whole request, https://ai.google.dev/gemini-api/docs/pricing.
"""

from __future__ import annotations

from typing import Literal

from aipolicy.economics.arithmetic import SCALARS, Arithmetic
from aipolicy.value import Frozen

TOKENS_PER_PRICE_UNIT = 1e6
SECONDS_PER_HOUR = 3600.0

CachedCounted = Literal["inside", "beside"]
"""Whether a count of input tokens includes those that a cache served. Providers report it either way."""


class TokenUse(Frozen):
    """Tokens of one mean request; reasoning tokens are billed as output and counted beside the visible output here."""

    input_tokens: float
    output_tokens: float
    cached_tokens: float = 0.0
    cached_counted: CachedCounted = "inside"
    cache_written_tokens: float = 0.0
    """Part of the fresh input that is written to the cache."""
    cache_kept_hour: bool = False
    """Whether what is written is kept for an hour, at the price of that where there is one."""
    reasoning_tokens: float = 0.0
    documents: float = 0.0
    """Documents that are put in order."""
    audio_seconds: float = 0.0
    """Length of the recording that is sent."""


class TokenRates(Frozen):
    """USD per million tokens of one price level; None means that the provider has no such price.

    Without a price of its own a cached or a cache-writing token costs as much as a fresh one. A model without output
    price (embedding, reranking, classification) has an `output` of None and is not charged for output.
    """

    input: float
    output: float | None
    cached_input: float | None = None
    cache_write: float | None = None
    reasoning: float | None = None
    cache_write_hour: float | None = None


class LongContextRates(Frozen):
    """Rates for requests with more input tokens than the threshold; they hold for the whole request."""

    above_input_tokens: float
    rates: TokenRates
    batch: TokenRates | None = None


class TokenPrice(Frozen):
    """The price list of one model at one provider in one region."""

    rates: TokenRates
    batch: TokenRates | None = None
    long_context: LongContextRates | None = None
    usd_per_thousand_requests: float = 0.0
    """A charge by request, as for reranking; 0 when requests as such are not charged."""
    documents_per_request: float | None = None
    """So many documents are one request, each further lot another one; None where their number does not matter."""
    usd_per_audio_hour: float | None = None
    """A charge by the length of a recording; None where there is none."""

    @property
    def charges_tokens(self) -> bool:
        """Return whether tokens are charged at all."""
        return self.rates.input > 0.0 or self.rates.output is not None

    @property
    def is_by_recording(self) -> bool:
        """Return whether every request is a recording: no length of a text is charged, that of the recording is."""
        return self.usd_per_audio_hour is not None and not self.charges_tokens

    @property
    def knows_batches(self) -> bool:
        """Return whether a request that may wait for a batch can cost something else."""
        return self.batch is not None or (self.long_context is not None and self.long_context.batch is not None)


def request_usd(use: TokenUse, price: TokenPrice, *, batch: bool = False, arithmetic: Arithmetic = SCALARS) -> float:
    """Return the cost of one request in USD.

    A batch is charged at batch rates where the provider has them, else at the ordinary ones.
    """
    usd = _at_rates(use, _rates(price, batch=batch), arithmetic)
    if price.long_context is not None:
        long = _at_rates(use, _rates(price.long_context, batch=batch), arithmetic)
        prompt = use.input_tokens + (use.cached_tokens if use.cached_counted == "beside" else 0.0)
        usd = arithmetic.where(prompt > price.long_context.above_input_tokens, long, usd)
    requests = 1.0
    if price.documents_per_request is not None:
        requests = arithmetic.maximum(arithmetic.ceil(use.documents / price.documents_per_request), 1.0)
    audio_usd = use.audio_seconds * (price.usd_per_audio_hour or 0.0) / SECONDS_PER_HOUR
    return usd + requests * price.usd_per_thousand_requests / 1000.0 + audio_usd


def _rates(price: TokenPrice | LongContextRates, *, batch: bool) -> TokenRates:
    return price.batch if batch and price.batch is not None else price.rates


def _at_rates(use: TokenUse, rates: TokenRates, arithmetic: Arithmetic) -> float:
    fresh = use.input_tokens
    cached = use.cached_tokens
    if use.cached_counted == "inside":
        cached = arithmetic.minimum(cached, fresh)
        fresh = fresh - cached
    written = arithmetic.minimum(use.cache_written_tokens, fresh)
    usd = (
        (fresh - written) * rates.input
        + cached * _or_input(rates.cached_input, rates)
        + written * _or_input(_write_price(use, rates), rates)
    )
    if rates.output is not None:
        reasoning = rates.output if rates.reasoning is None else rates.reasoning
        usd = usd + use.output_tokens * rates.output + use.reasoning_tokens * reasoning
    return usd / TOKENS_PER_PRICE_UNIT


def _write_price(use: TokenUse, rates: TokenRates) -> float | None:
    return rates.cache_write if rates.cache_write_hour is None or not use.cache_kept_hour else rates.cache_write_hour


def _or_input(price: float | None, rates: TokenRates) -> float:
    return rates.input if price is None else price


def requests_per_month(requests_per_day: float, *, days_per_month: float, retry_share: float = 0.0,
                       evaluation_share: float = 0.0) -> float:  # fmt: skip
    """Return the requests that are paid for in a month: those of users, those sent again, those of evaluation."""
    return requests_per_day * days_per_month * (1.0 + retry_share + evaluation_share)
