"""The command line as a user runs it in a folder, without the start of a process, for tests of what it says."""

from __future__ import annotations

import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from aipolicy.cli.main import main

_SURROUNDINGS = ("FORCE_COLOR", "GITHUB_STEP_SUMMARY", "AIPOLICY_TRACEBACK")


def run_here(arguments: list[str], folder: Path, stdin: str = "", **environment: str) -> CompletedProcess[str]:
    """Return what a run in a folder gave; unless a cache folder is named, nothing of an earlier run is remembered."""
    out, err = TextIOWrapper(BytesIO(), encoding="utf-8"), TextIOWrapper(BytesIO(), encoding="utf-8")
    given = {"NO_COLOR": "1", "COLUMNS": "100", "AIPOLICY_CACHE_DIR": "", **environment}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name in _SURROUNDINGS:
            patch.delenv(name, raising=False)
        for name, value in given.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["aipolicy", *arguments])
        patch.setattr(sys, "stdin", TextIOWrapper(BytesIO(stdin.encode()), encoding="utf-8"))
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        with pytest.raises(SystemExit) as exit_:
            main()
    texts = []
    for stream in (out, err):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode())  # type: ignore[attr-defined]
    return CompletedProcess(["aipolicy", *arguments], int(exit_.value.code or 0), *texts)
