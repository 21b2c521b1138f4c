"""A condition that has a mistake in, the condition that was meant out, where what to write is certain."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

from aipolicy.errors import ExpressionError
from aipolicy.policy.cel.tokens import Token, TokenKind, plain_text, tokens
from aipolicy.source.regex import regex
from aipolicy.source.suggest import certain_match, folded_word

MOST_STEPS = 20
_SIGN = regex(r"`(and|or|not|=)` (?:is no operator here|compares nothing); write `([^`]+)`")
_UNKNOWN = regex(r"unknown fact `([^`]+)`; did you mean")
_WORD = regex(r"`([^`]+)` (?:is never|holds (?:places|classes) as they are written).*(write|did you mean) `(.+?)`\??$")
_ASKED = regex(r"within\(|\"[^\"]+\" in ")


def corrected(text: str, check: Callable[[str], object], facts: Iterable[str]) -> str | None:
    """Return a condition with everything corrected that `check` complains about; None where something is left.

    `check` raises `ExpressionError` for what it refuses. Signs and words of other languages, names of facts that can mean
    one fact only, and words of which the complaint says what to write are corrected, and nothing else.
    """
    names = tuple(facts)
    for _ in range(MOST_STEPS):
        try:
            check(text)
        except ExpressionError as error:
            following = _step(text, str(error), names)
            if following is None or following == text:
                return None
            text = following
        else:
            return text
    return None


def _step(text: str, message: str, facts: tuple[str, ...]) -> str | None:
    found = tuple(tokens(text))
    if match := _SIGN.match(message):
        return _with_sign(text, found, match.group(1), match.group(2))
    if match := _UNKNOWN.match(message):
        return _with_fact(text, found, match.group(1), facts)
    if match := _WORD.match(message):
        fact, verb, meant = match.groups()
        if _ASKED.match(meant):
            return _with_question(text, found, fact, meant)
        return _with_word(text, found, meant, is_certain=verb == "write")
    return None


def _with_sign(text: str, found: tuple[Token, ...], old: str, new: str) -> str | None:
    at = next((token for token in found if token.text == old and token.kind is not TokenKind.TEXT), None)
    if at is None:
        return None
    rest = text[at.end :]
    return f"{text[: at.start]}{new}{rest.lstrip() if new == '!' else rest}"


def _with_fact(text: str, found: tuple[Token, ...], name: str, facts: tuple[str, ...]) -> str | None:
    meant = certain_match(name, facts)
    at = next((token for token in found if token.text == name and token.kind is TokenKind.NAME), None)
    if at is None or meant is None or not meant[1]:
        return None
    return f"{text[: at.start]}{meant[0]}{text[at.end :]}"


def _with_question(text: str, found: tuple[Token, ...], fact: str, meant: str) -> str | None:
    """Return the text with `"WORD" in FACT` as it should be asked."""
    questions = [
        (word, name)
        for (word, sign), (_, name) in pairwise(pairwise(found))
        if word.kind is TokenKind.TEXT and sign.text == "in" and name.text == fact
    ]
    meant_ones = (
        questions
        if len(questions) == 1
        else [question for question in questions if f'"{plain_text(question[0])}"' in meant]
    )
    if not meant_ones:
        return None
    word, name = meant_ones[0]
    return f"{text[: word.start]}{meant}{text[name.end :]}"


def _with_word(text: str, found: tuple[Token, ...], meant: str, *, is_certain: bool) -> str | None:
    """Return the text with one word in the place of another: where the complaint says so, or only marks differ."""
    for token in found:
        word = plain_text(token) if token.kind is TokenKind.TEXT else None
        if word is None or word == meant:
            continue
        if folded_word(word) == folded_word(meant):
            return f"{text[: token.start]}{token.text[0]}{meant}{token.text[0]}{text[token.end :]}"
    texts = [token for token in found if token.kind is TokenKind.TEXT]
    if is_certain and len(texts) == 1:
        return f'{text[: texts[0].start]}"{meant}"{text[texts[0].end :]}'
    return None
