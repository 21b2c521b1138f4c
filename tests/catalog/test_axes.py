"""One table holds the words of each axis: a word that is added there is known everywhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from aipolicy.catalog.axes import ADAPTATIONS, AXES
from aipolicy.facts.all_facts import REGISTRY

ROOT = Path(__file__).resolve().parents[2]
OFFERING = """offerings:
  - provider: openai
    model: gpt-4o-mini
    regions: [us]
    adaptations: [prompting, few-shot]
    source: a test
    checked_on: 2026-11-02
    effective_from: 2026-10-01
    verified: true
"""
MANIFEST = (
    "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: sorter, lifecycle: idea}\n"
    "data: {classes: [public], residency: [US]}\nlatency: {p95_ms: 30000}\n"
    "volume: {requests_per_day: 1000, input_tokens: 500, output_tokens: 50}\n"
)


@pytest.mark.parametrize("axis", AXES)
def test_plans_and_options_have_the_same_words_in_the_same_order(axis: str) -> None:
    assert REGISTRY[f"plan.{axis}"].choices == REGISTRY[f"option.{axis}"].choices == tuple(AXES[axis].words)


@pytest.fixture(scope="module")
def program_with_another_adaptation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the program in which the table of axes has one line more."""
    copy = tmp_path_factory.mktemp("program")
    for name in ("aipolicy", "policies", "schemas"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    table = copy / "aipolicy" / "catalog" / "axes.py"
    text = table.read_text(encoding="utf-8")
    first = f'        "{ADAPTATIONS[0]}":'
    assert text.count(first) == 1
    table.write_text(
        text.replace(first, f'        "few-shot": "examples stand in the prompt",\n{first}'), encoding="utf-8"
    )
    return copy


@pytest.mark.parametrize(("command", "said"), [(("explain", "sorter"), "few-shot"), (("check",), "sorter")])
def test_a_word_that_is_added_to_the_table_is_no_internal_error(
    command: tuple[str, ...], said: str, tmp_path: Path, program_with_another_adaptation: Path
) -> None:
    (tmp_path / "own.yaml").write_text(OFFERING, encoding="utf-8")
    (tmp_path / "aipolicy.toml").write_text('catalog = ["own.yaml"]\n', encoding="utf-8")
    (tmp_path / "sorter.aifeature.yaml").write_text(MANIFEST, encoding="utf-8")
    ran = subprocess.run(
        (sys.executable, "-m", "aipolicy", *command, "--as-of", "2026-11-21"),
        cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(program_with_another_adaptation), "AIPOLICY_CACHE_DIR": str(tmp_path / "c")},
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    assert said in ran.stdout
