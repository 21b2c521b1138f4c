"""Prices that nobody can have meant: in another unit than a million tokens, or far from the one that they replace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aipolicy.catalog.prices import ANY_REGION, Price
from aipolicy.catalog.unit_checks import BECAUSE, far_off_words, is_far_off, says_why
from aipolicy.source.records import Record

PriceKey = tuple[str, str, str, str]
"""Provider, model, region and mode."""

LEAST_USD_PER_MTOK = 0.001
"""The least that is charged for a million tokens by anybody is above it (the shipped list, read 2026-11-21)."""
_PER_TOKENS = "_usd_per_mtok"


def refuse_far_off(record: Record, price: Price, known: Mapping[PriceKey, Price]) -> None:
    """Note every amount of an entry that is far from that of the price it replaces, unless the entry says why."""
    listed = _listed(price, known)
    if says_why(record) or listed is None or price.source_package is not None:
        return
    before = dict(_amounts(listed))
    for key, now in _amounts(price):
        if now >= LEAST_USD_PER_MTOK and is_far_off(before.get(key, 0.0), now):
            words = far_off_words(before[key], now, " USD of the price", listed.dated.source)
            record.mistake(
                f"`{key}` comes to {now:g} USD, {words}; amounts are per million tokens, or say in `{BECAUSE}` why",
                key.partition(".")[0],
            )


def refuse_tiny(record: Record, price: Price) -> None:
    """Note every amount of an entry that is nearly nothing for a million tokens."""
    for key, amount in () if price.free else _amounts(price):
        if amount < LEAST_USD_PER_MTOK:
            record.mistake(
                f"`{key}` comes to {amount:g} USD per million tokens, less than {LEAST_USD_PER_MTOK:g}; multiply a price "
                "per token by 1,000,000, or write 0 and `free: true` where the source says so",
                key.partition(".")[0],
            )


def _amounts(price: Price) -> Iterator[tuple[str, float]]:
    """Yield what a price charges for a million tokens in USD, under the keys of its entry; nothing that is free."""
    for prefix, amounts in (("", price), ("long_context.", price.long_context)):
        for name in amounts._fields if amounts is not None else ():
            amount = getattr(amounts, name)
            if name.endswith(_PER_TOKENS) and amount:
                yield prefix + name.replace("_usd_per_", "_per_"), amount


def _listed(price: Price, prices: Mapping[PriceKey, Price]) -> Price | None:
    """Return the price that an entry replaces: of its region, else of any region."""
    keys = ((price.provider, price.model, region, price.mode) for region in (price.region, ANY_REGION))
    return next((prices[key] for key in keys if key in prices), None)
