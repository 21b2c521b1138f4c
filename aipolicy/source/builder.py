"""YAML events in, plain values and their spans out, within limits that hold before anything is built.

Reads the C parser's events with a stack of its own: PyYAML's node composer overflows the interpreter's stack on
deeply nested input, reads YAML 1.1 and keeps the last of two equal keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import yaml

from aipolicy.source.document import NodeSpans, PlainValue, Positions
from aipolicy.source.limits import MAX_DEPTH, MAX_DOCUMENTS, MAX_NODES, MAX_PROBLEMS
from aipolicy.source.open_nodes import Anchored, Frame, SourceProblem, Stop, syntax_problem
from aipolicy.source.regex import regex
from aipolicy.source.scalars import ScalarError, read_plain_scalar
from aipolicy.source.span import DocumentPath, LineIndex
from aipolicy.source.tags import LONE_TAG, PROPERTY_STARTS, STRING_TAG
from aipolicy.source.text import shown

HAS_LIBYAML = bool(getattr(yaml, "__with_libyaml__", False))
"""Without libyaml the pure Python parser is used: the same result, about 8 times slower."""

Event: TypeAlias = Any
"""A parser event; PyYAML's stubs do not tell which attributes which event has."""

_SURROGATE = regex("[\ud800-\udfff]")
_MERGE_KEY = "<<"


class DocumentBuilder:
    """Builds the documents of one text; with positions, also the spans and all problems with their places."""

    def __init__(self, text: str, *, with_positions: bool) -> None:
        self._text = text
        self._with_positions = with_positions
        self._lines = LineIndex(text) if with_positions else None
        self.problems: list[SourceProblem] = []
        self.problems_left_out = 0
        self.broken_documents: set[int] = set()
        self._values: list[PlainValue] = []
        self._all_positions: dict[int, Positions] = {}
        self._aliased = 0
        self._read_to = 0
        self._start_document()

    def build(self) -> list[PlainValue]:
        """Return the value of every document, up to the first problem that stops the parser."""
        try:
            for event in self._events():
                self._take(event)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            offset = mark.index if mark is not None else 0
            self._problem(f"invalid YAML: {syntax_problem(error)}", offset, offset + 1)
        except yaml.YAMLError as error:
            offset = int(getattr(error, "position", 0) or 0)
            reason = str(getattr(error, "reason", "unreadable"))
            self._problem(f"invalid YAML: {reason}", offset, offset + 1)
        except ValueError:
            # NOTE: only the pure Python parser: an escape such as `\U00110000` names no character.
            self._problem("invalid YAML: found invalid Unicode character escape code", self._read_to, self._read_to + 1)
        except Stop:
            pass
        if self._with_positions:
            self._keep_positions()
        return self._values

    def positions(self) -> dict[int, Positions]:
        """Return the spans of every document that was begun."""
        return self._all_positions

    def _events(self) -> Iterator[Event]:
        loader = yaml.CSafeLoader(self._text) if HAS_LIBYAML else yaml.SafeLoader(self._text)
        try:
            while loader.check_event():
                yield loader.get_event()
        finally:
            self._read_to = int(getattr(loader, "index", 0))
            loader.dispose()

    def _start_document(self) -> None:
        self._stack: list[Frame] = []
        self._anchors: dict[str, Anchored] = {}
        self._open_anchors: set[str] = set()
        self._nodes = 0
        self._spans: dict[DocumentPath, NodeSpans] = {}
        self._written_at: dict[DocumentPath, DocumentPath] = {}
        self._root: PlainValue = None

    def _take(self, event: Event) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._scalar(event)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._open(event, {} if kind is yaml.MappingStartEvent else [])
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._close(event)
        elif kind is yaml.AliasEvent:
            self._alias(event)
        elif kind is yaml.DocumentStartEvent:
            if len(self._values) >= MAX_DOCUMENTS:
                self._stop(f"more than {MAX_DOCUMENTS} documents in a file; split it", event)
            self._start_document()
        elif kind is yaml.DocumentEndEvent:
            if self._with_positions:
                self._keep_positions()
            self._values.append(self._root)

    def _keep_positions(self) -> None:
        self._all_positions.setdefault(len(self._values), Positions(self._spans, self._written_at))

    def _scalar(self, event: Event) -> None:
        self._count(event, 1)
        self._check_tag(event)
        text: str = event.value
        value: PlainValue = text
        if event.implicit[0]:
            if not self._at_key():
                try:
                    value = read_plain_scalar(text)
                except ScalarError as error:
                    self._problem_at(str(error), event)
        elif "\0" in text:
            # NOTE: the runtime of conditions reads text up to here, so that `"eu\0x"` would be evaluated as `eu`.
            self._problem_at("text with the character U+0000; remove it", event)
        elif not text.isascii() and _SURROGATE.search(text):
            self._problem_at("text with a lone surrogate; write the character itself", event)
        self._add(event, value, plain=bool(event.implicit[0]))

    def _open(self, event: Event,
              value: dict[str, PlainValue] | list[PlainValue]) -> None:  # fmt: skip
        self._count(event, 1)
        self._check_tag(event)
        if len(self._stack) >= MAX_DEPTH:
            self._stop(f"nested deeper than {MAX_DEPTH} levels", event)
        frame = Frame(value, self._child_path(), event.start_mark.index, event.anchor, self._nodes)
        frame.is_block = event.flow_style is False
        if self._at_key():
            frame.is_key = True
            self._problem_at("a key must be text; a list or mapping stands here", event)
        if event.anchor is not None:
            self._open_anchors.add(event.anchor)
        self._stack.append(frame)

    def _close(self, event: Event) -> None:
        frame = self._stack.pop()
        for source, source_path in frame.merged:
            self._merge(frame, source, source_path)
        if frame.anchor is not None:
            self._open_anchors.discard(frame.anchor)
            self._anchors[frame.anchor] = Anchored(frame.value, self._nodes - frame.nodes_before + 1, frame.path)
        if frame.is_key:
            self._stack[-1].key = ""
            self._stack[-1].key_at = (frame.start, frame.start + 1)
            return
        # NOTE: libyaml ends a block collection where the next token starts; its last child ends where people see it.
        end = max(frame.end, frame.start + 1) if frame.is_block else event.end_mark.index
        self._place(frame.value, frame.start, end)

    def _alias(self, event: Event) -> None:
        name: str = event.anchor
        if name in self._open_anchors:
            self._stop(f"alias `*{shown(name)}` refers to itself", event)
        anchored = self._anchors.get(name)
        if anchored is None:
            self._problem_at(f"alias `*{shown(name)}` has no anchor before it", event)
            anchored = Anchored(None, 1, ())
        self._count(event, anchored.nodes)
        self._aliased += anchored.nodes
        if self._aliased > MAX_NODES:
            self._stop(f"more than {MAX_NODES} values through aliases in a file", event)
        if self._at_key():
            self._problem_at("a key must be text; an alias stands here", event)
            self._stack[-1].key = ""
            self._stack[-1].key_at = (event.start_mark.index, event.end_mark.index)
            return
        if self._with_positions and isinstance(anchored.value, dict | list):
            path = self._child_path()
            for child in anchored.value if isinstance(anchored.value, dict) else range(len(anchored.value)):
                self._written_at[(*path, child)] = (*anchored.path, child)
        self._place(anchored.value, event.start_mark.index, event.end_mark.index, anchored.path)

    def _at_key(self) -> bool:
        return bool(self._stack) and isinstance(self._stack[-1].value, dict) and self._stack[-1].key is None

    def _child_path(self) -> DocumentPath:
        if not self._with_positions or not self._stack:
            return ()
        frame = self._stack[-1]
        if isinstance(frame.value, dict):
            return (*frame.path, frame.key or "")
        return (*frame.path, len(frame.value))

    def _add(self, event: Event, value: PlainValue, *, plain: bool) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        if self._at_key():
            self._key(self._stack[-1], event.value, start, end, plain=plain)
            return
        if event.anchor is not None:
            self._anchors[event.anchor] = Anchored(value, 1, self._child_path())
        self._place(value, start, end)

    def _key(self, frame: Frame, key: str, start: int, end: int, *, plain: bool) -> None:
        frame.key = key
        frame.key_at = (start, end)
        frame.is_merging = plain and key == _MERGE_KEY
        first = frame.merge_at if frame.is_merging else frame.keys_at.get(key)
        if first is not None:
            message = f"key `{shown(key)}` is written twice"
            self._problem(message, start, end, related=((first, "first written here"),), is_key_twice=True)
        elif frame.is_merging:
            frame.merge_at = (start, end)
        else:
            frame.keys_at[key] = (start, end)

    def _place(self, value: PlainValue, start: int, end: int, source_path: DocumentPath | None = None) -> None:
        if self._with_positions:
            self._record(start, end)
        if not self._stack:
            self._root = value
            return
        frame = self._stack[-1]
        frame.end = end
        if isinstance(frame.value, list):
            frame.value.append(value)
            return
        key, frame.key = frame.key or "", None
        if frame.is_merging:
            frame.is_merging = False
            self._queue_merge(frame, value, source_path, start, end)
        elif key not in frame.value:
            frame.value[key] = value

    def _queue_merge(self, frame: Frame, value: PlainValue, source_path: DocumentPath | None,
                     start: int, end: int) -> None:  # fmt: skip
        base = source_path if source_path is not None else (*frame.path, _MERGE_KEY)
        sources = (
            [(item, (*base, index)) for index, item in enumerate(value)] if isinstance(value, list) else [(value, base)]
        )
        for source, path in sources:
            if isinstance(source, dict):
                frame.merged.append((source, path))
            else:
                self._problem("a merge key `<<` takes a mapping or a list of mappings", start, end)

    def _merge(self, frame: Frame, source: PlainValue, source_path: DocumentPath | None) -> None:
        if not isinstance(source, dict) or not isinstance(frame.value, dict):
            return
        for key, value in source.items():
            if key not in frame.value:
                frame.value[key] = value
                if self._with_positions and source_path is not None:
                    self._written_at[(*frame.path, key)] = (*source_path, key)

    def _record(self, start: int, end: int) -> None:
        if self._lines is None:
            return
        path = self._child_path()
        key_span = None
        if self._stack and isinstance(self._stack[-1].value, dict) and self._stack[-1].key_at is not None:
            key_span = self._lines.span(*self._stack[-1].key_at)
        self._spans.setdefault(path, NodeSpans(key_span, self._lines.span(start, end)))

    def _count(self, event: Event, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            self._stop(f"more than {MAX_NODES} values, aliases expanded", event)

    def _check_tag(self, event: Event) -> None:
        tag = getattr(event, "tag", None)
        start = event.start_mark.index
        if tag is None or tag == "!":
            # NOTE: `! value` is a tag too, which libyaml drops; in a condition it looks like a negation.
            lone = self._text[start : start + 1] in PROPERTY_STARTS and LONE_TAG.match(self._text, start) is not None
            refused = lone or tag == "!"
        else:
            refused = tag != STRING_TAG
        if refused:
            self._problem_at("tags are not supported; quote text that starts with `!`, or remove the tag", event)

    def _stop(self, message: str, event: Event) -> None:
        self._problem_at(message, event)
        raise Stop

    def _problem_at(self, message: str, event: Event) -> None:
        self._problem(message, event.start_mark.index, event.end_mark.index)

    def _problem(self, message: str, start: int, end: int,
                 related: tuple[tuple[tuple[int, int], str], ...] = (), is_key_twice: bool = False) -> None:  # fmt: skip
        self.broken_documents.add(len(self._values))
        if len(self.problems) >= MAX_PROBLEMS:
            self.problems_left_out += 1
            return
        lines = self._lines or LineIndex("")
        spans = tuple((lines.span(*place), label) for place, label in related)
        self.problems.append(SourceProblem(message, lines.span(start, end), spans, is_key_twice))
