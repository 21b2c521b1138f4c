"""The maintainer's refresh: appends what changed, keeps what stands, and lets no disagreement pass unseen."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from price_wheels import LITELLM, M, genai_folder, litellm_wheel

from aipolicy.catalog.load import catalog_documents
from aipolicy.catalog.price_entries import read_price
from aipolicy.errors import CatalogError
from aipolicy.source.records import Mistakes, Record

TOOL = Path(__file__).parents[2] / "tools" / "refresh_prices.py"
HEAD = "# kept\n\nprices:\n"
SOURCES = """\
rows:
  - {provider: openai, model: gpt-4o, region: global, key: gpt-4o, tuned: 'ft:gpt-4o', second: openai/gpt-4o}
  - {provider: openai, model: gpt-4o, region: eu, key: gpt-4o, uplift: regional_processing_uplift_multiplier_eu, note: n}
  - {provider: openai, model: long, region: any, key: long, second: openai/long}
  - {provider: openai, model: embed, region: any, mode: embedding, key: embed, verified: false}
  - {provider: cohere, model: rerank, region: any, mode: rerank, key: rerank}
  - {provider: openai, model: moderate, region: any, mode: moderation, key: moderate}
"""


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("refresh_prices", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["refresh_prices"] = module
    spec.loader.exec_module(module)
    return module


Run = Callable[..., Result]


@pytest.fixture
def run(tool: ModuleType, tmp_path: Path) -> Run:
    """Return a function that refreshes `prices.yaml` in the folder of the test."""
    (tmp_path / "prices.yaml").write_text(HEAD)
    (tmp_path / "sources.yaml").write_text(SOURCES)
    genai_folder(tmp_path / "site")

    def refresh(*options: str, on: str = "2026-11-21", entries: object = None) -> Result:
        wheel = litellm_wheel(tmp_path, entries)
        arguments = [
            "--litellm", wheel, "--genai-prices", tmp_path / "site", "--on", on, "--prices", tmp_path / "prices.yaml",
            "--sources", tmp_path / "sources.yaml", *options,
        ]  # fmt: skip
        return CliRunner().invoke(tool.main, [str(argument) for argument in arguments])

    return refresh


def rows(folder: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load((folder / "prices.yaml").read_text())["prices"])


def changed(**fields: float) -> dict[str, Any]:
    return {**LITELLM, "gpt-4o": {**LITELLM["gpt-4o"], **fields}}


def test_rows_say_what_the_source_says(run: Run, tmp_path: Path) -> None:
    assert run().exit_code == 0
    plain, eu, long, embed, rerank, moderate = rows(tmp_path)
    assert {key: plain[key] for key in plain if key.endswith("_per_mtok")} == {
        "input_per_mtok": 2.5, "output_per_mtok": 10, "cached_input_per_mtok": 1.25, "batch_input_per_mtok": 1.25,
        "batch_output_per_mtok": 5, "tuned_input_per_mtok": 3.75, "tuned_output_per_mtok": 15,
    }  # fmt: skip
    assert plain["agreement"] == "genai-prices 0.9.0 agrees"
    assert plain["source_package"]["name"] == "litellm"
    assert plain["source"].endswith("key gpt-4o, tuned ft:gpt-4o")
    assert (eu["input_per_mtok"], eu["note"]) == (2.75, "list price times 1.1 for the regional endpoint; n")
    assert long["long_context"] == {
        "above_input_tokens": 100000, "input_per_mtok": 0.5, "output_per_mtok": 2.5,
        "batch_input_per_mtok": 0.25,
    }  # fmt: skip
    assert (long["cache_write_per_mtok"], long["reasoning_output_per_mtok"]) == (0.125, 0.7)
    assert not any("1h" in key for key in long)  # no fact says how long a cache is kept
    assert (embed["input_per_mtok"], "output_per_mtok" in embed, embed["verified"]) == (0.02, False, False)
    assert (rerank["per_thousand_requests"], "input_per_mtok" in rerank) == (2, False)
    assert (moderate["input_per_mtok"], moderate["free"]) == (0, True)


def test_what_is_written_is_a_catalog_file(run: Run, tmp_path: Path) -> None:
    run()
    (document,) = catalog_documents([("prices.yaml", (tmp_path / "prices.yaml").read_bytes())])
    mistakes = Mistakes(CatalogError)
    for record in Record(document, (), document.value, mistakes).records("prices"):
        read_price(record, {})
        record.finish()
    mistakes.raise_if_any()


def test_a_second_refresh_changes_nothing(run: Run, tmp_path: Path) -> None:
    run()
    before = (tmp_path / "prices.yaml").read_bytes()
    assert "appended: 0" in run(on="2026-12-01").output
    assert (tmp_path / "prices.yaml").read_bytes() == before


def test_the_same_sources_give_the_same_bytes(run: Run, tmp_path: Path) -> None:
    first, second = [], []
    for results in (first, second):
        (tmp_path / "prices.yaml").write_text(HEAD)
        results += [run().output, (tmp_path / "prices.yaml").read_bytes()]
    assert first == second


def test_a_changed_price_is_appended_and_the_old_row_stays_byte_for_byte(run: Run, tmp_path: Path) -> None:
    run()
    before = (tmp_path / "prices.yaml").read_bytes()
    result = run(on="2026-12-01", entries=changed(cache_read_input_token_cost=1 * M))
    after = (tmp_path / "prices.yaml").read_bytes()
    assert after.startswith(before)
    assert "openai gpt-4o global chat: cached_input_per_mtok 1.25 -> 1.0" in result.output
    added = rows(tmp_path)[6:]
    assert [(row["region"], row["cached_input_per_mtok"], str(row["effective_from"])) for row in added] == [
        ("global", 1, "2026-12-01"), ("eu", 1.1, "2026-12-01"),
    ]  # fmt: skip


def test_a_price_that_the_source_no_longer_gives_is_a_change(run: Run, tmp_path: Path) -> None:
    run()
    entries = {
        **LITELLM,
        "gpt-4o": {k: v for k, v in LITELLM["gpt-4o"].items() if k != "output_cost_per_token_batches"},
    }
    assert "batch_output_per_mtok 5.0 -> absent" in run(on="2026-12-01", entries=entries).output
    assert "batch_output_per_mtok" not in rows(tmp_path)[6]


def test_check_reports_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    assert "would append: 6" in run("--check").output
    assert (tmp_path / "prices.yaml").read_text() == HEAD


def test_a_disagreement_needs_a_person_until_the_row_lists_it(run: Run, tmp_path: Path) -> None:
    genai_folder(tmp_path / "site", "2.4")
    result = run()
    assert result.exit_code == 1
    said = "litellm says input 2.5, output 10; genai-prices 0.9.0 says input 2.4, output 10"
    assert f"add `disputed` to the row: 1\n  openai gpt-4o global chat: {said}" in result.output
    assert "agreement" not in rows(tmp_path)[0]
    path = tmp_path / "prices.yaml"
    path.write_text(path.read_text().replace("verified: true", "verified: true\n    disputed: looked at", 1))
    again = run()
    assert again.exit_code == 0
    assert f"listed as `disputed`: 1\n  openai gpt-4o global chat: {said}" in again.output


def test_one_percent_is_no_disagreement(run: Run, tmp_path: Path) -> None:
    genai_folder(tmp_path / "site", "2.48")
    assert run().exit_code == 0


def test_a_row_from_another_source_is_not_undone(run: Run, tmp_path: Path) -> None:
    run()
    path = tmp_path / "prices.yaml"
    path.write_text(
        path.read_text() + "  - {provider: openai, model: gpt-4o, region: global, currency: USD, input_per_mtok: 2, "
        "source_package: {name: genai-prices, version: 1, sha256: x}, effective_from: 2026-11-22}\n"
    )
    assert "appended: 0" in run(on="2026-12-01").output


UNREADABLE = (
    ("nothing", "chat", "litellm gives no price; leave it out"), ("many-tiers", "chat", "more than two tiers"),
    ("tiered", "chat", "more than two tiers"), ("absent", "chat", "litellm has no key `absent`"),
    ("embed", "chat", "litellm says mode `embedding`, the mapping `chat`"),
)  # fmt: skip


@pytest.mark.parametrize(("key", "mode", "message"), UNREADABLE)
def test_an_entry_that_cannot_be_read_is_named_and_ends_with_1(
    key: str, mode: str, message: str, run: Run, tmp_path: Path
) -> None:
    line = f"{{provider: p, model: m, mode: {mode}, key: {key}}}"
    (tmp_path / "sources.yaml").write_text(f"rows:\n  - {line}\n")
    result = run()
    assert result.exit_code == 1
    assert f"cannot be read: 1\n  p m any {mode}: " in result.output
    assert message in result.output
    assert (tmp_path / "prices.yaml").read_text() == HEAD


def test_a_missing_premium_is_not_taken_for_none(run: Run, tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("rows:\n  - {provider: p, model: m, key: long, uplift: provider_entry.us}\n")
    assert "has no `provider_entry.us`; check the premium of the region" in run().output


def test_a_package_that_is_not_there_is_told(run: Run, tmp_path: Path) -> None:
    result = run("--genai-prices", str(tmp_path))
    assert result.exit_code == 1
    assert "no `genai-prices` is installed in" in result.output


def test_every_line_of_the_mapping_has_a_row_in_the_catalog(tool: ModuleType) -> None:
    wanted = tool.read_wanted(tool.SOURCES.read_text())
    known = yaml.safe_load(tool.PRICES.read_text())["prices"]
    assert len({line.identity for line in wanted}) == len(wanted)
    assert {line.identity for line in wanted} == set(tool.last_read(known))
