"""Prices of an installed price package in place of the shipped ones: read from its files, never from the network."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, distribution
from math import isclose
from pathlib import Path
from typing import TYPE_CHECKING

from aipolicy.catalog.genai_prices import DATA_FILE, PACKAGE, GenaiPrices, PackagePrice
from aipolicy.catalog.price_entries import LONG_RATES, RATES, usd_name
from aipolicy.catalog.prices import ANY_REGION, Price
from aipolicy.errors import CatalogError
from aipolicy.value import Frozen

if TYPE_CHECKING:
    from aipolicy.catalog.catalog import Catalog

_THEIR_NAMES: Mapping[str, str] = {
    "anthropic": "anthropic", "cohere": "cohere", "google-vertex-ai": "google", "groq": "groq", "mistral": "mistral",
    "openai": "openai", "voyage": "voyageai",
}  # fmt: skip
"""Providers whose models have the same ids in genai-prices. Cloud providers name models by region there; they keep the
shipped prices."""
_NOTE = (
    "the package has no day of its own: its newest dated price stands for the day it was checked; what it leaves out is "
    "the shipped price, unless input or output changed"
)
_BASE_REGIONS = frozenset({"global", ANY_REGION})
"""Regions at the list price; the package has no premium for the others, which keep the shipped prices."""


class PricePackage(Frozen):
    """The data file of an installed price package."""

    name: str
    version: str
    data: bytes

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the data file."""
        return sha256(self.data).hexdigest()


def installed_package() -> PricePackage:
    """Return the installed genai-prices; raises `CatalogError` when there is none."""
    try:
        installed = distribution(PACKAGE)
        data = Path(str(installed.locate_file(DATA_FILE))).read_bytes()
    except PackageNotFoundError as error:
        message = f"`fresher_prices` needs the package `{PACKAGE}`; run `pip install 'aipolicy[prices]'`"
        raise CatalogError(message) from error
    except OSError as error:
        raise CatalogError(f"cannot read `{DATA_FILE}` of `{PACKAGE}`; install the package again") from error
    return PricePackage(PACKAGE, installed.version, data)


def fresher_file(package: PricePackage, shipped: Catalog) -> tuple[str, bytes]:
    """Return a catalog file, as name and bytes, that replaces shipped prices of models that match by id.

    Raises `CatalogError` when the package is laid out in a way that this program does not know.
    """
    name = f"package {package.name} {package.version}"
    try:
        data = GenaiPrices(package.data.decode())
        entries = list(_entries(data, package, shipped))
    except (ValueError, KeyError, TypeError) as error:
        message = f"cannot read its prices ({error}); install another version, or remove `fresher_prices`"
        raise CatalogError(message, path=name) from error
    return name, json.dumps({"prices": entries}).encode()


def days_of(package: PricePackage) -> tuple[date, ...]:
    """Return the days from which prices of a package are dated; raises `CatalogError` as `fresher_file` does."""
    try:
        return GenaiPrices(package.data.decode()).days
    except (ValueError, KeyError, TypeError) as error:
        name = f"package {package.name} {package.version}"
        message = f"cannot read its prices ({error}); install another version, or remove `fresher_prices`"
        raise CatalogError(message, path=name) from error


def _entries(data: GenaiPrices, package: PricePackage, shipped: Catalog) -> Iterator[dict[str, object]]:
    read_on = data.read_on(shipped.as_of)
    if read_on is None:
        return
    for price in shipped.prices:
        if price.provider in _THEIR_NAMES and price.region in _BASE_REGIONS:
            theirs = data.price(_THEIR_NAMES[price.provider], price.model, shipped.as_of)
            if theirs is not None and theirs.rates.get("input_per_mtok"):
                yield _entry(price, theirs, package, read_on)


def _entry(price: Price, theirs: PackagePrice, package: PricePackage, read_on: date) -> dict[str, object]:
    entry: dict[str, object] = {
        "provider": price.provider, "model": price.model, "region": price.region, "mode": price.mode,
        "currency": "USD", **_unchanged(price, theirs), **_charged(theirs.rates, price),
    }  # fmt: skip
    if theirs.above_input_tokens is not None:
        entry["long_context"] = {"above_input_tokens": theirs.above_input_tokens, **_charged(theirs.long, price)}
    if price.deprecation_date is not None:
        entry["deprecation_date"] = str(price.deprecation_date)
    source_package = {"name": package.name, "version": package.version, "sha256": package.sha256}
    return entry | {
        "source": f"package {package.name} {package.version}", "source_package": source_package,
        "checked_on": str(read_on), "retrieved_on": str(read_on), "effective_from": str(theirs.since or read_on),
        "verified": True, "note": _NOTE,
    }  # fmt: skip


def _unchanged(price: Price, theirs: PackagePrice) -> dict[str, object]:
    """Return the shipped amounts that the package leaves out, while input and output cost what they did."""
    for key in ("input_per_mtok", "output_per_mtok"):
        if price.charges_output or "output" not in key:
            shipped = getattr(price, usd_name(key))
            if shipped is None or not isclose(shipped, theirs.rates.get(key, 0.0)):
                return {}
    amounts: dict[str, object] = {key: getattr(price, usd_name(key)) for key in RATES}
    if price.long_context is not None:
        tier = price.long_context
        rates = {key: getattr(tier, usd_name(key)) for key in LONG_RATES}
        amounts["long_context"] = {"above_input_tokens": tier.above_input_tokens, **rates}
    return {key: amount for key, amount in amounts.items() if amount is not None}


def _charged(rates: Mapping[str, float], price: Price) -> dict[str, float]:
    """Return what is charged in the mode of a price; a 0 of the package is unknown."""
    return {key: rate for key, rate in rates.items() if rate > 0 and (price.charges_output or "output" not in key)}
