"""Text of packs in, Markdown for pages out: whatever a pack says is shown, and nothing of it acts as markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote, urlsplit

from aipolicy.facts.spec import FactValue
from aipolicy.facts.value_text import exact_value
from aipolicy.report.formats.markdown import plain
from aipolicy.source.regex import regex
from aipolicy.source.text import escaped

_PIECE = regex(r"(?<!`)`(?=\s*[^\s`])([^`]+)`(?!`)|((?:https?|ftp)://[^\s`]*[^\s`.,;:!?)\]}'\"])", re.IGNORECASE)
"""What is shown as code: text between backticks, and addresses, which would become links otherwise."""
_ESCAPES = str.maketrans(
    {mark: f"&#{ord(mark)};" for mark in "\\`|${}"}
    | {mark: f"\\{mark}" for mark in "*_[]~"}
    | {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "@&#8203;"}
)
_BLOCK_START = regex(r"[-+=#:]|(?P<number>\d{1,9})(?=[.)](?:\s|$))")
_BREAKS_CODE = regex(r"[`|\\]")
_LINKED = regex(r"https?://[A-Za-z0-9.-]+(?::\d+)?(?:[/?#][^\s\\<>\"'`{}|^]*)?", re.IGNORECASE)
_IN_ADDRESSES = "!#%+,-./:;=?@_~&"


def prose(text: str) -> str:
    """Return text as one line; what stands between backticks is code."""
    line, done, parts = escaped(_one_line(text)), 0, []
    for match in _PIECE.finditer(line):
        parts += [_plain(line[done : match.start()]), code(match[1] or match[2])]
        done = match.end()
    parts.append(_plain(line[done:]))
    # NOTE: two code spans side by side would be one run of backticks between them.
    return _not_a_block("".join(part for part in parts if part).replace("``", "`&#8203;`"))


def paragraphs(text: str) -> list[str]:
    """Return text as paragraphs, which empty lines part."""
    return [prose(part) for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]


def code(text: str) -> str:
    """Return text as code within a line or a cell."""
    line = escaped(_one_line(text)) or '""'
    return f"<code>{plain(line)}</code>" if _BREAKS_CODE.search(line) else f"`{line}`"


def value(fact_value: FactValue) -> str:
    """Return a value as code, in full."""
    return code(exact_value(fact_value, str))


def fenced(lines: Iterable[str]) -> str:
    """Return lines of code as a block that nothing in them closes; line breaks within one are kept and indented."""
    body = "\n".join("\n    ".join(map(escaped, line.strip().split("\n"))) for line in lines)
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", body)), default=0))
    return f"{fence}text\n{body}\n{fence}"


def table(head: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table of cells that are Markdown already."""
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def reference(title: str, address: str) -> str:
    """Return a link to a web page; an address that is none stands beside the title as code."""
    if not address:
        return prose(title)
    if not _LINKED.fullmatch(address) or "@" in urlsplit(address).netloc:
        return f"{prose(title)} {code(address)}"
    return f"[{prose(title)}]({quote(address, safe=_IN_ADDRESSES).replace('&', '&amp;')})"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _plain(text: str) -> str:
    guarded = text.translate(_ESCAPES).replace("://", ":&#8203;//")
    return re.sub(r"(?i)(www)\.", "\\1&#8203;.", guarded)


def _not_a_block(line: str) -> str:
    """Return a line that begins no heading, list or rule."""
    match = _BLOCK_START.match(line)
    if match is None:
        return line
    at = match.end("number") if match["number"] else 0
    return f"{line[:at]}\\{line[at:]}"
