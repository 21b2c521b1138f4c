"""Stages of rules: which stage a day is in, what a rule weighs in it, and the words for what comes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.findings.finding import Severity, Stage
from aipolicy.policy.stages import Stages, coming_words, severity_in, stage_on, turns

A, W, F, U = date(2026, 2, 1), date(2026, 4, 1), date(2026, 6, 1), date(2026, 8, 1)
DAY = timedelta(days=1)
FULL = Stages(A, W, F, U)
UN, AN, WA, IN, EN = Stage.UNANNOUNCED, Stage.ANNOUNCED, Stage.WARNING, Stage.IN_FORCE, Stage.ENDED

CASES = [
    (Stages(), date.min, IN), (Stages(), date.max, IN),
    (FULL, A - DAY, UN), (FULL, A, AN), (FULL, W - DAY, AN), (FULL, W, WA), (FULL, F - DAY, WA), (FULL, F, IN),
    (FULL, U, IN), (FULL, U + DAY, EN),
    (Stages(from_=F), F - DAY, WA), (Stages(from_=F), F, IN),
    (Stages(announced=A, from_=F), A - DAY, UN), (Stages(announced=A, from_=F), F - DAY, AN),
    (Stages(warning=W, from_=F), W - DAY, AN), (Stages(warning=W, from_=F), W, WA),
    (Stages(announced=A), F, AN), (Stages(announced=A, warning=W), F, WA), (Stages(until=U), U, IN),
    (Stages(A, A, A, A), A - DAY, UN), (Stages(A, A, A, A), A, IN), (Stages(A, A, A, A), A + DAY, EN),
]  # fmt: skip


@pytest.mark.parametrize(("stages", "day", "expected"), CASES)
def test_the_first_day_of_a_stage_and_the_last_day_of_a_rule_count(stages: Stages, day: date, expected: Stage) -> None:
    assert stage_on(stages, day) is expected


@pytest.mark.parametrize(
    ("stage", "weights"),
    [(UN, [None] * 3), (AN, [Severity.NOTE] * 3), (WA, [Severity.WARNING, Severity.WARNING, Severity.NOTE]),
     (IN, list(Severity)), (EN, [None] * 3)],
)  # fmt: skip
def test_a_stage_only_ever_makes_a_rule_milder(stage: Stage, weights: list[Severity | None]) -> None:
    assert [severity_in(stage, severity) for severity in Severity] == weights


WORDS = [
    (FULL, Severity.ERROR, A, "a warning from 2026-04-01, an error from 2026-06-01"),
    (FULL, Severity.ERROR, W, "an error from 2026-06-01"),
    (FULL, Severity.ERROR, F, ""),
    (FULL, Severity.WARNING, W, "in force from 2026-06-01"),
    (Stages(from_=F), Severity.ERROR, A, "an error from 2026-06-01"),
    (Stages(announced=A), Severity.ERROR, A, "announced; no day is set from which it is in force"),
    (Stages(announced=A, until=U), Severity.ERROR, A, "announced; no day is set from which it is in force"),
]  # fmt: skip


@pytest.mark.parametrize(("stages", "severity", "day", "words"), WORDS)
def test_what_is_not_yet_in_force_says_what_comes(stages: Stages, severity: Severity, day: date, words: str) -> None:
    assert coming_words(stages, severity, day) == words


days = st.dates(date(2026, 1, 1), date(2027, 1, 1))
ordered = st.lists(days, min_size=4, max_size=4).map(sorted)
written = st.lists(st.booleans(), min_size=4, max_size=4)


@given(ordered, written, st.sampled_from(Severity))
def test_between_its_turns_a_rule_does_not_change(found: list[date], kept: list[bool], severity: Severity) -> None:
    stages = Stages(*[day if keep else None for day, keep in zip(found, kept, strict=True)])
    days = {day for day, _, _ in turns(stages, severity)}
    day = date(2025, 12, 30)
    while day < date(2027, 1, 5):
        day += DAY
        changed = stage_on(stages, day) is not stage_on(stages, day - DAY)
        assert changed is (day in days)


@given(ordered, written)
def test_a_rule_never_weighs_less_until_it_ends(found: list[date], kept: list[bool]) -> None:
    stages = Stages(*[day if keep else None for day, keep in zip(found, kept, strict=True)])
    weights = [weight for _, stage, weight in turns(stages, Severity.ERROR) if stage is not Stage.ENDED and weight]
    assert [weight.rank for weight in weights] == sorted((weight.rank for weight in weights), reverse=True)
