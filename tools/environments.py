"""Virtual environments with other versions than the locked ones: the newest of everything, or the oldest we promise."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

from lock import LOCK, ROOT, UV

RUNTIME_EXTRA = "plot"
"""What users may install for the program itself; `prices` is read as files and never imported."""


def newest() -> Path:
    """Return the Python of a fresh environment with the newest of everything that `pyproject.toml` allows."""
    python = _fresh(".venv-newest")
    _install(python, "--requirements", "pyproject.toml", "--extra", "dev", "--upgrade")
    return _with_project(python)


def oldest() -> Path:
    """Return the Python of a fresh environment: tools as locked, what the program needs as old as it may be."""
    python = _fresh(".venv-oldest")
    _install(python, "--require-hashes", "--requirements", LOCK)
    # NOTE: not resolved together, since tools ask for newer versions of what the program shares with them.
    requirements = python.parent.parent / "oldest.txt"
    _run("compile", "pyproject.toml", "--extra", RUNTIME_EXTRA, "--resolution", "lowest-direct", "--no-deps",
         "--python", str(python), "--no-header", "--no-annotate", "--output-file", str(requirements))  # fmt: skip
    print(requirements.read_text(encoding="utf-8"), flush=True)
    _install(python, "--no-deps", "--requirements", str(requirements))
    return _with_project(python)


def _fresh(name: str) -> Path:
    venv.create(ROOT / name, clear=True, symlinks=os.name != "nt", with_pip=True)
    # NOTE: not resolved, for the program of an environment is a link; `..` in how it was called names nothing else.
    return ROOT / name / Path(os.path.normpath(sys.executable)).relative_to(sys.prefix)


def _with_project(python: Path) -> Path:
    _install(python, "--no-deps", "--no-build-isolation", "--editable", ".")
    return python


def _install(python: Path, *arguments: str) -> None:
    _run("install", "--python", str(python), *arguments)


def _run(*arguments: str) -> None:
    subprocess.run((UV, "pip", *arguments, "--quiet"), cwd=ROOT, check=True)
