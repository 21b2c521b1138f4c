"""Names of use cases in, names of features out: safe as file names everywhere, unique in a run."""

from __future__ import annotations

import hashlib
import unicodedata

from aipolicy.source.regex import regex

FILE_SUFFIX = ".aifeature.yaml"
MAX_SLUG = 80

_DROPPED = regex("['\u2019\u0300-\u036f]")
"""Apostrophes, and accents once they are apart from their letters."""
_NOT_SAFE = regex("[^a-z0-9]+")
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin", "conout", "clock"}
    | {f"{device}{number}" for device in ("com", "lpt") for number in range(10)}
)
"""Device names of Windows, which no file may have before its first dot.
Source: https://learn.microsoft.com/windows/win32/fileio/naming-a-file, read 2026-11-21."""


def slug(name: str) -> str:
    """Return a name of lower-case ASCII letters, digits and single hyphens, at most 80 characters."""
    plain = unicodedata.normalize("NFKD", name).casefold().replace("&", " and ")
    text = _NOT_SAFE.sub("-", _DROPPED.sub("", plain)).strip("-")
    if len(text) > MAX_SLUG:
        cut = text[: MAX_SLUG + 1]
        text = (cut.rsplit("-", 1)[0] if "-" in cut[MAX_SLUG // 2 :] else cut[:MAX_SLUG]).strip("-")
    if not text:
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
        return f"use-case-{digest[:10]}"
    return f"use-case-{text}" if text in _RESERVED else text


class FeatureNames:
    """Gives every use case of a run a name of its own; equal names are numbered in the order of the rows."""

    def __init__(self) -> None:
        self._used: set[str] = set()
        self._next: dict[str, int] = {}

    def take(self, name: str) -> str:
        """Return the feature name of the next use case called `name`."""
        base = slug(name)
        taken = base
        number = self._next.get(base, 2)
        while taken in self._used:
            taken = f"{base}-{number}"
            number += 1
        self._next[base] = number
        self._used.add(taken)
        return taken
