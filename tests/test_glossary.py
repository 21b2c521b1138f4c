"""The glossary is used: its words stand in documents or code, and the words that it avoids stand nowhere people look."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from markdown_pages import PAGES, ROOT, WRITTEN_PAGES, name_of, prose, tables, text_of

GLOSSARY = ROOT / "docs" / "glossary.md"
ROWS = [row for table in tables(text_of(GLOSSARY)) for row in table.rows]
TERMS = [row[0] for row in ROWS]
BUILT = [row[0] for row in ROWS if not row[1].startswith("*planned*")]
AVOIDED = [(word.strip(), row[0]) for row in ROWS for word in row[2].split(",") if word.strip()]
PACKAGE = ROOT / "aipolicy"
FOLDERS = sorted(
    path.parent.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("__init__.py") if path.parent != PACKAGE
)
MODULES = sorted([*PACKAGE.rglob("*.py"), *(ROOT / "ci").glob("*.py")])


def words_of(code: str) -> str:
    """Return code with its names apart: `file_result` and `FileResult` are both `file result`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", code).lower()


def messages(code: str) -> Iterator[tuple[int, str]]:
    """Yield every text of a module with its line, but for what documents its code; help stands in `docs/cli.md`."""
    tree = ast.parse(code)
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.lineno, node.value


def texts_of(value: Any) -> Iterator[str]:
    """Yield every text within plain values."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts_of(each)


def shown() -> Iterator[tuple[str, str]]:
    """Yield what people read, with where it comes from: documents, pages of packs, help, messages and schemas."""
    for page in PAGES:
        if page != GLOSSARY:
            yield from ((f"{name_of(page)}:{line}", text) for line, text in prose(text_of(page)))
    yield "docs/cli.md", text_of(ROOT / "docs" / "cli.md")
    for module in MODULES:
        for line, text in messages(text_of(module)):
            yield f"{name_of(module)}:{line}", re.sub(r"`[^`]*`|^[\w.-]+$", "", text)
    for path in sorted((ROOT / "schemas").glob("*.json")):
        yield from ((name_of(path), text) for text in texts_of(json.loads(text_of(path))))


SHOWN = tuple((place, re.sub(r"https?://\S+", "", text)) for place, text in shown())


def test_no_term_stands_twice() -> None:
    assert [term for term, count in Counter(TERMS).items() if count > 1] == []


def test_every_term_of_what_is_built_is_used() -> None:
    pages = " ".join(text_of(page).lower() for page in WRITTEN_PAGES if page != GLOSSARY)
    everything = " ".join((pages, *(words_of(text_of(module)) for module in MODULES)))
    plain = re.sub(r"\s+", " ", everything)
    assert [term for term in BUILT if not re.search(rf"\b{re.escape(term.lower())}", plain)] == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_folder_has_its_word(folder: str) -> None:
    assert f"`{folder}/`" in text_of(GLOSSARY)


@pytest.mark.parametrize(("word", "term"), AVOIDED)
def test_an_avoided_word_stands_nowhere_people_look(word: str, term: str) -> None:
    pattern = re.compile(rf"\b{re.escape(word)}(s|d)?\b", re.IGNORECASE)
    assert [(place, text) for place, text in SHOWN if pattern.search(text)] == [], f"write `{term}`"
