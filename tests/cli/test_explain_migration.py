"""`aipolicy explain --migration` of a plan that says when: what is late, what comes too early, and what is next."""

from __future__ import annotations

from pathlib import Path

import pytest
from answer_pages import accepted
from command_line import run_here

MANIFEST = """\
apiVersion: aipolicy/v1
kind: AIFeature
metadata: {name: moderation-move, owner: trust-and-safety, lifecycle: pilot}
task: {type: moderation, specialization: domain, prompting: insufficient}
data: {classes: [personal], residency: [EU], labelled_examples: 40000}
latency: {p95_ms: 300}
volume: {requests_per_day: 3000000, input_tokens: 400, output_tokens: 5, growth_12_months: 1.5}
team: {ml_engineers: 4, on_call: true}
plan:
  adaptation: prompting
  hosting: provider-api
  provider: openai
  region: eu
  model: gpt-6-luna
  fallback: none
  terms: {dpa: true, no_training: true, zero_retention: true}
  evaluation: {set: true}
  monitoring: {quality: true, drift: true, cost: true}
  migration:
    evaluation_set: 2026-10-01
    baseline: 2026-11-01
    side_by_side: 2027-01-15
    shadow: 2027-02-01
    canary: 2027-01-20
    cut_over: 2027-03-01
    exit: 2027-06-01
    go_back_on: [quality, cost]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "aifeature.yaml").write_text(MANIFEST, encoding="utf-8")
    return tmp_path


def test_stages_with_days_are_told_as_it_was_read_and_accepted(folder: Path) -> None:
    done = run_here(["explain", "aifeature.yaml", "--migration", "--as-of", "2026-11-21"], folder)
    assert done.returncode == 0
    assert done.stdout == accepted("migration-with-days.txt", done.stdout)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-09-01", "next: baseline, due 2026-11-01"),
        ("2026-11-21", "late: baseline, due 2026-11-01"),
        ("2027-01-16", "late: side by side, due 2027-01-15"),
    ],
)
def test_what_is_late_or_next_follows_the_day(folder: Path, day: str, said: str) -> None:
    done = run_here(["explain", "aifeature.yaml", "--migration", "--as-of", day], folder)
    stands = done.stdout.split("where it")[1].split("stages     1.")[0]
    assert said in " ".join(stands.split())
