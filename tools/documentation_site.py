"""Builds the documentation site into `build/documentation/site`, and tells what is wrong with it.

    python tools/documentation_site.py            # needs no network; look at it from the disk, or serve it to search
    python tools/documentation_site.py --check    # into a folder that is thrown away, as the gate does

Wrong are links to pages, headings or files that are not there, pages that the navigation leaves out or names though they
are not there, and whatever a reader's browser would fetch from elsewhere. Pages are those of the repository, as they are.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = ROOT / "tools" / "documentation_site.toml"
BUILT = ROOT / "build" / "documentation"
PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/**/*.md", "examples/*/README.md", "benchmarks/README.md")
_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
_FETCHED = re.compile(r"""<(?:script|img|iframe|source)\b[^>]*\ssrc=["']?(?:https?:)?//[^>]*>"""
                      r"""|<link\b(?=[^>]*\srel=["']?(?:stylesheet|preload|preconnect|icon))[^>]*\shref=["']?(?:https?:)?//[^>]*>"""
                      r"""|class=["']?mermaid\b""")  # fmt: skip
"""What a browser fetches without being asked; the program that draws Mermaid is one of it."""


_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def pages(root: Path = ROOT) -> tuple[str, ...]:
    """Return the path of every page from the root of the repository."""
    return tuple(sorted(path.relative_to(root).as_posix() for each in PAGES for path in root.glob(each)))


def navigation(entries: Iterable[Mapping[str, Any]], root: Path = ROOT) -> list[dict[str, Any]]:
    """Return the navigation with folders as the pages in them, by their first headings, but those named elsewhere."""
    entries = list(entries)
    named = frozenset(_paths(entries))

    def opened(entry: Mapping[str, Any]) -> dict[str, Any]:
        ((title, target),) = entry.items()
        if isinstance(target, list):
            return {title: [opened(each) for each in target]}
        return {title: list(_folder(root / target, named, root)) if target.endswith("/") else target}

    return [opened(entry) for entry in entries]


def _folder(folder: Path, named: frozenset[str], root: Path) -> Iterator[dict[str, Any]]:
    """Yield an entry for each page of a folder; a page beside a folder of its name begins that folder's pages."""
    for path in sorted(folder.glob("*.md")):
        page = path.relative_to(root).as_posix()
        if page not in named:
            below = list(_folder(path.with_suffix(""), named, root))
            yield {path.stem: [{"Overview": page}, *below]} if below else {title_of(path): page}


def title_of(path: Path) -> str:
    """Return the first heading of a page without marks, or its name where it has none."""
    found = _TITLE.search(path.read_text(encoding="utf-8"))
    return found[1].replace("`", "").replace("\\", "") if found else path.stem


def _paths(entries: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for entry in entries:
        for target in entry.values():
            if isinstance(target, list):
                yield from _paths(target)
            else:
                yield target


def misplaced(entries: Iterable[Mapping[str, Any]], all_pages: Iterable[str]) -> Iterator[str]:
    """Yield what is wrong with a navigation: pages that it leaves out, names twice, or names though they are not there."""
    named, there = list(_paths(entries)), set(all_pages)
    yield from (f"{page}: not in the navigation" for page in sorted(there - set(named)))
    yield from (f"{page}: in the navigation, and no page" for page in sorted(set(named) - there))
    yield from (
        f"{page}: twice in the navigation" for page in sorted({each for each in named if named.count(each) > 1})
    )


def linked_files(text: str) -> Iterator[str]:
    """Yield where links and pictures of a page lead within the repository, other than to pages and headings."""
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        for child in token.children or ():
            target = str(child.attrGet("href") or child.attrGet("src") or "").partition("#")[0]
            if target and not re.match(r"[a-z]+:", target) and not target.endswith(".md"):
                yield target


def stage(folder: Path, root: Path = ROOT) -> Iterator[str]:
    """Copy every page, and each file that one leads to, into a folder; yield what leads to none."""
    for page in pages(root):
        copied = folder / page
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / page, copied)
        for target in linked_files((root / page).read_text(encoding="utf-8")):
            source = (root / page).parent.joinpath(target).resolve()
            if not source.is_file() or not source.is_relative_to(root):
                yield f"{page}: a link to `{target}`, which is no file of the repository"
                continue
            beside = folder / source.relative_to(root)
            beside.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, beside)


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def fetched(site: Path) -> Iterator[str]:
    """Yield what a browser would fetch from elsewhere for each built page."""
    for path in sorted(site.rglob("*.html")):
        for found in _FETCHED.findall(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(site).as_posix()}: would fetch {found}"


def build(folder: Path, settings: str, root: Path = ROOT) -> list[str]:
    """Return what is wrong with the site of a repository, built by settings in TOML into `folder/site`."""
    shutil.rmtree(folder, ignore_errors=True)
    wrong = list(stage(folder / "pages", root))
    project = tomllib.loads(settings)["project"]
    entries = navigation(project["nav"], root)
    wrong += misplaced(entries, pages(root))
    placed = {**project, "nav": entries, "docs_dir": "pages", "site_dir": "site"}
    (folder / "zensical.toml").write_text(f"project = {_toml(placed)}\n", encoding="utf-8")
    command = (sys.executable, "-m", "zensical", "build", "--strict", "--config-file", str(folder / "zensical.toml"))
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if ended.returncode:
        # NOTE: what is wrong ends in a traceback of its own, which says nothing of the pages.
        wrong.append(_COLOUR.sub("", ended.stderr).partition("Traceback")[0] or ended.stderr)
    return [*wrong, *fetched(folder / "site")]


def main() -> int:
    """Return 0 when the site was built and nothing is wrong with it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="keep nothing")
    settings = SETTINGS.read_text(encoding="utf-8")
    if parser.parse_args().check:
        with tempfile.TemporaryDirectory() as folder:
            wrong = build(Path(folder) / "documentation", settings)
    else:
        wrong = build(BUILT, settings)
        print(BUILT / "site" / "index.html")
    for each in wrong:
        print(each, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
