"""Tokens of conditions: nothing is lost between them, and what stands in quotes or comments is never an operator."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.policy.cel.tokens import TokenKind, plain_text, tokens


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a.b >= 3.0 && !c", ["a.b", ">=", "3.0", "&&", "!", "c"]),
        ("x in [\"a && b\", 'c < d']", ["x", "in", "[", '"a && b"', ",", "'c < d'", "]"]),
        ('r"a" == """b " c"""', ['r"a"', "==", '"""b " c"""']),
        ("a // b && c\n|| d", ["a", "||", "d"]),
        ("1e3 < 0x1F", ["1e3", "<", "0x1F"]),
    ],
)
def test_tokens(text: str, found: list[str]) -> None:
    assert [token.text for token in tokens(text)] == found


@given(st.text(max_size=60))
def test_offsets_give_back_every_token(text: str) -> None:
    found = list(tokens(text))
    assert all(text[token.start : token.end] == token.text for token in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


def test_escaped_and_prefixed_text_is_left_alone() -> None:
    words = [plain_text(token) for token in tokens(r'''"a" 'b' "c\n" r"d"''') if token.kind is TokenKind.TEXT]
    assert words == ["a", "b", None, None]
