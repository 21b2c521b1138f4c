"""A forecast in, text for a terminal out: by month, then what it comes to and what is not known."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from aipolicy.forecast.change import Change, Kind
from aipolicy.forecast.events import Event
from aipolicy.forecast.forecast import Forecast
from aipolicy.report.forecast.forecast_words import (
    KIND_WORDS,
    causes_of,
    headline,
    idle_turns,
    left_out,
    summary,
    unknown_words,
)
from aipolicy.report.formats.concise import message_of
from aipolicy.report.terminal.style import Role, Styler, wrapped
from aipolicy.source.text import escaped
from aipolicy.value import NamedTuple

_ROLES = {Kind.STARTS: Role.ERROR, Kind.STOPS: Role.GOOD, Kind.NEW: Role.WARNING, Kind.WORSE: Role.WARNING}
_DATE = 10
_LEFT = "  "


class _Row(NamedTuple):
    day: str
    words: str
    detail: str
    kind: Kind | None


def render_forecast(forecast: Forecast, *, width: int, style: Styler) -> str:
    """Return a forecast as text, ending with a newline."""
    horizon = forecast.horizon
    lines = [style.paint(f"forecast from {horizon.start} to {horizon.end}", Role.STRONG)]
    packs = ", ".join(f"{escaped(pack.name)} {escaped(pack.version)}" for pack in forecast.policy.packs)
    features = "1 feature" if len(forecast.features) == 1 else f"{len(forecast.features)} features"
    lines += wrapped(f"{features} under {packs}; `{forecast.fail_on.value}` and worse fails", width)
    rows = sorted(_rows(forecast))
    for month, found in groupby(rows, key=lambda row: row.day[:7]):
        lines += ["", style.paint(month, Role.STRONG)]
        for row in found:
            lines += _lines(row, width, style)
    lines += ["", style.paint("summary", Role.STRONG)]
    for words in (*summary(forecast), *left_out(forecast)):
        lines += _hanging(words, width)
    if forecast.unknowns:
        lines += ["", style.paint("not known", Role.STRONG)]
        for unknown in forecast.unknowns:
            lines += _hanging(unknown_words(unknown), width)
    return "\n".join(lines) + "\n"


def _rows(forecast: Forecast) -> Iterator[_Row]:
    for change in forecast.changes:
        yield _change(change)
    for event in idle_turns(forecast):
        yield _turn(event)


def _change(change: Change) -> _Row:
    comes = change.delta.after is not None
    words = f"{headline(change)}: {causes_of(change) or 'cause not known'}"
    return _Row(change.day.isoformat(), words, message_of(change.finding) if comes else "", change.kind)


def _turn(event: Event) -> _Row:
    return _Row(event.day.isoformat(), f"{escaped(event.text)}; no finding changes by it", "", None)


def _lines(row: _Row, width: int, style: Styler) -> list[str]:
    indent = len(_LEFT) + _DATE + 2
    first, *rest = wrapped(row.words, width - indent)
    if row.kind is not None:
        words = KIND_WORDS[row.kind]
        first = first.replace(f"  {words} ", f"  {style.paint(words, _ROLES.get(row.kind))} ", 1)
    lines = [f"{_LEFT}{row.day}  {first}", *(f"{' ' * (indent + 2)}{line}" for line in rest)]
    if row.detail:
        lines += [f"{' ' * (indent + 2)}{line}" for line in wrapped(row.detail, width - indent - 2)]
    return lines


def _hanging(words: str, width: int) -> list[str]:
    first, *rest = wrapped(words, width - 2 * len(_LEFT))
    return [f"{_LEFT}{first}", *(f"{_LEFT * 2}{line}" for line in rest)]
