"""The stages from the plan to what is recommended in words."""

from __future__ import annotations

from collections.abc import Iterator

from aipolicy.answer.answer import Answering
from aipolicy.answer.migration import BASELINE, Migration, MigrationStage, migration_of
from aipolicy.report.answer_words import leg_name, rules, two_digits, way_name
from aipolicy.report.explain.answer_screen import title_of
from aipolicy.report.explain.sheet import Section, Sheet, section
from aipolicy.source.text import grouped

_NOTHING = (
    "There is nothing to get to: neither a plan nor what runs today is declared, or it is what is recommended and has no "
    "days, or nothing is"
)


def migration_section(answering: Answering) -> Section:
    """Return the stages and the triggers to go back; nothing where there is nothing to get to."""
    migration = migration_of(answering)
    return section("to get there", () if migration is None else _lines(migration))


def migration_sheet(answering: Answering) -> Sheet:
    """Return the stages as a page of their own."""
    migration = migration_of(answering)
    title = title_of(answering.certain)
    if migration is None:
        return Sheet(title, _NOTHING, ())
    goal = way_name(migration.goal)
    headline = f"To {goal}" if migration.start is None else f"From {way_name(migration.start)} to {goal}"
    return Sheet(
        title,
        headline,
        (
            section("where it stands", _standing(migration)),
            section("stages", _stages(migration)),
            section("go back", _back(migration)),
        ),
    )


def _lines(migration: Migration) -> Iterator[str]:
    yield from _standing(migration)
    yield from _stages(migration)
    yield from (f"go back where {words}" for words in _back(migration))


def _standing(migration: Migration) -> Iterator[str]:
    """Yield which stage comes next, and what of the days does not hold; nothing of stages that nobody planned."""
    if not migration.has_days:
        return
    for stage in migration.stages:
        if stage.is_late:
            yield f"late: {stage.name}, due {stage.day}: {_missing(stage)}"
        if stage.is_too_early:
            yield f"too early: {stage.name}, {stage.day}, is before a stage that it rests on"
    current = migration.current
    if current is None:
        yield "every stage is done"
    elif not current.is_late:
        on = "it has no day" if current.day is None else f"due {current.day}"
        yield f"next: {current.name}, {on}: {_missing(current)}"


def _missing(stage: MigrationStage) -> str:
    return f"{', '.join(stage.missing)} {'is' if len(stage.missing) == 1 else 'are'} not yet true"


def _stages(migration: Migration) -> Iterator[str]:
    for number, stage in enumerate(migration.stages, 1):
        true = [f"{fact} (not yet)" if fact in stage.missing else f"{fact} (is true)" for fact in stage.facts]
        does = _baseline(migration) if stage.name == BASELINE else stage.does
        by = "" if stage.day is None else f", by {stage.day}"
        yield f"{number}. {stage.name}{by}: {does}; by then true: {', '.join(true)}"


def _baseline(migration: Migration) -> str:
    """Return what is measured, and whether it stays: what breaks a rule of severity error is no fallback."""
    start = "what runs today" if migration.is_today else "the plan"
    breaks = f"{start} breaks {rules(migration.broken)} and is no fallback" if migration.broken else ""
    if migration.baseline is not None:
        stays = f"measure {leg_name(migration.baseline)} on it, which stays as the fallback"
        return f"{stays}; {breaks}" if breaks else stays
    return f"measure an API on cases that may leave; none stays as the fallback{f', {breaks}' if breaks else ''}"


def _back(migration: Migration) -> Iterator[str]:
    """Yield what to go back on, and whether the team agreed to where it gave days."""
    bill, latency = migration.bill_above_usd, migration.latency_above_ms
    reasons = {"quality": "quality on the evaluation set, or of watched answers, is below what the baseline reached"}
    if latency is not None:
        reasons["latency"] = f"95 % of the answers take more than {grouped(latency)} ms"
    if bill is not None:
        reasons["cost"] = f"the bill of a month is above {two_digits(bill)} USD, which nine draws in ten stay below"
    agreed = migration.go_back_on
    if agreed is not None and "failures" in agreed:
        reasons["failures"] = "it fails in a way that what ran before does not"
    for word, words in reasons.items():
        if agreed is None:
            yield words
        else:
            yield f"{words} ({'agreed' if word in agreed else 'not agreed'})"
