"""The terminal that a command was typed in, or what stands in its place."""

from __future__ import annotations

from aipolicy.cli.progress import told_while_evaluating
from aipolicy.cli.terminal import keep_until_the_end, read_stdin, stdout_style, stdout_width, tell
from aipolicy.commands.console import Console


def console() -> Console:
    """Return the console of this process."""
    return Console(stdout_width(), stdout_style(), read_stdin, tell, told_while_evaluating, keep_until_the_end)
