"""Tests run with room for the frames of all their calls, so that none of them asks the system for memory again and again.

Python takes memory for frames in pieces of 16 KB and gives a piece back as soon as it is empty. A loop that calls from the
end of one asks the system for memory at every turn: a fifth of the time of some tests, by the luck of how deep pytest is.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest


class RoomForFrames:
    """Runs each test in a frame so large that all frames above it lie in the same piece of memory."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> object:
        run = item.config.pluginmanager.subset_hook_caller("pytest_runtest_protocol", (self,))
        return _in_a_large_frame(partial(run, item=item, nextitem=nextitem))


def _in_a_large_frame(run: Callable[[], object]) -> object:
    return run()


# NOTE: a frame that says it needs half a megabyte lies in a piece of twice that, of which the system gives what is used.
_in_a_large_frame.__code__ = _in_a_large_frame.__code__.replace(co_stacksize=66_000)
