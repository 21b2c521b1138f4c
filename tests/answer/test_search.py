"""The search for the number at which an answer turns: it holds, is near the turn, has few digits, and is in reach."""

from __future__ import annotations

import pytest
from answers import answering
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.answer.search import ESTIMATE_DIGITS, LIMIT_DIGITS, turning
from aipolicy.answer.turns import REACH
from aipolicy.report.explain.next_steps import distance

UNITS = ("ms", "USD", "people", "tokens")


@given(
    near=st.floats(100.0, 1e6), factor=st.floats(1.5, 1000.0), at=st.floats(0.0, 1.0), is_up=st.booleans(),
    unit=st.sampled_from(UNITS), digits=st.sampled_from((ESTIMATE_DIGITS, LIMIT_DIGITS)),
)  # fmt: skip
def test_the_number_that_is_told_holds_and_is_as_near_to_the_turn_as_its_digits_say(
    near: float, factor: float, at: float, is_up: bool, unit: str, digits: int
) -> None:
    far = near * factor if is_up else near / factor
    turn = near * (far / near) ** at

    def holds(number: float) -> bool:
        return number >= turn if is_up else number <= turn

    if holds(near) or not holds(far):
        return
    found = turning(holds, near, far, unit, digits)
    assert holds(found)
    step = max(abs(turn) * 10.0 ** (1 - digits), 0.0 if unit == "USD" else 1.0)
    assert abs(found - turn) <= 2.0 * step or found == far


def test_what_rests_on_estimates_is_told_in_two_digits_and_found_in_few_trials() -> None:
    tried: list[float] = []

    def holds(number: float) -> bool:
        tried.append(number)
        return number >= 4_093_928.0

    assert turning(holds, 120_000.0, 120_000_000.0, "requests/day", ESTIMATE_DIGITS) == 4_100_000.0
    few = len(tried)
    assert turning(holds, 120_000.0, 120_000_000.0, "requests/day") == 4_100_000.0
    assert few < len(tried) - few


@pytest.mark.parametrize("p95_ms", [300, 900, 4000])
@pytest.mark.parametrize("requests", [500, 120_000])
def test_no_number_is_told_that_is_out_of_reach(p95_ms: int, requests: int) -> None:
    body = (
        "task: {type: summarization, prompting: sufficient}\ndata: {classes: [health], residency: [EU]}\n"
        f"latency: {{p95_ms: {p95_ms}}}\nvolume: {{requests_per_day: {requests}, output_tokens: 200, input_tokens: 1200}}\n"
        "plan: {provider: openai, region: us, model: gpt-6-luna, adaptation: prompting, fallback: none}\n"
    )
    of = answering(body)
    values = of.expected.facts.values
    assert all(distance(change, values) <= REACH * (1.0 + 1e-9) for change in of.turns)
