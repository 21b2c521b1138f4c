"""Conveniences of `aipolicy check`: statistics, the configuration with its origins, watching, completion."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aipolicy.cli.main import cli
from aipolicy.cli.progress import LONG_RUN, told_while_evaluating
from aipolicy.cli.watch import watch
from aipolicy.errors import UsageError

ROOT = Path(__file__).parents[2]
DAY = ("--as-of", "2026-11-21")
MANIFEST = "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: x}\ndata: {clases: [health], clses: [a]}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIPOLICY_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "x.aifeature.yaml").write_text(MANIFEST, encoding="utf-8")
    return tmp_path


def check(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["check", *arguments, *DAY])


@pytest.mark.usefixtures("folder")
def test_statistics_count_findings_by_rule() -> None:
    result = check("--statistics")
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "found  features  worst  rule     name",
        "    2         1  error  MAN-003  unknown-key",
    ]
    assert check("--format", "statistics").output == result.output


def test_every_setting_is_shown_with_its_origin(folder: Path) -> None:
    (folder / "aipolicy.toml").write_text('fail_on = "warning"\n[recommendation]\nconfidence = 0.9\n', encoding="utf-8")
    lines = check("--show-config", "--select", "DATA").output.splitlines()
    assert 'fail_on = "warning"  (aipolicy.toml)' in lines
    assert "recommendation.confidence = 0.9  (aipolicy.toml)" in lines
    assert "recommendation.margin_percent = 20  (default)" in lines
    assert 'select = ["DATA"]  (command line)' in lines
    assert f'cache = "{folder / "cache"}"  (environment)' in lines


def looked(*states: object) -> list[int]:
    """Return at which looks a run was made, the states being what each look sees."""
    seen = iter(states)
    looks = [0]
    runs: list[int] = []

    def look() -> object:
        looks[0] += 1
        try:
            return next(seen)
        except StopIteration:
            raise KeyboardInterrupt from None

    watch(look, lambda: runs.append(looks[0]), lambda: None)
    return runs


@pytest.mark.parametrize(
    ("states", "runs"),
    [
        (["a", "a", "a", "a"], [2]),
        (["a", "a", "b", "b", "b"], [2, 4]),
        (["a", "a", "b", "c", "c"], [2, 5]),
        (["a", "a", "b", "a", "a"], [2]),
        (["a", "b"], []),
    ],
)
def test_a_change_is_checked_once_it_has_settled(states: list[object], runs: list[int]) -> None:
    assert looked(*states) == runs


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_watching_checks_again_and_ends_on_ctrl_c(folder: Path) -> None:
    out = folder / "out.txt"
    with (
        out.open("wb") as stream,
        subprocess.Popen(
            [sys.executable, "-u", "-m", "aipolicy", "check", "--watch", "--format", "concise", *DAY],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=stream,
        ) as process,
    ):
        waiting_for(lambda: "clases" in out.read_text(encoding="utf-8"))
        (folder / "x.aifeature.yaml").write_text(MANIFEST.replace("clases", "clazes"), encoding="utf-8")
        waiting_for(lambda: "clazes" in out.read_text(encoding="utf-8"))
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0


def waiting_for(condition: object) -> None:
    for _ in range(600):
        if condition():  # type: ignore[operator]
            return
        time.sleep(0.1)
    pytest.fail("nothing happened")


@pytest.mark.usefixtures("folder")
def test_standard_input_cannot_be_watched() -> None:
    assert isinstance(check("-", "--watch").exception, UsageError)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "manifests", "term"),
    [(Terminal(), LONG_RUN - 1, "xterm"), (Terminal(), 1757, "dumb"), (io.StringIO(), 1757, "xterm")],
)
def test_a_short_run_or_one_that_nobody_watches_says_nothing(
    stream: io.StringIO, manifests: int, term: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr(sys, "stderr", stream)
    with told_while_evaluating(manifests) as one_more:
        one_more()
    assert stream.getvalue() == ""


@pytest.mark.parametrize("color", [True, False])
def test_a_long_run_says_how_far_it_has_come_where_people_watch(color: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "" if color else "1")
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    with told_while_evaluating(1757) as one_more:
        for _ in range(1757):
            one_more()
        assert threading.active_count() == 1, "a process with threads is not copied into several"
    told = stream.getvalue()
    assert "evaluating 1 757 manifests" in told
    assert [share for share in (" 0%", " 50%", "100%") if share not in told] == []
    assert told.count("evaluating") < 120
    assert ("\x1b[35m" in told) is color
    assert told.endswith("\x1b[2K"), "nothing of it stays"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands(shell: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "aipolicy"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "_AIPOLICY_COMPLETE": f"{shell}_source"},
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert "_AIPOLICY_COMPLETE" in result.stdout


def completed(folder: Path, words: str, incomplete: str) -> list[str]:
    result = subprocess.run(
        [sys.executable, "-m", "aipolicy"],
        cwd=folder,
        env={
            **os.environ, "PYTHONPATH": str(ROOT), "_AIPOLICY_COMPLETE": "bash_complete",
            "COMP_WORDS": f"aipolicy {words} {incomplete}", "COMP_CWORD": str(len(words.split()) + 1),
        },
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    return [line.partition(",")[2] for line in result.stdout.splitlines() if line]


def test_shells_complete_rules_and_features(folder: Path) -> None:
    (folder / "x.aifeature.yaml").write_text(MANIFEST.partition("\ndata")[0], encoding="utf-8")
    assert completed(folder, "explain", "") == ["x"]
    assert completed(folder, "cost", "x") == ["x"]
    assert completed(folder, "explain", "res-") == ["RES-001"]
    assert "MAN-003" in completed(folder, "check --select", "MAN")
    assert "control:eu-ai-act/26" in completed(folder, "check --policy eu-ai-act --select", "control:eu-ai-act/2")
    assert completed(folder, "check --policy eu-ai-act --select", "control:eu") == ["control:eu-ai-act"]
    (folder / "aipolicy.toml").write_text("fail_on = 3", encoding="utf-8")
    assert completed(folder, "explain", "RES") == []


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_while_python_imports_is_no_traceback(tmp_path: Path) -> None:
    code = (
        "import builtins, runpy, sys\n"
        "real = builtins.__import__\n"
        "def late(name, *rest, **more):\n"
        "    if name == 'click':\n"
        "        raise KeyboardInterrupt\n"
        "    return real(name, *rest, **more)\n"
        "builtins.__import__ = late\n"
        "sys.argv = ['aipolicy', 'check']\n"
        "runpy.run_module('aipolicy', run_name='__main__')\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False
    )
    assert (result.returncode, result.stderr) == (130, b"")
