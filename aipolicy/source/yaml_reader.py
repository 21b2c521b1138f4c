"""YAML text in, plain values with positions out: every problem at its place, within limits, no Python tags."""

from __future__ import annotations

from aipolicy.source.builder import DocumentBuilder
from aipolicy.source.document import Document, Positions, SourceFile
from aipolicy.source.limits import MAX_BYTES as MAX_BYTES
from aipolicy.source.open_nodes import SourceProblem
from aipolicy.source.regex import regex
from aipolicy.source.span import LineIndex
from aipolicy.value import Frozen

_SEPARATORS = {"\x85": "U+0085", "\u2028": "U+2028", "\u2029": "U+2029", "\ufeff": "U+FEFF"}
_SEPARATOR = regex("[\x85\u2028\u2029\ufeff]")


class ReadResult(Frozen):
    """The documents that could be built, which of them have a problem, and every problem."""

    source: SourceFile
    documents: tuple[Document, ...]
    problems: tuple[SourceProblem, ...]
    broken: frozenset[int] = frozenset()
    """Indices of documents with a problem: their other mistakes can be reported, they cannot be trusted."""
    problems_left_out: int = 0


def read_yaml(path: str, data: bytes) -> ReadResult:
    """Return the documents of a YAML file given as bytes (UTF-8, with or without byte-order mark)."""
    text, problem = _decode(data)
    source = SourceFile(path, text, find_positions=read_positions)
    if problem is not None:
        return ReadResult(source, (), (problem,))
    builder = DocumentBuilder(text, with_positions=False)
    values = builder.build()
    if builder.problems:
        builder = DocumentBuilder(text, with_positions=True)
        values = builder.build()
        source.positions_cache.update(builder.positions())
    documents = tuple(Document(source, index, value) for index, value in enumerate(values))
    return ReadResult(
        source, documents, tuple(builder.problems), frozenset(builder.broken_documents), builder.problems_left_out
    )


def read_positions(text: str) -> dict[int, Positions]:
    """Return, for each document of a text, where every key and value stands."""
    builder = DocumentBuilder(text, with_positions=True)
    builder.build()
    return builder.positions()


def _decode(data: bytes) -> tuple[str, SourceProblem | None]:
    if len(data) > MAX_BYTES:
        message = f"file of {len(data)} bytes; the limit is {MAX_BYTES}, split it"
        return "", SourceProblem(message, LineIndex("").span(0, 1))
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        span = LineIndex(before).span(len(before), len(before) + 1)
        return before, SourceProblem(f"not UTF-8 at byte {error.start}; save the file as UTF-8", span)
    separator = None if text.isascii() else _SEPARATOR.search(text)
    if separator is not None:
        code = _SEPARATORS[separator.group()]
        message = f"invisible character {code}, which editors and parsers read differently; remove or escape it"
        return text, SourceProblem(message, LineIndex(text).span(separator.start(), separator.end()))
    return text, None
