"""Markdown reads as it was meant to: nothing runs together or stands twice, every link and path leads somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from markdown_pages import (
    PAGES,
    ROOT,
    WRITTEN_PAGES,
    Line,
    anchors,
    code_spans,
    links,
    name_of,
    paragraphs,
    tables,
    text_of,
)

PATH = re.compile(r"(?=.*(?:/|\.(?:py|md|ya?ml|toml|json|txt|lock)$))[\w.<>*-]+(?:/[\w.<>*-]+)*/?")
"""What stands between backticks and looks like a path: it has a slash, or ends as files here do."""
OF_USERS = {
    "*.aifeature.yaml": "manifests",
    ".aifeature.yaml": "manifests",
    ".git/info/exclude": "what git ignores in a clone",
    "AIFeature.yaml": "manifests",
    ".yml": "an ending",
    "ai-feature.yaml": "a name that is nearly one of a manifest",
    "aifeatures.yml": "a name that is nearly one of a manifest",
    "x.aifeature.json": "a name that is nearly one of a manifest",
    "**/chat/*.yaml": "a glob that a rule is limited by",
    "./policies/ours": "a pack",
    "PACK.md": "pages of packs",
    "PACK/RULE.md": "pages of packs",
    "aifeature.yaml": "manifests",
    "aipolicy-baseline.json": "a baseline",
    "aipolicy-diff.md": "what the GitLab template writes",
    "aipolicy.lock": "a lock",
    "aipolicy.toml": "a configuration",
    "aipolicy/v1": "a version",
    "gl-code-quality-report.json": "what the GitLab template writes",
    "ours.yaml": "a pack",
    "services/payments/**": "a glob that a rule is limited by",
    "waivers.yaml": "waivers",
}
"""Paths that are none of this repository, and what they are."""


def run_together(text: str) -> Iterator[Line]:
    """Yield the lines within a paragraph that begin as a paragraph of their own does, with bold words."""
    return (line for paragraph in paragraphs(text) for line in paragraph[1:] if line.text.startswith("**"))


def repeated_rows(text: str) -> Iterator[str]:
    """Yield the rows of tables that say what another row says: of other things at most, in the first cell."""
    for table in tables(text):
        rows = sorted(table.rows, key=lambda row: row[1:])
        yield from (f"{table.line}: {' | '.join(row)}" for row, after in pairwise(rows) if row[1:] == after[1:])


def dead_links(page: Path) -> Iterator[Line]:
    """Yield the links to files or headings that are not there."""
    for link in links(text_of(page)):
        path, _, anchor = link.text.partition("#")
        if re.match(r"[a-z]+:", path):
            continue
        target = page.parent / path if path else page
        if not target.exists() or (anchor and anchor not in anchors(text_of(target))):
            yield link


def paths_in(page: Path) -> Iterator[Line]:
    """Yield what stands between backticks and looks like a path."""
    return (span for span in code_spans(text_of(page)) if PATH.fullmatch(span.text))


def exists(path: str, page: Path) -> bool:
    """Return whether a path leads to something from the page, the repository or the package; `<...>` is any name."""
    pattern = re.sub(r"<[^>]*>", "*", path.removesuffix("/"))
    return any(any(base.glob(pattern)) for base in (page.parent, ROOT, ROOT / "aipolicy"))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_two_paragraphs_run_together(page: Path) -> None:
    assert list(run_together(text_of(page))) == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_row_of_a_table_stands_twice(page: Path) -> None:
    assert list(repeated_rows(text_of(page))) == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    assert list(dead_links(page)) == []


@pytest.mark.parametrize("page", WRITTEN_PAGES, ids=name_of)
def test_every_path_exists(page: Path) -> None:
    assert [path for path in paths_in(page) if path.text not in OF_USERS and not exists(path.text, page)] == []


def test_no_path_is_excused_without_need() -> None:
    named = {path.text for page in WRITTEN_PAGES for path in paths_in(page) if not exists(path.text, page)}
    # NOTE: where the project is a work tree of its own, its git folder is elsewhere.
    assert {path for path in set(OF_USERS) - named if not path.startswith(".git/")} == set()


BROKEN = """\
# A heading

**One.** Ends here.
**Two.** Ran into it.

| new | where |
|---|---|
| price, model | `data/prices.yaml` |
| model, price | `data/prices.yaml` |

[there](#a-heading) [not there](#another-heading) [gone](gone.md) `gone/away.py` `README.md`
"""


def test_what_is_broken_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(BROKEN, encoding="utf-8")
    assert [line.number for line in run_together(BROKEN)] == [4]
    assert list(repeated_rows(BROKEN)) == ["6: price, model | `data/prices.yaml`"]
    assert [link.text for link in dead_links(page)] == ["#another-heading", "gone.md"]
    assert [path.text for path in paths_in(page) if not exists(path.text, page)] == ["data/prices.yaml"] * 2 + [
        "gone/away.py"
    ]
