"""Names of use cases in, names of features out: safe as file names everywhere, unique in a run."""

from __future__ import annotations

import hashlib
import unicodedata

from aipolicy.source.regex import regex

FILE_SUFFIX = ".aifeature.yaml"
MAX_SLUG = 80
MAX_ID = 24
"""The longest id that stands in a name as it is."""

_DROPPED = regex("['\u2019\u0300-\u036f]")
"""Apostrophes, and accents once they are apart from their letters."""
_NOT_SAFE = regex("[^a-z0-9]+")
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin", "conout", "clock"}
    | {f"{device}{number}" for device in ("com", "lpt") for number in range(10)}
)
"""Device names of Windows, which no file may have before its first dot.
Source: https://learn.microsoft.com/windows/win32/fileio/naming-a-file, read 2026-11-21."""


def slug(name: str, most: int = MAX_SLUG) -> str:
    """Return a name of lower-case ASCII letters, digits and single hyphens, at most `most` characters."""
    text = _plain(name)
    if len(text) > most:
        cut = text[: most + 1]
        text = (cut.rsplit("-", 1)[0] if "-" in cut[most // 2 :] else cut[:most]).strip("-")
    if not text:
        return f"use-case-{_digest(name)}"
    return f"use-case-{text}" if text in _RESERVED else text


def name_of_row(title: str, row_id: str) -> str:
    """Return the name of the feature of a row with an id: it hangs on this row alone, never on others.

    So no feature inherits the name of another, nor its waivers and baseline, when rows come and go.
    """
    text = _plain(row_id)
    if text != row_id.casefold() or len(text) > MAX_ID:
        text = f"{text[: MAX_ID - 11].strip('-')}-{_digest(row_id)}".strip("-")
    return f"{slug(title, MAX_SLUG - MAX_ID)}-{text}"


def _plain(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).casefold().replace("&", " and ")
    return _NOT_SAFE.sub("-", _DROPPED.sub("", plain)).strip("-")


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:10]


class FeatureNames:
    """Gives every use case of a run a name of its own; equal names are numbered in the order of the rows."""

    def __init__(self) -> None:
        self._used: set[str] = set()
        self._next: dict[str, int] = {}
        self.shared: set[str] = set()
        """The names that were given to use cases that share one."""
        self.numbered: dict[str, int] = {}
        """How many use cases share a name, for each name that several have."""

    def take(self, name: str) -> str:
        """Return the feature name of the next use case called `name`."""
        base = slug(name)
        taken = base
        number = self._next.get(base, 2)
        while taken in self._used:
            taken = f"{base}-{number}"
            number += 1
        self._next[base] = number
        if taken != base:
            self.shared |= {base, taken}
            self.numbered[base] = self.numbered.get(base, 1) + 1
        self._used.add(taken)
        return taken
