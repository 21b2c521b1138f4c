"""Markdown pages of the repository, and what stands in them: blocks, links, anchors, tables, code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
PACK_PAGES = tuple(sorted((ROOT / "docs" / "packs").rglob("*.md")))
WRITTEN_PAGES = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "examples").glob("*/README.md")),
    ROOT / "benchmarks" / "README.md",
)
"""Pages that people write, if some with generated parts."""
PAGES = (*WRITTEN_PAGES, *PACK_PAGES)


class Line(NamedTuple):
    """A line of a page, counted from 1."""

    number: int
    text: str


class Table(NamedTuple):
    """A table of a page, with the line of its head."""

    line: int
    rows: tuple[tuple[str, ...], ...]


def name_of(page: Path) -> str:
    """Return the path of a page from the root of the repository."""
    return page.relative_to(ROOT).as_posix()


@cache
def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@cache
def tokens(text: str) -> tuple[Token, ...]:
    return tuple(MarkdownIt("commonmark").enable("table").parse(text))


def fenced_blocks(text: str, *languages: str) -> Iterator[Line]:
    """Yield the lines of the blocks in some languages."""
    for token in tokens(text):
        if token.type == "fence" and token.info in languages:
            first = (token.map or [0])[0] + 2
            yield from (Line(first + number, line) for number, line in enumerate(token.content.splitlines()))


def paragraphs(text: str) -> Iterator[tuple[Line, ...]]:
    """Yield the lines of every paragraph."""
    opened = False
    for token in tokens(text):
        if opened and token.type == "inline":
            first = (token.map or [0])[0] + 1
            yield tuple(Line(first + number, line) for number, line in enumerate(token.content.splitlines()))
        opened = token.type == "paragraph_open"


def inline_tokens(text: str) -> Iterator[tuple[int, Token]]:
    """Yield every piece of running text with the line that its block begins at."""
    for token in tokens(text):
        if token.type == "inline":
            yield from (((token.map or [0])[0] + 1, child) for child in token.children or ())


def code_spans(text: str) -> Iterator[Line]:
    """Yield what stands between backticks."""
    return (Line(line, token.content) for line, token in inline_tokens(text) if token.type == "code_inline")


def links(text: str) -> Iterator[Line]:
    """Yield where links and pictures lead."""
    for line, token in inline_tokens(text):
        target = token.attrGet("href") or token.attrGet("src")
        if target:
            yield Line(line, str(target))


def prose(text: str) -> Iterator[Line]:
    """Yield the running text, without code."""
    return (Line(line, token.content) for line, token in inline_tokens(text) if token.type == "text")


def anchors(text: str) -> frozenset[str]:
    """Return the anchors of the headings, as GitHub makes them."""
    found: set[str] = set()
    heading = False
    for token in tokens(text):
        if heading and token.type == "inline":
            words = "".join(child.content for child in token.children or () if child.type in ("text", "code_inline"))
            slug = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
            taken = sum(each == slug or re.fullmatch(rf"{re.escape(slug)}-\d+", each) is not None for each in found)
            found.add(f"{slug}-{taken}" if taken else slug)
        heading = token.type == "heading_open"
    return frozenset(found)


def tables(text: str) -> Iterator[Table]:
    """Yield every table; its head is no row."""
    line, rows, row, body = 0, [], [], False
    for token in tokens(text):
        match token.type:
            case "table_open":
                line, rows = (token.map or [0])[0] + 1, []
            case "tbody_open":
                body = True
            case "tbody_close":
                body = False
            case "tr_open":
                row = []
            case "inline" if body:
                row.append(token.content)
            case "tr_close" if body:
                rows.append(tuple(row))
            case "table_close":
                yield Table(line, tuple(rows))
