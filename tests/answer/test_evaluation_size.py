"""The smallest evaluation that settles it, in the answer: cases, what asking them costs, and the way that is shown first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import run_here

FEATURE = """apiVersion: aipolicy/v1
kind: AIFeature
metadata: {name: q, owner: x, lifecycle: prototype}
task: {type: question-answering, specialization: generic, error_cost: medium, stable: true, quality: {target: 0.9}}
data: {classes: [public], residency: [US]}
latency: {p95_ms: 5000}
volume: {requests_per_day: 120000, input_tokens: 1200, output_tokens: 200}
plan:
  {adaptation: prompting, hosting: provider-api, provider: anthropic, region: us, model: claude-sonnet-5-5, fallback: none,
   routing: single}
"""
SAID = "routing: single, evaluation: {results: [{model: claude-sonnet-5-5, passed: %d, of: 180, on: 2026-11-02}]}}"


@pytest.mark.parametrize(
    ("passed", "how"),
    [
        # 139 requests of 1,200 tokens at 2.2 and 200 at 11 USD a million
        (None, "139 of your cases show it where 0.95 are answered right, about 0.67 USD"),
        (158, "158 of 180 are 0.822 to 0.918: 701 cases settle it at that share, about 3.4 USD"),
        (162, "no number of cases shows 0.9; ask for less"),
        # shown to miss it, or to reach it: more cases would show the same
        (100, None),
        (175, None),
    ],
)
def test_a_to_do_says_how_many_cases_are_enough_and_what_they_cost(
    passed: int | None, how: str | None, tmp_path: Path
) -> None:
    text = FEATURE if passed is None else FEATURE.replace("routing: single}", SAID % passed)
    (tmp_path / "f.aifeature.yaml").write_text(text, encoding="utf-8")
    arguments = ["explain", "f.aifeature.yaml", "--format", "json", "--as-of", "2026-11-29"]
    result = run_here(arguments, tmp_path)
    found = json.loads(result.stdout)
    (feature,) = found.get("features", (found,))
    told = [each["how"] for each in feature["to_do"] if each["fact"] == "plan.evaluation.results"]
    assert told == ([] if how is None else [how])


@pytest.mark.parametrize(("passed", "code"), [(175, 0), (158, 0), (100, 1)])
def test_a_plan_that_misses_the_target_for_certain_gates_and_one_that_may_reach_it_does_not(
    passed: int, code: int, tmp_path: Path
) -> None:
    text = FEATURE.replace("routing: single}", SAID % passed)
    (tmp_path / "f.aifeature.yaml").write_text(text, encoding="utf-8")
    result = run_here(["check", "f.aifeature.yaml", "--as-of", "2026-11-29"], tmp_path)
    assert result.returncode == code, result.stdout
    assert ("QUAL-005" in result.stdout) is bool(code)
