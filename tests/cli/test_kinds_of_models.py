"""Features that embed, rerank or transcribe, through the command line: what they are answered with, and at what price."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from aipolicy.cli.main import cli

EMBEDS = Path(__file__).resolve().parent / "cost_cases/embed10m.aifeature.yaml"
HEAD = "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: f, lifecycle: prototype}\n"
TASK = "task: {type: %s, specialization: generic, error_cost: low, stable: true}\n"
DATA = "data: {classes: [internal], residency: [any]}\n"
SPEECH = (
    HEAD + TASK % "speech" + DATA + "volume: {requests_per_day: 20000, audio_seconds: 300}\nlatency: {p95_ms: none}\n"
)
RERANKING = (
    HEAD + TASK % "reranking" + DATA + "latency: {p95_ms: 5000}\n"
    "volume: {requests_per_day: 10000, input_tokens: 15000, documents: 150, output_tokens: 100}\n"
)


def run(command: str, manifest: Path, *more: str) -> tuple[int, str]:
    arguments = [command, str(manifest), "--as-of", "2026-11-30", *more]
    result = CliRunner().invoke(cli, arguments, catch_exceptions=False, env={"COLUMNS": "200"})
    return result.exit_code, result.output


def costs(manifest: Path, *more: str) -> list[dict[str, Any]]:
    """Return every way with its cost."""
    found: list[dict[str, Any]] = json.loads(run("cost", manifest, "--all", "--format", "json", *more)[1])["options"]
    return found


def running(options: list[dict[str, Any]], model: str, host: str = "") -> float:
    return next(
        float(each["running_usd"]) for each in options if f"{host}" in each["id"] and f"/ {model}+" in each["id"]
    )


def written(folder: Path, text: str) -> Path:
    path = folder / "f.aifeature.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_ten_million_embeddings_a_day_are_paid_as_embeddings() -> None:
    """10 M of 200 tokens for 30.4 days, and what is sent again: at 0.02 USD a million, a hundredth of a chat model."""
    tokens = 10_000_000 * 200 * 30.4 * 1.05
    options = costs(EMBEDS)
    for model, usd_per_mtok in (("text-embedding-3-small", 0.02), ("bge-base-en-v1.5", 0.008), ("embed-v4.0", 0.12)):
        assert running(options, model) == pytest.approx(tokens * usd_per_mtok / 1e6, rel=0.011)


def test_an_embedding_has_no_tokens_of_its_own() -> None:
    assert "at 10 000 000 requests a day, 200 tokens in, 1.5 times" in " ".join(run("cost", EMBEDS)[1].split())


def test_embedding_is_answered_with_an_embedding_model_and_no_chat_model_is_left() -> None:
    code, text = run("explain", EMBEDS, "--format", "json")
    assert code == 0
    assert "bge-base-en" in json.loads(text)["answer"]["recommended"]["model"]
    options = costs(EMBEDS)
    assert {each["hosting"] for each in options} >= {"provider-api", "own-cloud", "on-premises"}
    assert [each["id"] for each in options if not any(word in each["id"] for word in ("embed", "bge-", "voyage"))] == []


def test_a_plan_to_embed_with_a_chat_model_is_an_error_at_its_line(tmp_path: Path) -> None:
    plan = "plan: {adaptation: prompting, hosting: provider-api, provider: openai, model: %s, fallback: none}\n"
    body = EMBEDS.read_text(encoding="utf-8")
    code, text = run("check", written(tmp_path, body + plan % "gpt-6-luna"))
    assert code == 1
    assert "error[TASK-008]: `gpt-6-luna` gives `labels, text`; the task is `embedding`" in text
    assert "TASK-008" not in run("check", written(tmp_path, body + plan % "text-embedding-3-small"))[1]


def test_a_plan_that_leaves_the_model_open_is_one_to_embed(tmp_path: Path) -> None:
    plan = "plan: {adaptation: prompting, hosting: provider-api, provider: openai, region: us, fallback: none}\n"
    manifest = written(tmp_path, EMBEDS.read_text(encoding="utf-8").replace("prototype", "pilot") + plan)
    assert "error[TASK-008]" not in run("check", manifest)[1]
    planned = next(each for each in costs(manifest) if each["state"] == "plan")
    assert "text-embedding-3" in planned["id"]


@pytest.mark.parametrize("model", ["text-embedding-3-small", "gpt-transcribe"])
def test_a_plan_to_summarize_with_a_model_that_writes_nothing_is_an_error(tmp_path: Path, model: str) -> None:
    plan = f"plan: {{adaptation: prompting, hosting: provider-api, provider: openai, model: {model}, fallback: none}}\n"
    code, text = run("check", written(tmp_path, HEAD + TASK % "summarization" + DATA + plan))
    assert code == 1
    assert f"error[TASK-008]: `{model}` gives" in text


def test_recordings_are_paid_by_their_length(tmp_path: Path) -> None:
    """20,000 of 300 s are 53,200 hours a month with what is sent again: 0.04 USD each at Groq, 0.24 at Mistral."""
    options = costs(written(tmp_path, SPEECH))
    hours = 20_000 * 300 / 3600 * 30.4 * 1.05
    assert running(options, "whisper-large-v3-turbo", "groq") == pytest.approx(hours * 0.04, rel=0.011)
    assert running(options, "voxtral-small-transcribe-3", "mistral") == pytest.approx(hours * 0.24, rel=0.011)
    lists = {
        "whisper-1": 0.36,
        "nova-3": 0.258,
        "scribe_v2": 0.22,
        "universal-2": 0.15,
        "amazon-transcribe-standard": 0.36,
    }
    for model, usd_an_hour in lists.items():
        assert running(options, model) == pytest.approx(hours * usd_an_hour, rel=0.011), model
    hearing = [each for each in options if "gemini-3.8-flash" in each["id"]]
    assert hearing
    assert {each["running_usd"] for each in hearing} == {None}
    assert "whisper" in run("cost", written(tmp_path, SPEECH))[1]


def test_a_recording_that_a_chat_model_takes_in_is_paid_by_its_tokens_where_their_price_is_known(
    tmp_path: Path,
) -> None:
    """60 s are 1,920 tokens at 0.50 USD a million, beside 500 and 100 of text; without that price nobody knows."""
    text = HEAD + TASK % "dialogue" + DATA + "latency: {p95_ms: 20000}\nvolume: {requests_per_day: 1000, "
    sizes = "input_tokens: 500, output_tokens: 100, reasoning_tokens: 0"
    requests = 1000 * 30.4 * 1.05
    for said, usd in ((", audio_seconds: 60", 1235.0), ("", 275.0)):
        options = costs(written(tmp_path, f"{text}{sizes}{said}}}\n"), "--as-of", "2026-12-01")
        heard = running(options, "gemini-3.1-flash-lite", "google-ai-studio")
        assert heard == pytest.approx(requests * usd / 1e6, rel=0.011)
        known = {each["running_usd"] is not None for each in options if "/ gpt-6-luna+none" in each["id"]}
        assert known == {not said}


def test_documents_are_paid_by_the_search(tmp_path: Path) -> None:
    """150 documents are two searches at 2 USD a thousand; rerankers by token are paid for 15,000 tokens."""
    manifest = written(tmp_path, RERANKING)
    options, paid = costs(manifest), 10_000 * 30.4 * 1.05
    assert running(options, "rerank-v3.5") == pytest.approx(paid * 2 * 0.002, rel=0.011)
    assert running(options, "voyage-rerank-3-lite", "voyage") < running(options, "rerank-v3.5")
    assert "rerank" in json.loads(run("explain", manifest, "--format", "json")[1])["answer"]["recommended"]["model"]


def test_documents_that_are_not_declared_are_taken_to_be_fifty(tmp_path: Path) -> None:
    manifest = written(tmp_path, RERANKING.replace("documents: 150, ", ""))
    assert running(costs(manifest), "rerank-v3.5") == pytest.approx(10_000 * 30.4 * 1.05 * 0.002, rel=0.01)
