"""Near matches for a misspelt word."""

from __future__ import annotations

from collections.abc import Iterable

_CUTOFF = 0.6
_VERY_NEAR = 0.8
"""Likeness from which a word is taken as the other one misspelt: one wrong letter in five."""


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


def certain_match(word: str, known: Iterable[str]) -> tuple[str, bool] | None:
    """Return the nearest known word and whether nothing else can be meant: no other is near, and it is very near."""
    from difflib import SequenceMatcher, get_close_matches

    words = sorted(known)
    match = nearest(word, words)
    if match is None:
        return None
    folded = _folded(word[:200])
    near = get_close_matches(folded, sorted({_folded(each) for each in words}), n=2, cutoff=_CUTOFF)
    alike = SequenceMatcher(None, folded, _folded(match)).ratio()
    return match, alike >= _VERY_NEAR and len(near) == 1


def _folded(word: str) -> str:
    return word.casefold().replace("_", "-").replace(" ", "-")
