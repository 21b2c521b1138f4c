"""Offsets become lines and columns as editors count them."""

from __future__ import annotations

import pytest

from aipolicy.source.span import LineIndex, Position, Span

CASES = (
    ("abc", 0, (1, 1)), ("abc", 2, (1, 3)), ("abc", 99, (1, 4)), ("abc", -5, (1, 1)), ("", 0, (1, 1)),
    ("a\nb", 2, (2, 1)), ("a\r\nb", 3, (2, 1)), ("a\rb", 2, (2, 1)), ("a\n\n\nb", 4, (4, 1)), ("a\r\r\nb", 4, (3, 1)),
    ("日本\nx", 1, (1, 2)), ("😀😀x", 2, (1, 3)), ("a\u2028b", 2, (1, 3)), ("a\x85b", 2, (1, 3)), ("a\x0bb\x0cc", 4, (1, 5)),
    ("a\tb", 2, (1, 3)),
)  # fmt: skip


@pytest.mark.parametrize(("text", "offset", "place"), CASES)
def test_offsets_are_lines_and_columns_of_code_points(text: str, offset: int, place: tuple[int, int]) -> None:
    assert LineIndex(text).position(offset) == Position(*place)


def test_a_span_is_at_least_one_character_wide() -> None:
    assert LineIndex("abc").span(1, 1) == Span(Position(1, 2), Position(1, 3))
