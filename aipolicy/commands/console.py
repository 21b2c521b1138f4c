"""What a command has around it, whoever calls it: no command reads a terminal or writes to one by itself."""

from __future__ import annotations

from collections.abc import Callable

from aipolicy.report.terminal.style import Styler
from aipolicy.run.remembered_files import Told
from aipolicy.value import NamedTuple


class Console(NamedTuple):
    """How wide and colourful text is for whoever typed a command, what they type, and how they are told things."""

    width: int
    style: Styler
    stdin: Callable[[], bytes]
    """Returns all of standard input."""
    tell: Callable[[str], None]
    """Takes a line that is told at once, beside what a command returns."""
    progress: Told
    """Says how far a long run has come."""
    keep: Callable[[object], None]
    """Takes what need not be freed, because the process ends once it is written."""
