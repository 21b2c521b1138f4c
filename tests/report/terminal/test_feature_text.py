"""What `check` says below the findings of a feature."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from command_line import run_here

HEAD = (
    "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: desk, lifecycle: prototype}\n"
    "data: {classes: [internal], residency: [DE]}\nlatency: {p95_ms: 8000}\nvolume: {requests_per_day: 2000}\n"
)
US = "provider: openai, model: gpt-6-luna, hosting: provider-api, region: us, adaptation: prompting"


@pytest.mark.parametrize(
    ("declared", "broken", "besides"),
    [
        (f"plan: {{{US}, evaluation: {{set: false}}}}\n", {"RES-001"}, "TASK-005"),
        (
            f"plan: {{{US}, evaluation: {{set: false}}}}\ntask: {{error_cost: high}}\n",
            {"RES-001", "QUAL-001"},
            "TASK-005",
        ),
        ("plan: {evaluation: {set: false}}\ntask: {error_cost: high}\n", {"QUAL-001"}, ""),
    ],
)
def test_a_question_names_what_its_reply_breaks_and_not_what_is_broken_anyway(
    declared: str, broken: set[str], besides: str, tmp_path: Path
) -> None:
    (tmp_path / "aifeature.yaml").write_text(HEAD + declared, encoding="utf-8")
    ran = run_here(["check", "."], tmp_path)
    assert set(re.findall(r"^error\[(.*?)]", ran.stdout, re.MULTILINE)) == broken
    questions = ran.stdout.partition("    ask ")[2].partition("more: ")[0]
    assert questions
    assert besides in questions
    assert not [rule for rule in broken if rule in questions]
