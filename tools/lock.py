"""Writes `requirements/gate.txt`: what every check runs with, each version by the hashes of its files.

    python tools/lock.py               # after a change of dependencies in pyproject.toml
    python tools/lock.py --upgrade     # the newest of everything that pyproject.toml allows

One file serves every Python and system that is supported. Afterwards the package index is asked whether each of them
finds an installable file for everything.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = str(Path(sys.executable).parent / "uv")
LOCK = "requirements/gate.txt"
OLDEST_PYTHON = "3.11"
PYTHONS = (OLDEST_PYTHON, "3.12", "3.13", "3.14")
SYSTEMS = ("linux", "macos", "windows")


def compile_command(*, upgrade: bool) -> tuple[str, ...]:
    """Return the command that writes the lock; versions that stand in it stay unless they are upgraded."""
    return (
        *(UV, "pip", "compile", "pyproject.toml", "--extra", "dev", "--output-file", LOCK, "--quiet"),
        *("--universal", "--python-version", OLDEST_PYTHON, "--generate-hashes"),
        *("--custom-compile-command", "python tools/lock.py"),
        *(("--upgrade",) if upgrade else ()),
    )


def resolve_command(python: str, system: str, folder: str) -> tuple[str, ...]:
    """Return the command that finds everything in the lock for a Python and a system, and installs nothing."""
    return (
        *(UV, "pip", "install", "--dry-run", "--require-hashes", "--only-binary", ":all:", "--requirements", LOCK),
        *("--python-version", python, "--python-platform", system, "--target", folder),
    )


def lacks_a_file(python: str, system: str) -> bool:
    """Return whether something in the lock cannot be installed there, and print what."""
    with tempfile.TemporaryDirectory() as folder:
        command = resolve_command(python, system, folder)
        tried = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    print(f"Python {python} on {system}: {'something is missing' if tried.returncode else 'complete'}")
    if tried.returncode:
        print(tried.stderr, file=sys.stderr)
    return tried.returncode != 0


def main() -> int:
    """Return 0 when the lock was written and holds everywhere."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--upgrade", action="store_true", help="take the newest of everything")
    upgrade = parser.parse_args().upgrade
    if subprocess.run(compile_command(upgrade=upgrade), cwd=ROOT, check=False).returncode:
        return 1
    return 1 if any([lacks_a_file(python, system) for python, system in product(PYTHONS, SYSTEMS)]) else 0


if __name__ == "__main__":
    raise SystemExit(main())
