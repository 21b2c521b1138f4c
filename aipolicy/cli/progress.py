"""A bar on standard error that says how far a long run has come, and goes away when it is done; on a terminal only."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from aipolicy.source.text import grouped

LONG_RUN = 200
"""Manifests to evaluate from which on a run takes long enough to say so."""
_STEPS = 100
"""How often the bar is drawn."""


@contextmanager
def told_while_evaluating(manifests: int) -> Iterator[Callable[[], None]]:
    """Draw how many manifests are evaluated where people watch and it takes a while; what is given counts one more."""
    stream = sys.stderr
    if manifests < LONG_RUN or stream is None or not stream.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    plain = bool(os.environ.get("NO_COLOR"))
    console = Console(file=stream, force_terminal=True, color_system="standard", no_color=plain, _environ={})
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn())
    # NOTE: no thread draws it, as a process with threads is not copied into several.
    bar = Progress(
        *columns, console=console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False
    )
    with bar:
        task = bar.add_task(f"evaluating {grouped(manifests)} manifests", total=manifests)

        def one_more() -> None:
            bar.advance(task)
            if bar.tasks[0].completed % (manifests // _STEPS) == 0:
                bar.refresh()

        yield one_more
