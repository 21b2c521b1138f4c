"""The process ends with all that it wrote and the exit code of its command, without freeing object by object."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from aipolicy.cli import terminal
from aipolicy.cli.terminal import keep_until_the_end

_RUN = "import sys; from aipolicy.__main__ import main; main()"


def _run(*words: str, output: int = subprocess.PIPE) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-c", _RUN, *words], stdout=output, stderr=subprocess.PIPE, check=False)


@pytest.mark.parametrize(
    ("words", "code", "said"), [(("--version",), 0, b"aipolicy "), (("check", "no-such-file.yaml"), 2, b"")]
)
def test_everything_is_written_before_the_process_ends(words: tuple[str, ...], code: int, said: bytes) -> None:
    done = _run(*words)
    assert done.returncode == code
    assert done.stdout.startswith(said)
    assert code == 0 or b"no-such-file.yaml" in done.stderr


def test_findings_that_cannot_be_written_are_an_error_and_not_an_exit_code_of_python(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no device that is always full")
    manifest = tmp_path / "aifeature.yaml"
    manifest.write_text("name: chat\nno_such_key: 1\n")
    with full.open("wb") as device:
        done = _run("check", str(manifest), output=device.fileno())
    assert done.returncode == 2
    assert b"aipolicy: output: " in done.stderr
    assert b"Exception ignored" not in done.stderr


def test_a_reader_that_goes_away_takes_no_exit_code_with_it(tmp_path: Path) -> None:
    manifest = tmp_path / "aifeature.yaml"
    manifest.write_text("name: chat\nno_such_key: 1\n")
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = _run("check", str(manifest), output=writing)
    finally:
        os.close(writing)
    assert done.returncode == 1
    assert not done.stderr


def test_nothing_is_kept_where_the_process_goes_on() -> None:
    keep_until_the_end(object())
    assert not terminal._kept


def test_of_many_things_of_a_kind_the_latest_is_kept_and_the_others_are_freed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "_ends_at_once", True)
    monkeypatch.setattr(terminal, "_kept", {})
    for made in ([1], (2,), [3]):
        keep_until_the_end(made)
    assert terminal._kept == {list: [3], tuple: (2,)}
