"""How a run is looked at: what every format is told beside the run itself."""

from __future__ import annotations

from aipolicy.report.terminal.style import Styler
from aipolicy.value import NamedTuple

WIDTH_OF_FILES = 100
"""Columns of text that is written to a file, where no terminal says how wide it is."""


class View(NamedTuple):
    """How a run is looked at."""

    fail_on: str
    """Least severity for exit code 1."""
    width: int = WIDTH_OF_FILES
    style: Styler = Styler()
    unchanged: bool = True
    """Whether findings are shown that are no worse than what they were compared with."""
    verbose: bool = False
    """Whether reasons, related places and references stand beside each finding."""
    exit_zero: bool = False
    """Whether findings make no exit code."""
    category: str = ""
    """What tells the run from others of the same commit; ends with a slash, or is empty."""
