"""What many tests share: the shipped catalog, compiled policies, and properties that give the same answer on every run."""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterator
from datetime import date

import pytest
from browsers import NOT_RUN
from hypothesis import settings
from made_once import forget_features, make_once
from room_for_frames import RoomForFrames

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import read_catalog

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # NOTE: shells start background jobs so, and what tests start would not hear of Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("repeatable", deadline=None, derandomize=True, database=None)
settings.load_profile("repeatable")


def pytest_configure(config: pytest.Config) -> None:
    """Give every test room for frames."""
    config.pluginmanager.register(RoomForFrames())


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """Return the shipped catalog as of 2026-11-21."""
    return read_catalog((), as_of=date(2026, 11, 21))


@pytest.fixture(scope="session", autouse=True)
def made_once() -> Iterator[None]:
    """Make what runs share once in a process (`support/made_once.py` says what, and what not)."""
    with pytest.MonkeyPatch.context() as patch:
        make_once(patch)
        yield


@pytest.fixture
def evaluated_anew() -> None:
    """Forget what was found of features, for a test that exchanges or counts what finds it."""
    forget_features()


@pytest.fixture(scope="session", autouse=True)
def garbage_is_found_at_little_cost() -> Iterator[None]:
    """Look for garbage seldom and only among what tests made: what they share is large and stays."""
    gc.set_threshold(100_000, 10, 3)
    gc.collect()
    gc.freeze()
    with pytest.MonkeyPatch.context() as patch:
        # NOTE: a command freezes what it made because its process ends with it; here it would stay until the last test.
        patch.setattr(gc, "freeze", lambda: None)
        yield


@pytest.fixture(autouse=True)
def garbage_is_collected_after_a_forecast() -> Iterator[None]:
    """Let the collector go on where a command, whose process would have ended, turned it off."""
    yield
    gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly that pages were not looked at."""
    skipped = [report for report in terminalreporter.stats.get("skipped", ()) if NOT_RUN in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} TESTS OF PAGES DID NOT RUN: {NOT_RUN}", red=True, bold=True)
