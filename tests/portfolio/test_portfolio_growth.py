"""Rules over all features take work that grows with the features, however many groups these make: counted, not timed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import date
from types import FrameType
from typing import Any

import pytest
from test_portfolio import IN_USE, Feature, Given, record, rule

from aipolicy.findings.finding import Outcome
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.policy.portfolio_rule import PortfolioRule
from aipolicy.portfolio.feature_records import KeptFeature
from aipolicy.portfolio.portfolio_findings import portfolio_findings
from aipolicy.portfolio.run_records import documents_of_files

FEW, FACTOR = 20, 4
MOST_GROWTH = 1.1 * FACTOR
"""What is ordered takes a little more than in proportion."""
OWN_GROUP = "metadata.owner"
SUM, MAX, MIN, WORDS = (
    f"x: {each}" for each in (
        "sum(volume.requests_per_day)", "max(volume.requests_per_day)", "min(volume.requests_per_day)",
        "distinct(plan.provider)",
    )
)  # fmt: skip


def known(number: int) -> Feature:
    return _given(number), {}


def without_volume(number: int) -> Feature:
    return _given(number, "volume.requests_per_day"), {}


def half_in_any_group(number: int) -> Feature:
    return _given(number, *([OWN_GROUP] if number % 2 else [])), {}


def half_perhaps(number: int) -> Feature:
    return _given(number, *(["metadata.lifecycle"] if number % 2 else [])), {}


def in_either_of_two_groups(number: int) -> Feature:
    return _given(number), {"option.regions": (f"r{number}", f"r{number + 1}")}


@pytest.mark.parametrize(
    ("require", "measures", "group_by", "feature", "expected"),
    [
        ("group.x <= 0.00001 * total.x", SUM, OWN_GROUP, known, Outcome.VIOLATED),
        ("group.x <= 0.00001 * total.x", SUM, OWN_GROUP, half_perhaps, Outcome.VIOLATED),
        ("group.x <= 0.00001 * total.x", SUM, "option.regions", in_either_of_two_groups, Outcome.VIOLATED),
        ("group.x <= 0.5 * total.x", SUM, OWN_GROUP, without_volume, Outcome.UNDETERMINED),
        ("group.x <= 100.0", SUM, OWN_GROUP, without_volume, Outcome.UNDETERMINED),
        ("group.x <= 0.5 * total.x", SUM, OWN_GROUP, half_in_any_group, Outcome.UNDETERMINED),
        ("group.x <= 0.00001 * total.x", SUM, OWN_GROUP, half_in_any_group, Outcome.VIOLATED),
        ("group.x <= 0.01 * total.x", MAX, OWN_GROUP, half_in_any_group, Outcome.VIOLATED),
        ("group.x >= 2.0 * total.x", MIN, OWN_GROUP, half_in_any_group, Outcome.VIOLATED),
        ("group.x >= 2.0", WORDS, OWN_GROUP, half_in_any_group, Outcome.UNDETERMINED),
        ("total.x <= 1.0", WORDS, OWN_GROUP, half_in_any_group, Outcome.VIOLATED),
    ],
)  # fmt: skip
def test_work_grows_with_the_features_and_not_with_their_square(
    require: str, measures: str, group_by: str, feature: Callable[[int], Feature], expected: Outcome
) -> None:
    over = rule(require, measures, IN_USE, group_by)

    def work(count: int) -> int:
        records = [record(f"f{number:04}", feature(number), over) for number in range(count)]
        return work_of(
            over, records, [ManifestFile(each.file, manifest(each.name), False) for each in records], expected
        )

    work(FEW)  # what is remembered for good is there from now on
    assert work(FACTOR * FEW) <= MOST_GROWTH * work(FEW)


def test_a_file_with_many_features_is_read_once_for_the_places_of_all() -> None:
    over = rule("group.x <= 0.00001 * total.x", SUM, IN_USE, OWN_GROUP)

    def work(count: int) -> int:
        records = [record(f"f{number:04}", known(number), over)._replace(file="all.yaml") for number in range(count)]
        content = b"---\n".join(manifest(each.name) for each in records)
        return work_of(over, records, [ManifestFile("all.yaml", content, False)], Outcome.VIOLATED)

    work(FEW)
    assert work(FACTOR * FEW) <= MOST_GROWTH * work(FEW)


def work_of(
    over: PortfolioRule, records: Sequence[KeptFeature], files: Sequence[ManifestFile], expected: Outcome
) -> int:
    """Return how many instructions it takes to judge features by a rule."""

    def judge() -> None:
        found = portfolio_findings(
            records, (), (over,), documents_of_files(files), as_of=date(2026, 11, 21), strict=False
        )
        assert expected in {each.outcome for each in found}
        assert all(each.document is not None for each in found)

    return instructions(judge)


def instructions(function: Callable[[], None]) -> int:
    """Return how many instructions of Python are executed in a call: the same number every time, on any machine."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function()
    finally:
        sys.settrace(before)
    return count


def _given(number: int, *unknown: str) -> Given:
    values: Given = {
        "metadata.lifecycle": "production", "metadata.owner": f"team-{number}", "plan.provider": f"p{number}",
        "volume.requests_per_day": 100.0 + number,
    }  # fmt: skip
    return {name: value for name, value in values.items() if name not in unknown}


def manifest(name: str) -> bytes:
    return (
        f"apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {{name: {name}, owner: web}}\n"
        "data: {classes: [internal]}\n"
    ).encode()
