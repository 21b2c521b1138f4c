"""What decided a violation, beside what decided it before: unchanged, changed, or worse where the rule can tell."""

from __future__ import annotations

from math import inf

import pytest

from aipolicy.findings.finding import Decided, DecidingValue, FindingChange, Worse
from aipolicy.findings.moved import moved

WORSE, CHANGED, SAME = FindingChange.WORSE, FindingChange.CHANGED, FindingChange.UNCHANGED
HIGHER, LOWER, MORE, UNTOLD = Worse.HIGHER, Worse.LOWER, Worse.MORE, Worse.UNTOLD
CASES: dict[str, tuple[DecidingValue, Worse, DecidingValue | None, FindingChange, str]] = {
    "the same number": (5.0, HIGHER, 5.0, SAME, ""),
    "a larger number": (1200.0, HIGHER, 5.0, WORSE, "`x` was `5`, is `1,200`"),
    "a smaller number": (4.0, HIGHER, 5.0, CHANGED, "`x` was `5`, is `4`"),
    "a smaller number where less is worse": (4.0, LOWER, 5.0, WORSE, "`x` was `5`, is `4`"),
    "a larger number where less is worse": (6.0, LOWER, 5.0, CHANGED, "`x` was `5`, is `6`"),
    "a number in no direction": (6.0, UNTOLD, 5.0, CHANGED, "`x` was `5`, is `6`"),
    "no limit any more": (inf, HIGHER, 5.0, WORSE, "`x` was `5`, is `none`"),
    "no limit as before": (inf, HIGHER, "none", SAME, ""),
    "a limit now": (5.0, HIGHER, "none", CHANGED, "`x` was `none`, is `5`"),
    "a limit now, where less is worse": (5.0, LOWER, "none", WORSE, "`x` was `none`, is `5`"),
    "another kind of value": (5.0, HIGHER, "five", CHANGED, "`x` was `five`, is `5`"),
    "true is not 1": (True, UNTOLD, 1.0, CHANGED, "`x` was `1`, is `true`"),
    "another word": ("a", UNTOLD, "b", CHANGED, "`x` was `b`, is `a`"),
    "the same members": (("US",), MORE, ("US",), SAME, ""),
    "one more member": (("FR", "US"), MORE, ("FR",), WORSE, "`x` also `US`"),
    "another member": (("US",), MORE, ("FR",), WORSE, "`x` also `US`"),
    "one member less": (("US",), MORE, ("FR", "US"), CHANGED, "`x` no longer `FR`"),
    "a long list": (("a", "b", "c", "d", "e", "f", "g"), MORE, (), WORSE, "`x` also `a`, `b`, `c`, `d`, `e` and 2 more"),
    "another list": (("US",), UNTOLD, (), CHANGED, "`x` was empty, is `US`"),
    "a value that did not decide": (5.0, HIGHER, None, CHANGED, "`x` `5` decides now too"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_value_moved_to_the_worse_where_the_rule_can_tell(case: str) -> None:
    value, worse, before, change, words = CASES[case]
    assert moved([Decided("x", value, worse)], {} if before is None else {"x": before}) == (change, words)


def test_the_worst_of_several_values_is_told() -> None:
    now = [Decided("a", 2.0, HIGHER), Decided("b", "word")]
    assert moved(now, {"a": 1.0, "b": "other", "gone": True}) == (WORSE, "`a` was `1`, is `2`")
    assert moved(now, {"a": 2.0, "b": "word", "gone": True}) == (CHANGED, "`gone` `true` decides no longer")


@pytest.mark.parametrize(
    ("name", "now", "before", "change"),
    [
        ("option.monthly_usd", 1009.0, 1000.0, SAME), ("option.monthly_usd", 1011.0, 1000.0, WORSE),
        ("volume.requests_per_day", 1009.0, 1000.0, WORSE), ("option.monthly_usd", 1e-9, 0.0, WORSE),
    ],
)  # fmt: skip
def test_estimates_are_the_same_within_a_hundredth_and_declared_numbers_only_when_equal(
    name: str, now: float, before: float, change: FindingChange
) -> None:
    assert moved([Decided(name, now, HIGHER)], {name: before}).change is change


@pytest.mark.parametrize(
    ("part", "whole", "change"),
    [
        (6.0, 10.0, WORSE),
        (5.0, 9.0, WORSE),
        (6.0, 9.0, WORSE),
        (6.0, 12.0, CHANGED),
        (4.0, 9.0, CHANGED),
        (4.0, 12.0, CHANGED),
    ],
)
def test_where_a_number_and_what_it_is_weighed_against_move_apart_nobody_can_tell(
    part: float, whole: float, change: FindingChange
) -> None:
    now = [Decided("part", part, HIGHER, ("whole",)), Decided("whole", whole, LOWER, ("part",))]
    assert moved(now, {"part": 5.0, "whole": 10.0}).change is change
