"""Needs, conflicts and what remains."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import LATENCY, LEAVES, RESIDENCY, evaluate, rule

from aipolicy.evaluation.conflict import smallest_clash
from aipolicy.evaluation.recommendation import recommend


@given(st.lists(st.integers(0, 255), min_size=0, max_size=7))
def test_the_clash_is_a_smallest_cover_by_trying_every_subset(masks: list[int]) -> None:
    removed_by = {f"R-{index:03}": mask for index, mask in enumerate(masks)}
    found = smallest_clash(removed_by, 255)
    covers = [
        names
        for size in range(1, len(masks) + 1)
        for names in combinations(removed_by, size)
        if _union(removed_by, names) == 255
    ]
    assert bool(found) == bool(covers)
    if found:
        assert _union(removed_by, found) == 255
        assert len(found) == len(covers[0])


def _union(masks: dict[str, int], names: tuple[str, ...]) -> int:
    union = 0
    for name in names:
        union |= masks[name]
    return union


def needs(body: str, *rules: str) -> dict[str, bool]:
    return {need.id: need.certain for need in evaluate(body, *rules).verdict.needs}


@pytest.mark.parametrize(
    ("body", "rules", "expected"),
    [
        ("data: {classes: [itar]}\n", (LEAVES,), {"self-hosting": True}),
        ("data: {classes: [internal]}\n", (LEAVES,), {}),
        ("latency: {p95_ms: 5}\n", (rule("A-001", 'option.adaptation == "rag"'),), {"rag": True}),
        (
            "latency: {p95_ms: 5}\n",
            (rule("A-001", '!(option.adaptation in ["prompting", "rag"])'),),
            {"trained-model": True},
        ),
        (
            "latency: {p95_ms: 5}\n",
            (rule("A-001", 'option.adaptation == "classical-ml"'),),
            {"classical-ml": True, "self-hosting": True},
        ),
        ("latency: {p95_ms: 5}\n", (rule("A-001", 'option.fallback == "provider-api"'),), {"api-fallback": True}),
        ("latency: {p95_ms: 5}\n", (rule("A-001", 'option.provider == "mistral"'),), {"provider": True}),
    ],
)
def test_a_need_is_what_every_remaining_option_has(
    body: str, rules: tuple[str, ...], expected: dict[str, bool]
) -> None:
    found = needs(body, *rules)
    found.pop("places", None)
    assert found == expected


def test_a_need_of_the_admissible_that_open_options_lack_is_uncertain() -> None:
    undecided = rule("B-001", 'option.hosting == "own-cloud" || data.minimized')
    found = needs("data: {classes: [internal]}\n", undecided)
    assert found["self-hosting"] is False


def test_removed_open_and_admissible_part_the_options() -> None:
    verdict = evaluate(
        "data: {classes: [health], residency: [EU]}\nlatency: {p95_ms: 900}\n", RESIDENCY, LATENCY
    ).verdict
    assert verdict.removed | verdict.open | verdict.admissible == verdict.full
    assert verdict.removed & verdict.open == verdict.open & verdict.admissible == 0


def test_an_option_that_cannot_fail_is_not_open_for_a_rule_that_may_not_apply() -> None:
    harmless = rule("C-001", "option.hosting == option.hosting", when="data.minimized")
    assert evaluate("data: {classes: [internal]}\n", harmless).verdict.open == 0


def test_four_declarations_are_enough_for_an_admissible_way() -> None:
    body = "data: {classes: [internal], residency: [US]}\nlatency: {p95_ms: 8000}\nvolume: {requests_per_day: 20000}\n"
    assert evaluate(body, LEAVES, RESIDENCY).verdict.admissible


def test_the_recommendation_is_the_cheapest_of_those_with_the_least_against_them() -> None:
    body = "data: {classes: [internal]}\nvolume: {requests_per_day: 1000, input_tokens: 100, output_tokens: 100}\n"
    against = rule("D-001", 'option.hosting != "provider-api"', severity="warning")
    free, biased = evaluate(body, LEAVES), evaluate(body, LEAVES, against)
    chosen = recommend(free, margin_percent=0)
    assert chosen is not None
    assert chosen.chosen.option.hosting == "provider-api"
    turned = recommend(biased, margin_percent=0)
    assert turned is not None
    assert turned.chosen.option.hosting != "provider-api"
    assert turned.runner_up is not None


def test_where_no_option_is_free_of_doubt_the_one_with_the_least_is_recommended_and_said_to_be_open() -> None:
    # NOTE: no price is converted, so that nobody knows the age of a rate, and nothing is expected of it.
    undecided = rule("E-001", "option.hosting == option.model || option.exchange_rate_age_days <= 1.0")
    evaluation = evaluate("data: {classes: [internal]}\n", undecided)
    assert evaluation.verdict.admissible == 0
    assert evaluation.verdict.open == evaluation.verdict.full
    found = recommend(evaluation, margin_percent=20)
    assert found is not None
    assert found.is_open
