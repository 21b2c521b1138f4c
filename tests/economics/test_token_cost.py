"""What a request costs by its tokens: every kind of token by hand, and the properties that must hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.economics.token_cost import (
    LongContextRates,
    TokenPrice,
    TokenRates,
    TokenUse,
    request_usd,
    requests_per_month,
)
from aipolicy.value import replace

RATES = TokenRates(input=3.0, output=15.0, cached_input=0.3, cache_write=3.75)
PRICE = TokenPrice(RATES)
LONG = TokenPrice(RATES, long_context=LongContextRates(200_000.0, TokenRates(6.0, 22.5, 0.6)))
BATCHED = TokenPrice(TokenRates(2.5, 10.0), batch=TokenRates(1.25, 5.0))

TOKENS = st.floats(0.0, 1e6)
USD = st.floats(0.0, 200.0)


@st.composite
def token_uses(draw: st.DrawFn) -> TokenUse:
    """Return any use of tokens, cached inside or beside the input, with tokens that are written and reasoned."""
    return TokenUse(
        draw(TOKENS), draw(TOKENS), draw(TOKENS), draw(st.sampled_from(("inside", "beside"))), draw(TOKENS),
        draw(TOKENS),
    )  # fmt: skip


@st.composite
def token_prices(draw: st.DrawFn) -> TokenPrice:
    """Return a price list; cached tokens cost at most as much as fresh ones, a batch at most as much as real time."""
    input_, output = draw(USD), draw(st.none() | USD)
    share = draw(st.floats(0.0, 1.0))
    rates = TokenRates(
        input_, output, draw(st.none() | st.just(input_ * share)), draw(st.none() | st.just(input_ * 1.25)),
        draw(st.none() | USD),
    )  # fmt: skip
    batch = replace(
        rates, input=input_ * 0.5, output=None if output is None else output * 0.5,
        cached_input=None if rates.cached_input is None else rates.cached_input * 0.5,
        cache_write=None, reasoning=None if rates.reasoning is None else rates.reasoning * 0.5,
    )  # fmt: skip
    return TokenPrice(rates, draw(st.none() | st.just(batch)), usd_per_thousand_requests=draw(USD))


@pytest.mark.parametrize(
    ("use", "price", "usd_per_million"),
    [
        # 2,600 x 3 + 300 x 15
        (TokenUse(2600.0, 300.0), PRICE, 12_300.0),
        # 20,000 sent, 16,000 of them cached: 4,000 x 3 + 16,000 x 0.3 + 500 x 15
        (TokenUse(20_000.0, 500.0, 16_000.0), PRICE, 24_300.0),
        # the same request as a provider that counts cached tokens beside the input reports it
        (TokenUse(4_000.0, 500.0, 16_000.0, "beside"), PRICE, 24_300.0),
        # more cached than sent is all cached, never a refund: 1,000 x 0.3
        (TokenUse(1_000.0, 0.0, 5_000.0), PRICE, 300.0),
        # 4,000 fresh, 1,000 of them written: 3,000 x 3 + 1,000 x 3.75 + 16,000 x 0.3
        (TokenUse(20_000.0, 0.0, 16_000.0, "inside", 1_000.0), PRICE, 17_550.0),
        # reasoning is billed as output: 1,000 x 3 + (200 + 800) x 15
        (TokenUse(1_000.0, 200.0, reasoning_tokens=800.0), PRICE, 18_000.0),
        # and at its own price where there is one: 1,000 x 3 + 200 x 15 + 800 x 20
        (
            TokenUse(1_000.0, 200.0, reasoning_tokens=800.0),
            TokenPrice(replace(RATES, reasoning=20.0)),
            22_000.0,
        ),
        # no price for cached tokens: they cost as much as fresh ones, and are not free
        (TokenUse(1_000.0, 0.0, 800.0), TokenPrice(TokenRates(3.0, 15.0)), 3_000.0),
        # an embedding has no output price
        (TokenUse(1_000.0, 5.0), TokenPrice(TokenRates(0.1, None)), 100.0),
        # two USD for a thousand requests are 2,000 USD for a million
        (TokenUse(500.0, 0.0), TokenPrice(TokenRates(0.0, None), usd_per_thousand_requests=2.0), 2_000.0),
        # 200,000 tokens are not yet long: 200,000 x 3
        (TokenUse(200_000.0, 0.0), LONG, 600_000.0),
        # one more and the dearer rates hold for the whole request: 200,001 x 6 + 1,000 x 22.5
        (TokenUse(200_001.0, 1_000.0), LONG, 1_222_506.0),
        # cached tokens count towards the length: 50,000 x 6 + 160,000 x 0.6
        (TokenUse(50_000.0, 0.0, 160_000.0, "beside"), LONG, 396_000.0),
    ],
)
def test_a_request_costs_its_tokens_at_their_rates(use: TokenUse, price: TokenPrice, usd_per_million: float) -> None:
    assert request_usd(use, price) * 1e6 == pytest.approx(usd_per_million)


@pytest.mark.parametrize(
    ("price", "batch", "usd_per_million"),
    [
        (BATCHED, True, 1_000 * 1.25 + 100 * 5.0),
        (BATCHED, False, 1_000 * 2.5 + 100 * 10.0),
        (replace(BATCHED, batch=None), True, 1_000 * 2.5 + 100 * 10.0),
        # a long request in a batch: at batch rates where they are known for long ones
        (replace(BATCHED, long_context=LongContextRates(500.0, TokenRates(5.0, 15.0))), True, 1_000 * 5.0 + 100 * 15.0),
        (
            replace(BATCHED, long_context=LongContextRates(500.0, TokenRates(5.0, 15.0), TokenRates(2.5, 7.5))),
            True,
            1_000 * 2.5 + 100 * 7.5,
        ),
    ],
)
def test_a_batch_is_charged_at_batch_rates_where_there_are_any(
    price: TokenPrice, batch: bool, usd_per_million: float
) -> None:
    assert request_usd(TokenUse(1_000.0, 100.0), price, batch=batch) * 1e6 == pytest.approx(usd_per_million)


def test_requests_of_a_month_are_those_of_users_those_sent_again_and_those_of_evaluation() -> None:
    """10,000 a day for 30 days, 2 % sent again and 3 % for evaluation: 300,000 x 1.05."""
    paid = requests_per_month(10_000.0, days_per_month=30.0, retry_share=0.02, evaluation_share=0.03)
    assert paid == pytest.approx(315_000.0)


@given(token_uses(), token_prices(), st.floats(0.0, 1e7), st.floats(1.0, 100.0))
def test_api_cost_is_linear_in_requests(use: TokenUse, price: TokenPrice, requests: float, factor: float) -> None:
    one = request_usd(use, price)
    assert one * requests_per_month(requests * factor, days_per_month=30.4, retry_share=0.02) == pytest.approx(
        factor * one * requests_per_month(requests, days_per_month=30.4, retry_share=0.02)
    )


@given(token_uses(), token_prices(), TOKENS, st.sampled_from(("input_tokens", "output_tokens", "reasoning_tokens")))
def test_api_cost_never_falls_with_more_tokens(use: TokenUse, price: TokenPrice, more: float, kind: str) -> None:
    longer = replace(use, **{kind: getattr(use, kind) + more})
    assert request_usd(longer, price) >= request_usd(use, price) * (1.0 - 1e-12)


@given(token_uses(), token_prices(), st.floats(1.0, 10.0), st.sampled_from(("input", "output")))
def test_api_cost_never_falls_with_a_dearer_price(use: TokenUse, price: TokenPrice, factor: float, kind: str) -> None:
    rate = getattr(price.rates, kind)
    dearer = replace(price, rates=replace(price.rates, **{kind: None if rate is None else rate * factor}))
    assert request_usd(use, dearer) >= request_usd(use, price) * (1.0 - 1e-12)


@given(token_uses(), token_prices(), TOKENS)
def test_cached_tokens_never_cost_more_than_fresh_ones(use: TokenUse, price: TokenPrice, cached: float) -> None:
    fresh = replace(use, cached_tokens=0.0, cached_counted="inside", cache_written_tokens=0.0)
    assert request_usd(replace(fresh, cached_tokens=cached), price) <= request_usd(fresh, price) * (1.0 + 1e-12)


@given(token_uses(), token_prices())
def test_a_batch_never_costs_more_than_real_time_where_its_rates_are_no_higher(
    use: TokenUse, price: TokenPrice
) -> None:
    assert request_usd(use, price, batch=True) <= request_usd(use, price) * (1.0 + 1e-12)


@given(st.floats(0.0, 1e6), st.floats(0.0, 0.99))
def test_both_ways_of_counting_cached_tokens_cost_the_same(prompt: float, share: float) -> None:
    inside = TokenUse(prompt, 100.0, prompt * share)
    beside = TokenUse(prompt * (1.0 - share), 100.0, prompt * share, "beside")
    assert request_usd(inside, PRICE) == pytest.approx(request_usd(beside, PRICE))


@given(st.lists(token_uses(), min_size=2, max_size=8), token_prices(), st.booleans())
def test_arrays_of_uses_cost_what_each_costs(uses: list[TokenUse], price: TokenPrice, long: bool) -> None:
    """The same formula serves one value and many draws."""
    if long:
        price = replace(price, long_context=LongContextRates(200_000.0, RATES))
    uses = [replace(use, cached_counted=uses[0].cached_counted) for use in uses]
    columns = {
        name: np.array([getattr(use, name) for use in uses])
        for name in ("input_tokens", "output_tokens", "cached_tokens", "cache_written_tokens", "reasoning_tokens")
    }
    together = request_usd(replace(uses[0], **columns), price, arithmetic=np)  # type: ignore[arg-type]
    assert np.broadcast_to(together, len(uses)).tolist() == [request_usd(use, price) for use in uses]
