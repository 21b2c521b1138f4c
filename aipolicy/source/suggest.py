"""Near matches for a misspelt word."""

from __future__ import annotations

from collections.abc import Iterable

_CUTOFF = 0.6


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is most like `word`, or None when none is like it."""
    from difflib import get_close_matches

    by_folded: dict[str, str] = {}
    for candidate in sorted(known):
        by_folded.setdefault(_folded(candidate), candidate)
    folded = _folded(word)
    begun = [known for known in by_folded if len(folded) >= 3 and known.startswith(folded)]
    if len(begun) == 1:
        return by_folded[begun[0]]
    matches = get_close_matches(_folded(word[:200]), list(by_folded), n=1, cutoff=_CUTOFF)
    return by_folded[matches[0]] if matches else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean ...?` for the nearest known word, or nothing."""
    match = nearest(word, known)
    return f"; did you mean `{match}`?" if match is not None else ""


def _folded(word: str) -> str:
    return word.casefold().replace("_", "-").replace(" ", "-")
