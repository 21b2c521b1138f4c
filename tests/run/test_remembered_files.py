"""Manifests judged before are not judged again, and what is printed never hangs on memory or processes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from aipolicy.config.scope import A_PART
from aipolicy.config.settings import PolicySettings
from aipolicy.files.cache import Cache
from aipolicy.findings.finding import Severity
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.policy.sources.locate import read_policy_files
from aipolicy.report.formats.registry import FORMATS, rendered
from aipolicy.report.view import View
from aipolicy.run import remembered_files, result_memory
from aipolicy.run.evaluated_run import check
from aipolicy.run.policy import load_policy
from aipolicy.run.remembered_files import Files, check_remembered
from aipolicy.run.result_memory import ResultMemory
from aipolicy.run.run_result import RunResult

ROOT = Path(__file__).resolve().parent.parent.parent
SETTINGS = PolicySettings(as_of=date(2026, 11, 21))
HEAD = "apiVersion: aipolicy/v1\nkind: AIFeature\n"


def manifest(name: str, number: int) -> str:
    plan = "plan: {hosting: provider-api, provider: openai, region: eu}\n" if number % 2 else ""
    return (
        f"{HEAD}metadata: {{name: {name}, owner: web, lifecycle: prototype}}\n"
        f"data: {{classes: [internal], residency: [US]}}\nlatency: {{p95_ms: {100 + number * 97}}}\n"
        f"volume: {{requests_per_day: {1 + number * 911}, input_tokens: {50 + number}, output_tokens: 90}}\n{plan}"
    )


def corpus(size: int) -> tuple[ManifestFile, ...]:
    """Return manifests of every kind: sound, broken, skipped, of several documents, and with names in use."""
    texts = [manifest(f"f{number:03}", number) for number in range(size)]
    texts[3] = texts[3].replace("latency", "latenzy")
    texts[4] = "a: [1\n"
    texts[5] = "foo: bar\n"
    texts[6] += "---\n" + manifest("f001", 6) + "---\n" + manifest("f006", 7)
    texts[8] = manifest("f001", 8)
    return tuple(ManifestFile(f"m{n:03}.aifeature.yaml", text.encode(), False) for n, text in enumerate(texts))


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    return tmp_path / "memory"


@pytest.fixture
def evaluated(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the paths that are evaluated in this process."""
    paths: list[str] = []
    evaluate_file = remembered_files.evaluate_file

    def noted(files: Files, *arguments: object) -> object:
        paths.append(files[0].path)
        return evaluate_file(files, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(remembered_files, "evaluate_file", noted)
    return paths


def text_of(result: RunResult, output_format: str, fail_on: str) -> tuple[str, int]:
    text = "".join(rendered(output_format, result, View(fail_on)))
    return text, result.totals.exit_code(Severity(fail_on))


def run(files: tuple[ManifestFile, ...], memory: Path, output_format: str = "text",
        fail_on: str = "error") -> tuple[str, int]:  # fmt: skip
    policy_files = read_policy_files(SETTINGS)
    policy = load_policy(SETTINGS, files=policy_files)
    result = check_remembered(files, policy, A_PART, ResultMemory(str(memory), policy_files.key))
    return text_of(result, output_format, fail_on)


def at_once(files: tuple[ManifestFile, ...], output_format: str) -> tuple[str, int]:
    return text_of(check(files, load_policy(SETTINGS), A_PART).result, output_format, "error")


@pytest.mark.parametrize("size", [10, 40])
@pytest.mark.parametrize("output_format", FORMATS)
def test_results_of_files_add_up_to_the_report_on_all(output_format: str, size: int, memory: Path) -> None:
    files = corpus(size)
    expected = at_once(files, output_format)
    assert run(files, memory, output_format) == expected
    assert run(files, memory, output_format) == expected


def test_a_result_can_be_gone_through_again_and_while_it_is_gone_through(memory: Path) -> None:
    policy_files = read_policy_files(SETTINGS)
    result = check_remembered(corpus(10), load_policy(SETTINGS), A_PART, ResultMemory(str(memory), policy_files.key))
    first = iter(result.files)
    assert next(first).features == next(iter(result.files)).features
    rest = list(first)
    assert [file.names for file in result.files][1:] == [file.names for file in rest]


WITH_PROCESSES = (
    "import os, sys, aipolicy.run.processes, aipolicy.run.remembered_files as run\n"
    "aipolicy.run.processes.LEAST_ITEMS = 25\n"
    "count, fork, forked = int(sys.argv.pop(1)), os.fork, []\n"
    "def counted():\n    forked.append(1)\n    return fork()\n"
    "os.fork, run.usable_processes = counted, lambda: count\n"
    "from aipolicy.cli.main import main\n"
    "try:\n    main()\nfinally:\n    print(len(forked), file=sys.stderr)\n"
)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are forked on Linux only")
def test_bytes_are_equal_with_one_and_with_two_processes(tmp_path: Path) -> None:
    for file in corpus(60):
        (tmp_path / file.path).write_bytes(file.data)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "AIPOLICY_CACHE_DIR": ""}
    results = []
    for processes, forked in ((1, 0), (2, 2)):
        command = [sys.executable, "-c", WITH_PROCESSES, str(processes), "check", "--as-of", "2026-11-21"]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
        assert done.stderr.decode().split() == [str(forked)]
        results.append((done.returncode, done.stdout))
    assert results[0] == results[1]
    assert len(results[0][1]) > 10_000


def test_only_a_changed_manifest_is_evaluated_again(memory: Path, evaluated: list[str]) -> None:
    files = corpus(20)[10:]
    run(files, memory)
    changed = ManifestFile(files[4].path, files[4].data.replace(b"internal", b"itar"), False)
    files = (*files[:4], changed, *files[5:])
    evaluated.clear()
    remembered = run(files, memory)
    assert evaluated == [changed.path]
    assert remembered == at_once(files, "text")


def test_every_file_that_is_evaluated_is_told_once_and_no_other(memory: Path) -> None:
    files = corpus(20)[10:]
    told: list[int] = []

    @contextmanager
    def telling(new: int) -> Iterator[Callable[[], None]]:
        told.append(new)
        yield lambda: told.append(0)

    policy = load_policy(SETTINGS, Cache(None))
    for known in (files[:6], files):
        for _ in check_remembered(known, policy, A_PART, ResultMemory(str(memory), "key"), telling).files:
            pass
    assert told == [6, *[0] * 6, 4, *[0] * 4]


def test_a_name_that_another_file_takes_is_told_though_both_are_remembered(memory: Path) -> None:
    first, second = (ManifestFile(f"{name}.yaml", manifest("same", 2).encode(), True) for name in ("a", "b"))
    assert "already used" not in run((first,), memory)[0] + run((second,), memory)[0]
    assert "name `same` is already used in a.yaml" in run((first, second), memory)[0]


@pytest.mark.parametrize("other", ["json", "sarif", "csv"])
def test_another_format_or_threshold_evaluates_nothing_again(other: str, memory: Path, evaluated: list[str]) -> None:
    files = corpus(20)[10:]
    run(files, memory, "text", "note")
    evaluated.clear()
    assert run(files, memory, other)[0]
    assert not evaluated


def damaged(content: bytes) -> bytes:
    return content[:-9]


def foreign(content: bytes) -> bytes:
    return hashlib.sha256(content).digest() + b"\x80\x05cos\nsystem\n."


@pytest.mark.parametrize("changed", [damaged, foreign, lambda content: b""], ids=["damaged", "foreign", "empty"])
def test_an_unusable_memory_costs_time_only(
    changed: Callable[[bytes], bytes], memory: Path, evaluated: list[str]
) -> None:
    files = corpus(20)[10:]
    expected = run(files, memory)
    (entry,) = memory.iterdir()
    entry.write_bytes(changed(entry.read_bytes()))
    evaluated.clear()
    assert run(files, memory) == expected
    assert len(evaluated) == len(files)


def test_memory_does_not_grow_beyond_its_limit(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_memory, "MAX_KEPT_BYTES", 30_000)
    files = corpus(40)[10:]
    for number in range(0, 30, 5):
        run(files[number : number + 5], memory)
        (entry,) = memory.iterdir()
        assert entry.stat().st_size < 40_000


def test_a_manifest_without_a_plan_is_judged_without_making_every_option(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path / "compiled"))
    load_policy(SETTINGS, cache)
    policy = load_policy(SETTINGS, cache)
    report = check((ManifestFile("a.yaml", manifest("calm", 2).encode(), True),), policy)
    assert report.evaluations
    assert "options" not in vars(policy.evaluator.legs)
