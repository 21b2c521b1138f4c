"""Work in several processes gives what it gives in one, whatever becomes of them."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aipolicy.run.processes import LEAST_ITEMS, map_in_processes, usable_processes

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
MOST = 5
ITEMS = list(range(LEAST_ITEMS * MOST + 1))
MIDDLE = len(ITEMS) // 2
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are forked on Linux only")
SECONDS = 30
"""A process that is to end at once must be gone by then, however busy the machine is."""


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Return the processes that were started, as the parent sees them; none of them is left at the end."""
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


SQUARES = [squared(number) for number in ITEMS]


@LINUX
@pytest.mark.parametrize("processes", [1, 2, 3, MOST, MOST + 3])
def test_results_are_in_order_whatever_the_number_of_processes(processes: int, workers: list[int]) -> None:
    assert list(map_in_processes(squared, ITEMS, processes)) == SQUARES
    assert len(workers) == (0 if processes == 1 else min(processes, MOST))


@LINUX
@pytest.mark.parametrize("count", [0, 1, LEAST_ITEMS * 2 - 1])
def test_few_items_take_no_process(count: int, workers: list[int]) -> None:
    assert list(map_in_processes(squared, ITEMS[:count], 8)) == SQUARES[:count]
    assert not workers


@LINUX
@pytest.mark.parametrize("processes", [2, MOST])
def test_results_come_one_by_one_and_processes_end_with_who_reads_them(processes: int, workers: list[int]) -> None:
    home, here = os.getpid(), []

    def noted(number: int) -> int:
        if os.getpid() == home:
            here.append(number)
        return squared(number)

    results = map_in_processes(noted, ITEMS, processes)
    assert not workers
    assert [next(results) for _ in range(10)] == SQUARES[:10]
    assert here == ITEMS[:1]
    assert len(workers) == processes
    results.close()


@LINUX
@pytest.mark.parametrize("processes", [2, MOST])
@pytest.mark.parametrize("first", [1, 2, MIDDLE, ITEMS[-1]])
def test_what_failing_processes_left_is_done_here(first: int, processes: int, workers: list[int]) -> None:
    home = os.getpid()

    def only_here(number: int) -> int:
        if number >= first and os.getpid() != home:
            raise ValueError
        return squared(number)

    assert list(map_in_processes(only_here, ITEMS, processes)) == SQUARES
    assert len(workers) == processes


@LINUX
@pytest.mark.parametrize("processes", [1, 2, MOST])
@pytest.mark.parametrize("wrong", [0, 1, 2, MIDDLE, ITEMS[-1]])
def test_an_error_is_raised_where_it_is_in_one_process_after_the_results_before(
    wrong: int, processes: int, workers: list[int]
) -> None:
    def never(number: int) -> int:
        if number == wrong:
            raise ValueError(number)
        return squared(number)

    results = map_in_processes(never, ITEMS, processes)
    assert list(itertools.islice(results, wrong)) == SQUARES[:wrong]
    with pytest.raises(ValueError, match=f"^{wrong}$") as raised:
        next(results)
    assert raised.value.__cause__ is None


@LINUX
@pytest.mark.parametrize("ended_by", [lambda: os.kill(os.getpid(), signal.SIGKILL), lambda: os._exit(0)])
@pytest.mark.parametrize("last", [1, 2, MIDDLE])
def test_what_a_killed_process_left_is_done_here(last: int, ended_by: Callable[[], None], workers: list[int]) -> None:
    home = os.getpid()

    def killed(number: int) -> int:
        if number == last and os.getpid() != home:
            ended_by()
        return squared(number)

    assert list(map_in_processes(killed, ITEMS, 2)) == SQUARES
    assert len(workers) == 2


@LINUX
@pytest.mark.parametrize("victim", [0, 1, 2])
def test_a_process_that_is_killed_while_it_writes_stops_nobody(victim: int, workers: list[int]) -> None:
    def long(number: int) -> bytes:
        return bytes([number % 251]) * 1_500_000

    results = map_in_processes(long, ITEMS[: LEAST_ITEMS * 3], 3)
    first = next(results), next(results)
    # NOTE: no pipe holds a result, so that every process is in the middle of one, or soon will be.
    os.kill(workers[victim], signal.SIGKILL)
    assert [*first, *results] == [long(number) for number in ITEMS[: LEAST_ITEMS * 3]]


@LINUX
def test_results_that_cannot_be_sent_are_made_here(workers: list[int]) -> None:
    made = list(map_in_processes(lambda number: lambda: number, ITEMS, 2))
    assert [each() for each in made] == ITEMS
    assert len(workers) == 2


@LINUX
def test_no_semaphore_is_needed(monkeypatch: pytest.MonkeyPatch, workers: list[int]) -> None:
    import multiprocessing.connection  # it imports more than it uses

    for module in ("multiprocessing.synchronize", "multiprocessing.resource_tracker"):
        monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delattr(multiprocessing.connection, "_multiprocessing", raising=False)
    assert list(map_in_processes(squared, ITEMS, 2)) == SQUARES
    assert len(workers) == 2


@LINUX
@pytest.mark.parametrize("allowed", [0, 1])
def test_where_no_process_can_be_started_all_is_done_here(
    allowed: int, monkeypatch: pytest.MonkeyPatch, workers: list[int]
) -> None:
    fork = os.fork

    def limited() -> int:
        if len(workers) == allowed:
            raise BlockingIOError
        return fork()

    monkeypatch.setattr(os, "fork", limited)
    assert list(map_in_processes(squared, ITEMS, 3)) == SQUARES
    assert len(workers) == allowed


def test_nothing_is_forked_beside_another_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    def fork() -> int:
        raise AssertionError

    monkeypatch.setattr(os, "fork", fork, raising=False)
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert list(map_in_processes(squared, ITEMS, 2)) == SQUARES
    finally:
        done.set()
        thread.join()


HEAD = """
import os, sys, time
from aipolicy.run.processes import map_in_processes
buffered = open("buffered", "w")
buffered.write("file ")
print("output", end=" ")
"""


def test_what_was_written_before_is_written_once(tmp_path: Path) -> None:
    code = f"{HEAD}print(sum(map_in_processes(abs, list(range(200)), 2)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=ENVIRONMENT, capture_output=True, check=True)
    assert (done.stdout.split(), done.stderr) == ([b"output", b"19900"], b"")
    assert (tmp_path / "buffered").read_text(encoding="utf-8") == "file "


BUSY, WRITING = "time.sleep(600)", "time.sleep(0.001)"
"""What a process does while its run is ended."""


@LINUX
@pytest.mark.parametrize(
    ("state", "signalled", "everybody"),
    [
        (BUSY, signal.SIGINT, True),
        (BUSY, signal.SIGINT, False),
        (BUSY, signal.SIGTERM, True),
        (WRITING, signal.SIGINT, True),
        (WRITING, signal.SIGINT, False),
        (WRITING, signal.SIGTERM, False),
        (WRITING, signal.SIGKILL, False),
    ],
)
def test_a_run_that_is_ended_ends_at_once_and_leaves_no_process(
    state: str, signalled: signal.Signals, everybody: bool, tmp_path: Path
) -> None:
    code = f"{HEAD}def work(n):\n    if n > 2: {state}\n    return os.getpid()\n" + (
        "for process in map_in_processes(work, list(range(100_000)), 2):\n    print(process, flush=True)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
    ) as run:  # fmt: skip
        assert run.stdout is not None
        home, *started = [run.stdout.readline().split()[-1] for _ in range(3)]
        assert home == str(run.pid) not in started
        (os.killpg if everybody else os.kill)(run.pid, signalled)
        _, told = run.communicate(timeout=SECONDS)
    assert told.count("Traceback") == (1 if signalled is signal.SIGINT else 0)
    assert run.returncode == -signalled
    until = time.monotonic() + SECONDS
    while alive := [process for process in started if Path(f"/proc/{process}").exists()]:
        assert time.monotonic() < until, alive
        time.sleep(0.01)


def test_at_least_one_process_may_be_used() -> None:
    assert usable_processes() >= 1
