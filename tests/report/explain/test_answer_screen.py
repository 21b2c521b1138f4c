"""The first page of `explain`: one screen that says what to build, why and what to do, whatever a manifest declares."""

from __future__ import annotations

import re

import pytest
from answer_pages import (
    SHOWN,
    SITUATIONS,
    accepted,
    answerings,
    answerings_of,
    explain_page,
)
from sample_runs import CALM, EVIL_MANIFEST, EVIL_PACK, LEAK, NOWHERE, PACK, policy

from aipolicy.answer.answer import Answering
from aipolicy.answer.comparison import Part, compared_ways
from aipolicy.report.explain.answer_screen import MOST_LINES
from aipolicy.report.terminal.style import cells
from aipolicy.report.ways_table import short_usd

HEAD = b"apiVersion: aipolicy/v1\nkind: AIFeature\n"
LABELS = ("your plan", "why", "build", "it turns", "it ends", "say first", "to do", "look up", "ways left")


def situation(name: str) -> Answering:
    return answerings(f"tests/golden/answers/manifests/{name}.aifeature.yaml")[0]


def section(page: str, label: str) -> str:
    """Return the text of a section, its lines joined."""
    lines: list[str] = []
    for line in page.splitlines():
        if line.startswith(label) or (lines and line.startswith(" ")):
            lines.append(line.removeprefix(label).strip())
        elif lines:
            break
    return " ".join(lines)


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_situation_is_answered_as_it_was_read_and_accepted(name: str) -> None:
    page = explain_page(situation(name))
    assert page == accepted(f"{name}.explain.txt", page)


@pytest.mark.parametrize(
    ("plan", "name"),
    [
        ("{hosting: own-cloud, region: eu}", "eu"),
        ("{hosting: own-cloud, provider: openai}", "openai"),
        ("{hosting: on-device, model: claude-opus-5-5}\nlatency: {device: mobile}", "device, claude-opus-5-5"),
        ("{hosting: own-cloud, model: claude-opus-5-5}", "own cloud, claude-opus-5-5"),
    ],
)
def test_of_a_plan_that_cannot_be_had_nothing_is_priced_or_looked_up(plan: str, name: str) -> None:
    body = HEAD + f"metadata: {{name: f}}\ndata: {{classes: [internal], residency: [EU]}}\nplan: {plan}\n".encode()
    answering = answerings_of(body)[0]
    page = explain_page(answering)
    assert section(page, "your plan").startswith(f"{name} breaks 1 rule PLAN-001 line 5: the catalog offers no ")
    assert not [line for line in page.splitlines() if "is left open" in line]
    assert not [gap for gap in answering.answer.gaps if gap.of_plan or gap.about != gap.about.strip()]
    assert not [row for row in compared_ways(answering) if row.part is Part.PLAN]


@pytest.mark.parametrize(
    ("usd", "text"),
    [
        (0.00006, "0"),
        (0.00049, "0"),
        (0.00075, "0.00075"),
        (0.76, "0.76"),
        (12.4, "12"),
        (995.0, "1.0k"),
        (2e6, "2.0M"),
    ],
)
def test_an_amount_in_a_range_is_written_out(usd: float, text: str) -> None:
    assert short_usd(usd) == text


@pytest.mark.parametrize("path", SHOWN)
def test_the_answer_is_one_screen(path: str) -> None:
    for answering in answerings(path):
        lines = explain_page(answering).splitlines()
        assert len(lines) <= MOST_LINES
        assert all(cells(line) <= 80 for line in lines)


@pytest.mark.parametrize("width", [40, 60, 120])
@pytest.mark.parametrize("name", ["conflict", "hybrid", "open-by-a-gap"])
def test_the_answer_keeps_to_any_width_and_colour_adds_nothing_but_colour(name: str, width: int) -> None:
    plain, coloured = (explain_page(situation(name), width, color=color) for color in (False, True))
    assert all(cells(line) <= width for line in plain.splitlines())
    assert [line.rstrip() for line in re.sub("\x1b\\[[0-9;]*m", "", coloured).splitlines()] == plain.splitlines()
    assert "\x1b[" in coloured


@pytest.mark.parametrize(
    ("name", "answer", "certainty"),
    [
        ("four-facts", "Use an API", "EXPECTED"),
        ("fraud", "Use classical machine learning, in your own cloud account", "EXPECTED"),
        ("internal-documents", "Use an API with retrieval", "EXPECTED"),
        ("open-by-a-gap", "Self-host a small model on your own premises", "EXPECTED WITH A GAP"),
        ("health-in-one-country", "Use an API", "EXPECTED WITH A GAP"),
        ("nothing-remains", "Nothing can be built as declared: LAT-005, TEAM-001 clash", "CERTAIN"),
        ("retired", "Nothing to build: the feature is retired", ""),
    ],
)
def test_the_first_line_is_the_answer_and_how_sure_it_is(name: str, answer: str, certainty: str) -> None:
    head = explain_page(situation(name)).split("\nwhy ")[0].split("\nyour plan ")[0]
    words = re.sub(r"\s+", " ", head)
    assert answer in words
    assert certainty in words


def test_a_plan_is_told_with_the_rules_that_it_breaks_and_their_lines() -> None:
    plan = section(explain_page(situation("plan-breaks-rules")), "your plan")
    assert "openai us, gpt-6-luna breaks" in plan
    assert "RES-001 line 11: health would be processed in US" in plan


def test_a_plan_that_breaks_nothing_is_said_to() -> None:
    text = HEAD + (
        b"metadata: {name: calm, lifecycle: prototype}\ndata: {classes: [public], residency: [any]}\n"
        b"latency: {p95_ms: 20000}\nvolume: {requests_per_day: 100}\n"
        b"plan: {hosting: provider-api, provider: openai, region: us, model: gpt-6-luna, adaptation: prompting,"
        b" fallback: none, routing: single}\n"
    )
    page = explain_page(answerings_of(text)[0])
    assert "openai us, gpt-6-luna keeps every rule that weighs an error" in section(page, "your plan")


def test_a_way_out_of_a_conflict_names_the_facts_and_what_follows() -> None:
    ends = section(explain_page(situation("conflict")), "it ends")
    assert "data.labelled_examples from 500: own cloud fine-tuned" in ends


def test_what_nobody_said_ends_a_conflict_first_and_stands_in_its_first_line() -> None:
    body = (
        b"metadata: {name: f}\ntask: {type: classification, prompting: insufficient,"
        b" required_behavior: [fixed-output-format]}\nvolume: {requests_per_day: 70000000}\n"
    )
    page = explain_page(answerings_of(HEAD + body)[0], 120)
    assert page.splitlines()[1].startswith(
        "Nothing is left as assumed; data.labelled_examples from 500: own cloud fine-tuned"
    )
    assert section(page, "it ends").startswith("data.labelled_examples from 500: own cloud fine-tuned")


def test_what_turns_the_answer_says_what_it_saves() -> None:
    turns = section(explain_page(answerings("examples/quickstart/claims-triage/aifeature.yaml")[0]), "it turns")
    assert re.search(r"latency\.p95_ms from 1 600: your plan keeps LAT-002, [\d ]+ USD a month less", turns)


@pytest.mark.parametrize(("name", "is_close"), [("health-in-one-country", True), ("four-facts", False)])
def test_an_answer_that_a_few_percent_would_turn_says_so_in_its_second_line(name: str, is_close: bool) -> None:
    second = explain_page(situation(name), 120).splitlines()[2]
    expected = "close     volume.output_tokens is 300, from 320 on the answer is another, own cloud: measure it first"
    assert (second == expected) is is_close


def test_a_retired_feature_takes_a_few_lines() -> None:
    assert len(explain_page(situation("retired")).splitlines()) <= 4


def test_a_list_says_how_many_more_there_are() -> None:
    questions = situation("four-facts").questions
    asked = {tuple(change.facts) for change in questions}
    shown = section(explain_page(situation("four-facts")), "say first")
    more = re.search(r"; (\d+) more$", shown)
    assert more is not None
    assert 0 < int(more.group(1)) < len(asked)


@pytest.mark.parametrize("text", [CALM, LEAK, NOWHERE], ids=["calm", "leak", "nowhere"])
def test_a_section_without_content_is_left_out(text: str) -> None:
    page = explain_page(answerings_of(text.encode(), policy=policy(PACK))[0], policy=policy(PACK))
    for label in LABELS:
        assert not re.search(rf"^{label}\s*$", page, re.MULTILINE)


def test_text_of_packs_and_manifests_is_shown_escaped_and_is_no_markup() -> None:
    page = explain_page(answerings_of(EVIL_MANIFEST.encode(), policy=policy(EVIL_PACK))[0], policy=policy(EVIL_PACK))
    assert all(character.isprintable() or character == "\n" for character in page)
    assert "[bold]x" in page
    text = HEAD + b"metadata: {name: calm}\ndata: {classes: [internal]}\n"
    named = answerings_of(text, "[red]f[/red]:smile:\u202e.aifeature.yaml")[0]
    assert explain_page(named).splitlines()[0].endswith("[red]f[/red]:smile:\\u202e.aifeature.yaml")
