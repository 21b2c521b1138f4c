"""Runs every check of the project, stops at nothing, and tells at the end how long each took and what failed.

    python tools/verify.py             # with what `requirements/gate.txt` locks, in the environment of this Python
    python tools/verify.py --newest    # with the newest of everything; deprecated uses are errors
    python tools/verify.py --oldest    # with the oldest that the program promises to run with

The last two make an environment of their own, from the network.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import environments

ROOT = Path(__file__).resolve().parent.parent
PROCESSES = "2"
"""What tests run in: the machines of the gate have two cores."""
DEPRECATIONS = "error::DeprecationWarning,error::PendingDeprecationWarning"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name and its command."""

    name: str
    command: tuple[str, ...]
    runs_ours: bool = False
    """Whether it runs the program, so that it depends on the packages that the program needs."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a check, and what it printed where that was kept."""

    name: str
    passed: bool
    seconds: float
    output: bytes = b""


def checks(python: Path) -> tuple[Check, ...]:
    """Return every check with the tools beside a Python; the tests, which take longest, come last."""
    tools, packs = python.parent, sorted(path.name for path in (ROOT / "policies").iterdir() if path.is_dir())
    policies = tuple(argument for name in packs for argument in ("--policy", f"./policies/{name}"))
    thresholds = ("--coverage", "--min-coverage", "100", "--mutate", "--min-mutation", "95")
    return (
        Check("formatting", (str(tools / "ruff"), "format", "--check", "--quiet", ".")),
        Check("lint", (str(tools / "ruff"), "check", "--quiet", ".")),
        Check("types", (str(tools / "mypy"), "--no-error-summary")),
        Check("layers", (str(tools / "lint-imports"), "--no-cache")),
        Check("generated files", (str(python), "tools/generate.py", "--check"), runs_ours=True),
        Check("documentation site", (str(python), "tools/documentation_site.py", "--check")),
        Check("policies", (str(python), "-m", "aipolicy", "test", *policies, *thresholds), runs_ours=True),
        Check("tests", (str(python), "-m", "pytest", "-n", PROCESSES, "--dist", "worksteal"), runs_ours=True),
    )


def run(check: Check, *, deprecations_fail: bool, keep_output: bool) -> Outcome:
    """Return what became of a check."""
    environment = {**os.environ, **({"PYTHONWARNINGS": DEPRECATIONS} if deprecations_fail and check.runs_ours else {})}
    # NOTE: with it every process that a test starts would compile the program anew.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    out, err = (subprocess.PIPE, subprocess.STDOUT) if keep_output else (None, None)
    began = time.monotonic()
    ended = subprocess.run(check.command, cwd=ROOT, env=environment, check=False, stdout=out, stderr=err)
    return Outcome(check.name, ended.returncode == 0, time.monotonic() - began, ended.stdout or b"")


def run_all(wanted: Sequence[Check], *, deprecations_fail: bool) -> list[Outcome]:
    """Return what became of every check: short ones side by side, then the last, which uses every core by itself."""
    outcomes = []
    with ThreadPoolExecutor(int(PROCESSES)) as pool:
        for outcome in pool.map(partial(run, deprecations_fail=deprecations_fail, keep_output=True), wanted[:-1]):
            print(f"== {outcome.name}\n{outcome.output.decode(errors='replace')}", end="", flush=True)
            outcomes.append(outcome)
    print(f"== {wanted[-1].name}", flush=True)
    return [*outcomes, run(wanted[-1], deprecations_fail=deprecations_fail, keep_output=False)]


def main() -> int:
    """Return 0 when every check passed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    versions = parser.add_mutually_exclusive_group()
    versions.add_argument("--newest", action="store_true", help="the newest of everything")
    versions.add_argument("--oldest", action="store_true", help="the oldest that the program promises to run with")
    asked = parser.parse_args()
    python = environments.newest() if asked.newest else environments.oldest() if asked.oldest else Path(sys.executable)
    # NOTE: tools may need newer versions of what the program shares with them, so with the oldest only it is run.
    wanted = [check for check in checks(python) if check.runs_ours or not asked.oldest]
    outcomes = run_all(wanted, deprecations_fail=asked.newest)
    for outcome in outcomes:
        print(f"{outcome.seconds:6.1f} s  {'passed' if outcome.passed else 'FAILED'}  {outcome.name}")
    failed = [outcome.name for outcome in outcomes if not outcome.passed]
    print(f"failed: {', '.join(failed)}" if failed else f"all {len(outcomes)} checks passed")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
