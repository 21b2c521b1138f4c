"""Text from input, made safe to show: control and bidi characters escaped, secrets hidden, long text shortened."""

from __future__ import annotations

from aipolicy.source.regex import regex

_MAX_SHOWN = 80
_SHORTEST_SECRET = 14
"""Without the name of a key beside it, nothing shorter is taken for a secret."""

_STARS = regex(r"\*+(?:[ \t]+\*+)*")
UNSAFE = regex(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff]"
    "|[\U000e0000-\U000e007f]"
)


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


def shown_entry(key: str, value: str) -> str:
    """Return the value of a key for a message, as `shown`; hidden where the key is named like a secret."""
    from aipolicy.source.secrets import is_secret_name

    return "…" if is_secret_name(key) else shown(value)


def quantity(number: int, noun: str) -> str:
    """Return a number of things, such as `1 pack` or `2 packs`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def grouped(number: float) -> str:
    """Return a number without a fraction, its thousands apart."""
    return f"{number:,.0f}".replace(",", " ")


def without_secrets(text: str) -> str:
    """Return text in which what looks like a secret is cut short."""
    if len(text) < _SHORTEST_SECRET and ":" not in text and "=" not in text:
        return text
    from aipolicy.source.secrets import masked_text

    masked = masked_text(text)
    return text if masked is text or masked == text else _STARS.sub("…", masked)


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
