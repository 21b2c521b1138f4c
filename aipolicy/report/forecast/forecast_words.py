"""What a forecast says in words, shared by its formats; everything from input is escaped."""

from __future__ import annotations

from collections.abc import Sequence

from aipolicy.errors import EXIT_NOTHING
from aipolicy.findings.finding import Finding, Outcome
from aipolicy.forecast.change import ForecastChange, ForecastEffect
from aipolicy.forecast.events import Event
from aipolicy.forecast.forecast import Forecast
from aipolicy.forecast.unknowns import Unknown
from aipolicy.report.formats.concise import location_of, message_of
from aipolicy.source.text import escaped

MAX_CAUSES = 3
MAX_SUBJECTS = 8
KIND_WORDS = {
    ForecastEffect.STARTS: "starts failing",
    ForecastEffect.STOPS: "stops failing",
    ForecastEffect.NEW: "new",
    ForecastEffect.WORSE: "worse",
    ForecastEffect.MILDER: "milder",
    ForecastEffect.GONE: "gone",
}
RUN = "(the run)"
"""Stands where a finding is about no single feature."""


def subject_of(change: ForecastChange) -> str:
    """Return the feature of a change, or what stands for the run."""
    return escaped(change.feature) or RUN


def weight(change: ForecastChange) -> str:
    """Return what a finding weighs, and what it weighed where it did."""
    before, after = change.delta.before, change.delta.after
    if before is None or after is None:
        return _weight(change.finding)
    return f"{_weight(before)} before, {_weight(after)} now"


def causes_of(change: ForecastChange) -> str:
    """Return what brings a change about: a few events, and how many more there are."""
    return few([escaped(event.text) for event in change.causes], MAX_CAUSES)


def cause_names(events: Sequence[Event]) -> str:
    """Return the kinds of events, each once."""
    return ", ".join(dict.fromkeys(event.cause.value for event in events)) or "unknown"


def few(words: Sequence[str], most: int) -> str:
    """Return some words, and how many more there are."""
    more = len(words) - most
    return ", ".join(words) if more <= 0 else f"{', '.join(words[:most])} and {more} more"


def summary(forecast: Forecast) -> tuple[str, ...]:
    """Return what a forecast comes to: the gate at the start, the first failure, what stays green."""
    if forecast.exit_code() == EXIT_NOTHING:
        return (
            "nothing is evaluated: "
            + ("no rule has anything to evaluate" if forecast.features else "no feature is found"),
        )
    return gate_today(forecast), first_words(forecast), green_words(forecast)


def gate_today(forecast: Forecast) -> str:
    """Return whether the gate is red at the start."""
    red = forecast.red_today
    if not red:
        return f"the gate is green on {forecast.horizon.start}"
    names = sorted({escaped(finding.feature) or RUN for finding in red})
    count = "1 finding fails" if len(red) == 1 else f"{len(red)} findings fail"
    return f"the gate is red on {forecast.horizon.start}: {count} in {few(names, MAX_SUBJECTS)}"


def first_words(forecast: Forecast) -> str:
    """Return what fails first that does not fail at the start, and when."""
    first = forecast.first_failure
    if first is None:
        of = " of what could be read" if forecast.broken else ""
        return f"nothing{of} starts failing until {forecast.horizon.end}"
    turns = "fails more" if forecast.red_today else "turns red"
    return f"it {turns} first on {first.day}: {subject_of(first)} by {escaped(first.finding.rule_id)}"


def left_out(forecast: Forecast) -> tuple[str, ...]:
    """Return what is not forecast: manifests that cannot be read, and files that are none."""
    broken = [f"not forecast: {location_of(f)}: {f.rule_id}: {message_of(f)}" for f in forecast.broken]
    skipped = [escaped(skip.path) for skip in forecast.moments[0].report.skipped]
    return (
        *broken,
        *([f"not forecast, because they are no manifests: {few(skipped, MAX_SUBJECTS)}"] if skipped else []),
    )


def green_words(forecast: Forecast) -> str:
    """Return which features nothing fails in at any time."""
    green = forecast.green
    if not green:
        return "no feature stays green throughout"
    count = f"{len(green)} of {len(forecast.features)} features stay"
    if len(forecast.features) == 1:
        count = "the feature stays"
    return f"{count} green throughout: {few([escaped(name) for name in green], MAX_SUBJECTS)}"


def unknown_words(unknown: Unknown) -> str:
    """Return what is not known, and of what."""
    return f"{unknown.text}: {few([escaped(subject) for subject in unknown.subjects], MAX_SUBJECTS)}"


def idle_turns(forecast: Forecast) -> tuple[Event, ...]:
    """Return the stages of rules by which nothing changes."""
    effective = {(change.day, event.rule) for change in forecast.changes for event in change.causes}
    return tuple(event for event in forecast.turns if (event.day, event.rule) not in effective)


def message(finding: Finding) -> str:
    """Return what a finding says, in one line."""
    return message_of(finding)


def _weight(finding: Finding) -> str:
    words = finding.severity.value
    return words if finding.outcome is Outcome.VIOLATED else f"{words}, {finding.outcome.value}"
