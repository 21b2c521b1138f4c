"""A summary says of many features together what their answers say of each."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from answers import WEIGHING, answering, evaluator, feature_of
from command_line import run_here
from jsonschema import Draft202012Validator

from aipolicy.answer.answer import Answering
from aipolicy.answer.model import Certainty
from aipolicy.answer.summary import Building, Summary, summary_of
from aipolicy.report.explain.summary_text import render_summary
from aipolicy.report.terminal.style import Styler, cells

ROOT = Path(__file__).resolve().parents[2]
FOUR = "data: {classes: [internal], residency: [any]}\nlatency: {p95_ms: none}\nvolume: {requests_per_day: 1000}\n"
BODIES = (
    "metadata: {name: a, description: one}\n" + FOUR,
    "metadata: {name: b, description: another, labels: {unit: x}}\n" + FOUR,
    "metadata: {name: c, owner: web}\n" + FOUR,
    "metadata: {name: d, lifecycle: pilot}\n" + FOUR,
    "metadata: {name: e}\n" + FOUR.replace("1000", "{low: 500, likely: 1000, high: 9000}"),
    "metadata: {name: g}\n" + FOUR.replace("1000", "5000000"),
    "metadata: {name: h}\n" + FOUR + "plan: {hosting: own-cloud, adaptation: prompting}\n",
    "metadata: {name: i}\n" + FOUR.replace("any", "DE").replace("internal", "health"),
    "metadata: {name: j}\ntask: {type: fraud-detection}\n" + FOUR.replace("none", "50"),
    "metadata: {name: k}\ntask: {type: medical-imaging}\n" + FOUR,
    "metadata: {name: l, lifecycle: retired}\n" + FOUR,
    "metadata: {name: m}\n",
)


@cache
def summary(*bodies: str) -> Summary:
    return summary_of([evaluator().evaluate(feature_of(body)) for body in bodies], evaluator(), WEIGHING)


def each() -> list[Answering]:
    return [answering(body) for body in BODIES if "retired" not in body]


def test_features_are_counted_and_those_that_are_retired_apart() -> None:
    found = summary(*BODIES)
    assert (found.features, found.retired) == (len(BODIES), 1)
    assert sum(count for _, count in found.answers) == len(BODIES) - 1


def test_features_that_differ_in_nothing_that_is_read_are_of_one_kind() -> None:
    assert [summary(*BODIES[:number]).kinds for number in range(1, 8)] == [1, 1, 1, 2, 3, 4, 5]


def test_what_is_said_is_not_asked_though_it_says_what_is_taken_anyway() -> None:
    found = summary(BODIES[0], "metadata: {name: n}\ntask: {required_behavior: []}\n" + FOUR)
    assert found.kinds == 2
    behaviour = next(question for question in found.questions if question.fact == "task.required_behavior")
    assert behaviour.features == 1


def test_answers_conflicts_needs_to_dos_and_gaps_are_those_of_each_feature() -> None:
    found, answers = summary(*BODIES), each()
    built: Counter[Building] = Counter()
    for one in answers:
        way = one.recommended
        names = (None, None) if way is None else (way.hosting, way.adaptation)
        built[Building(*names, one.certainty)] += 1
    assert dict(found.answers) == built
    assert dict(found.conflicts) == Counter(one.answer.clash for one in answers if one.recommended is None)
    assert {need.id: need.features for need in found.needs} == Counter(n.id for one in answers for n in one.needs)
    certain = Counter(n.id for one in answers for n in one.needs if n.certainty is Certainty.CERTAIN)
    assert {need.id: need.certain for need in found.needs if need.certain} == certain
    assert {shared.to_do: shared.features for shared in found.to_do} == Counter(d for one in answers for d in one.to_do)
    assert {shared.gap: shared.features for shared in found.gaps} == Counter(gap for one in answers for gap in one.gaps)


def test_a_question_counts_the_features_of_which_it_is_a_question_about_the_way_of_building() -> None:
    asked: Counter[str] = Counter()
    for one in each():
        expected = one.trials.then({})
        asked.update(
            {
                next(iter(change.facts))
                for change in one.questions
                if len(change.facts) == 1
                and (change.then.hosting, change.then.adaptation) != (expected.hosting, expected.adaptation)
            }
        )
    assert {question.fact: question.features for question in summary(*BODIES).questions} == asked


def test_every_question_says_where_its_values_lead_and_the_one_that_moves_most_comes_first() -> None:
    questions = summary(*BODIES).questions
    assert [question.features for question in questions] == sorted((q.features for q in questions), reverse=True)
    inside = next(question for question in questions if question.fact == "data.must_stay_inside")
    assert {moved.value for moved in inside.moved} == {True}
    assert "own-cloud" in {moved.building.hosting for moved in inside.moved}
    assert "provider-api" not in {moved.building.hosting for moved in inside.moved}
    assert all(moved.building.certainty is None for question in questions for moved in question.moved)
    assert all(moved.features <= question.features for question in questions for moved in question.moved)


def test_what_at_least_half_declare_is_common_and_what_nobody_is_told_is_unsaid() -> None:
    found = summary(*BODIES)
    assert [(shared.fact, shared.value, shared.features) for shared in found.common] == [
        ("data.classes", ("internal",), 9), ("data.residency", ("any",), 9),
    ]  # fmt: skip
    assert dict(found.unsaid) == dict.fromkeys(
        ("data.classes", "data.residency", "latency.p95_ms", "volume.requests_per_day"), 1
    )


def test_the_order_of_features_changes_nothing() -> None:
    assert summary(*reversed(BODIES)) == summary(*BODIES)


@pytest.mark.parametrize("bodies", [BODIES, BODIES[:1], BODIES[9:10], BODIES[10:11], BODIES[-2:]])
@pytest.mark.parametrize("width", [60, 80, 100])
def test_a_summary_takes_at_most_twelve_lines_of_the_width(bodies: tuple[str, ...], width: int) -> None:
    lines = render_summary(summary(*bodies), width=width, style=Styler()).splitlines()
    assert len(lines) <= 12
    assert all(cells(line) <= width for line in lines)


def test_a_summary_of_retired_features_says_so_and_nothing_else() -> None:
    assert render_summary(summary(BODIES[10]), width=80, style=Styler()) == (
        "0 features of 0 kinds that rules and estimates tell apart; 1 more retired\n"
    )


def written(*arguments: str) -> str:
    result = run_here(["explain", *arguments, "--summary", "--as-of", "2026-11-21"], ROOT)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_json_of_a_summary_conforms_to_its_schema_and_says_the_same() -> None:
    schema = json.loads((ROOT / "schemas" / "summary.v1.json").read_text(encoding="utf-8"))
    found = json.loads(written("examples/decisions", "examples/quickstart", "--format", "json"))
    Draft202012Validator(schema).validate(found)
    assert found["features"] == sum(answer["features"] for answer in found["answers"]) == 11
    assert {question["fact"] for question in found["questions"]} > {"task.prompting", "data.must_stay_inside"}


def test_a_folder_without_features_is_refused() -> None:
    result = run_here(["explain", "schemas", "--summary"], ROOT)
    assert (result.returncode, result.stdout) == (2, "")
    assert "no feature in `schemas`" in result.stderr


def test_what_cannot_be_read_is_told_beside_the_summary(tmp_path: Path) -> None:
    (tmp_path / "a.aifeature.yaml").write_text(
        "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: a}\n", encoding="utf-8"
    )
    (tmp_path / "b.aifeature.yaml").write_text(
        "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: b}\ndata: {clases: [health]}\n", encoding="utf-8"
    )
    result = run_here(["explain", ".", "--summary"], tmp_path)
    assert result.stdout.startswith("1 feature of 1 kind ")
    assert "unknown key `clases`; did you mean `classes`?" in result.stderr
