"""Reads the prices that the package genai-prices ships, from the text of its data file: nothing of it is imported.

The file is one Python literal of `Provider(...)`, `ModelInfo(...)` and prices in USD per million tokens. A tier applies to
the whole request; of several dated prices the last that has begun holds (genai-prices 0.2.3, `genai_prices/types.py`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from aipolicy.value import Frozen

PACKAGE = "genai-prices"
DATA_FILE = "genai_prices/data.py"
_KIND = "kind of node"

_RATES = {
    "input_mtok": "input_per_mtok", "output_mtok": "output_per_mtok", "cache_read_mtok": "cached_input_per_mtok",
    "cache_write_mtok": "cache_write_per_mtok",
    "output_reasoning_mtok": "reasoning_output_per_mtok", "requests_kcount": "per_thousand_requests",
}  # fmt: skip
_BATCH_RATES = {
    "input_mtok": "batch_input_per_mtok", "output_mtok": "batch_output_per_mtok",
    "cache_read_mtok": "batch_cached_input_per_mtok",
}  # fmt: skip


class PackagePrice(Frozen):
    """What the package says a model costs on a day, by the keys of a price entry; `long` above `above_input_tokens`."""

    rates: Mapping[str, float]
    long: Mapping[str, float]
    above_input_tokens: float | None
    since: date | None
    """The day from which the package dates the price; None when it gives none."""


class GenaiPrices:
    """The data of one version of the package; raises `ValueError` when it is not laid out as known."""

    def __init__(self, text: str) -> None:
        self._providers = {provider["id"]: provider for provider in _providers(text)}
        if not self._providers:
            raise ValueError("no providers in the data file")
        self._days = sorted({node["start_date"] for node in _nodes(self._providers) if "start_date" in node})

    @property
    def days(self) -> tuple[date, ...]:
        """Return every day from which a price of the package is dated, in order."""
        return tuple(self._days)

    def read_on(self, day: date) -> date | None:
        """Return the newest start of a price up to a day: the package cannot have been written before it."""
        return max((read_day for read_day in self._days if read_day <= day), default=None)

    def price(self, provider: str, model: str, day: date) -> PackagePrice | None:
        """Return the price of a model that the package knows by this very id, or None.

        None also where the package prices by the time of day, or in more than two tiers.
        """
        for entry in self._providers.get(provider, {}).get("models", ()):
            if _matches(entry["match"], model.lower()):
                return _price(entry, day)
        return None


def _price(entry: Mapping[str, Any], day: date) -> PackagePrice | None:
    prices = entry["prices"] if isinstance(entry["prices"], list) else [{"prices": entry["prices"]}]
    constraints = [price.get("constraint") for price in prices]
    if any(constraint is not None and "start_date" not in constraint for constraint in constraints):
        return None
    held = [price for price in prices if _begun(price, day)][-1:] or prices[:1]
    standard = held[0]["prices"]
    batch: dict[str, Any] = {}
    for variant in entry.get("price_variants", ()):
        if variant["when"] == {"processing": "batch"} and _begun(variant, day):
            batch = {**variant["prices"], **batch}
    amounts = {ours: standard[theirs] for theirs, ours in _RATES.items() if theirs in standard}
    amounts |= {ours: batch[theirs] for theirs, ours in _BATCH_RATES.items() if theirs in batch}
    tiered = {key: amount for key, amount in amounts.items() if isinstance(amount, dict)}
    starts = {tier["start"] for amount in tiered.values() for tier in amount["tiers"]}
    if len(starts) > 1:
        return None
    return PackagePrice(
        rates={key: amount["base"] if key in tiered else amount for key, amount in amounts.items()},
        long={key: amount["tiers"][0]["price"] for key, amount in tiered.items()},
        above_input_tokens=starts.pop() if starts else None,
        since=(held[0].get("constraint") or {}).get("start_date"),
    )


def _begun(priced: Mapping[str, Any], day: date) -> bool:
    constraint = priced.get("constraint")
    return constraint is None or constraint.get("start_date", date.max) <= day


def _matches(clause: Mapping[str, Any], model: str) -> bool:
    match clause[_KIND]:
        case "ClauseEquals":
            return bool(model == clause["equals"].lower())
        case "ClauseStartsWith":
            return model.startswith(clause["starts_with"].lower())
        case "ClauseEndsWith":
            return model.endswith(clause["ends_with"].lower())
        case "ClauseContains":
            return clause["contains"].lower() in model
        case "ClauseRegex":
            return re.search(clause["regex"], model) is not None
        case "ClauseOr":
            return any(_matches(part, model) for part in clause["or_"])
        case "ClauseAnd":
            return all(_matches(part, model) for part in clause["and_"])
        case unknown:
            raise ValueError(f"unknown way of matching a model: {unknown}")


def _providers(text: str) -> Iterator[dict[str, Any]]:
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise ValueError("the data file is not the Python text that was expected") from error
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "providers" and node.value is not None:
            yield from _plain(node.value)


def _plain(node: ast.expr) -> Any:
    """Return a literal as plain values: a call becomes a mapping of its keywords, numbers and days become themselves."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_plain(item) for item in items]
        case ast.Dict(keys=keys, values=values):
            return {_plain(key): _plain(value) for key, value in zip(keys, values, strict=True) if key is not None}
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_plain(operand)
        case ast.Call(func=ast.Name(id="Decimal"), args=[amount]):
            return float(_plain(amount))
        case ast.Call(func=ast.Attribute(attr="date"), args=parts):
            return date(*[_plain(part) for part in parts])
        case ast.Call(func=function, keywords=keywords):
            fields = {keyword.arg: _plain(keyword.value) for keyword in keywords}
            return {_KIND: ast.unparse(function).rpartition(".")[2], **fields}
        case ast.Attribute(attr="UTC"):
            return "UTC"
        case _:
            raise ValueError(f"unexpected `{ast.unparse(node)[:60]}` at line {node.lineno} of the data file")


def _nodes(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _nodes(child)
