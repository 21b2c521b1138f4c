"""A YAML file in, the same with entries more in a list anywhere in it out: everything else stays byte for byte."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy

from aipolicy.source.document import Document, PlainValue
from aipolicy.source.regex import regex
from aipolicy.source.span import DocumentPath
from aipolicy.source.yaml_edit import offsets_of
from aipolicy.source.yaml_reader import ReadResult, read_yaml
from aipolicy.source.yaml_writer import write_text, write_value

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_DASH = regex(r"[ ]*-[ ]+")

Entry = Mapping[str, PlainValue]


def with_listed(path: str, data: bytes, number: int, holder: DocumentPath, key: str,
                entries: Sequence[Entry]) -> bytes | None:  # fmt: skip
    """Return a file with entries at the end of the list `key` of a mapping in one of its documents, counted from 0.

    The list is begun where there is none. None where it has to be done by hand: what is written is read back, and must
    differ in these entries alone.
    """
    before = read_yaml(path, data)
    document = before.documents[number]
    fields = _at(document.value, holder)
    if not isinstance(fields, dict) or not entries:
        return None
    listed = fields.get(key)
    if listed is None and key not in fields:
        text = _begun(document, holder, fields, key, entries)
    elif isinstance(listed, list) and listed:
        text = _grown(document, (*holder, key), len(listed), entries)
    else:
        return None
    if text is None:
        return None
    grown = (_BYTE_ORDER_MARK if data.startswith(_BYTE_ORDER_MARK) else b"") + text.encode()
    return grown if _differ_by(before, read_yaml(path, grown), number, holder, key, entries) else None


def _grown(document: Document, at: DocumentPath, count: int, entries: Sequence[Entry]) -> str:
    text = document.source.text
    start, end = offsets_of(document, at)
    if text[start : start + 1] == "[":
        return (
            f"{text[: end - 1].rstrip()}, {', '.join(write_value(dict(entry)) for entry in entries)}{text[end - 1 :]}"
        )
    first, _ = offsets_of(document, (*at, 0))
    line_start = max(text.rfind("\n", 0, first), text.rfind("\r", 0, first)) + 1
    dash = _DASH.match(text, line_start)
    _, last = offsets_of(document, (*at, count - 1))
    return _with_lines(text, last, _lines(entries, text[line_start:first] if dash is not None else "  - "))


def _begun(document: Document, holder: DocumentPath, fields: Mapping[str, PlainValue], key: str,
           entries: Sequence[Entry]) -> str | None:  # fmt: skip
    """Return the text with a list below the last key of a mapping in block style, None where it is in another."""
    text = document.source.text
    start, _ = offsets_of(document, holder)
    if text[start : start + 1] in ("{", "") or not fields:
        return None
    last = (*holder, list(fields)[-1])
    indent = " " * (document.locate(last, "key").start.column - 1)
    _, end = offsets_of(document, last)
    return _with_lines(text, end, [f"{indent}{write_text(key)}:", *_lines(entries, f"{indent}  - ")])


def _lines(entries: Sequence[Entry], dash: str) -> list[str]:
    """Return entries in block style, each key on a line of its own."""
    below = " " * len(dash)
    return [
        f"{below if number else dash}{write_text(name)}: {write_value(value)}"
        for entry in entries
        for number, (name, value) in enumerate(entry.items())
    ]


def _with_lines(text: str, after: int, lines: Sequence[str]) -> str:
    """Return a text with lines behind the one in which a place lies."""
    ending = "\r\n" if "\r\n" in text else "\n"
    end = text.find("\n", after)
    at = len(text) if end < 0 else end + 1
    before = text[:at] if text[:at].endswith(("\n", "\r")) else f"{text[:at]}{ending}"
    return f"{before}{ending.join(lines)}{ending}{text[at:]}"


def _at(value: PlainValue, path: DocumentPath) -> PlainValue:
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def _differ_by(before: ReadResult, after: ReadResult, number: int, holder: DocumentPath, key: str,
               entries: Sequence[Entry]) -> bool:  # fmt: skip
    """Return whether the list has these entries more, and nothing else changed in any document."""
    if after.problems or len(after.documents) != len(before.documents):
        return False
    values = [deepcopy(document.value) for document in before.documents]
    fields = _at(values[number], holder)
    if not isinstance(fields, dict):
        return False
    listed = fields.get(key)
    fields[key] = [*(listed if isinstance(listed, list) else []), *(dict(entry) for entry in entries)]
    return [document.value for document in after.documents] == values
