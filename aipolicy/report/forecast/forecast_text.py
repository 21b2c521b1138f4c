"""A forecast in, text for a terminal out: what it comes to, what each day brings, and what is not known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby

from rich.text import Text

from aipolicy.forecast.change import ForecastChange, ForecastEffect
from aipolicy.forecast.forecast import Forecast
from aipolicy.report.forecast.forecast_words import (
    KIND_WORDS,
    causes_of,
    idle_turns,
    left_out,
    subject_of,
    summary,
    unknown_words,
    weight,
)
from aipolicy.report.formats.concise import message_of
from aipolicy.report.terminal.drawing import Screen, aligned, joined, listed, said
from aipolicy.report.terminal.style import Role, Styler
from aipolicy.source.text import quantity
from aipolicy.value import NamedTuple

_ROLES = {
    ForecastEffect.STARTS: Role.ERROR,
    ForecastEffect.STOPS: Role.GOOD,
    ForecastEffect.NEW: Role.WARNING,
    ForecastEffect.WORSE: Role.WARNING,
}


class _Effect(NamedTuple):
    """What becomes of something on a day; effects of one cause stand together."""

    day: date
    cause: str
    subject: str
    words: Text


def render_forecast(forecast: Forecast, *, width: int, style: Styler) -> str:
    """Return a forecast as text, ending with a newline."""
    screen = Screen(width, style)
    horizon = forecast.horizon
    screen.add(said(f"forecast from {horizon.start} to {horizon.end}", Role.STRONG))
    packs = ", ".join(f"{pack.name} {pack.version}" for pack in forecast.policy.packs)
    features = quantity(len(forecast.features), "feature")
    screen.add(said(f"{features} under {packs}; `{forecast.fail_on.value}` and worse fails"))
    screen.add(listed((*summary(forecast), *left_out(forecast))))
    effects = sorted(_effects(forecast), key=lambda effect: effect[:3])
    for (day, cause), together in groupby(effects, key=lambda effect: effect[:2]):
        screen.add(said(""))
        screen.add(aligned([(said(day.isoformat(), Role.STRONG), cause)]))
        screen.add(aligned((effect.subject, effect.words) for effect in together if effect.subject), indent=2)
    screen.section("not known", listed(map(unknown_words, forecast.unknowns)))
    return screen.result()


def _effects(forecast: Forecast) -> Iterator[_Effect]:
    for change in forecast.changes:
        yield _Effect(change.day, causes_of(change) or "the cause is not known", subject_of(change), _words(change))
    for turn in idle_turns(forecast):
        yield _Effect(turn.day, f"{turn.text}; no finding changes by it", "", said(""))


def _words(change: ForecastChange) -> Text:
    """Return what becomes of a finding, and what it says where it does not go."""
    kind = said(KIND_WORDS[change.kind], _ROLES.get(change.kind))
    message = f": {message_of(change.finding)}" if change.delta.after is not None else ""
    return joined(kind, f" {change.finding.rule_id} ({weight(change)}){message}")
