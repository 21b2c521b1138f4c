"""The stages of a rule: announced, then a warning, then in force, then ended; days count in full, in UTC."""

from __future__ import annotations

from datetime import date

from aipolicy.findings.finding import Severity, Stage
from aipolicy.value import NamedTuple

STAGE_KEYS = ("announced", "warning", "from", "until")
"""The keys of `effective`, in the order in which their days must come."""


class Stages(NamedTuple):
    """The days on which the stages of a rule begin, and its last day; None where none is written."""

    announced: date | None = None
    warning: date | None = None
    from_: date | None = None
    until: date | None = None


def stage_on(stages: Stages, day: date) -> Stage:
    """Return the stage on a day; a rule that names no stage is in force, and one that names `from` alone warns before."""
    announced, warning, from_, until = stages
    if until is not None and day > until:
        return Stage.ENDED
    if from_ is not None and day >= from_:
        return Stage.IN_FORCE
    if announced is None and warning is None:
        return Stage.IN_FORCE if from_ is None else Stage.WARNING
    if warning is not None and day >= warning:
        return Stage.WARNING
    if announced is not None and day < announced:
        return Stage.UNANNOUNCED
    return Stage.ANNOUNCED


def severity_in(stage: Stage, severity: Severity) -> Severity | None:
    """Return what a rule of a severity weighs in a stage; None where it is not evaluated."""
    match stage:
        case Stage.UNANNOUNCED | Stage.ENDED:
            return None
        case Stage.ANNOUNCED:
            return Severity.NOTE
        case Stage.WARNING:
            return severity if severity.rank > Severity.WARNING.rank else Severity.WARNING
        case Stage.IN_FORCE:
            return severity


def turns(stages: Stages, severity: Severity) -> tuple[tuple[date, Stage, Severity | None], ...]:
    """Return every day on which the stage changes, with the stage and what the rule weighs from that day on."""
    days = {day for day in stages[:3] if day is not None}
    if stages.until is not None and stages.until < date.max:
        days.add(date.fromordinal(stages.until.toordinal() + 1))
    periods = []
    for day in sorted(days):
        stage = stage_on(stages, day)
        before = stage_on(stages, date.fromordinal(day.toordinal() - 1)) if day > date.min else Stage.UNANNOUNCED
        if stage is not before:
            periods.append((day, stage, severity_in(stage, severity)))
    return tuple(periods)


def coming_words(stages: Stages, severity: Severity, day: date) -> str:
    """Return what becomes of a rule that is not yet in force, in words; empty for one that is, or has ended."""
    stage = stage_on(stages, day)
    if stage in (Stage.IN_FORCE, Stage.ENDED):
        return ""
    now = severity_in(stage, severity)
    words = []
    for later, new, weight in turns(stages, severity):
        if later <= day or weight is None:
            continue
        if weight is now:
            words.append(f"in force from {later}" if new is Stage.IN_FORCE else f"a {weight.value} still from {later}")
        else:
            words.append(f"{'an' if weight is Severity.ERROR else 'a'} {weight.value} from {later}")
        now = weight
    if not words:
        return f"{stage.value}; no day is set from which it is in force"
    return ", ".join(words)
