"""A forecast in, what a report says of the months to come out: by month and day, in the words of `aipolicy forecast`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from aipolicy.forecast.forecast import Forecast
from aipolicy.report.forecast.forecast_words import (
    KIND_WORDS,
    cause_names,
    causes_of,
    idle_turns,
    left_out,
    message,
    subject_of,
    summary,
    unknown_words,
    weight,
)
from aipolicy.source.text import escaped
from aipolicy.value import NamedTuple


class Coming(NamedTuple):
    """What a day brings; a rule that changes its stage without any finding changing has no feature."""

    day: str
    kind: str
    """What brings it about, in a word: rule, evidence, waiver, model, price, catalog, growth."""
    cause: str
    feature: str
    rule: str
    becomes: str
    """What becomes of the finding, and what it says."""


class ComingMonth(NamedTuple):
    """What a month brings."""

    month: str
    brings: tuple[Coming, ...]


class ComingMonths(NamedTuple):
    """What is to come until a day; months that bring nothing are left out."""

    until: str
    summary: tuple[str, ...]
    months: tuple[ComingMonth, ...]
    unknowns: tuple[str, ...]


def coming_months(forecast: Forecast) -> ComingMonths:
    """Return what a forecast says, by month."""
    brings = sorted(_brings(forecast))
    return ComingMonths(
        until=forecast.horizon.end.isoformat(),
        summary=(*summary(forecast), *left_out(forecast)),
        months=tuple(
            ComingMonth(month, tuple(together))
            for month, together in groupby(brings, key=lambda coming: coming.day[:7])
        ),
        unknowns=tuple(map(unknown_words, forecast.unknowns)),
    )


def _brings(forecast: Forecast) -> Iterator[Coming]:
    for change in forecast.changes:
        cause = causes_of(change) or "the cause is not known"
        detail = f": {message(change.finding)}" if change.delta.after is not None else ""
        becomes = f"{KIND_WORDS[change.kind]} ({weight(change)}){detail}"
        rule = escaped(change.finding.rule_id)
        yield Coming(change.day.isoformat(), cause_names(change.causes), cause, subject_of(change), rule, becomes)
    for turn in idle_turns(forecast):
        yield Coming(
            turn.day.isoformat(),
            turn.cause.value,
            escaped(turn.text),
            "",
            escaped(turn.rule),
            "no finding changes by it",
        )
