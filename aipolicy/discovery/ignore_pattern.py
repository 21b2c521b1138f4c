"""A line of an ignore file in, what it matches out: as git itself matches it, byte by byte, in linear time.

Libraries answer for files, and a walk asks about folders, in which other files may be taken back in. The rules are those
of gitignore(5); where they leave a case open, what git does holds, and a test compares both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aipolicy.value import NamedTuple

_SPECIAL = b"*?[\\"
_NEVER = rb"(?!)"
_LOWER, _UPPER = range(0x61, 0x7B), range(0x41, 0x5B)
_PRINTABLE, _LETTERS_AND_DIGITS = range(0x20, 0x7F), {*range(0x30, 0x3A), *_LOWER, *_UPPER}
_NAMED_SETS: dict[bytes, set[int]] = {
    b"alnum": _LETTERS_AND_DIGITS,
    b"alpha": {*_LOWER, *_UPPER},
    b"blank": {0x20, 0x09},
    b"cntrl": {*range(0x20), 0x7F},
    b"digit": {*range(0x30, 0x3A)},
    b"graph": set(_PRINTABLE) - {0x20},
    b"lower": {*_LOWER},
    b"print": set(_PRINTABLE),
    b"punct": set(_PRINTABLE) - _LETTERS_AND_DIGITS - {0x20},
    b"space": {0x20, *range(0x09, 0x0E)},
    b"upper": {*_UPPER},
    b"xdigit": {*range(0x30, 0x3A), *range(0x61, 0x67), *range(0x41, 0x47)},
}


class IgnorePattern(NamedTuple):
    """One line: the expression is of a name, or of a path from the folder of the ignore file."""

    expression: bytes
    ignores: bool
    """False for a line that begins with `!`."""
    folders_only: bool
    of_name: bool


def read_pattern(line: bytes, *, fold: bool) -> IgnorePattern | None:
    """Return what a line says, None for a comment; `fold` where the file system does not tell capitals apart."""
    if not line or line.startswith(b"#"):
        return None
    text = _without_trailing_spaces(line.partition(b"\0")[0])
    ignores = not text.startswith(b"!")
    text = text if ignores else text[1:]
    folders_only = text.endswith(b"/")
    text = text[:-1] if folders_only else text
    of_name = b"/" not in text
    if not of_name:
        text = text.removeprefix(b"/")
    return IgnorePattern(_expression(text, fold=fold), ignores, folders_only, of_name)


def _without_trailing_spaces(line: bytes) -> bytes:
    position, spaces_from = 0, None
    while position < len(line):
        if line[position] == 0x20:
            spaces_from = position if spaces_from is None else spaces_from
        else:
            spaces_from = None
            if line[position] == 0x5C:
                position += 1
                if position == len(line):
                    return line
        position += 1
    return line if spaces_from is None else line[:spaces_from]


def _expression(text: bytes, *, fold: bool) -> bytes:
    """Return a regular expression for a whole name or path."""
    # NOTE: git takes the beginning without wildcards off before it looks for `**`, so that it sees one in `a**/b`.
    plain = next((index for index, byte in enumerate(text) if byte in _SPECIAL), len(text))
    tokens = [_literal(byte, fold=fold) for byte in text[:plain]]
    try:
        tokens += _tokens(text[plain:], fold=fold)
    except _NeverMatches:
        return _NEVER
    sections: list[list[bytes]] = [[]]
    wide: list[bytes] = []
    for token in tokens:
        if token in (_FOLDERS, _ANYTHING):
            wide.append(token)
            sections.append([])
        else:
            sections[-1].append(token)
    expression = _section(sections[0])
    # NOTE: what ends before a later wide star matches as early as it can and is not tried again; that loses nothing.
    for token, section in zip(wide[:-1], sections[1:-1], strict=True):
        expression += rb"(?>" + _LAZY[token] + _section(section) + rb")"
    if wide:
        expression += _GREEDY[wide[-1]] + _section(sections[-1])
    return rb"(?s:" + expression + rb")\Z"


_STAR, _FOLDERS, _ANYTHING = b"*", b"**/", b"**"
"""Tokens that are no expressions yet: text within a name, any number of folders, and anything at all."""
_LAZY = {_FOLDERS: rb"(?:.*?/)??", _ANYTHING: rb".*?"}
_GREEDY = {_FOLDERS: rb"(?:.*/)?", _ANYTHING: rb".*"}


def _section(tokens: list[bytes]) -> bytes:
    """Return the expression of what lies between two wide stars: names, in which only the last star is tried again."""
    names: list[bytes] = []
    for name in _split(tokens, b"/"):
        first, *others = [b"".join(piece) for piece in _split(name, _STAR)]
        atoms = [rb"(?>[^/]*?" + piece + rb")" for piece in others[:-1]]
        names.append(b"".join([first, *atoms, *(rb"[^/]*" + piece for piece in others[-1:])]))
    return b"/".join(names)


def _split(tokens: list[bytes], at: bytes) -> list[list[bytes]]:
    parts: list[list[bytes]] = [[]]
    for token in tokens:
        if token == at:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


class _NeverMatches(Exception):
    """Git matches nothing with such a line."""


def _tokens(text: bytes, *, fold: bool) -> Iterator[bytes]:
    position = 0
    while position < len(text):
        byte = text[position : position + 1]
        if byte == b"*":
            token, position = _star(text, position)
            yield token
        elif byte == b"?":
            yield rb"[^/]"
            position += 1
        elif byte == b"[":
            members, position = _members(text, position + 1, fold=fold)
            yield _one_of(members)
        else:
            position += byte == b"\\"
            if position == len(text):
                raise _NeverMatches
            yield _literal(text[position], fold=fold)
            position += 1


def _star(text: bytes, start: int) -> tuple[bytes, int]:
    """Return what stars at a position mean, and where the text goes on."""
    end = start
    while text[end : end + 1] == b"*":
        end += 1
    is_whole_name = start == 0 or text[start - 1 : start] == b"/"
    if end - start == 1 or not is_whole_name:
        return _STAR, end
    if text[end : end + 1] == b"/":
        return _FOLDERS, end + 1
    return (_ANYTHING, end) if end == len(text) or text[end : end + 2] == rb"\/" else (_STAR, end)


def _literal(byte: int, *, fold: bool) -> bytes:
    letter = bytes((byte,))
    if fold and letter.isalpha():
        return b"[" + letter.lower() + letter.upper() + b"]"
    return re.escape(letter)


def _one_of(members: set[int]) -> bytes:
    members = members - {0x2F}
    if not members:
        return _NEVER
    return b"[" + b"".join(rb"\x%02x" % member for member in sorted(members)) + b"]"


def _members(text: bytes, position: int, *, fold: bool) -> tuple[set[int], int]:
    """Return the bytes that a bracket stands for, and where the text goes on after it."""
    negated = text[position : position + 1] in (b"!", b"^")
    position += negated
    members: set[int] = set()
    before, first = 0, True
    while first or text[position : position + 1] != b"]":
        first = False
        if text[position : position + 1] == b"-" and before and text[position + 1 : position + 2] not in (b"", b"]"):
            last, position = _member(text, position + 1)
            members |= _both_cases(set(range(before, last + 1)), fold=fold)
            before = 0
        elif text[position : position + 2] == b"[:" and (end := _end_of_named_set(text, position + 2)):
            members |= _both_cases(_named_set(text[position + 2 : end - 1]), fold=fold)
            position, before = end + 1, 0
        else:
            before, position = _member(text, position)
            members.add(before)
    if fold:
        # NOTE: git lowers the capitals of a name and not those of a bracket, so that `[A]` matches nothing there.
        members = {byte for byte in range(1, 256) if (byte + 0x20 if byte in _UPPER else byte) in members}
    return (set(range(1, 256)) - members if negated else members), position + 1


def _member(text: bytes, position: int) -> tuple[int, int]:
    """Return a byte as a bracket names it, and where the text goes on after it."""
    position += text[position : position + 1] == b"\\"
    if position >= len(text):
        raise _NeverMatches
    return text[position], position + 1


def _end_of_named_set(text: bytes, start: int) -> int:
    """Return where the bracket of `[:name:]` closes, 0 where it is none."""
    end = text.find(b"]", start)
    if end < 0:
        raise _NeverMatches
    return end if end > start and text[end - 1 : end] == b":" else 0


def _named_set(name: bytes) -> set[int]:
    if name not in _NAMED_SETS:
        raise _NeverMatches
    return _NAMED_SETS[name]


def _both_cases(members: set[int], *, fold: bool) -> set[int]:
    return members | {byte + 0x20 for byte in members if byte in _UPPER} if fold else members
