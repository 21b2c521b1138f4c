"""Reads the `prices` of catalog files: in USD, one for each provider, model, region and mode, as of a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from aipolicy.catalog.currencies import USD, ExchangeRate, read_currency, usd_per_unit
from aipolicy.catalog.entries import in_force, read_dated
from aipolicy.catalog.price_checks import PriceKey, refuse_far_off, refuse_tiny
from aipolicy.catalog.prices import ANY_REGION, MODES, OUTPUT_MODES, LongContext, Price, SourcePackage
from aipolicy.source.records import Record
from aipolicy.source.text import shown

LONG_RATES = (
    "input_per_mtok", "output_per_mtok", "cached_input_per_mtok", "cache_write_per_mtok",
    "batch_input_per_mtok", "batch_output_per_mtok", "batch_cached_input_per_mtok",
)  # fmt: skip
RATES = (
    *LONG_RATES, "cache_write_hour_per_mtok", "reasoning_output_per_mtok", "per_thousand_requests", "per_audio_hour",
    "tuned_input_per_mtok", "tuned_output_per_mtok", "training_per_mtok", "tuned_hosting_per_hour", "audio_input_per_mtok",
)  # fmt: skip
"""Every amount that a price entry may state, in its own currency and in the order in which it is written."""
_PER_HOUR, _PER_MINUTE = "per_audio_hour", "per_audio_minute"
_MINUTES_PER_HOUR = 60.0
_OUTPUT_RATES = ("output_per_mtok", "batch_output_per_mtok", "reasoning_output_per_mtok", "tuned_output_per_mtok")
_NOT_DEARER = (
    ("cached_input_per_mtok", "input_per_mtok"),
    ("batch_input_per_mtok", "input_per_mtok"),
    ("batch_output_per_mtok", "output_per_mtok"),
)


def read_prices(files: Sequence[Record], rates: Mapping[str, ExchangeRate], as_of: date) -> tuple[Price, ...]:
    """Return the prices that hold on the day; what was not known then is not there.

    In one file the newest entry that has begun holds. A later file wins whatever its dates: an organisation's prices
    are read after the shipped ones, and its price for any region stands for every region.
    """
    with_rate = {str(entry.raw("currency")) for file in files for entry in file.records("exchange_rates")}
    chosen: dict[PriceKey, Price] = {}
    for file in files:
        entries = _entries(file, rates, as_of, with_rate, chosen)
        held = in_force(entries, _key, lambda e: e.dated, as_of, strict=True)
        flat = {(e.provider, e.model, e.mode) for e in held if e.region == ANY_REGION}
        chosen = {key: e for key, e in chosen.items() if (e.provider, e.model, e.mode) not in flat}
        chosen.update((_key(entry), entry) for entry in held)
    return tuple(chosen.values())


def _key(price: Price) -> PriceKey:
    return (price.provider, price.model, price.region, price.mode)


def _entries(file: Record, rates: Mapping[str, ExchangeRate], as_of: date, with_rate: set[str],
             known: Mapping[PriceKey, Price]) -> list[Price]:  # fmt: skip
    entries = []
    seen: set[object] = set()
    for record in file.records("prices"):
        price = read_price(record, rates)
        refuse_tiny(record, price)
        refuse_far_off(record, price, known)
        record.finish()
        identity = (*_key(price), price.dated.effective_from)
        if identity in seen:
            words = ", ".join(f"`{shown(part)}`" for part in _key(price))
            record.mistake(f"a second price of {words} from {price.dated.effective_from}; append one with its own day")
        seen.add(identity)
        needed = price.dated.effective_from <= as_of or price.currency not in with_rate
        if price.currency != USD and price.exchange_rate is None and needed:
            code = price.currency
            record.mistake(
                f"no exchange rate for `{code}` in force on {as_of}; add `exchange_rates: [{{currency: {code}, usd: …, "
                "source: …, checked_on: …, effective_from: …}]` to a catalog file",
                "currency",
            )
        entries.append(price)
    return entries


def read_price(record: Record, rates: Mapping[str, ExchangeRate]) -> Price:
    """Return one entry of `prices` in USD; amounts in a currency without a rate are unknown."""
    mode = record.text("mode", MODES[0], MODES)
    currency = read_currency(record)
    discount = record.number("discount_percent", 0.0)
    if discount >= 100:
        record.mistake(f"`discount_percent` must be less than 100, found {discount:g}", "discount_percent")
    factor = usd_per_unit(currency, rates)
    amounts = _by_the_hour(record, _amounts(record, RATES, mode))
    usd = _in_usd(amounts, None if factor is None else factor * (1 - discount / 100))
    return Price(
        provider=record.text("provider"),
        model=record.text("model"),
        region=record.text("region", ANY_REGION),
        mode=mode,
        currency=currency,
        exchange_rate=rates.get(currency),
        discount_percent=discount,
        free=_is_free(record, amounts),
        **usd,
        documents_per_request=record.optional_positive("documents_per_request"),
        long_context=_long_context(record, factor, discount, mode),
        deprecation_date=record.optional_day("deprecation_date"),
        retrieved_on=record.optional_day("retrieved_on"),
        source_package=_source_package(record),
        agreement=record.text("agreement", ""),
        disputed=record.text("disputed", ""),
        dated=read_dated(record),
    )


def _amounts(record: Record, keys: Iterable[str], mode: str) -> dict[str, float | None]:
    amounts = {key: record.optional_number(key) for key in keys}
    if mode not in OUTPUT_MODES:
        for key in _OUTPUT_RATES:
            if amounts.get(key) is not None:
                record.mistake(f"output is not charged in mode `{mode}`; remove `{key}`", key)
    for less, more in _NOT_DEARER:
        low, high = amounts[less], amounts[more]
        if low is not None and high is not None and low > high:
            record.mistake(f"`{less}` must be at most `{more}` ({high:g}), found {low:g}", less)
    return amounts


def _by_the_hour(record: Record, amounts: dict[str, float | None]) -> dict[str, float | None]:
    """Return amounts with that of a recording for an hour; an entry states it as it is sold, by the hour or the minute."""
    minute = record.optional_number(_PER_MINUTE)
    if minute is None:
        return amounts
    if amounts[_PER_HOUR] is not None:
        record.mistake(f"`{_PER_MINUTE}` and `{_PER_HOUR}` say the same; state the one that is sold", _PER_MINUTE)
    if minute == 0:
        _refuse_zero(record, _PER_MINUTE)
    return {**amounts, _PER_HOUR: minute * _MINUTES_PER_HOUR}


def _is_free(record: Record, amounts: Mapping[str, float | None]) -> bool:
    free = record.flag("free", default=False)
    zeros = [key for key, amount in amounts.items() if amount == 0]
    if free and not zeros:
        record.mistake("`free` is true but no price is 0; write the price that is free as 0", "free")
    if not free:
        for key in zeros:
            _refuse_zero(record, key)
    return free


def _refuse_zero(record: Record, key: str) -> None:
    record.mistake(f"`{key}` is 0; leave out what is unknown, or write `free: true` where the source says so", key)


def _in_usd(amounts: Mapping[str, float | None], factor: float | None) -> dict[str, float | None]:
    """Return amounts in USD by the names of the fields of a price; without a factor they are unknown."""
    return {
        usd_name(key): None if amount is None or factor is None else amount * factor
        for key, amount in amounts.items()
    }  # fmt: skip


def usd_name(key: str) -> str:
    """Return the field of a price that holds an amount of an entry."""
    return f"usd_{key}" if key.startswith("per_") else key.replace("_per_", "_usd_per_")


def _long_context(record: Record, factor: float | None, discount: float, mode: str) -> LongContext | None:
    if not record.has("long_context"):
        return None
    tier = record.record("long_context")
    above = tier.number("above_input_tokens")
    amounts = _amounts(tier, LONG_RATES, mode)
    for key, amount in amounts.items():
        if amount == 0:
            _refuse_zero(tier, key)
    if tier.has("above_input_tokens") and above == 0:
        tier.mistake("`above_input_tokens` must be more than 0", "above_input_tokens")
    tier.finish()
    usd = _in_usd(amounts, None if factor is None else factor * (1 - discount / 100))
    return LongContext(above_input_tokens=above, **usd)


def _source_package(record: Record) -> SourcePackage | None:
    if not record.has("source_package"):
        return None
    package = record.record("source_package")
    source = SourcePackage(package.text("name"), package.text("version"), package.text("sha256"))
    package.finish()
    return source
