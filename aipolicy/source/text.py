"""Text from input, made safe to show: control and bidi characters escaped, secrets hidden, long text shortened."""

from __future__ import annotations

import re

_MAX_SHOWN = 80

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
    "|[\U000e0000-\U000e007f]"
)
_SECRET = re.compile(
    r"(?:sk|pk|rk|ghp|gho|ghs|ghu|github_pat|glpat|xox[abprs]|hf|AKIA|ASIA|AIza|eyJ)[-_A-Za-z0-9.]{12,}"
    r"|[A-Za-z0-9+/_-]{40,}={0,2}"
)


def escaped(text: str) -> str:
    """Return text with every control, bidi and invisible character as `\\uXXXX`."""
    return _UNSAFE.sub(lambda match: _escape(match.group()), text)


def escaped_line(line: str) -> str:
    """Return a source line for showing: tabs kept as single spaces, the rest escaped."""
    return escaped(line.replace("\t", " "))


def shown(text: str) -> str:
    """Return a value for a message: escaped, shortened, and hidden where it looks like a secret."""
    hidden = _SECRET.sub(lambda match: f"{match.group()[:4]}…", text)
    hidden = escaped(hidden).replace("`", "'")
    return hidden if len(hidden) <= _MAX_SHOWN else hidden[: _MAX_SHOWN - 1] + "…"


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
