"""Globs in, tests of names and paths out."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from fnmatch import translate

from aipolicy.manifest.manifest_names import MANIFEST_PATTERNS, is_manifest_name, is_near_name
from aipolicy.source.regex import regex

Matcher = Callable[[str, str], bool]
"""A test of an entry by its name and its real path."""


def manifest_matcher(patterns: Sequence[str]) -> Matcher:
    """Return a test of what is a manifest by its name; the usual names in whatever case they are written."""
    if tuple(patterns) == MANIFEST_PATTERNS:
        return lambda name, _: is_manifest_name(name)
    return name_matcher(patterns)


def near_matcher(patterns: Sequence[str]) -> Matcher:
    """Return a test of what looks like a manifest by its name and is none; of names of one's own nothing is known."""
    if tuple(patterns) == MANIFEST_PATTERNS:
        return lambda name, _: is_near_name(name)
    return lambda name, _: False


def name_matcher(patterns: Sequence[str]) -> Matcher:
    """Return a test for globs; `*` also crosses folders, and takes linear time."""
    names, paths = [], []
    for pattern in patterns:
        text = pattern.replace(os.sep, "/").rstrip("/")
        inner = text.removeprefix("**/")
        if "/" not in inner:
            names.append(translate(inner))
        else:
            whole = f"*/{inner}" if inner != text else _anchored(text)
            paths += [translate(whole), translate(whole.replace("/**/", "/"))]
    if not names and not paths:
        return lambda name, path: False
    by_name, by_path = regex("|".join(names or ["(?!)"])), regex("|".join(paths or ["(?!)"]))
    return lambda name, path: bool(by_name.match(name) or by_path.match(path))


def _anchored(pattern: str) -> str:
    here = re.sub(r"([*?\[])", r"[\1]", os.getcwd())
    return os.path.normpath(os.path.join(here, pattern)).replace(os.sep, "/")
