"""The page of `cost`: the ways and figures of `explain`, the break-even as a range, what moves it, in 30 lines."""

from __future__ import annotations

import re

import pytest
from answer_pages import SHOWN, SITUATIONS, accepted, answerings, answerings_of, cost_page, explain_page

from aipolicy.answer.answer import Answering
from aipolicy.answer.comparison import Part, compared_ways
from aipolicy.answer.cost_summary import cost_summary
from aipolicy.report.cost.cost_screen import MOST_LINES
from aipolicy.report.terminal.style import cells

CLAIMS = "examples/quickstart/claims-triage/aifeature.yaml"


def situation(name: str) -> Answering:
    return answerings(f"tests/golden/answers/manifests/{name}.aifeature.yaml")[0]


@pytest.mark.parametrize("name", SITUATIONS)
def test_costs_of_a_situation_are_shown_as_they_were_read_and_accepted(name: str) -> None:
    page = cost_page(situation(name))
    assert page == accepted(f"{name}.cost.txt", page)


@pytest.mark.parametrize("path", SHOWN)
def test_costs_take_less_than_a_screen(path: str) -> None:
    for answering in answerings(path):
        lines = cost_page(answering).splitlines()
        assert len(lines) <= MOST_LINES
        assert all(cells(line) <= 80 for line in lines)


@pytest.mark.parametrize("path", SHOWN)
def test_explain_and_cost_show_the_same_figures(path: str) -> None:
    figures = re.compile(r"(?:[\d.]+ )*[\d.]+ \([\d.kM-]+\)$", re.MULTILINE)
    for answering in answerings(path):
        explained = set(figures.findall(explain_page(answering, 120)))
        assert explained <= set(figures.findall(cost_page(answering, 120)))


@pytest.mark.parametrize("path", SHOWN)
def test_running_and_people_add_up_to_the_total_within_the_range(path: str) -> None:
    for answering in answerings(path):
        for row in compared_ways(answering):
            figures = row.figures
            assert figures.running_usd + figures.people_usd == pytest.approx(figures.monthly_usd)
            if figures.low_usd is not None and figures.high_usd is not None:
                assert figures.low_usd <= figures.monthly_usd <= figures.high_usd


@pytest.mark.parametrize("path", SHOWN)
def test_a_row_is_what_it_is_called(path: str) -> None:
    for answering in answerings(path):
        rows = compared_ways(answering)
        assert len({(row.way.option.id, row.part is Part.PLAN) for row in rows}) == len(rows)
        for row in rows:
            removed = bool(answering.expected.verdict.removed >> row.way.number & 1)
            if row.part is Part.REMOVED:
                assert removed
                assert row.removed_by
            elif row.part is not Part.PLAN:
                assert not removed
                assert not row.removed_by
            assert row.part is not Part.API or row.way.hosting == "provider-api"
            assert row.part is not Part.OWN or row.way.hosting != "provider-api"


def test_an_api_that_is_compared_costs_the_least_of_those_that_are_left() -> None:
    answering = situation("internal-documents")
    row = next(row for row in compared_ways(answering) if row.part is Part.API)
    verdict, option_set = answering.expected.verdict, answering.expected.candidates
    api = option_set.mask_of("option.hosting", frozenset({"provider-api"})) & verdict.admissible
    cheapest = answering.recommender.ranking.cheapest(api)
    assert cheapest is not None
    assert row.figures.total_usd == cheapest.cost.total_usd


def test_a_break_even_is_a_range_in_two_digits_that_ends_at_the_horizon() -> None:
    answering = situation("health-in-one-country")
    found = cost_summary(answering, compared_ways(answering)).break_even
    assert found is not None
    assert found.low is not None
    assert found.likely is not None
    assert found.low <= found.likely
    page = re.sub(r"\s+", " ", cost_page(answering))
    said = re.search(r"own cloud costs less than an API from ([\d ]+) to ([\d ]+) requests a day on", page)
    assert said is not None
    assert all(len(number.replace(" ", "").rstrip("0")) <= 2 for number in said.groups())
    assert re.search(r"reached within 36 months \([\d ]+ a day by then\)", page)


def test_the_break_even_range_holds_what_the_draws_say_at_its_ends() -> None:
    answering = situation("health-in-one-country")
    summary = cost_summary(answering, compared_ways(answering))
    assert summary.api is not None
    assert summary.own is not None
    assert summary.break_even is not None
    all_inputs = [row.way.option_set.cost_inputs(row.way.number) for row in (summary.api, summary.own)]
    estimator = answering.expected.candidates.estimator(answering.expected.workload)
    likely = estimator.break_even(*all_inputs)
    assert likely is not None
    low, high = summary.break_even.low, summary.break_even.high
    assert low is not None
    assert low <= likely.first * 1.5  # type: ignore[union-attr]
    assert high is None or likely.first <= high * 1.5  # type: ignore[union-attr]
    drawn = estimator.drawn
    assert drawn.break_even(all_inputs[0], all_inputs[0], 0.5) is None


def test_the_parts_of_a_month_add_up() -> None:
    answering = answerings(CLAIMS)[0]
    rows = compared_ways(answering)
    build = next(row for row in rows if row.part is Part.BUILD)
    assert sum(usd for _, usd in cost_summary(answering, rows).parts) == pytest.approx(build.figures.monthly_usd)


def test_a_cost_that_is_known_in_part_is_a_lower_bound() -> None:
    text = (
        b"apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: scratch, lifecycle: prototype}\n"
        b"task: {type: generation, specialization: niche}\ndata: {classes: [internal], residency: [any]}\n"
        b"latency: {p95_ms: 20000}\nvolume: {requests_per_day: 100}\n"
        b"plan: {hosting: own-cloud, provider: aws, model: my-own-model, adaptation: prompting}\n"
    )
    for answering in answerings_of(text):
        for row in compared_ways(answering):
            assert row.figures.is_whole or row.figures.low_usd is None
