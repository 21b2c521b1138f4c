"""The comparison of the catalog with two price packages: what differs, what is explained, and what is lacking."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from price_wheels import LITELLM, genai_folder, litellm_wheel

TOOLS = Path(__file__).parents[2] / "tools"
SOURCES = """\
rows:
  - {provider: openai, model: gpt-4o, region: global, key: gpt-4o, second: openai/gpt-4o}
  - {provider: openai, model: embed, region: any, mode: embedding, key: embed}
"""
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return a function that compares rows read from a first wheel with a second one."""
    (tmp_path / "sources.yaml").write_text(SOURCES)
    (tmp_path / "prices.yaml").write_text("prices:\n")
    genai_folder(tmp_path / "site")

    def tool(name: str, entries: object, *options: str) -> subprocess.CompletedProcess[str]:
        wheel = litellm_wheel(tmp_path, entries)
        arguments = [
            "--litellm", wheel, "--genai-prices", tmp_path / "site", "--on", "2026-11-21", "--prices",
            tmp_path / "prices.yaml", "--sources", tmp_path / "sources.yaml", *options,
        ]  # fmt: skip
        command = [sys.executable, TOOLS / name, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def compare(entries: object = None, *options: str, **fields: str) -> subprocess.CompletedProcess[str]:
        assert tool("refresh_prices.py", None).returncode == 0
        rows = yaml.safe_load((tmp_path / "prices.yaml").read_text())["prices"]
        rows[0].update(fields)
        (tmp_path / "prices.yaml").write_text(yaml.safe_dump({"prices": rows}))
        return tool("compare_prices.py", entries, *options)

    return compare


def dearer(**more: Any) -> dict[str, Any]:
    """Return the entries of litellm with another output price of gpt-4o, and further entries."""
    return {**LITELLM, "gpt-4o": {**LITELLM["gpt-4o"], "output_cost_per_token": 0.00002}, **more}


def test_a_catalog_that_was_just_read_does_not_differ(run: Run) -> None:
    found = run()
    assert (found.returncode, found.stdout.splitlines()[-1]) == (0, "0 of 2 shared rows differ unexplained, 0.0%")


def test_a_row_that_differs_is_named_with_both_amounts_and_ends_the_command_with_1(run: Run) -> None:
    found = run(dearer())
    assert "openai gpt-4o global chat: output_per_mtok 10 here, 20 in litellm" in found.stdout
    assert (found.returncode, found.stdout.splitlines()[-1]) == (1, "1 of 2 shared rows differ unexplained, 50.0%")


def test_a_row_that_says_why_it_differs_is_explained(run: Run) -> None:
    found = run(dearer(), disputed="the page says 10")
    assert found.returncode == 0
    assert "differ, as `disputed` says: 1" in found.stdout


def test_what_is_on_sale_and_not_in_the_catalog_is_counted_and_named_on_request(run: Run) -> None:
    new = {"litellm_provider": "groq", "mode": "chat", "input_cost_per_token": 1e-6, "output_cost_per_token": 1e-6}
    entries = dearer(**{"groq/new": new, "groq/old": {**new, "deprecation_date": "2026-11-01"}})
    assert "  groq: 1" in run(entries).stdout
    named = run(entries, "--all").stdout
    assert "  groq groq/new" in named
    assert "groq/old" not in named


def test_a_package_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    command = [sys.executable, TOOLS / "compare_prices.py", "--on", "2026-11-21", "--litellm", tmp_path / "none.whl"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert "cannot read" in found.stderr
