"""A YAML file in, the same file with one entry more in a list out: comments and everything else stay byte for byte."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from aipolicy.source.document import Document, PlainValue
from aipolicy.source.regex import regex
from aipolicy.source.span import LineIndex
from aipolicy.source.yaml_reader import ReadResult, read_yaml

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_DASH = regex(r"([ ]*)-[ ]")
_COMMENTS_ALONE = regex(r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|\Z))*")


def with_entry(path: str, data: bytes, number: int, key: str, entry: Callable[[str], str]) -> bytes | None:
    """Return a file with an entry at the end of a list at the top of one of its documents, counted from 0.

    `entry` returns the lines of the entry for an indentation. None where the entry has to be added by hand.
    """
    before = read_yaml(path, data)
    document, text = before.documents[number], before.source.text
    ending = "\r\n" if "\r\n" in text else "\n"
    written = entries_of(document, key)
    new = entry(_indent(document, key) if written else "  ").replace("\n", ending)
    if written:
        at = _end_of_list(document, key)
        text = f"{text[:at]}{_ended(text[:at], ending)}{new}{text[at:]}"
    elif key in _fields(document):
        empty = re.compile(rf"^{key}:[ \t]*(?:\[[ \t]*\])?[ \t]*(?=\r?$)", re.MULTILINE)
        text = empty.sub(lambda _: f"{key}:{ending}{new}".rstrip("\r\n"), text, count=1)
    else:
        text = f"{text}{_ended(text, ending)}{key}:{ending}{new}"
    grown = (_BYTE_ORDER_MARK if data.startswith(_BYTE_ORDER_MARK) else b"") + text.encode()
    return grown if _differ_by_entry(before, read_yaml(path, grown), number, key) else None


def entries_of(document: Document, key: str) -> list[PlainValue]:
    """Return the entries of a list at the top of a document; none where there is no such list."""
    value = _fields(document).get(key)
    return value if isinstance(value, list) else []


def _fields(document: Document) -> Mapping[str, PlainValue]:
    return document.value if isinstance(document.value, dict) else {}


def _indent(document: Document, key: str) -> str:
    """Return how far the entries of a list are indented."""
    line = document.locate((key, 0)).start.line
    match = _DASH.match(document.source.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[line - 1])
    return match.group(1) if match is not None else "  "


def _end_of_list(document: Document, key: str) -> int:
    """Return the offset of the line behind a list: the end of the text where only comments follow."""
    text, end = document.source.text, document.locate((key, len(entries_of(document, key)) - 1)).end
    # NOTE: a text in block style ends where the next line begins.
    line = end.line - 1 if end.column == 1 else end.line
    starts = (*LineIndex(text).line_starts, len(text))
    at = starts[min(line, len(starts) - 1)]
    rest = _COMMENTS_ALONE.match(text, at)
    return len(text) if rest is not None and rest.end() == len(text) else at


def _ended(text: str, ending: str) -> str:
    return "" if text.endswith(("\n", "\r")) else ending


def _differ_by_entry(before: ReadResult, after: ReadResult, number: int, key: str) -> bool:
    """Return whether the list of one document has one entry more, and nothing else changed."""
    if after.problems or len(after.documents) != len(before.documents):
        return False
    for old, new in zip(before.documents, after.documents, strict=True):
        if old.index != number:
            same = old.value == new.value
        else:
            entries = entries_of(new, key)
            rests = [{name: value for name, value in _fields(d).items() if name != key} for d in (old, new)]
            same = rests[0] == rests[1] and bool(entries) and entries[:-1] == entries_of(old, key)
        if not same:
            return False
    return True
