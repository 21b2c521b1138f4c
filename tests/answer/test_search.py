"""The search for the number at which an answer turns, and for whether that is out of reach."""

from __future__ import annotations

import pytest
from answers import answering
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.answer.search import turning, turns_beyond
from aipolicy.answer.turns import REACH
from aipolicy.report.explain.next_steps import distance

UNITS = ("ms", "USD", "people", "tokens")


@given(
    near=st.floats(1.0, 1e6), factor=st.floats(1.5, 1000.0), at=st.floats(0.0, 1.0), limit=st.floats(1.1, 100.0),
    is_up=st.booleans(), unit=st.sampled_from(UNITS),
)  # fmt: skip
def test_what_is_told_early_to_be_beyond_a_limit_is_found_there(
    near: float, factor: float, at: float, limit: float, is_up: bool, unit: str
) -> None:
    far = near * factor if is_up else near / factor
    turn = near * (far / near) ** at
    bound = near * limit if is_up else near / limit
    tried: list[float] = []

    def holds(number: float) -> bool:
        tried.append(number)
        return number >= turn if is_up else number <= turn

    if holds(near) or not holds(far):
        return
    if turns_beyond(holds, near, far, unit, bound):
        found = turning(holds, near, far, unit)
        assert found > bound if is_up else found < bound


def test_a_turn_that_is_far_away_takes_few_trials() -> None:
    tried: list[float] = []

    def holds(number: float) -> bool:
        tried.append(number)
        return number >= 4_093_928.0

    assert turns_beyond(holds, 120_000.0, 120_000_000.0, "requests/day", 3_600_000.0)
    assert len(tried) < 3
    assert turning(holds, 120_000.0, 120_000_000.0, "requests/day") == 4_100_000.0


@pytest.mark.parametrize("p95_ms", [300, 900, 4000])
@pytest.mark.parametrize("requests", [500, 120_000])
def test_the_near_turns_are_those_of_all_turns_that_are_in_reach(p95_ms: int, requests: int) -> None:
    body = (
        "task: {type: summarization, prompting: sufficient}\ndata: {classes: [health], residency: [EU]}\n"
        f"latency: {{p95_ms: {p95_ms}}}\nvolume: {{requests_per_day: {requests}, output_tokens: 200, input_tokens: 1200}}\n"
        "plan: {provider: openai, region: us, model: gpt-6-luna, adaptation: prompting, fallback: none}\n"
    )
    of_page, of_all = answering(body), answering(body)
    values = of_all.expected.facts.values
    in_reach = [change for change in of_all.turns if distance(change, values) <= REACH]
    assert [change for change in of_page.near_turns if distance(change, values) <= REACH] == in_reach
