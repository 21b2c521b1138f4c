"""Work over many items in several processes, where that is safe; the results are the same however many there are."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

LEAST_ITEMS = 75
"""Fewer items are not worth a process of their own."""
MAX_PROCESSES = 8


def map_in_processes(function: Callable[[Item], Result], items: Sequence[Item], processes: int) -> list[Result]:
    """Return what a function makes of every item, in order; what it makes must not depend on the items before.

    Results of other processes come back pickled. Items of a process that fails are worked on here, so that an error is
    raised as without it.
    """
    processes = min(processes, len(items) // LEAST_ITEMS)
    if processes < 2 or not _may_fork():
        return [function(item) for item in items]
    # NOTE: what the first item makes known, such as groups of options, is shared by all processes.
    first = function(items[0])
    gc.freeze()
    rest = items[1:]
    children = [_start(function, rest[number::processes]) for number in range(1, processes)]
    try:
        shares: list[list[Result] | None] = [[function(item) for item in rest[::processes]]]
        shares += [_finish(*child) for child in children]
    except BaseException:
        for process, _ in children:
            _stop(process)
        raise
    results: list[Result | None] = [None] * len(rest)
    for number, share in enumerate(shares):
        mine = rest[number::processes]
        results[number::processes] = [function(item) for item in mine] if share is None else share
    return [first, *results]  # type: ignore[list-item]  # every place was filled


def usable_processes() -> int:
    """Return how many processes this one may use: those of the processors it may run on, within a limit."""
    affinity = getattr(os, "sched_getaffinity", None)
    return min(len(affinity(0)) if affinity is not None else os.cpu_count() or 1, MAX_PROCESSES)


def _may_fork() -> bool:
    """Return whether a copy of this process would be whole: on Linux, without other threads, native ones included."""
    if not sys.platform.startswith("linux") or threading.active_count() > 1:
        return False
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False


def _start(function: Callable[[Item], Result], items: Sequence[Item]) -> tuple[int, int]:
    """Start a process; returns its id and where its results can be read."""
    results, into = os.pipe()
    process = os.fork()
    if process:
        os.close(into)
        return process, results
    # NOTE: nothing of the parent may run here: no handlers at the exit, no buffers flushed twice.
    status = 1
    try:
        os.close(results)
        content = pickle.dumps([function(item) for item in items], protocol=5)
        with open(into, "wb") as stream:
            stream.write(content)
        status = 0
    finally:
        os._exit(status)


def _finish(process: int, results: int) -> list[Result] | None:
    """Return the results of a process, None when it failed."""
    with open(results, "rb") as stream:
        content = stream.read()
    _, status = os.waitpid(process, 0)
    if status != 0:
        return None
    found: list[Result] = pickle.loads(content)
    return found


def _stop(process: int) -> None:
    try:
        os.kill(process, signal.SIGTERM)
        os.waitpid(process, 0)
    except OSError:
        return
