"""CEL text in, tokens with their offsets out: enough to change a word, a number or an operator and nothing else.

Strings and comments are tokens of their own, so that an operator inside one is never taken for an operator. Lexis of
https://github.com/google/cel-spec, doc/langdef.md, read 2026-11-21.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from enum import Enum

from aipolicy.value import NamedTuple


class TokenKind(Enum):
    """What a token is."""

    TEXT = "text"
    NUMBER = "number"
    NAME = "name"
    OPERATOR = "operator"


class Token(NamedTuple):
    """A token of a condition, at `[start, end)`."""

    kind: TokenKind
    text: str
    start: int
    end: int


_TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*)
    |(?P<text>(?:[rR]?[bB]?|[bB][rR])(?:\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}(?:[^\\]|\\.)*?'{3}|\"(?:[^"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'))
    |(?P<number>0[xX][0-9a-fA-F]+[uU]?|(?:\d+\.\d+|\.\d+|\d+)(?:[eE][+-]?\d+)?[uU]?)
    |(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)
    |(?P<operator>&&|\|\||<=|>=|==|!=|.)""",
    re.VERBOSE | re.DOTALL,
)


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a condition; dotted names are one token, white space and comments are none."""
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind is not None and kind != "skip":
            yield Token(TokenKind(kind), match.group(), match.start(), match.end())


def plain_text(token: Token) -> str | None:
    """Return what a text token stands for; None where it has a prefix or an escape, which nothing here needs."""
    if token.text[0] not in "\"'" or "\\" in token.text:
        return None
    value = ast.literal_eval(token.text)
    return value if isinstance(value, str) else None
