"""The stages from the plan to what is recommended in words."""

from __future__ import annotations

from collections.abc import Iterator

from aipolicy.answer.answer import Answering
from aipolicy.answer.migration import BASELINE, Migration, migration_of
from aipolicy.report.answer_words import leg_name, rules, two_digits, way_name
from aipolicy.report.explain.answer_page import title_of
from aipolicy.report.explain.sheet import Section, Sheet, section
from aipolicy.source.text import grouped

_NOTHING = "There is nothing to get to: no plan is declared, or it is what is recommended, or nothing is"


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
    headline = f"From {way_name(migration.start)} to {way_name(migration.goal)}"
    return Sheet(title, headline, (section("stages", _stages(migration)), section("go back", _back(migration))))


def _lines(migration: Migration) -> Iterator[str]:
    yield from _stages(migration)
    yield from (f"go back where {words}" for words in _back(migration))


def _stages(migration: Migration) -> Iterator[str]:
    for number, stage in enumerate(migration.stages, 1):
        true = [f"{fact} (not yet)" if fact in stage.missing else f"{fact} (is true)" for fact in stage.facts]
        does = _baseline(migration) if stage.name == BASELINE else stage.does
        yield f"{number}. {stage.name}: {does}; by then true: {', '.join(true)}"


def _baseline(migration: Migration) -> str:
    """Return what is measured, and whether it stays: what breaks a rule of severity error is no fallback."""
    breaks = f"the plan breaks {rules(migration.broken)} and is no fallback" if migration.broken else ""
    if migration.baseline is not None:
        stays = f"measure {leg_name(migration.baseline)} on it, which stays as the fallback"
        return f"{stays}; {breaks}" if breaks else stays
    return f"measure an API on cases that may leave; none stays as the fallback{f', {breaks}' if breaks else ''}"


def _back(migration: Migration) -> Iterator[str]:
    yield "quality on the evaluation set, or of watched answers, is below what the baseline reached"
    if migration.latency_above_ms is not None:
        yield f"95 % of the answers take more than {grouped(migration.latency_above_ms)} ms"
    if migration.bill_above_usd is not None:
        yield f"the bill of a month is above {two_digits(migration.bill_above_usd)} USD, which nine draws in ten stay below"
