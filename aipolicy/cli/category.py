"""What tells a run from others of the same commit, so that code scanning keeps the results of both."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from aipolicy.errors import UsageError
from aipolicy.report.repository_places import RepositoryPlaces
from aipolicy.source.regex import regex

_MAX_LENGTH = 100
_USABLE = regex(r"[A-Za-z0-9._-][A-Za-z0-9 ._,:/@+-]*")


def category_of(category: str | None, paths: Sequence[str], policies: Sequence[str]) -> str:
    """Return the category that was given, else one made of paths and packs; empty for a run over all as configured."""
    if category is not None:
        if len(category) > _MAX_LENGTH or not _USABLE.fullmatch(category):
            raise UsageError(
                f"`--category` takes up to {_MAX_LENGTH} letters, digits, spaces and `._,:/@+-`, such as `payments`"
            )
        return f"{category.rstrip('/')}/"
    places = RepositoryPlaces()
    words = sorted({places.from_here(path) for path in paths or (".",)})
    words = [] if words == ["."] else words
    text = ",".join([*words, *policies])
    if len(text) > _MAX_LENGTH or (text and not _USABLE.fullmatch(text)):
        text = sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return f"{text}/" if text else ""
