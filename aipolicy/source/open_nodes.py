"""What a builder of documents keeps of what it has not finished: open mappings and sequences, anchors, problems."""

from __future__ import annotations

import yaml

from aipolicy.source.document import PlainValue
from aipolicy.source.span import DocumentPath, Span
from aipolicy.value import Frozen


class SourceProblem(Frozen):
    """What is wrong with a text, where, and which other places took part (with a label each)."""

    message: str
    span: Span
    related: tuple[tuple[Span, str], ...] = ()
    is_key_twice: bool = False
    """Whether it is a key that stands twice in a mapping; else the text is no YAML that is read."""


class Frame:
    """A collection under construction."""

    __slots__ = (
        *("value", "path", "start", "end", "anchor", "nodes_before", "key", "key_at", "keys_at", "merged", "merge_at"),
        *("is_merging", "is_key", "is_block"),
    )

    def __init__(self, value: dict[str, PlainValue] | list[PlainValue], path: DocumentPath, start: int,
                 anchor: str | None, nodes_before: int) -> None:  # fmt: skip
        self.value = value
        self.path = path
        self.start = start
        self.end = 0
        self.anchor = anchor
        self.nodes_before = nodes_before
        self.key: str | None = None
        self.key_at: tuple[int, int] | None = None
        self.keys_at: dict[str, tuple[int, int]] = {}
        self.merged: list[tuple[PlainValue, DocumentPath | None]] = []
        self.merge_at: tuple[int, int] | None = None
        self.is_merging = False
        self.is_key = False
        self.is_block = False


class Anchored(Frozen):
    value: PlainValue
    nodes: int
    path: DocumentPath


class Stop(Exception):
    """Reading cannot go on."""


def syntax_problem(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or "unreadable"
    return f"{error.context}, {problem}" if error.context else problem
