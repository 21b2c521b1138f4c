"""A YAML document: plain values, and the one place where a document path becomes line and column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from aipolicy.source.span import DocumentPath, Part, Position, Span
from aipolicy.value import Frozen

API_VERSION = "aipolicy/v1"
"""The version that every document of ours begins with, and below the kinds that there are."""
MANIFEST_KIND, PACK_KIND, RULES_KIND = "AIFeature", "PolicyPack", "PolicyRules"
TESTS_KIND, WAIVERS_KIND, MAPPING_KIND = "PolicyTests", "Waivers", "ImportMapping"

PlainValue: TypeAlias = "str | int | float | bool | list[PlainValue] | dict[str, PlainValue] | None"


class NodeSpans(Frozen):
    """Where a value stands, and the key it stands under (None for list items and the top)."""

    key: Span | None
    value: Span


class Positions(Frozen):
    """The spans of every node of one document, and where aliased or merged nodes were written."""

    spans: Mapping[DocumentPath, NodeSpans]
    written_at: Mapping[DocumentPath, DocumentPath]

    def resolve(self, path: DocumentPath) -> DocumentPath:
        """Return where the node at `path` was written: itself, or what its alias or merge key refers to."""
        for _ in range(len(self.written_at) + 1):
            if path in self.spans:
                return path
            for length in range(len(path), 0, -1):
                target = self.written_at.get(path[:length])
                if target is not None:
                    path = target + path[length:]
                    break
            else:
                return path
        return path


class SourceFile(Frozen, eq=False):
    """A text file as read: `path` as shown to people, `text` without byte-order mark.

    `find_positions` goes through the text again for the places of every document; most files never need it.
    """

    path: str
    text: str
    positions_cache: dict[int, Positions]
    find_positions: Callable[[str], Mapping[int, Positions]] | None

    def __init__(self, path: str, text: str, positions_cache: dict[int, Positions] | None = None,
                 find_positions: Callable[[str], Mapping[int, Positions]] | None = None) -> None:  # fmt: skip
        object.__setattr__(self, "path", path)
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "positions_cache", {} if positions_cache is None else positions_cache)
        object.__setattr__(self, "find_positions", find_positions)


class Document(Frozen, eq=False):
    """One YAML document of a file: `index` counts documents from 0."""

    source: SourceFile
    index: int
    value: PlainValue
    written_at: Mapping[DocumentPath, DocumentPath] | None = None
    """Where in the document stands what is read under another path; None where everything stands where it is read."""

    def locate(self, path: DocumentPath, part: Part = "value") -> Span:
        """Return the span of the key or value at `path`; for a path that is not there, of its nearest parent's key."""
        positions = self._positions()
        path = wanted = self._written(path)
        while True:
            node = positions.spans.get(positions.resolve(wanted))
            if node is not None:
                missing = wanted != path
                if node.key is not None and (part == "key" or missing):
                    return node.key
                return _first_line(node.value) if missing else node.value
            if not wanted:
                return Span(Position(1, 1), Position(1, 2))
            wanted = wanted[:-1]

    def has(self, path: DocumentPath) -> bool:
        """Return whether something is written at `path`, directly or through an alias or merge key."""
        positions = self._positions()
        return positions.resolve(self._written(path)) in positions.spans

    def _written(self, path: DocumentPath) -> DocumentPath:
        return path if self.written_at is None else self.written_at.get(path, path)

    def _positions(self) -> Positions:
        cache = self.source.positions_cache
        if self.index not in cache and self.source.find_positions is not None:
            cache.update(self.source.find_positions(self.source.text))
        return cache.setdefault(self.index, Positions({}, {}))


def _first_line(span: Span) -> Span:
    if span.end.line == span.start.line:
        return span
    return Span(span.start, Position(span.start.line, span.start.column + 1))
