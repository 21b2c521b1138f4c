"""Near matches for a misspelt word."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from aipolicy.source.regex import regex

if TYPE_CHECKING:
    from difflib import SequenceMatcher

_PART = regex("[^\\W\\d_]+|[0-9]+")
_A_SLIP = 0.75
"""Likeness above which a part of a name is another one misspelt: `west` is no slip of `east`."""
_SWAPPED = 0.9
"""Likeness of parts of which letters changed places."""
_SHORT = 3
"""Parts of fewer letters are never taken for one another."""
_CUTOFF = 0.6
_LOOKED_AT = 5
_FEW_LETTERS = 4
"""In words of so few letters one that is wrong makes another word: `pii` is no slip of `phi`."""
_VERY_NEAR = 0.8
"""Likeness from which a word is taken as the other one misspelt: one wrong letter in five."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is most like `word`, or None when none is like it."""
    from difflib import get_close_matches

    by_folded: dict[str, str] = {}
    for candidate in sorted(known):
        by_folded.setdefault(folded_word(candidate), candidate)
    folded = folded_word(word)
    begun = [name for name in by_folded if len(folded) >= 3 and name.startswith(folded)]
    if len(begun) == 1:
        return by_folded[begun[0]]
    matches = get_close_matches(folded_word(word[:200]), list(by_folded), n=_LOOKED_AT, cutoff=_CUTOFF)
    return next((by_folded[match] for match in matches if _may_be(folded[:200], match)), None)


def _may_be(written: str, known: str) -> bool:
    """Return whether one word may be a slip of the other: neither much longer, and of short ones most letters alike."""
    from difflib import SequenceMatcher

    shorter, longer = sorted((len(written), len(known)))
    if 2 * shorter < longer:
        return False
    if shorter > _FEW_LETTERS or known.startswith(written) or written.startswith(known):
        return True
    return SequenceMatcher(None, written, known).ratio() >= _A_SLIP


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
    folded = folded_word(word[:200])
    near = get_close_matches(folded, sorted({folded_word(choice) for choice in words}), n=2, cutoff=_CUTOFF)
    alike = SequenceMatcher(None, folded, folded_word(match)).ratio()
    return match, alike >= _VERY_NEAR and len(near) == 1


def misspelt(word: str, known: Iterable[str]) -> str | None:
    """Return the known name that `word` misspells, None where it may as well be the name of something else.

    Names such as those of models and regions differ in a number or in one whole part: `gemini-2.5-pro` is no slip of
    `gemini-2.5-flash`. Numbers must agree, and a part that differs must be near and no part of any known name.
    """
    from difflib import SequenceMatcher

    parts = _parts(word[:200])
    by_parts = {tuple(_parts(candidate)): candidate for candidate in sorted(known, reverse=True)}
    joined = {"".join(of): candidate for of, candidate in by_parts.items()}
    if "".join(parts) in joined:
        return joined["".join(parts)]
    in_use = {part for of in by_parts for part in of}
    likeness: dict[str, float] = {}
    for of, candidate in by_parts.items():
        ratios = [1.0 if a == b else _slip(a, b, in_use, SequenceMatcher) for a, b in zip(parts, of, strict=False)]
        if len(of) == len(parts) and min(ratios, default=0.0) >= _A_SLIP:
            likeness[candidate] = sum(ratios)
    best = max(likeness.values(), default=0.0)
    nearest_ones = [candidate for candidate, ratio in likeness.items() if ratio == best]
    return nearest_ones[0] if len(nearest_ones) == 1 else None


def same_name(word: str, known: Iterable[str]) -> str:
    """Return the known name that a word is but for case and marks, such as `RES-001` for `res001`; else the word."""
    parts = "".join(_parts(word))
    same = {name for name in known if "".join(_parts(name)) == parts}
    return same.pop() if parts and len(same) == 1 else word


def _slip(written: str, meant: str, in_use: set[str], matcher: type[SequenceMatcher[str]]) -> float:
    """Return how like two parts of names are; 0 where one is a number, very short, or itself in use."""
    if written.isdigit() or meant.isdigit() or min(len(written), len(meant)) < _SHORT or written in in_use:
        return 0.0
    if sorted(written) == sorted(meant):
        return _SWAPPED
    ratio = matcher(None, written, meant).ratio()
    return ratio if ratio > _A_SLIP else 0.0


def _parts(name: str) -> list[str]:
    return _PART.findall(name.casefold())


def folded_word(word: str) -> str:
    return word.casefold().replace("_", "-").replace(" ", "-")
