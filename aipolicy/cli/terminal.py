"""Standard output and input: how wide and colourful, and written whatever its encoding; and how the process ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from aipolicy.errors import UsageError
from aipolicy.report.terminal.style import Styler

MAX_WIDTH = 120
_WIDTH_WITHOUT_TERMINAL = 100

_kept: dict[type, object] = {}
_ends_at_once = False


def stdout_style() -> Styler:
    """Return a styler with colour when people read: a terminal, unless NO_COLOR; or FORCE_COLOR."""
    if os.environ.get("FORCE_COLOR"):
        return Styler(color=True)
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return Styler(color=not plain and sys.stdout is not None and sys.stdout.isatty())


def stdout_width() -> int:
    """Return how many columns to write, of the terminal or COLUMNS, within readable bounds."""
    try:
        columns = int(os.environ.get("COLUMNS", "0"))
    except ValueError:
        columns = 0
    if columns <= 0:
        try:
            columns = os.get_terminal_size(sys.stdout.fileno()).columns
        except (AttributeError, OSError, ValueError):  # no terminal, or a stream that is closed
            columns = _WIDTH_WITHOUT_TERMINAL
    return max(40, min(columns, MAX_WIDTH))


def write_out(text: str) -> None:
    """Write to stdout whatever its encoding; what it cannot show is shown escaped.

    A reader that went away has what it wanted: the run goes on to its own exit code.
    """
    if sys.stdout is None:
        raise UsageError("standard output is closed; redirect it to a file, or to the null device")
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        # NOTE: Python would complain again while closing stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def tell(line: str) -> None:
    """Write a line to standard error, where there is one."""
    import click

    click.echo(line, err=True)


def stdin_is_terminal() -> bool:
    """Return whether somebody can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def read_stdin() -> bytes:
    """Return everything on standard input; raises `UsageError` when it is closed."""
    if sys.stdin is None:
        raise UsageError("standard input is closed; name a file instead of `-`")
    return sys.stdin.buffer.read()


@contextmanager
def end_at_once() -> Iterator[None]:
    """End the process with the exit code of what is run here, by `sys.exit`, and nothing more; output is written by then.

    The system takes back at once what Python frees object by object: that was a sixth of the time of `aipolicy explain`.
    """
    global _ends_at_once
    _ends_at_once = True
    try:
        yield
    except SystemExit as exit_:
        if sys.stderr is not None:
            sys.stderr.flush()
        os._exit(exit_.code if isinstance(exit_.code, int) else 0)


def keep_until_the_end(made: object) -> None:
    """Keep what a command made until the process ends, the latest of each kind; earlier ones are freed as ever.

    Where the process goes on, as in tests, nothing is kept.
    """
    if _ends_at_once:
        _kept[type(made)] = made
