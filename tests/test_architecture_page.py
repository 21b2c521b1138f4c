"""The picture of folders and data is that of the code: every folder stands in it, every arrow is an import that is allowed."""

from __future__ import annotations

import ast
import re
from configparser import ConfigParser

import pytest
from markdown_pages import ROOT, text_of

PACKAGE = ROOT / "aipolicy"
FOLDERS = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
ARROWS = re.findall(
    r"^    (\w+) -->\|([^|\n]+)\| (\w+)$", text_of(ROOT / "docs" / "architecture.md"), re.MULTILINE
)
"""Who gives, what, and who takes it."""


def layers() -> dict[str, int]:
    """Return the number of the layer of everything in the package, the lowest as 0."""
    contract = ConfigParser()
    contract.read(ROOT / ".importlinter", encoding="utf-8")
    lines = contract["importlinter:contract:layers"]["layers"].split("\n")
    ranks = reversed([line.split("|") for line in lines if line])
    return {name.strip(): rank for rank, names in enumerate(ranks) for name in names}


def imported_by(folder: str) -> set[str]:
    """Return what of the package the modules of a folder import, for types alone included."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in (PACKAGE / folder).rglob("*.py"))
    modules = (node.module for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return {name.split(".")[1] for name in modules if name and name.startswith("aipolicy.")}


def test_every_folder_of_the_package_stands_in_the_picture_and_nothing_else() -> None:
    assert {name for giver, _, taker in ARROWS for name in (giver, taker)} == FOLDERS


def test_no_two_folders_are_joined_twice() -> None:
    ends = [(giver, taker, data) for giver, data, taker in ARROWS]
    assert len(ends) == len(set(ends))


@pytest.mark.parametrize(("giver", "data", "taker"), ARROWS)
def test_an_arrow_is_an_import_that_the_layers_allow(giver: str, data: str, taker: str) -> None:
    ranks = layers()
    assert ranks[taker] > ranks[giver]
    assert giver in imported_by(taker)


@pytest.mark.parametrize("folder", sorted(FOLDERS))
def test_every_folder_is_told_what_goes_in_and_out(folder: str) -> None:
    page = text_of(ROOT / "docs" / "architecture.md")
    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert any(f"`{folder}/" in row for row in rows)
