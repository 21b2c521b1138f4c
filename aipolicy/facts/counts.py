"""Counts that cannot be meant: thousands that may be fractions, and more tokens of a cache than are sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aipolicy.facts.spec import RANGE_KEYS, FactSpec, FactValue
from aipolicy.manifest.feature import Feature, path_of
from aipolicy.source.document import Document, PlainValue
from aipolicy.source.regex import regex
from aipolicy.source.span import DocumentPath
from aipolicy.source.text import grouped

COUNTED = frozenset({"requests", "tokens", "examples", "people", "ms", "USD"})
"""What is counted in whole, or nearly so: a mean of it may have a fraction, but nobody knows three digits of it."""
_SENT, _CACHED_SHARE, _WRITTEN = "volume.input_tokens", "volume.cached_share", "volume.cache_written_tokens"
_ROUNDING = 1e-9
_THOUSANDS = regex(r"([1-9][0-9]{0,2})\.([0-9]{3})")


def unclear_counts(feature: Feature, specs: Mapping[str, FactSpec]) -> Iterator[tuple[DocumentPath, str]]:
    """Yield each count that may be a thousand times what it says, with the question; `120.000` is 120, or 120 000."""
    for name, value in feature.declared.items():
        spec = specs.get(name)
        if spec is None or spec.unit.partition("/")[0] not in COUNTED:
            continue
        for path, number in _numbers(path_of(name), value):
            question = unclear_count(spec, _written(feature.document, path)) if isinstance(number, float) else ""
            if question:
                yield path, question


def unclear_count(spec: FactSpec, written: str) -> str:
    """Return what to ask of a number as it is written; empty where it can mean one thing only."""
    match = _THOUSANDS.fullmatch(written) if spec.unit.partition("/")[0] in COUNTED else None
    if match is None:
        return ""
    small, large = match.group(0).rstrip("0").rstrip("."), match.group(1) + match.group(2)
    return f"`{spec.name}` is written `{written}`: {small} or {grouped(float(large))}? write `{small}` or `{large}`"


def _numbers(path: DocumentPath, value: PlainValue) -> Iterator[tuple[DocumentPath, PlainValue]]:
    if isinstance(value, dict):
        yield from (((*path, key), value[key]) for key in RANGE_KEYS if key in value)
    else:
        yield path, value


def _written(document: Document, path: DocumentPath) -> str:
    """Return how a value of one line stands in its file."""
    span = document.locate(path)
    lines = document.source.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if span.end.line != span.start.line or span.start.line > len(lines):
        return ""
    return lines[span.start.line - 1][span.start.column - 1 : span.end.column - 1]


def cache_overflow(values: Mapping[str, FactValue], ranges: Mapping[str, tuple[float, float, float]]) -> str:
    """Return that more tokens are read from a cache and written to it than are sent, whatever is true within ranges.

    Empty where that need not be so. Input counted beside the cached one can be written as a whole.
    """
    sent, share, written = (values.get(name) for name in (_SENT, _CACHED_SHARE, _WRITTEN))
    if not isinstance(sent, float) or not isinstance(written, float):
        return ""
    least_share = share if isinstance(share, float) and values.get("volume.cached_counted") != "beside" else 0.0
    if least_share and _CACHED_SHARE in ranges:
        least_share = ranges[_CACHED_SHARE][0]
    most_sent = ranges[_SENT][2] if _SENT in ranges else sent
    least_written = ranges[_WRITTEN][0] if _WRITTEN in ranges else written
    if least_written <= most_sent * (1.0 - least_share) * (1.0 + _ROUNDING):
        return ""
    beside = f" beside {least_share * most_sent:g} that are read from it" if least_share else ""
    return f"{least_written:g} tokens are written to the cache{beside}, more than the {most_sent:g} of `{_SENT}`"
