"""What is drawn with rich is text of a width: input is never markup, and a colour is only where people read."""

from __future__ import annotations

import pytest

from aipolicy.report.terminal.drawing import Screen, grid, joined, said, table
from aipolicy.report.terminal.style import Role, Styler, cells


def drawn(width: int = 40, *, color: bool = False, text: str = "text", role: Role | None = None) -> str:
    screen = Screen(width, Styler(color))
    screen.add(said(text, role))
    return screen.result()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[bold]claims[/bold]", "[bold]claims[/bold]"),
        ("[/]", "[/]"),
        (":smile: [link=file:///x]", ":smile: [link=file:///x]"),
        ("a\x1b[31mb\u202ec", "a\\u001b[31mb\\u202ec"),
        ("one\ntwo", "one\\u000atwo"),
    ],
)
def test_text_from_input_is_no_markup_and_is_escaped(text: str, shown: str) -> None:
    assert drawn(text=text) == f"{shown}\n"
    listed = Screen(80, Styler())
    rows = table((text, "left"), ("n", "right"))
    rows.add_row(joined(text, "!"), "1")
    listed.add(rows)
    assert [line.split("  ")[0].removesuffix("!") for line in listed.result().splitlines()][1].startswith(shown)


def test_colour_is_written_only_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert drawn(role=Role.ERROR) == "text\n"
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    assert drawn(role=Role.ERROR, color=True) == "\x1b[1;31mtext\x1b[0m\n"


def test_the_width_is_the_one_that_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    lines = drawn(40, text="word " * 30).splitlines()
    assert len(lines) == 4
    assert all(cells(line) <= 40 for line in lines)


def test_a_grid_wraps_text_under_itself() -> None:
    screen = Screen(20, Styler())
    rows = grid(5, None)
    rows.add_row(said("why"), said("one two three four"))
    screen.add(rows, indent=2)
    assert screen.result() == "  why   one two\n        three four\n"
