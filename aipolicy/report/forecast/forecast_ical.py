"""A forecast in, an iCalendar file out (RFC 5545): a day-long event for each change, and one where the forecast ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256

from aipolicy import __version__
from aipolicy.forecast.change import ForecastChange
from aipolicy.forecast.events import Event
from aipolicy.forecast.forecast import Forecast
from aipolicy.report.forecast.forecast_words import (
    KIND_WORDS,
    cause_names,
    causes_of,
    left_out,
    message,
    subject_of,
    summary,
    unknown_words,
    weight,
)
from aipolicy.source.text import escaped
from aipolicy.value import NamedTuple

MAX_OCTETS = 75
"""Longer lines are folded (RFC 5545, section 3.1); the line break does not count."""


class _Entry(NamedTuple):
    day: date
    identity: tuple[str, ...]
    """What makes it the same entry in a later calendar, whatever its wording."""
    summary: str
    description: tuple[str, ...]
    category: str


def render_forecast_ical(forecast: Forecast) -> str:
    """Return a forecast as an iCalendar stream; equal forecasts are equal byte by byte, stamped with their first day."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//aipolicy//forecast {__version__}//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_text('aipolicy forecast')}",
    ]
    seen: Counter[tuple[str, ...]] = Counter()
    stamp = f"{_day(forecast.horizon.start)}T000000Z"
    for entry in _entries(forecast):
        seen[entry.identity] += 1
        lines += _event_lines(entry, seen[entry.identity], stamp)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines)


def folded(line: str) -> str:
    """Return a content line broken into pieces of at most 75 octets, never within a character."""
    pieces, piece, octets = [], "", 0
    for character in line:
        size = len(character.encode("utf-8", "surrogatepass"))
        if octets + size > MAX_OCTETS:
            pieces.append(piece)
            piece, octets = " ", 1
        piece += character
        octets += size
    return "\r\n".join([*pieces, piece])


def _entries(forecast: Forecast) -> Iterator[_Entry]:
    for change in forecast.changes:
        yield _change(change)
    for event in forecast.turns:
        yield _turn(event)
    horizon = forecast.horizon
    unknown = tuple(f"not known: {unknown_words(unknown)}" for unknown in forecast.unknowns)
    words = f"aipolicy: the forecast of {horizon.start} ends; make another"
    yield _Entry(horizon.end, ("end",), words, (*summary(forecast), *left_out(forecast), *unknown), "forecast")


def _change(change: ForecastChange) -> _Entry:
    finding = change.finding
    identity = ("change", finding.rule_id, finding.feature, ".".join(map(str, finding.place.path)), change.kind.value)
    words = f"{subject_of(change)} {KIND_WORDS[change.kind]} {escaped(finding.rule_id)} ({weight(change)})"
    description = [f"Why: {causes_of(change)}"]
    if change.delta.after is not None:
        description += [message(finding), *([f"Fix: {escaped(finding.fix)}"] if finding.fix else [])]
    description.append(f"File: {escaped(finding.file)}")
    return _Entry(change.day, identity, words, tuple(description), cause_names(change.causes))


def _turn(event: Event) -> _Entry:
    return _Entry(event.day, ("rule", event.rule), escaped(event.text), (), event.cause.value)


def _event_lines(entry: _Entry, number: int, stamp: str) -> list[str]:
    identity = "\0".join((entry.day.isoformat(), *entry.identity, str(number)))
    digest = sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    after = entry.day + timedelta(days=1) if entry.day < date.max else entry.day
    return [
        "BEGIN:VEVENT",
        f"UID:{digest}@aipolicy",
        f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:{_day(entry.day)}",
        f"DTEND;VALUE=DATE:{_day(after)}",
        f"SUMMARY:{_text(entry.summary)}",
        *([f"DESCRIPTION:{_text(chr(10).join(entry.description))}"] if entry.description else []),
        f"CATEGORIES:{','.join(_text(word) for word in entry.category.split(', '))}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _day(day: date) -> str:
    return day.isoformat().replace("-", "")


def _text(words: str) -> str:
    """Return words as a value of type TEXT: backslash, semicolon, comma and line break are escaped, no control is left."""
    lines = [escaped(line) for line in words.split("\n")]
    return "\\n".join(
        line.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,") for line in lines
    )  # fmt: skip
