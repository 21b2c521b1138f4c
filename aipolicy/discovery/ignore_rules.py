"""Ignore files in, what they say of a path out: the last line that matches, of the nearest file that has one."""

from __future__ import annotations

import os
import re

from aipolicy.discovery.ignore_pattern import IgnorePattern, read_pattern
from aipolicy.source.limits import MAX_BYTES
from aipolicy.source.regex import regex
from aipolicy.source.regular_file import read_regular_file
from aipolicy.value import NamedTuple


class _Line(NamedTuple):
    expression: re.Pattern[bytes]
    ignores: bool
    folders_only: bool
    of_name: bool


class IgnoreFile(NamedTuple):
    """The lines of an ignore file, the last first."""

    start: int
    """Length of the path, in characters, that its lines do not see: its folder and a slash."""
    lines: tuple[_Line, ...]
    of_names: re.Pattern[bytes]
    of_paths: re.Pattern[bytes]
    """What any of them matches: most paths are matched by none."""

    def ignores(self, path: str, *, is_folder: bool) -> bool | None:
        """Return what it says of a real path, None where it says nothing."""
        below = os.fsencode(path[self.start :])
        name = below.rpartition(b"/")[2]
        if self.of_names.match(name) is None and self.of_paths.match(below) is None:
            return None
        for line in self.lines:
            if (is_folder or not line.folders_only) and line.expression.match(name if line.of_name else below):
                return line.ignores
        return None


IgnoreRules = tuple[IgnoreFile, ...]
"""Ignore files, the nearest last."""


class UnreadableRules(Exception):
    """An ignore file is there and cannot be read, so that nobody knows what it takes back in."""


def read_ignore_file(path: str, folder: str, *, fold: bool, follow: bool = False) -> IgnoreRules:
    """Return the rules of an ignore file that hold below a folder, none for an absent or an empty one.

    As in git a link is followed only where `follow` says so. Raises `UnreadableRules`.
    """
    try:
        if not follow and os.path.islink(path):
            return ()
        data = read_regular_file(path)
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except (OSError, ValueError) as error:
        if os.path.isdir(path):
            return ()
        raise UnreadableRules from error
    if len(data) > MAX_BYTES:
        raise UnreadableRules
    return _rules(data, len(folder.rstrip("/")) + 1, fold=fold)


def is_ignored(path: str, rules: IgnoreRules, *, is_folder: bool) -> bool:
    """Return what the nearest ignore file that mentions a real path says."""
    for ignore_file in reversed(rules):
        verdict = ignore_file.ignores(path, is_folder=is_folder)
        if verdict is not None:
            return verdict
    return False


def _rules(data: bytes, start: int, *, fold: bool) -> IgnoreRules:
    texts = (line.removesuffix(b"\r") for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n"))
    patterns = [pattern for pattern in (read_pattern(text, fold=fold) for text in texts) if pattern is not None]
    if not patterns:
        return ()
    lines = tuple(
        _Line(regex(pattern.expression), pattern.ignores, pattern.folders_only, pattern.of_name)
        for pattern in reversed(patterns)
    )
    return (IgnoreFile(start, lines, _any_of(patterns, of_name=True), _any_of(patterns, of_name=False)),)


def _any_of(patterns: list[IgnorePattern], *, of_name: bool) -> re.Pattern[bytes]:
    return regex(b"|".join(pattern.expression for pattern in patterns if pattern.of_name is of_name) or b"(?!)")
