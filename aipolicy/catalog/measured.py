"""What a team measured of a model on a machine of its own: it replaces the estimate, and has no spread of ours."""

from __future__ import annotations

from datetime import date
from math import isclose

from aipolicy.source.records import Record
from aipolicy.value import Frozen

KEY = "measured"
_RATES = ("requests_per_s", "tokens_per_s")
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
    known = [rate for rate in _RATES if entry.has(rate)]
    if len(known) != 1:
        found = "both" if known else "neither"
        entry.mistake(
            f"states `requests_per_s` or `tokens_per_s`, and one of them; found {found}", known[-1] if known else None
        )
    first_ms, rate = measured.first_token_ms, measured.requests_per_s
    if first_ms is None or not rate:
        return
    whole_ms = measured.at_concurrency / rate * _MS_PER_S
    if whole_ms < first_ms and not isclose(whole_ms, first_ms):
        entry.mistake(
            f"`first_token_ms` is {first_ms:g}, but {measured.at_concurrency:g} requests at once and {rate:g} a second are "
            f"{whole_ms:g} ms for a whole request",
            "first_token_ms",
        )
