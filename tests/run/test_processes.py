"""Work in several processes gives what it gives in one."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator

import pytest

from aipolicy.run.processes import LEAST_ITEMS, map_in_processes, usable_processes

ITEMS = list(range(LEAST_ITEMS * 3 + 1))
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are forked on Linux only")


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Return the processes that were started, as the parent sees them."""
    started: list[int] = []
    fork = os.fork

    def counted() -> int:
        process = fork()
        started.append(process)
        return process

    monkeypatch.setattr(os, "fork", counted)
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(os, "listdir", lambda _: ["1"])
    yield started
    for process in started:
        with pytest.raises(ChildProcessError):
            os.waitpid(process, 0)


def squared(number: int) -> int:
    return number * number


@LINUX
@pytest.mark.parametrize("processes", [1, 2, 3, 8])
def test_results_are_in_order_whatever_the_number_of_processes(processes: int, workers: list[int]) -> None:
    assert map_in_processes(squared, ITEMS, processes) == [number * number for number in ITEMS]
    assert len(workers) == min(processes, 3) - 1


@LINUX
def test_few_items_take_no_process(workers: list[int]) -> None:
    assert map_in_processes(squared, ITEMS[: LEAST_ITEMS * 2 - 1], 8) == [n * n for n in ITEMS[: LEAST_ITEMS * 2 - 1]]
    assert not workers


@LINUX
def test_what_a_failing_process_left_is_done_here(workers: list[int]) -> None:
    home = os.getpid()

    def only_here(number: int) -> int:
        if os.getpid() != home:
            raise ValueError
        return number

    assert map_in_processes(only_here, ITEMS, 2) == ITEMS
    assert len(workers) == 1


@LINUX
def test_an_error_is_raised_as_in_one_process(workers: list[int]) -> None:
    def never(number: int) -> int:
        if number > LEAST_ITEMS:
            raise ValueError(number)
        return number

    with pytest.raises(ValueError, match=r"7[67]"):
        map_in_processes(never, ITEMS, 2)


def test_nothing_is_forked_beside_another_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    def fork() -> int:
        raise AssertionError

    monkeypatch.setattr(os, "fork", fork, raising=False)
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert map_in_processes(squared, ITEMS, 2) == [number * number for number in ITEMS]
    finally:
        done.set()
        thread.join()


def test_at_least_one_process_may_be_used() -> None:
    assert usable_processes() >= 1
