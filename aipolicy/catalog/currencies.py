"""Currencies, and the organisation's dated exchange rates: none ship, because a rate is the organisation's to choose."""

from __future__ import annotations

from collections.abc import Mapping

from aipolicy.catalog.entries import Dated, read_dated
from aipolicy.source.records import Record
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.value import Frozen

USD = "USD"
_CODES = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY "
    "COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR "
    "ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK "
    "MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF "
    "SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU "
    "UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG"
)
CURRENCIES = frozenset(_CODES.split())
"""Codes of money in circulation. Source: ISO 4217 list one (https://www.six-group.com/en/products-services/
financial-information/data-standards.html), from memory of the standard, not read again."""


class ExchangeRate(Frozen):
    """What one unit of a currency is worth in USD."""

    currency: str
    usd: float
    dated: Dated


def read_exchange_rate(record: Record) -> ExchangeRate:
    """Return one entry of `exchange_rates`."""
    rate = ExchangeRate(read_currency(record), record.positive("usd"), read_dated(record))
    if rate.currency == USD:
        record.mistake("`USD` needs no exchange rate; remove the entry", "currency")
    return rate


def read_currency(record: Record) -> str:
    """Return the field `currency`, an ISO 4217 code."""
    code = record.text("currency")
    if code and code not in CURRENCIES:
        hint = did_you_mean(code, CURRENCIES)
        record.mistake(f"unknown currency `{shown(code)}`{hint}; write a code of ISO 4217, such as `EUR`", "currency")
    return code


def usd_per_unit(currency: str, rates: Mapping[str, ExchangeRate]) -> float | None:
    """Return what one unit of a currency is worth in USD, or None without a rate in force."""
    if currency == USD:
        return 1.0
    rate = rates.get(currency)
    return None if rate is None else rate.usd
