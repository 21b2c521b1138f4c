"""Words of a table in comparable form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Generic, TypeVar

from aipolicy.source.regex import regex
from aipolicy.value import Frozen

T = TypeVar("T")

_DASHES = dict.fromkeys((ord(c) for c in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-")
_SINGLE_QUOTES = dict.fromkeys((ord(c) for c in "\u2018\u2019\u201a\u201b\u2032\u00b4"), "'")
_DOUBLE_QUOTES = dict.fromkeys((ord(c) for c in "\u201c\u201d\u201e\u201f\u2033"), '"')
_VARIANTS = {**_DASHES, **_SINGLE_QUOTES, **_DOUBLE_QUOTES}

# NOTE: a no-break space written as UTF-8 and read as cp1252 becomes `Â` and a no-break space, of which often
# only the `Â` survives; no answer ends in it.
_BROKEN_SPACE = regex("\u00c2(?=\\s|$)")


def fold_value(text: str) -> str:
    """Return an answer as answers are compared: case, spaces, dashes, quotes and final stop folded."""
    return _fold(text).rstrip(".,;: ")


def fold_header(text: str) -> str:
    """Return a column header as headers are compared; also without a final question mark."""
    return _fold(text).rstrip(".,;:?! ")


def _fold(text: str) -> str:
    if not text.isascii():
        # NOTE: before NFKC, which turns U+00B4 into a space and a combining accent.
        text = _BROKEN_SPACE.sub(" ", text).translate(_VARIANTS)
        text = unicodedata.normalize("NFKC", text).translate(_VARIANTS)
        text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return " ".join(text.replace("`", "'").replace("\x00", "").casefold().split())


def clean_text(text: str) -> str:
    """Return free text as a manifest holds it: broken spaces mended, line ends LF, no space at either end."""
    if not text.isascii():
        text = _BROKEN_SPACE.sub(" ", text)
        text = re.sub("[\ud800-\udfff]", "\ufffd", text)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.strip().strip("\u200b\ufeff\u2060").strip()


class WordTable(Frozen, Generic[T]):
    """What words of a table stand for; a word that ends in `*` stands for everything that begins so."""

    exact: Mapping[str, T]
    beginnings: tuple[tuple[str, T], ...]
    """Longest first."""

    def find(self, folded: str) -> T | None:
        """Return what a folded answer stands for, or None when it is not named."""
        exact = self.exact.get(folded)
        if exact is not None:
            return exact
        return next((value for beginning, value in self.beginnings if folded.startswith(beginning)), None)


def fold_word(word: str) -> tuple[str, bool]:
    """Return a word of a mapping file folded, and whether it is the beginning of what it stands for."""
    if word.endswith("*") and fold_value(word[:-1]):
        return _fold(word[:-1]), True
    return fold_value(word), False


def make_words(entries: Mapping[str, T]) -> WordTable[T]:
    """Return the words of a mapping file; of two that fold to the same, the first counts."""
    exact: dict[str, T] = {}
    beginnings: dict[str, T] = {}
    for word, value in entries.items():
        folded, is_beginning = fold_word(word)
        (beginnings if is_beginning else exact).setdefault(folded, value)
    return WordTable(exact, tuple(sorted(beginnings.items(), key=lambda item: (-len(item[0]), item[0]))))
