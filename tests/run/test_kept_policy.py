"""A compiled policy is kept in parts: those that few runs ask for are read when they do, and compiled again when lost."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from aipolicy.files.cache import Cache
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.run.evaluated_run import check
from aipolicy.run.policy import Policy, PolicySettings, load_policy

SETTINGS = PolicySettings(as_of=date(2026, 11, 21))
CASCADES = ManifestFile(
    "a.aifeature.yaml",
    b"apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: a}\ndata: {classes: [internal], residency: [EU]}\n"
    b"task: {type: summarization, hard_case_share: 0.2}\nlatency: {p95_ms: 3000}\nbudget: {monthly_usd: 100}\n"
    b"volume: {requests_per_day: 2000, input_tokens: 500, output_tokens: 200}\n",
    named=True,
)


def told(policy: Policy) -> tuple[object, ...]:
    """Return what a policy says of a feature with costs of cascades, and the examples of its rules."""
    report = check([CASCADES], policy)
    messages = tuple((finding.rule_id, finding.outcome, finding.message) for finding in report.result.all_findings())
    return messages, [(rule.id, [test.name for test in rule.tests]) for rule in policy.rules_with_examples()]


@pytest.fixture(scope="module")
def compiled() -> tuple[object, ...]:
    return told(load_policy(SETTINGS))


@pytest.mark.parametrize("change", ["nothing", "lose", "damage", "empty", "exchange"])
def test_parts_that_are_kept_apart_are_read_or_compiled_again(
    change: str, compiled: tuple[object, ...], tmp_path: Path
) -> None:
    cache = Cache(str(tmp_path / "c"))
    load_policy(SETTINGS, cache)
    (examples,) = (tmp_path / "c").glob("*-*.bin")
    (main,) = (path for path in (tmp_path / "c").iterdir() if path != examples)
    assert examples.name.partition("-")[2] == "examples.bin"
    policy = load_policy(SETTINGS, cache)
    if change == "lose":
        examples.unlink()
    elif change == "damage":
        examples.write_bytes(examples.read_bytes()[:-1] + b"\0")
    elif change == "empty":
        examples.write_bytes(b"")
    elif change == "exchange":
        examples.write_bytes(main.read_bytes())
    assert told(policy) == compiled


def test_what_few_runs_ask_for_is_not_read_by_others(tmp_path: Path) -> None:
    policy = load_policy(SETTINGS, Cache(str(tmp_path / "c")))
    (example, *_) = (test.name for rule in policy.rules_with_examples() for test in rule.tests)
    holding = {path.name.partition("-")[2] or "main" for path in (tmp_path / "c").iterdir()
               if example.encode() in path.read_bytes()}  # fmt: skip
    assert holding == {"examples.bin"}
