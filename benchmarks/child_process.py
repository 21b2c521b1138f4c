"""Runs a command as a whole process and says what it took: wall time, processor time, and memory at its peak."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

_BYTES_PER_RSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""Of `ru_maxrss`: bytes on macOS, kibibytes elsewhere."""
_MEGABYTE = 1_000_000
_SECONDS_BETWEEN_SAMPLES = 0.1


class Cost(NamedTuple):
    """What a command took, its workers included."""

    wall_s: float
    cpu_s: float
    """User and system time of the process and of every worker that it waited for."""
    largest_mb: float
    """Peak resident memory of the largest single process."""
    together_mb: float | None
    """Peak memory of all its processes at one time, shared pages counted once; None where nobody looked."""


class CommandFailed(Exception):
    """A command that ended in a way that is no result."""


def run(command: Sequence[str], environment: Mapping[str, str], folder: Path, *, sampled: bool = False) -> Cost:
    """Return what a command took that is run in a folder; raises `CommandFailed` unless it exits with 0 or 1.

    With `sampled`, memory of all processes together is looked at ten times a second, where `/proc` tells it.
    """
    peaks = [0.0]
    ended = threading.Event()
    with tempfile.TemporaryFile() as complaints:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=complaints
        )
        watcher = threading.Thread(target=_watch, args=(process.pid, ended, peaks))
        if sampled:
            watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        ended.set()
        if sampled:
            watcher.join()
        if process.returncode not in (0, 1):
            complaints.seek(0)
            words = complaints.read().decode(errors="replace").strip()
            raise CommandFailed(f"exit {process.returncode} of `{' '.join(command)[:300]}`: {words[-2000:]}")
    largest_mb = usage.ru_maxrss * _BYTES_PER_RSS_UNIT / _MEGABYTE
    return Cost(wall_s, usage.ru_utime + usage.ru_stime, largest_mb, max(peaks) or None)


def median_of(costs: Sequence[Cost]) -> Cost:
    """Return the median of each figure over several runs."""
    together = [cost.together_mb for cost in costs if cost.together_mb is not None]
    return Cost(
        statistics.median(cost.wall_s for cost in costs),
        statistics.median(cost.cpu_s for cost in costs),
        statistics.median(cost.largest_mb for cost in costs),
        statistics.median(together) if together else None,
    )


def _watch(pid: int, ended: threading.Event, peaks: list[float]) -> None:
    while not ended.wait(_SECONDS_BETWEEN_SAMPLES):
        peaks.append(sum(map(_proportional_mb, _family(pid))))


def _family(pid: int) -> Iterator[int]:
    """Yield a process and all that came from it, as far as `/proc` tells."""
    yield pid
    try:
        tasks = os.listdir(f"/proc/{pid}/task")
        texts = [Path(f"/proc/{pid}/task/{task}/children").read_text(encoding="ascii") for task in tasks]
    except OSError:
        return  # it has ended, or there is no such folder
    for child in (int(word) for text in texts for word in text.split()):
        yield from _family(child)


def _proportional_mb(pid: int) -> float:
    """Return the memory of a process, each shared page divided by those who share it."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0.0
    line = next((line for line in text.splitlines() if line.startswith("Pss:")), "Pss: 0 kB")
    return float(line.split()[1]) * 1024 / _MEGABYTE
