"""Colour, cells and line breaks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.report.terminal.style import Role, Styler, cells, shortened, wrapped

PRINTABLE = st.text(st.characters(blacklist_categories=("Cc", "Cs")), max_size=80)


def test_text_is_unchanged_without_colour() -> None:
    assert Styler().paint("x", Role.ERROR) == "x"


def test_colour_is_switched_off_after_the_text() -> None:
    assert Styler(color=True).paint("x", Role.ERROR) == "\x1b[1;31mx\x1b[0m"


def test_nothing_to_colour_leaves_no_codes() -> None:
    assert Styler(color=True).paint("", Role.ERROR) == ""
    assert Styler(color=True).paint("x", None) == "x"


@pytest.mark.parametrize(
    ("text", "width"),
    [("abc", 3), ("日本", 4), ("e\u0301", 1), ("🙂", 2), ("ｶ", 1), ("한", 2), ("\u1112\u1161", 2)],
)
def test_cells_are_those_of_a_terminal(text: str, width: int) -> None:
    assert cells(text) == width


def test_long_words_stay_whole_unless_told_otherwise() -> None:
    url = "https://example.org/a/very/long/address"
    assert wrapped(f"see {url} now", 10) == ["see", url, "now"]
    assert wrapped("abcdef", 4, break_words=True) == ["abcd", "ef"]


@given(PRINTABLE, st.integers(2, 30))
def test_broken_lines_fit_and_lose_nothing_but_spaces(text: str, width: int) -> None:
    lines = wrapped(text, width, break_words=True)
    assert all(cells(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(PRINTABLE, st.integers(2, 30))
def test_shortened_text_fits_and_says_that_it_is_cut(text: str, width: int) -> None:
    short = shortened(text, width)
    assert cells(short) <= width
    assert short == text or short.endswith("…")
