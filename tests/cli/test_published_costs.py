"""Published costs through the command line: which are reproduced, and which do not follow from their own inputs.

Sources are pages as they were read on 2026-12-01; their prices are those of the plan's model today unless said. Traffic that
is sent again and evaluation, 5 % that published sums leave out, is taken off before the two are compared.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from aipolicy.cli.main import cli

MONTH_DAYS = 30.4
MORE_TRAFFIC = 1.05
HEAD = "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: f, lifecycle: prototype}\n"
TASK = "task: {type: %s, specialization: generic, stable: true, error_cost: low}\n"
REST = "data: {classes: [public], residency: [any]}\nlatency: {p95_ms: %s}\nvolume: {%s}\n"
PLAN = "plan: {adaptation: %s, hosting: provider-api, provider: %s, region: global, model: %s, fallback: none}\n"
SONNET = ("prompting", "anthropic", "claude-sonnet-4-5-20250929")
HAIKU = ("prompting", "anthropic", "claude-haiku-4-5-20251001")
GPT_4O, MINI = ("prompting", "openai", "gpt-4o"), ("prompting", "openai", "gpt-4o-mini")
SMALL, LARGE = ("prompting", "openai", "text-embedding-3-small"), ("prompting", "openai", "text-embedding-3-large")
WHISPER, TURBO = ("prompting", "openai", "whisper-1"), ("prompting", "groq", "whisper-large-v3-turbo")


def run(folder: Path, task: str, volume: str, plan: tuple[str, str, str], p95_ms: float = 60_000) -> dict[str, Any]:
    """Return what `aipolicy cost` says as JSON."""
    manifest = folder / "f.aifeature.yaml"
    manifest.write_text(HEAD + TASK % task + REST % (p95_ms, volume) + PLAN % plan, encoding="utf-8")
    arguments = ["cost", str(manifest), "--format", "json", "--as-of", "2026-12-01"]
    result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.output)
    return found


def daily_usd(folder: Path, *inputs: Any) -> float:
    """Return what a day of the plan costs without people, and without what published sums leave out."""
    plan = next(each for each in run(folder, *inputs)["options"] if each["state"] == "plan")
    return float(plan["running_usd"]) / MONTH_DAYS / MORE_TRAFFIC


@pytest.mark.parametrize(
    ("task", "volume", "plan", "published_a_day"),
    [
        # nextgenailearn.com/app/lesson/co-07: a million calls of 800 and 200 tokens a day at 3 and 15 USD are 5,400
        ("generation", "requests_per_day: 1000000, input_tokens: 800, output_tokens: 200", SONNET, 5400.0),
        # monsitools.com/ai-agent-rag-churn-cost.html: 5,000 runs a day; 0.53 more for embedding and search
        ("question-answering", "requests_per_day: 5000, input_tokens: 2000, output_tokens: 400", SONNET, 60.0),
        # dev.to/tilak_raj_tech: 0.005 USD a classification with gpt-4o (1,600 and 100 tokens), 15,000 a day
        ("classification", "requests_per_day: 15000, input_tokens: 1600, output_tokens: 100", GPT_4O, 75.0),
        # agentbeck.bot/report/49117 (2026-06-19): 500 tokens in, 50,000 a day: 62.50 with gpt-4o, 3.75 with its mini
        ("classification", "requests_per_day: 50000, input_tokens: 500, output_tokens: 0", GPT_4O, 62.50),
        ("classification", "requests_per_day: 50000, input_tokens: 500, output_tokens: 0", MINI, 3.75),
        # store-v2-khaki.vercel.app/rag-pipeline-cost-calculator.html: 100,000 a month, 72 % of 1,062.50 USD is input
        ("question-answering", "requests_per_day: 3289.47, input_tokens: 3050, output_tokens: 300", GPT_4O, 34.95),
        # generativeai.credit/guides/reduce-embedding-costs-80-percent: a million documents of 500 tokens a day
        ("embedding", "requests_per_day: 1000000, input_tokens: 500", LARGE, 65.0),
        ("embedding", "requests_per_day: 1000000, input_tokens: 500", SMALL, 10.0),
    ],
)
def test_what_was_published_is_reproduced(
    tmp_path: Path, task: str, volume: str, plan: tuple[str, str, str], published_a_day: float
) -> None:
    assert daily_usd(tmp_path, task, volume, plan) == pytest.approx(published_a_day, rel=0.012)


@pytest.mark.parametrize(
    ("task", "volume", "plan", "published_a_month", "times_right"),
    [
        # ecomcalctools.com/ai/rag-pipeline-cost-calculator: 10,000 of 8,000 and 500 tokens at Claude Sonnet, "8.38 USD";
        # 8,000 tokens at 3 USD a million alone are 240
        (
            "question-answering",
            "requests_per_day: 328.95, input_tokens: 8000, output_tokens: 500",
            SONNET,
            8.38,
            1 / 37.6,
        ),
        # the same page: 100,000 of 2,000 and 300 tokens at gpt-4o-mini, "37.70 USD"; output costs 18 of 48
        (
            "question-answering",
            "requests_per_day: 3289.47, input_tokens: 2000, output_tokens: 300",
            MINI,
            37.70,
            1 / 1.27,
        ),
        # gigagpu.com/embedding-cost-at-scale-self-hosted-vs-api: 10 million documents of 500 tokens, "1,300 USD" at 0.13 a
        # million tokens; adaptiverecall.com has 650 for the same
        ("embedding", "requests_per_day: 328947, input_tokens: 500", LARGE, 1300.0, 2.0),
        # embeddingcost.com/self-hosted (2026-04): five billion tokens a month cost "7,800"; at 0.10 of ada-002 they are 500
        ("embedding", "requests_per_day: 328947, input_tokens: 500", SMALL, 7800.0, 78.0),
        # theneuralbase.com/whisper-api: 100 hours a month are "120 USD" at 0.02 a minute; the price is 0.006
        ("speech", "requests_per_day: 3.28947, audio_seconds: 3600", WHISPER, 120.0, 3.33),
    ],
)
def test_what_was_published_does_not_follow_from_its_inputs(
    tmp_path: Path, task: str, volume: str, plan: tuple[str, str, str], published_a_month: float, times_right: float
) -> None:
    computed = daily_usd(tmp_path, task, volume, plan) * MONTH_DAYS
    assert published_a_month / computed == pytest.approx(times_right, rel=0.02)


def test_a_cache_that_is_hit_saves_most_of_the_input_and_one_that_is_missed_costs_a_quarter_more(
    tmp_path: Path,
) -> None:
    """findaitools.app/blog/claude-prompt-caching-when-it-works: 8,000 of 8,500 tokens; about 80 % less, or 25 % more."""
    shape = "requests_per_day: 2400, input_tokens: 8500, output_tokens: 0"
    whole = daily_usd(tmp_path, "dialogue", shape, SONNET)
    hit = daily_usd(tmp_path, "dialogue", f"{shape}, cached_share: {8000 / 8500}", SONNET)
    missed = daily_usd(tmp_path, "dialogue", f"{shape}, cache_written_tokens: 8000", SONNET)
    assert 1.0 - hit / whole == pytest.approx(0.847, abs=0.001)
    assert missed / whole == pytest.approx(1.235, abs=0.001)


def test_an_hour_in_the_cache_costs_twice_the_input(tmp_path: Path) -> None:
    """aimagicx.com/blog/prompt-caching-claude-api-cost-optimization-2026: 1.25 and 2 times the input, 0.1 to read."""
    shape = "requests_per_day: 2400, input_tokens: 8000, output_tokens: 0, cache_written_tokens: 8000"
    minutes = daily_usd(tmp_path, "dialogue", shape, SONNET)
    hour = daily_usd(tmp_path, "dialogue", f"{shape}, cache_kept: hour", SONNET)
    assert hour / minutes == pytest.approx(2 / 1.25, rel=0.012)


def test_a_claimed_saving_of_78_percent_takes_nearly_every_request_to_hit(tmp_path: Path) -> None:
    """dev.to/tufailkhan457 (2026): 4,200 to 920 USD with 12,000 tokens of documents and 800 of instructions a request."""
    shape = "requests_per_day: 5000, input_tokens: 13000, output_tokens: 300"
    whole, at_best, usual = (
        daily_usd(tmp_path, "question-answering", f"{shape}, cached_share: {share}", SONNET)
        for share in (0, 12_800 / 13_000, 0.85)
    )
    assert 1.0 - at_best / whole == pytest.approx(0.795, abs=0.005)
    assert 1.0 - usual / whole == pytest.approx(0.686, abs=0.005)


def test_a_nightly_batch_costs_half(tmp_path: Path) -> None:
    """darshanturakhia.com/blog/claude-batch-api-background-tasks (2026-04-04): 3,000 tickets a night with Claude Haiku."""
    inputs = ("classification", "requests_per_day: 3000, input_tokens: 400, output_tokens: 10", HAIKU)
    at_once, over_night = (daily_usd(tmp_path, *inputs, limit) for limit in (5_000, 86_400_000))
    assert over_night / at_once == pytest.approx(0.5, rel=0.012)


def test_calls_of_an_agent_are_all_paid(tmp_path: Path) -> None:
    """ai-costcalculator.com/ai-agent-cost-guide: five to fifty calls a task, each with the whole context."""
    manifest = tmp_path / "f.aifeature.yaml"
    volume = "requests_per_day: 1000, input_tokens: 12000, output_tokens: 400, cached_share: 0.8"
    text = HEAD + TASK % "agent" + REST % ("60000, chained_calls: 8", volume) + PLAN % SONNET
    manifest.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(cli, ["cost", str(manifest), "--format", "json", "--as-of", "2026-12-01"])
    plan = next(each for each in json.loads(result.output)["options"] if each["state"] == "plan")
    a_call = (12000 * (0.2 * 3 + 0.8 * 0.3) + 400 * 15) / 1e6
    assert plan["running_usd"] / MONTH_DAYS / MORE_TRAFFIC == pytest.approx(8 * 1000 * a_call, rel=0.012)


@pytest.mark.parametrize(
    ("task", "volume", "plan", "published_own_a_month"),
    [
        # nextgenailearn.com: "one H100 at 2 USD an hour", 17,000 USD a year for a million calls a day: a price of another
        # seller, interrupted at any time, without a spare machine and without anybody who runs it
        ("generation", "requests_per_day: 1000000, input_tokens: 800, output_tokens: 200", SONNET, 1417.0),
        # gigagpu.com/migrate-replicate-audio-transcription: 10,000 hours a month on two machines for 3,600, not 5,800 at a
        # host by the second; at a host by the hour of recording they are 400
        ("speech", "requests_per_day: 328.95, audio_seconds: 3600", TURBO, 3600.0),
    ],
)
def test_machines_of_ones_own_cost_more_than_published_and_an_api_costs_less(
    tmp_path: Path, task: str, volume: str, plan: tuple[str, str, str], published_own_a_month: float
) -> None:
    options = [each for each in run(tmp_path, task, volume, plan)["options"] if each["monthly_usd"] is not None]
    own = min(each["monthly_usd"]["likely"] for each in options if each["hosting"] == "own-cloud")
    hosted = min(each["monthly_usd"]["likely"] for each in options if each["hosting"] == "provider-api")
    assert own > 1.5 * published_own_a_month
    assert hosted < own / 2
