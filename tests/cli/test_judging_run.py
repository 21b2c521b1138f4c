"""Manifests judged before are not judged again, and what is printed never hangs on memory or processes."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

import aipolicy.cli.judging_run as judging_run
from aipolicy.cache import Cache
from aipolicy.checking import check, load_policy
from aipolicy.findings import Severity
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.policy.locate import read_policy_files
from aipolicy.report.concise import render_concise
from aipolicy.report.json_report import render_json
from aipolicy.report.part import Files
from aipolicy.report.style import Styler
from aipolicy.report.text import render_text
from aipolicy.settings import PolicySettings

ROOT = Path(__file__).resolve().parent.parent.parent
SETTINGS = PolicySettings(as_of=date(2026, 11, 21))
FORMATS = ("text", "concise", "json")
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
def memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", str(tmp_path / "memory"))
    return tmp_path / "memory-files"


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the paths that are judged in this process."""
    paths: list[str] = []
    part_of = judging_run.part_of

    def noted(files: Files, *arguments: object) -> object:
        paths.append(files[0].path)
        return part_of(files, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(judging_run, "part_of", noted)
    return paths


def run(files: tuple[ManifestFile, ...], output_format: str = "text", fail_on: str = "error") -> tuple[str, int]:
    text, code, notices = judging_run.judge_run(
        files, SETTINGS, read_policy_files(SETTINGS), output_format, fail_on, 100, Styler(color=False)
    )
    assert not notices
    return text, code


def at_once(files: tuple[ManifestFile, ...], output_format: str) -> tuple[str, int]:
    report = check(files, load_policy(SETTINGS))
    code = report.exit_code(Severity.ERROR)
    if output_format == "json":
        return render_json(report, Severity.ERROR), code
    if output_format == "concise":
        return render_concise(report.findings), code
    return render_text(report, width=100, style=Styler(color=False)), code


@pytest.mark.parametrize("size", [10, 40])
@pytest.mark.parametrize("output_format", FORMATS)
def test_parts_of_files_add_up_to_the_report_on_all(output_format: str, size: int, memory: Path) -> None:
    files = corpus(size)
    expected = at_once(files, output_format)
    assert run(files, output_format) == expected
    assert run(files, output_format) == expected


WITH_PROCESSES = (
    "import os, sys, aipolicy.cli.judging_run as run\n"
    "count, fork, forked = int(sys.argv.pop(1)), os.fork, []\n"
    "def counted():\n    forked.append(1)\n    return fork()\n"
    "os.fork, run.usable_processes = counted, lambda: count\n"
    "from aipolicy.cli.main import main\n"
    "try:\n    main()\nfinally:\n    print(len(forked), file=sys.stderr)\n"
)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are forked on Linux only")
def test_bytes_are_equal_with_one_and_with_two_processes(tmp_path: Path) -> None:
    for file in corpus(160):
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


def test_only_a_changed_manifest_is_judged_again(memory: Path, judged: list[str]) -> None:
    files = corpus(20)[10:]
    run(files)
    judged.clear()
    changed = ManifestFile(files[4].path, files[4].data.replace(b"internal", b"itar"), False)
    files = (*files[:4], changed, *files[5:])
    assert run(files) == at_once(files, "text")
    assert judged == [changed.path]


def test_a_name_that_another_file_takes_is_told_though_both_are_remembered(memory: Path) -> None:
    first, second = (ManifestFile(f"{name}.yaml", manifest("same", 2).encode(), True) for name in ("a", "b"))
    assert "already used" not in run((first,))[0] + run((second,))[0]
    assert "name `same` is already used in a.yaml" in run((first, second))[0]


def test_what_gates_does_not_change_what_is_remembered(memory: Path, judged: list[str]) -> None:
    files = corpus(20)[10:]
    strict = run(files, "json", "note")
    judged.clear()
    assert run(files, "json", "error") != strict
    assert not judged


def test_a_damaged_memory_costs_time_only(memory: Path, judged: list[str]) -> None:
    files = corpus(20)[10:]
    expected = run(files)
    (entry,) = memory.iterdir()
    entry.write_bytes(entry.read_bytes()[:-9])
    judged.clear()
    assert run(files) == expected
    assert len(judged) == len(files)


def test_memory_does_not_grow_beyond_its_limit(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging_run, "MAX_KEPT", 30_000)
    files = corpus(40)[10:]
    for number in range(0, 30, 5):
        run(files[number : number + 5])
        (entry,) = memory.iterdir()
        assert entry.stat().st_size < 40_000


def test_a_manifest_without_a_plan_is_judged_without_making_every_option(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path / "compiled"))
    load_policy(SETTINGS, cache)
    policy = load_policy(SETTINGS, cache)
    report = check((ManifestFile("a.yaml", manifest("calm", 2).encode(), True),), policy)
    assert report.findings
    assert "options" not in vars(policy.evaluator.candidates)
