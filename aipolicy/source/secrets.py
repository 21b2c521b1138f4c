"""Text of input in, the same text out with asterisks where a secret stands: by its shape, and by the name of its key.

What is hidden keeps its length, so that columns stay what they are. More is hidden rather than less.
"""

from __future__ import annotations

import re
from functools import lru_cache

from aipolicy.source.regex import regex
from aipolicy.value import NamedTuple

_SHOWN_OF_KEY = 4
"""So many characters of a key or token stay, by which people tell which one it is."""

_TOKEN = regex(
    r"(?<![A-Za-z0-9])(?:(?:sk|pk|rk)[-_]|gh[opsu]_|github_pat_|glpat-|xox[abprs]-|hf_|AKIA|ASIA|AIza|eyJ)"
    r"(?=[-_.A-Za-z]*[0-9])[-_.A-Za-z0-9]{12,}"
    r"|(?<![A-Za-z0-9+/_-])(?=[A-Za-z+/_-]*[0-9])(?=[a-z0-9+/_-]*[A-Z])[A-Za-z0-9+/_-]{40,}={0,2}"
)
"""What looks like a key or a token."""
_PEM = regex(r"(?P<head>-----BEGIN [A-Z0-9 ]+-----)(?P<value>.+?)(?=-----END |\Z)", re.DOTALL)
_PEM_HEAD = "-----BEGIN "
_USER_INFO = regex(r"""(?<=://)[^\s/?#"'<>`]+(?=@)""")
_HOOK = regex(r"""(?<=://)(?:hooks\.slack\.com/services|discord(?:app)?\.com/api/webhooks)/[^\s"'`]+""")
_SCHEMES = ("bearer", "basic", "digest", "negotiate")
_SCHEME = regex(
    r"\b(?:Bearer|Basic|Digest|Negotiate)[ \t]+(?P<value>(?=[A-Za-z._~+/=-]*[0-9=])[A-Za-z0-9._~+/=-]{8,})",
    re.IGNORECASE,
)
_NAME = regex(
    r"(?:pass(?:word|wd|phrase|code)s?|passwort|pwd|secrets?|token|credentials?|authorization|cookie|dsn|bearer"
    r"|connection[-_. ]?string|(?:api|app|access|secret|private|account|auth|encryption|signing|shared|master|service"
    r"|subscription|storage|ssh|license|deploy|webhook|session|client)[-_. ]?key)$",
    re.IGNORECASE,
)
"""How the name of a key ends that holds a secret."""
_KEY = regex(
    r"""["']?(?<![A-Za-z0-9_.-])(?P<key>(?:[A-Za-z0-9_][A-Za-z0-9_.-]*+ )?[A-Za-z0-9_.-]++)["']?[ \t]*+"""
    r"(?P<sign>[:=])(?!//)[ \t]*+"
)
_LEAD = regex(r"[ \t]*(?:[-?][ \t]+)*")
_FLOW_VALUE = regex(r""""(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?|[^,}\]]*""")
_QUERY_VALUE = regex(r""""(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?|[^\s,}\]&;"'`]*""")
_HARMLESS = regex(r"(?:true|false|yes|no|null|none|~)?[ \t]*(?:#.*)?", re.IGNORECASE)
_BLOCK_HEAD = regex(r"[|>][-+0-9]*[ \t]*(?:#.*)?|(?:#.*)?")
_NUMBER = regex(r"[0-9][0-9_,.]*[ \t]*(?:#.*)?")
_VISIBLE = regex(r"\S")
_LINE_ENDS = regex("(\r\n|\r|\n)")


class _Below(NamedTuple):
    """What hides the lines after one: those that are indented more, those of a list, or all up to a quotation mark."""

    column: int
    lists: bool = False
    quote: str = ""


def masked_text(text: str) -> str:
    """Return a text, of whatever number of lines, with asterisks in the places of what looks like a secret."""
    if _PEM_HEAD in text:
        text = _PEM.sub(lambda match: match["head"] + _stars(match["value"]), text)
    for expression in (_USER_INFO, _HOOK) if "://" in text else ():
        text = expression.sub(lambda match: _stars(match.group()), text)
    folded = text.lower()
    if any(word in folded for word in _SCHEMES):
        text = _SCHEME.sub(lambda match: match.group()[: -len(match["value"])] + _stars(match["value"]), text)
    text = _TOKEN.sub(lambda match: match.group()[:_SHOWN_OF_KEY] + _stars(match.group()[_SHOWN_OF_KEY:]), text)
    if ":" not in text and "=" not in text:
        return text
    return _without_named(text) if any(is_secret_name(match["key"]) for match in _KEY.finditer(text)) else text


@lru_cache(4_096)
def is_secret_name(key: str) -> bool:
    """Return whether a key is named like one whose value is a secret."""
    return _NAME.search(key) is not None


def _stars(text: str) -> str:
    return _VISIBLE.sub("*", text)


def _without_named(text: str) -> str:
    """Return a text without the values of keys that are named like secrets."""
    below: _Below | None = None
    pieces = _LINE_ENDS.split(text)
    for number in range(0, len(pieces), 2):
        line = pieces[number]
        if below is not None and _is_below(line, below):
            below = None if below.quote and below.quote in line else below
            pieces[number] = _stars(line)
        else:
            pieces[number], below = _line_without_named(line)
    return "".join(pieces)


def _is_below(line: str, below: _Below) -> bool:
    content = line.lstrip(" \t")
    column = len(line) - len(content)
    in_list = below.lists and column == below.column and content.startswith("-")
    return bool(below.quote) or not content or column > below.column or in_list


def _line_without_named(line: str) -> tuple[str, _Below | None]:
    """Return a line without the values of such keys, and what hides the lines after it."""
    lead = _LEAD.match(line)
    column = lead.end() if lead is not None else 0
    below: _Below | None = None
    pieces: list[str] = []
    position = shown_to = 0
    while match := _KEY.search(line, position):
        start = position = match.end()
        if not is_secret_name(match["key"]):
            continue
        if match.start() == column and match["sign"] == ":":
            rest = line[start:]
            if _is_harmless(match["key"], rest) and rest.strip():
                return line, None
            if _BLOCK_HEAD.fullmatch(rest):
                return line, _Below(column, lists=not rest.strip())
            return line[:start] + _stars(rest), _Below(column)
        value_match = (_FLOW_VALUE if match["sign"] == ":" else _QUERY_VALUE).match(line, start)
        value = "" if value_match is None else value_match.group()
        position += len(value)
        if not _is_harmless(match["key"], value):
            pieces += [line[shown_to:start], _stars(value)]
            shown_to = position
            if value[:1] in ("'", '"') and position == len(line) and value[-1:] != value[:1]:
                below = _Below(column, quote=value[:1])
        elif not value and start == len(line):
            below = _Below(column)
    return "".join([*pieces, line[shown_to:]]), below


def _is_harmless(name: str, value: str) -> bool:
    is_number = name.lower().endswith("token") and _NUMBER.fullmatch(value) is not None
    return is_number or _HARMLESS.fullmatch(value) is not None
