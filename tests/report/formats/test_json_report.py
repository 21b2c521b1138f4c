"""The report as JSON: valid against its schema, faithful to the findings, safe to print."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from sample_runs import (
    BROKEN,
    CALM,
    DEAR,
    EVIL_MANIFEST,
    EVIL_PACK,
    FOREIGN,
    LEAK,
    NOWHERE,
    UNSURE,
    policy,
    report,
)

from aipolicy.findings.finding import Severity
from aipolicy.report.formats.json_report import json_value
from aipolicy.report.formats.json_text import json_text
from aipolicy.report.formats.registry import rendered
from aipolicy.report.view import View
from aipolicy.run.answers_asked import AnswersAsked, Depth
from aipolicy.run.evaluated_run import Report

SCHEMA = Path(__file__).resolve().parents[3] / "schemas" / "report.v2.json"
REPORTS = {
    "clean": lambda: report(CALM),
    "leak": lambda: report(LEAK),
    "unsure": lambda: report(UNSURE),
    "dear": lambda: report(DEAR),
    "broken": lambda: report(BROKEN, "a: [", "", FOREIGN),
    "nothing": lambda: report(found=(FOREIGN,)),
    "empty": lambda: report(),
    "many": lambda: report(CALM, LEAK, UNSURE, DEAR, NOWHERE, BROKEN, found=(FOREIGN,)),
    "hostile": lambda: report(EVIL_MANIFEST, by=policy(EVIL_PACK)),
    "chosen": lambda: report(CALM, by=policy(ignore=("IN",))),
}


@cache
def made(name: str) -> Report:
    return REPORTS[name]()


ASKED = AnswersAsked(20.0, 36.0, Depth.FULL, Depth.FULL)


def parsed(name: str, fail_on: str = "error") -> dict[str, Any]:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    found: dict[str, Any] = json.loads(
        "".join(rendered("json", made(name).result_with(ASKED), View(fail_on))), parse_constant=refuse
    )
    return found


@cache
def validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_conforms_to_its_schema(name: str) -> None:
    Draft202012Validator.check_schema(validator().schema)
    assert not [error.message for error in validator().iter_errors(parsed(name))]


@pytest.mark.parametrize("change", [("summary", None), ("findings", {}), ("schema", "aipolicy/report/v1")])
def test_the_schema_refuses_what_is_no_report(change: tuple[str, object]) -> None:
    value = parsed("many") | {change[0]: change[1]}
    assert list(validator().iter_errors(value))


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("fail_on", ["error", "warning", "note"])
def test_the_summary_counts_what_is_listed(name: str, fail_on: str) -> None:
    value, shown = parsed(name, fail_on), made(name)
    summary = value["summary"]
    assert summary["exit_code"] == shown.exit_code(Severity(fail_on))
    assert summary["fail_on"] == fail_on
    assert sum(summary["findings"].values()) == len(value["findings"]) == len(shown.findings)
    assert summary["features"] == len(value["features"])
    assert summary["undetermined"] == sum(finding["outcome"] == "undetermined" for finding in value["findings"])
    assert len(value["skipped"]) == len(shown.skipped)


@pytest.mark.parametrize("name", REPORTS)
def test_a_region_is_where_the_text_stands(name: str) -> None:
    for finding, value in zip(made(name).findings, parsed(name)["findings"], strict=True):
        assert (value["rule"], value["severity"]) == (finding.rule_id, finding.severity.value)
        span, region = finding.span_of(finding.place), value["region"]
        assert (span is None) is (region is None)
        if span is not None:
            assert (region["start_line"], region["start_column"]) == (span.start.line, span.start.column)
            assert region["start_line"] >= 1
            assert region["start_column"] >= 1
            assert (region["end_line"], region["end_column"]) >= (region["start_line"], region["start_column"])


def test_the_verdict_counts_every_option_once() -> None:
    for feature in parsed("many")["features"]:
        verdict = feature["verdict"]
        assert verdict["admissible"] + verdict["open"] + verdict["removed"] == verdict["options"] > 1000


@pytest.mark.parametrize("depth", Depth)
def test_what_was_not_asked_for_is_null(depth: Depth) -> None:
    asked = AnswersAsked(20.0, 36.0, depth, depth)
    value = json.loads("".join(rendered("json", made("leak").result_with(asked), View("error"))))
    assert not [error.message for error in validator().iter_errors(value)]
    (feature,) = value["features"]
    present = {name for name in ("answer", "assumed", "questions", "to_do", "gaps") if feature[name] is not None}
    briefly = {"answer", "assumed", "to_do", "gaps"}
    assert (
        present
        == {
            Depth.NONE: set(),
            Depth.BRIEF: briefly,
            Depth.FULL: briefly | {"questions"},
            Depth.DRAWN: briefly | {"questions"},
        }[depth]
    )


def test_the_facts_tell_declared_from_assumed_from_unknown() -> None:
    facts = parsed("leak")["features"][0]["facts"]
    assert facts["declared"]["data.classes"] == ["health"]
    assert facts["assumed"]["latency.chained_calls"] == 1
    assert facts["derived"]["metadata.past_prototype"] is True
    assert "latency.p95_ms" in facts["unknown"]
    names = [*facts["declared"], *facts["assumed"], *facts["derived"], *facts["unknown"]]
    assert len(names) == len(set(names))


def test_nothing_in_json_steers_a_terminal_and_nothing_is_lost() -> None:
    text = "".join(rendered("json", made("hostile").result, View("error")))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", text)
    why = next(finding["why"] for finding in json.loads(text)["findings"] if finding["rule"] == "EVIL-001")
    assert why == "why \x1b[31mred\u202e\x9b1m[bold]x"


@pytest.mark.parametrize("value", ["a\u202eb", "\x1b[0m", "\U000e0001", "\ud800", "é 日本", 'q"\\', "\u2028"])
def test_what_is_escaped_in_json_reads_back_as_it_was(value: str) -> None:
    assert json.loads(json_text({"key": [value]})) == {"key": [value]}


def test_letters_stay_readable_and_a_number_that_is_none_is_refused() -> None:
    assert "é 日本" in json_text(["é 日本"])
    with pytest.raises(ValueError, match="JSON"):
        json_text(float("nan"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3.0, 3),
        (0.5, 0.5),
        (True, True),
        (None, None),
        (("a", "b"), ["a", "b"]),
        ({"b": "1", "a": "2"}, {"a": "2", "b": "1"}),
        ("sk-live-4f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c", "sk-l…"),
    ],
)
def test_fact_values_are_plain_json_without_secrets(value: object, expected: object) -> None:
    assert json_value(value) == expected
    assert type(json_value(value)) is type(expected)
