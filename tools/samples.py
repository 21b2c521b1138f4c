"""Samples of output for the README and documents: what commands print on the day of the catalog, `…` where more follows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLE_DAY = "2026-11-21"
WIDTH = "100"
_SCREEN = "80"


def check_sample() -> str:
    """Return a violation, what gates because it is open, what to do, and the summary, as `aipolicy check` prints them."""
    command = "aipolicy check examples/quickstart"
    output = _output(command)
    finding = next(block for block in output.split("\n\n") if block.startswith("error[RES-001]"))
    return _fenced(command, f"{finding}\n…\n\n{output[output.index('error[ADAPT-006]') :]}")


def explain_sample() -> str:
    """Return the one screen of `aipolicy explain`."""
    return _screen("aipolicy explain claims-triage examples/quickstart")


def conflict_sample() -> str:
    """Return what `aipolicy explain` prints where nothing remains."""
    return _screen("aipolicy explain clause-extraction examples/decisions")


def why_not_sample() -> str:
    """Return what `aipolicy explain` prints of ways that are not the answer."""
    return _screen("aipolicy explain claims-triage examples/quickstart --why-not hosting=provider-api")


def cost_sample() -> str:
    """Return what `aipolicy cost` prints."""
    return _screen("aipolicy cost claims-triage examples/quickstart")


def _screen(command: str) -> str:
    return _fenced(command, _output(command, _SCREEN))


def _output(command: str, width: str = WIDTH) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command.split(), "--as-of", SAMPLE_DAY],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": width},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.stderr:
        raise ValueError(f"{command}: {done.stderr}")
    return done.stdout


def _fenced(command: str, output: str) -> str:
    return f"```text\n$ {command}\n{output.rstrip()}\n```"
