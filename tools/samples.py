"""Samples of output for the README: what commands print on the day of the catalog, with what is left out marked by `…`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLE_DAY = "2026-11-21"
WIDTH = "100"


def check_sample() -> str:
    """Return a violation, what gates because it is open, what to do, and the summary, as `aipolicy check` prints them."""
    command = "aipolicy check examples/quickstart"
    output = _output(command)
    finding = next(block for block in output.split("\n\n") if block.startswith("error[RES-001]"))
    return _fenced(command, f"{finding}\n…\n\n{output[output.index('error[ADAPT-006]') :]}")


def explain_sample() -> str:
    """Return the page of `aipolicy explain`."""
    command = "aipolicy explain claims-triage examples/quickstart"
    return _fenced(command, _output(command))


def _output(command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command.split(), "--as-of", SAMPLE_DAY],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": WIDTH},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.stderr:
        raise ValueError(f"{command}: {done.stderr}")
    return done.stdout


def _fenced(command: str, output: str) -> str:
    return f"```text\n$ {command}\n{output.rstrip()}\n```"
