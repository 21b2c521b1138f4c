"""A YAML document in, the same with one value set or taken out: comments and everything else stay byte for byte."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aipolicy.source.document import Document, PlainValue
from aipolicy.source.span import DocumentPath, LineIndex, Position
from aipolicy.source.yaml_reader import read_yaml
from aipolicy.source.yaml_writer import write_text, write_value

Keys = tuple[str, ...]


def with_value(path: str, text: str, keys: Keys, value: Any) -> str | None:
    """Return a text of one document with a value set at `keys`, or taken out where it is None.

    None where that has to be done by hand: whatever is written is read back, and must differ in this value alone.
    """
    document = _only_document(path, text)
    if document is None or not isinstance(document.value, dict):
        return None
    edited = _without(document, keys) if value is None else _with(document, keys, value)
    if edited is None:
        return None
    after = _only_document(path, edited)
    return edited if after is not None and after.value == _changed(document.value, keys, value) else None


def value_at(value: PlainValue, keys: Keys) -> PlainValue:
    """Return what stands at `keys`, None where nothing does."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def _only_document(path: str, text: str) -> Document | None:
    result = read_yaml(path, text.encode("utf-8", "surrogatepass"))
    return result.documents[0] if len(result.documents) == 1 and not result.problems else None


def _changed(value: PlainValue, keys: Keys, new: Any) -> PlainValue:
    """Return the document as it should read; a section whose last value is taken out goes with it."""
    fields: dict[str, PlainValue] = dict(value) if isinstance(value, dict) else {}
    key, rest = keys[0], keys[1:]
    changed = _changed(fields.get(key), rest, new) if rest else _plain(new)
    if changed is None or (new is None and changed == {}):
        fields.pop(key, None)
    else:
        fields[key] = changed
    return fields


def _plain(value: Any) -> PlainValue:
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return dict(value) if isinstance(value, Mapping) else value


def _with(document: Document, keys: Keys, value: Any) -> str | None:
    text = document.source.text
    if document.has(keys):
        start, end = offsets_of(document, keys)
        return f"{text[:start]}{write_value(value)}{text[end:]}"
    parent = keys[:-1]
    while parent and not isinstance(value_at(document.value, parent), dict):
        parent = parent[:-1]
    section = value_at(document.value, parent)
    if not isinstance(section, dict) or (document.has((*parent, keys[len(parent)]))):
        return None
    missing = keys[len(parent) :]
    for key in reversed(missing[1:]):
        value = {key: value}
    start, end = offsets_of(document, parent)
    if text[start : start + 1] == "{":
        rest = ", " if section else ""
        return f"{text[: start + 1]}{write_text(missing[0])}: {write_value(value)}{rest}{text[start + 1 :]}"
    return _below_the_last(document, parent, missing[0], value)


def _below_the_last(document: Document, parent: Keys, key: str, value: Any) -> str:
    """Return the text with a key in a line of its own below the last of a section in block style."""
    text = document.source.text
    section = value_at(document.value, parent)
    assert isinstance(section, dict) and section, "a section in block style has a key"  # noqa: PT018
    last = (*parent, next(reversed(section)))
    indent = " " * (document.locate(last, "key").start.column - 1)
    ending = "\r\n" if "\r\n" in text else "\n"
    _, end = offsets_of(document, last)
    at = _line_end(text, end)
    before = text[:at] if text[:at].endswith(("\n", "\r")) else f"{text[:at]}{ending}"
    return f"{before}{''.join(_block(key, value, indent, ending))}{text[at:]}"


def _block(key: str, value: Any, indent: str, ending: str) -> list[str]:
    if isinstance(value, Mapping) and value:
        lines = [f"{indent}{write_text(key)}:{ending}"]
        for name, item in value.items():
            lines += _block(name, item, f"{indent}  ", ending)
        return lines
    return [f"{indent}{write_text(key)}: {write_value(value)}{ending}"]


def _without(document: Document, keys: Keys) -> str | None:
    """Return the text without a value; its section goes too when it is the last of it."""
    section = value_at(document.value, keys[:-1])
    while len(keys) > 1 and isinstance(section, dict) and len(section) == 1:
        keys = keys[:-1]
        section = value_at(document.value, keys[:-1])
    text = document.source.text
    key_start = _offset(text, document.locate(keys, "key").start)
    _, end = offsets_of(document, keys)
    line_start = max(text.rfind("\n", 0, key_start), text.rfind("\r", 0, key_start)) + 1
    if not text[line_start:key_start].strip():
        return text[:line_start] + text[_line_end(text, end) :]
    rest = text[end:].lstrip()
    if rest.startswith(","):
        return text[:key_start] + rest[1:].lstrip()
    before = text[:key_start].rstrip()
    return (before[:-1] if before.endswith(",") else before) + text[end:]


def offsets_of(document: Document, keys: DocumentPath) -> tuple[int, int]:
    """Return where a value begins and ends; what follows a value in block style, such as comments, is no part of it."""
    text, span = document.source.text, document.locate(keys)
    start, end = _offset(text, span.start), _offset(text, span.end)
    lines = text[start:end].splitlines(keepends=True)
    while len(lines) > 1 and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        lines.pop()
    written = "".join(lines)
    return start, start + len(written.rstrip() if len(lines) > 1 or written.endswith(("\n", "\r")) else written)


def _offset(text: str, position: Position) -> int:
    starts = (*LineIndex(text).line_starts, len(text))
    return min(starts[min(position.line - 1, len(starts) - 1)] + position.column - 1, len(text))


def _line_end(text: str, at: int) -> int:
    """Return where the next line begins."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1
