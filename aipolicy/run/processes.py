"""Work over many items in several processes, where that is safe; the results are the same however many there are.

NOTE: not by the executor of `concurrent.futures`. Its processes share one pipe, so that one that is killed while it writes
leaves everybody waiting for ever, and they outlive a parent that is killed. Here each has a pipe of its own, which says when
either end is gone; there are no threads and no semaphores.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

Item = TypeVar("Item")
Result = TypeVar("Result")

LEAST_ITEMS = 75
"""Fewer items are not worth a process of their own."""
MAX_PROCESSES = 8
_BYTES_AHEAD = 1_048_576
"""How far a process may be ahead of who reads its results; what Linux allows everybody."""


def map_in_processes(function: Callable[[Item], Result], items: Sequence[Item],
                     processes: int) -> Generator[Result, None, None]:  # fmt: skip
    """Yield what a function makes of every item, in order; what it makes must not depend on the items before.

    Results of other processes come back pickled, while they are asked for; function and items are not sent, but
    inherited. Items of a process that fails are worked on here, so that an error is raised as without it.
    """
    processes = min(processes, len(items) // LEAST_ITEMS)
    if processes < 2 or not _may_fork():
        yield from map(function, items)
        return
    # NOTE: what the first item makes known, such as groups of options, is shared by all processes.
    yield function(items[0])
    gc.freeze()
    rest = items[1:]
    results: list[Connection[None, Result]] = []
    workers: list[ForkProcess] = []
    try:
        for number in range(processes):
            workers += _start(function, rest[number::processes], results)
        for number, item in enumerate(rest):
            try:
                result = results[number % processes].recv()
            except (EOFError, OSError):
                result = function(item)
            yield result
    finally:
        for worker in workers:
            worker.kill()
            worker.join()
        for reader in results:
            reader.close()


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


def _start(function: Callable[[Item], Result], items: Sequence[Item],
           results: list[Connection[None, Result]]) -> list[ForkProcess]:  # fmt: skip
    """Start a process and add what its results are read from; returns the process, nothing where there can be none."""
    from fcntl import F_SETPIPE_SZ, fcntl
    from multiprocessing import get_context

    context = get_context("fork")
    reader, into = context.Pipe(duplex=False)
    results.append(reader)
    with suppress(OSError):
        fcntl(into.fileno(), F_SETPIPE_SZ, _BYTES_AHEAD)
    worker = context.Process(target=_work, args=(function, items, into, results), daemon=True)
    try:
        worker.start()
    except OSError:
        return []
    finally:
        into.close()
    return [worker]


def _work(function: Callable[[Item], Result], items: Iterable[Item], into: Connection[Result, None],
          inherited: Iterable[Connection[None, Result]]) -> None:  # fmt: skip
    """Send what a function makes of items; end without a word where that fails, as the parent works on the rest."""
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        if callable(signal.getsignal(signal_number)):
            # NOTE: what the parent does when it is interrupted is nothing to do here; a signal just ends this process.
            signal.signal(signal_number, signal.SIG_DFL)
    for reader in inherited:
        # NOTE: a pipe that nobody else reads breaks when the parent is gone, and ends this process.
        reader.close()
    with suppress(BaseException):
        for item in items:
            into.send(function(item))
