"""What a team measured of a model on a machine of its own: it replaces the estimate, and has no spread of ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import isclose

from aipolicy.source.records import Record
from aipolicy.value import Frozen

KEY = "measured"
RATES = ("requests_per_s", "tokens_per_s")
"""What machines of one's own answered, in one of two units."""
_MS_PER_S = 1000.0


class Measured(Frozen):
    """What one replica answered at so many requests at once; of the two rates one is known."""

    requests_per_s: float | None
    tokens_per_s: float | None
    """Output tokens of all requests together."""
    at_concurrency: float
    first_token_ms: float | None
    """What is usual; None was not measured, and is estimated."""
    on: date
    link: str
    p50_ms: float | None = None
    """Time of a whole request that half of them took at most, as of an API; None was not measured."""
    p95_ms: float | None = None
    """The same for 95 % of requests."""


def read_measured(record: Record) -> Measured | None:
    """Return the field `measured` of an entry, None where nothing was; what contradicts itself is a mistake."""
    if not record.has(KEY):
        return None
    entry = record.record(KEY)
    measured = Measured(
        requests_per_s=entry.optional_positive("requests_per_s"),
        tokens_per_s=entry.optional_positive("tokens_per_s"),
        at_concurrency=entry.number("at_concurrency", minimum=1),
        first_token_ms=entry.optional_positive("first_token_ms"),
        on=entry.day("on"),
        link=entry.said("link", "say where the measurement is kept"),
    )
    _refuse_contradictions(entry, measured)
    if measured.on > record.day("checked_on"):
        entry.mistake("`on` is later than `checked_on` of the entry: it was measured before it was written", "on")
    entry.finish()
    return measured


def _refuse_contradictions(entry: Record, measured: Measured) -> None:
    rates = [rate for rate in RATES if entry.has(rate)]
    if not rates:
        entry.mistake("states `requests_per_s` or `tokens_per_s`, and one of them; found neither")
    contradicted = contradiction({field: getattr(measured, field) for field in _NUMBERS})
    if contradicted is not None:
        entry.mistake(*contradicted)


_NUMBERS = (*RATES, "at_concurrency", "first_token_ms", "p50_ms", "p95_ms")


def contradiction(numbers: Mapping[str, float | None]) -> tuple[str, str] | None:
    """Return what of a measurement contradicts itself, and the field at which that is told; None where nothing does."""
    rate, first_ms, at = (numbers.get(field) for field in ("requests_per_s", "first_token_ms", "at_concurrency"))
    p50_ms, p95_ms = numbers.get("p50_ms"), numbers.get("p95_ms")
    if all(numbers.get(field) is not None for field in RATES):
        return "states `requests_per_s` or `tokens_per_s`, and one of them; found both", RATES[-1]
    if p95_ms is not None and p50_ms is None:
        return "`p95_ms` is stated without `p50_ms`; state what half of the requests took too", "p95_ms"
    if p95_ms is not None and p50_ms is not None and p95_ms < p50_ms:
        return f"`p95_ms` is {p95_ms:g}, less than `p50_ms` {p50_ms:g}", "p95_ms"
    if first_ms is not None and p50_ms is not None and p50_ms < first_ms:
        return f"`first_token_ms` is {first_ms:g}, but a whole request took {p50_ms:g} ms", "first_token_ms"
    if first_ms is None or not rate or at is None:
        return None
    whole_ms = at / rate * _MS_PER_S
    if whole_ms >= first_ms or isclose(whole_ms, first_ms):
        return None
    return (
        f"`first_token_ms` is {first_ms:g}, but {at:g} requests at once and {rate:g} a second are "
        f"{whole_ms:g} ms for a whole request"
    ), "first_token_ms"
