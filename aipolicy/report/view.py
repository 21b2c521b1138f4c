"""How a run is looked at: what every format is told beside the run itself."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from aipolicy.errors import UsageError
from aipolicy.report.repository_places import RepositoryPlaces
from aipolicy.report.terminal.style import Styler
from aipolicy.source.regex import regex
from aipolicy.value import NamedTuple

WIDTH_OF_FILES = 100
"""Columns of text that is written to a file, where no terminal says how wide it is."""

_MAX_CATEGORY = 100
_USABLE = regex(r"[A-Za-z0-9._-][A-Za-z0-9 ._,:/@+-]*")


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


def category_of(category: str | None, paths: Sequence[str], policies: Sequence[str]) -> str:
    """Return the category that was given, else one made of paths and packs; empty for a run over all as configured.

    Raises `UsageError` for one that code scanning would not take.
    """
    if category is not None:
        if len(category) > _MAX_CATEGORY or not _USABLE.fullmatch(category):
            raise UsageError(
                f"`--category` takes up to {_MAX_CATEGORY} letters, digits, spaces and `._,:/@+-`, such as `payments`"
            )
        return f"{category.rstrip('/')}/"
    places = RepositoryPlaces()
    words = sorted({places.from_here(path) for path in paths or (".",)})
    words = [] if words == ["."] else words
    text = ",".join([*words, *policies])
    if len(text) > _MAX_CATEGORY or (text and not _USABLE.fullmatch(text)):
        text = sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return f"{text}/" if text else ""
