"""The stages of a migration, in the order in which they are done, and what follows from the days that a plan gives them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from aipolicy.facts.spec import FactValue
from aipolicy.source.day import read_day

NOT_PLANNED = "none"
"""What stands for the day of a stage that is not planned; the same as leaving it out."""
DAY_PATTERN = r"^([0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])|none)(?![\s\S])"
STAGES: Mapping[str, str] = {
    "evaluation_set": "an evaluation set of real cases exists",
    "baseline": "an API baseline is measured on it",
    "side_by_side": "both ways are compared on quality, latency and failure modes",
    "shadow": "the new way gets the same requests, its answers are watched, and nobody is shown them",
    "canary": "it answers a small share, critical paths first",
    "cut_over": "it answers everything",
    "exit": "what ran before is switched off",
}
"""What has come true by the day of each."""
STAGE_FACTS = {stage: f"plan.migration.{stage}" for stage in STAGES}
DUE, OUT_OF_ORDER = "plan.migration.due", "plan.migration.out_of_order"


def day_of_stage(values: Mapping[str, FactValue], stage: str) -> date | None:
    """Return the day that a plan gives a stage, None where it gives none that can be read."""
    value = values.get(STAGE_FACTS[stage])
    return read_day(value) if isinstance(value, str) and value != NOT_PLANNED else None


def stages_due(values: Mapping[str, FactValue], today: date) -> tuple[str, ...]:
    """Return the stages whose day has come, by name."""
    days = {stage: day_of_stage(values, stage) for stage in STAGES}
    return tuple(sorted(stage for stage, day in days.items() if day is not None and day <= today))


def stages_out_of_order(values: Mapping[str, FactValue]) -> tuple[str, ...]:
    """Return the stages whose day is before that of one which comes first, by name."""
    too_early, latest = [], date.min
    for stage in STAGES:
        day = day_of_stage(values, stage)
        if day is not None and day < latest:
            too_early.append(stage)
        latest = max(latest, day or latest)
    return tuple(sorted(too_early))
