"""What a team measured of its plan stands in the place of the estimate, and is refused where it is of something else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from aipolicy.cli.main import cli

HEAD = """apiVersion: aipolicy/v1
kind: AIFeature
metadata: {name: m, lifecycle: prototype}
task: {type: question-answering, specialization: generic, error_cost: low, stable: true}
data: {classes: [internal], residency: [US]}
latency: {p95_ms: 5000, streaming: true}
volume: {requests_per_day: 120000, input_tokens: 1200, output_tokens: 200}
"""
OWN = "plan: {adaptation: prompting, hosting: own-cloud, provider: aws, region: us-east-1, model: llama-3.1-8b,"
API = "plan: {adaptation: prompting, hosting: provider-api, provider: openai, region: us, model: gpt-6-luna,"
REST = " fallback: none, routing: single, measured: {%s}}\n"
DAY = "on: 2026-10-01, link: bench-4"
BENCH = f"machine: h100-80gb, requests_per_s: 2, at_concurrency: 4, first_token_ms: 200, {DAY}"
PINGS = f"p50_ms: 900, p95_ms: 1600, first_token_ms: 300, {DAY}"


def run(command: str, folder: Path, plan: str, measured: str, *more: str) -> str:
    path = folder / "f.aifeature.yaml"
    path.write_text(HEAD + plan + REST % measured, encoding="utf-8")
    arguments = [command, str(path), "--as-of", "2026-11-30", *more]
    return CliRunner().invoke(cli, arguments, catch_exceptions=False, env={"COLUMNS": "200"}).output


def facts(folder: Path, plan: str, measured: str) -> dict[str, Any]:
    text = run("explain", folder, plan, measured, "--facts", "--format", "json")
    return {each["name"]: each for each in json.loads(text)["facts"]}


def test_machines_are_bought_by_what_was_measured(tmp_path: Path) -> None:
    """A replica that was measured at a quarter of the rate is needed four times."""
    found = json.loads(run("cost", tmp_path, OWN, BENCH, "--all", "--format", "json"))["options"]
    plan = next(each for each in found if each["state"] == "plan")
    assert "h100-80gb" in plan["id"]
    other = json.loads(
        run(
            "cost",
            tmp_path,
            OWN,
            BENCH.replace("requests_per_s: 2", "requests_per_s: 0.5"),
            "--all",
            "--format",
            "json",
        )
    )
    slower = next(each for each in other["options"] if each["state"] == "plan")
    assert slower["running_usd"] > 2 * plan["running_usd"]
    assert "as measured on 2026-10-01 (bench-4)" in run("cost", tmp_path, OWN, BENCH)


def test_an_api_is_as_fast_as_it_was_measured(tmp_path: Path) -> None:
    text = run("cost", tmp_path, API, PINGS)
    assert "as measured on 2026-10-01 (bench-4)" in text
    late = run("check", tmp_path, API, PINGS.replace("900", "5001").replace("1600", "5100"))
    assert "LAT-002" in late
    assert "`5 001` ms in the median" in late
    assert "LAT-002" not in run("check", tmp_path, API, PINGS)


@pytest.mark.parametrize(
    ("plan", "measured", "message"),
    [
        (OWN, BENCH.replace("h100-80gb", "l40"), "the plan has no `llama-3.1-8b` on `l40` that was measured"),
        (OWN, f"model: qwen3-14b, {BENCH}", "measured of `qwen3-14b`, but the plan is `llama-3.1-8b`"),
        (OWN, BENCH.replace("2026-10-01", "2027-10-01"), "2027-10-01 lies after 2026-11-30"),
        (OWN, BENCH.replace("machine: h100-80gb, ", ""), "missing key `machine` in `plan.measured`"),
        (OWN, BENCH.replace("at_concurrency: 4, ", ""), "missing key `at_concurrency` in `plan.measured`"),
        (OWN, BENCH.replace(", link: bench-4", ""), "missing key `link` in `plan.measured`"),
        (OWN, f"tokens_per_s: 400, {BENCH}", "and one of them; found both"),
        (OWN, BENCH.replace("200", "2001"), "but 4 requests at once and 2 a second are 2000 ms for a whole request"),
        (OWN, f"machine: h100-80gb, {DAY}", "states `requests_per_s` or `tokens_per_s`, or of an API `p50_ms`"),
        (API, f"requests_per_s: 2, at_concurrency: 4, {DAY}", "is of machines of one's own"),
        (API, PINGS.replace("1600", "800"), "`p95_ms` is 800, less than `p50_ms` 900"),
        (API, PINGS.replace("p50_ms: 900, ", ""), "`p50_ms`"),
    ],
)  # fmt: skip
def test_a_measurement_of_something_else_is_told_at_its_line(
    tmp_path: Path, plan: str, measured: str, message: str
) -> None:
    text = run("check", tmp_path, plan, measured)
    assert "error[MAN-0" in text or "error[PLAN-001]" in text
    assert message in " ".join(text.split())


def test_a_measurement_of_long_ago_is_told(tmp_path: Path) -> None:
    assert "LAT-012" in run("check", tmp_path, API, PINGS.replace("2026-10-01", "2026-01-01"))
    assert "LAT-012" not in run("check", tmp_path, API, PINGS)


def test_a_measurement_is_among_the_facts(tmp_path: Path) -> None:
    assert "2026-10-01" in run("explain", tmp_path, API, PINGS, "--facts")
