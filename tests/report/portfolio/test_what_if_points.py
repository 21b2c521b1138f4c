"""What a report lets a reader move: every point is what `explain --set` says there, and nothing else is a point."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from answer_pages import ROOT, answerings_of
from portfolio_pages import ATTACKS, HEAD, MOVING, elements, manifest, moving_report, page_of, report_on
from what_if_explained import explained_rows, plain

from aipolicy.report.portfolio.what_if_points import MOST_REPLIES, MOST_SWITCHES, asked_of, what_if_points
from aipolicy.value import replace

CLAIMS = (ROOT / MOVING[0]).read_text(encoding="utf-8")
BYTES_OF_ONE = 13_000


def points_of(text: str) -> dict[str, Any]:
    return what_if_points(answerings_of(text.encode())[0])


def numbers(points: dict[str, Any], fact: str) -> list[float | None]:
    (slider,) = [slider for slider in points["sliders"] if slider["fact"] == fact]
    return [points["points"][place][2] if place else slider["today"] for place in slider["stops"]]


def test_twenty_random_points_are_what_explain_says() -> None:
    random = Random(19)
    moving = [(path, row.details["what_if"]) for path, row in zip(MOVING, moving_report().rows, strict=True)]
    for _ in range(20):
        path, moved = random.choice(moving)
        declared, _, _, cells = random.choice(moved["points"])
        today = moved["points"][0][3]
        shown = [plain(today[place] if cell is None else cell) for place, cell in enumerate(cells)]
        assert dict(zip(moved["labels"], shown, strict=True)) == explained_rows(path, declared), declared


def test_sliders_have_todays_number_among_others_in_order() -> None:
    for row in moving_report().rows:
        moved = row.details["what_if"]
        for slider in moved["sliders"]:
            stops = numbers(moved, slider["fact"])
            assert stops.count(slider["today"]) == 1
            known = [stop for stop in stops if stop is not None]
            assert known == sorted(set(known))
            assert len(stops) >= 4


def test_a_switch_stands_for_what_explain_asks() -> None:
    assert moving_report().rows[0].details["what_if"]["switches"]
    for row in moving_report().rows:
        moved = row.details["what_if"]
        (answering,) = answerings_of((ROOT / row.file).read_bytes())
        # NOTE: of a conflict `explain` asks nothing; it says what ends it.
        changes = asked_of(answering)
        assert moved["is_conflict"] is (answering.conflict is not None)
        asked = {" and ".join(change.facts) for change in changes}
        facts = [switch["facts"] for switch in moved["switches"]]
        assert len(facts) <= MOST_SWITCHES
        assert set(facts) <= asked
        assert all(0 < len(switch["stops"]) <= MOST_REPLIES for switch in moved["switches"])
        assert len(facts) + moved["more_questions"] == len(asked - {slider["fact"] for slider in moved["sliders"]})


def test_a_switch_of_a_conflict_ends_it_and_says_what_is_today() -> None:
    (moved,) = (row.details["what_if"] for row in moving_report().rows if row.details["what_if"]["is_conflict"])
    build = moved["labels"].index("build")
    today = moved["points"][0][3][build]
    assert moved["switches"]
    for switch in moved["switches"]:
        for stop in switch["stops"]:
            assert moved["points"][stop][3][build] not in (None, today)
    section = (
        elements(page_of(moving_report())).one("article", id="f-checkr-hard-charges").one("section", class_="what-if")
    )
    assert "Nothing remains today; switches are for what ends that." in section.text
    assert all(f"{switch['how']} {switch['today']}" in section.text for switch in moved["switches"])
    assert {switch["how"] for switch in moved["switches"]} <= {"today", "assumed"}


def test_what_no_manifest_could_say_is_no_point() -> None:
    impossible = points_of(CLAIMS.replace("p95_ms: 800", "p95_ms: 800, p50_ms: 500"))
    assert numbers(impossible, "latency.p95_ms")[0] == 800.0
    assert numbers(points_of(CLAIMS), "latency.p95_ms")[0] == 100.0


def test_a_number_at_which_a_question_turns_is_a_point() -> None:
    points = points_of("\n".join(line for line in CLAIMS.splitlines() if "requests_per_day" not in line))
    (answering,) = answerings_of("\n".join(
        line for line in CLAIMS.splitlines() if "requests_per_day" not in line
    ).encode())  # fmt: skip
    turning = [change.facts["volume.requests_per_day"] for change in answering.questions
               if list(change.facts) == ["volume.requests_per_day"]]  # fmt: skip
    assert turning
    assert set(turning) <= set(numbers(points, "volume.requests_per_day"))


@pytest.mark.parametrize("text", [f"{HEAD}metadata: {{name: old, lifecycle: retired}}\n"])
def test_what_is_retired_does_not_move(text: str) -> None:
    assert points_of(text) == {}


def test_thirty_features_stay_small() -> None:
    report = moving_report()
    still = replace(report, rows=tuple(
        row._replace(details={**row.details, "what_if": {}}) for row in report.rows
    ))  # fmt: skip
    assert len(page_of(report)) - len(page_of(still)) < BYTES_OF_ONE * len(report.rows) + 6_000


def test_whatever_is_declared_stays_text_in_what_moves() -> None:
    files = [(f"{number}.aifeature.yaml", manifest(f"f{number}", owner=attack, description=attack))
             for number, attack in enumerate(ATTACKS[:4])]  # fmt: skip
    page = elements(page_of(report_on(files, what_if=frozenset({"f0", "f3"}))))
    assert len(page.all("section", class_="what-if")) == 2
    assert len(page.all("script")) == 2
    assert not any({"onclick", "onerror", "onload", "style", "src"} & each.attributes.keys() for each in page.all())


def test_only_the_features_that_are_asked_for_move() -> None:
    page = elements(page_of(report_on([("a.aifeature.yaml", manifest("a"))])))
    assert page.all("section", class_="what-if") == []
    assert "what-if" not in page.all("script")[1].text
