"""Text from input, made safe to show: control and bidi characters escaped, secrets hidden, long text shortened."""

from __future__ import annotations

from aipolicy.source.regex import regex

_MAX_SHOWN = 80

UNSAFE = regex(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff]"
    "|[\U000e0000-\U000e007f]"
)
SECRET = regex(
    r"(?<![A-Za-z0-9])(?:(?:sk|pk|rk)[-_]|gh[opsu]_|github_pat_|glpat-|xox[abprs]-|hf_|AKIA|ASIA|AIza|eyJ)"
    r"(?=[-_.A-Za-z]*[0-9])[-_.A-Za-z0-9]{12,}"
    r"|(?<![A-Za-z0-9+/_-])(?=[A-Za-z+/_-]*[0-9])(?=[a-z0-9+/_-]*[A-Z])[A-Za-z0-9+/_-]{40,}={0,2}"
)
"""What looks like a key or a token."""


def escaped(text: str) -> str:
    """Return text with every control, bidi and invisible character as `\\uXXXX`."""
    if text.isascii() and text.isprintable():
        return text
    return UNSAFE.sub(lambda match: _escape(match.group()), text)


def escaped_line(line: str) -> str:
    """Return a source line for showing: tabs kept as single spaces, the rest escaped."""
    return escaped(line.replace("\t", " "))


def shown(text: str, limit: int = _MAX_SHOWN) -> str:
    """Return a value for a message: escaped, shortened, and hidden where it looks like a secret."""
    hidden = escaped(without_secrets(text)).replace("`", "'")
    return hidden if len(hidden) <= limit else hidden[: limit - 1] + "…"


def quantity(number: int, noun: str) -> str:
    """Return a number of things, such as `1 pack` or `2 packs`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def grouped(number: float) -> str:
    """Return a number without a fraction, its thousands apart."""
    return f"{number:,.0f}".replace(",", " ")


def without_secrets(text: str) -> str:
    """Return text in which what looks like a key or a token is cut short."""
    return SECRET.sub(lambda match: f"{match.group()[:4]}…", text)


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
