"""Generated parts of hand-written pages: they are replaced, what is around them stays, and a misspelt name is an error."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import tables


def test_a_part_is_replaced_and_the_rest_stays() -> None:
    page = "a <!-- generated: exit-codes -->old<!-- /generated -->. b\n"
    assert tables.with_parts(page, "p").startswith("a <!-- generated: exit-codes -->0 clean, 1 findings")
    assert tables.with_parts(page, "p").endswith("<!-- /generated -->. b\n")


@pytest.mark.parametrize("name", tables.PARTS)
def test_a_part_that_is_current_stays(name: str) -> None:
    once = tables.with_parts(f"a\n\n<!-- generated: {name} -->\n<!-- /generated -->\n", "p")
    assert tables.with_parts(once, "p") == once


@pytest.mark.parametrize(
    "page", ["<!-- generated: format --><!-- /generated -->", "<!-- generated: formats -->", "<!-- /generated -->"]
)
def test_a_part_that_is_misspelt_or_open_is_an_error(page: str) -> None:
    with pytest.raises(ValueError, match="generated part"):
        tables.with_parts(page, "p")


def test_every_part_stands_on_a_page() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in tables.PAGES)
    assert all(f"<!-- generated: {name} -->" in text for name in tables.PARTS)
