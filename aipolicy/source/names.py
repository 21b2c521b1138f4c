"""Names of people and teams as they count: what nobody can see is left out, and spellings that look alike are one."""

from __future__ import annotations

import unicodedata

from aipolicy.source.text import UNSAFE

_BLANKS = frozenset({"\u2800", "\u3164", "\uffa0", "\u115f", "\u1160"})
"""Letters and symbols that are drawn as nothing."""


def tidied(text: str) -> str:
    """Return text as it counts: composed alike (NFKC), without what is invisible, single spaces, none around it.

    Nothing is left of a text in which there is nothing to see.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return " ".join(_visible(unicodedata.normalize("NFKC", _visible(text))).split())


def folded(text: str) -> str:
    """Return text as it is compared: as it counts, and in one case."""
    # NOTE: to fold a case can take letters apart again.
    return tidied(tidied(text).casefold())


def says_something(text: str) -> bool:
    """Return whether there is anything to see in a text."""
    return bool(tidied(text))


def _visible(text: str) -> str:
    """Return a text without characters that are drawn as nothing; lines and tabs are spaces."""
    spaced = "".join(" " if character.isspace() else character for character in text)
    return "".join(
        character for character in UNSAFE.sub("", spaced)
        if character not in _BLANKS and not _is_invisible(character)
    )  # fmt: skip


def _is_invisible(character: str) -> bool:
    category = unicodedata.category(character)
    # NOTE: variation selectors are marks, and are drawn as nothing; other marks belong to their letters.
    selects = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return category in ("Cf", "Cc", "Cs", "Cn", "Co") or selects
