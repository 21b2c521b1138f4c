"""TOML text in, plain values with the places of their keys out; every mistake is one of the file's users to mend."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

from aipolicy.errors import ConfigError
from aipolicy.source.document import Document, NodeSpans, PlainValue
from aipolicy.source.records import Mistakes
from aipolicy.source.regex import regex
from aipolicy.source.span import DocumentPath, LineIndex, Position, Span
from aipolicy.source.text import escaped

_PLACE = regex(r"\s*\(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")
_MAX_DOTS = 100
"""`tomllib` takes time and memory by the square of the parts of a dotted key: 12 s for one of 64 KiB."""
_MAX_DEPTH = 64
_LARGEST = 2**63
_SIMPLE_STRING = regex(r"""["][^"\\\n]*+["]|'[^'\n]*+'""")
_TOKEN = regex(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*"
    r"|[^\"'#\[\]{}=\n]+"
    r"|.",
    re.DOTALL,
)
"""Strings and comments whole, brackets, `=` and line ends alone; for text that `tomllib` accepts."""


def read_toml(text: str, name: str) -> dict[str, Any]:
    """Return the value of TOML text; raises `ConfigError` at its line. `name` is the path to show."""
    import tomllib  # only wanted when there is a file

    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > _MAX_DOTS and _SIMPLE_STRING.sub("", line).count(".") > _MAX_DOTS:
            message = f"more than {_MAX_DOTS} dots in a line; shorten the key, or put the text in plain quotes"
            raise ConfigError(message, path=name, span=_at(number, 1))
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        span = _at(text.count("\n") + 1, 1)
        if place is not None and place["line"]:
            span = _at(int(place["line"]), int(place["column"]))
        reason = escaped(_PLACE.sub("", str(error)))
        raise ConfigError(f"not valid TOML: {reason[:1].lower()}{reason[1:]}", path=name, span=span) from error
    except (RecursionError, ValueError) as error:
        message = "nested too deeply, or with a number of too many digits; simplify the file"
        raise ConfigError(message, path=name) from error


def _at(line: int, column: int) -> Span:
    return Span(Position(line, column), Position(line, column + 1))


def toml_spans(text: str, prefix: DocumentPath) -> dict[DocumentPath, NodeSpans]:
    """Return where each key of valid TOML text stands, by its path below `prefix`, and each text of a list of texts.

    Not inside inline tables.
    """
    lines = LineIndex(text)
    spans: dict[DocumentPath, NodeSpans] = {}
    table: DocumentPath = ()
    path: DocumentPath = ()
    key, begin, in_value, depth = "", 0, False, 0
    for match in _TOKEN.finditer(f"{text}\n"):
        token = match.group()
        if in_value:
            depth += (token in ("[", "{")) - (token in ("]", "}"))
            in_value = depth > 0 or token != "\n"
            if not in_value and path[: len(prefix)] == prefix:
                for number, (start, end) in enumerate(_texts_in(text, begin, match.start())):
                    span = lines.span(start, end)
                    spans[(*path[len(prefix) :], number)] = NodeSpans(span, span)
        elif key and token in ("=", "\n"):
            in_value = token == "="
            path = (*table, *_key_path(key)) if in_value else _key_path(key.strip().strip("[]"))
            table = table if in_value else path
            span = lines.span(begin, begin + len(key.rstrip()))
            for length in range(len(prefix), len(path) + 1):
                if path[: len(prefix)] == prefix:
                    spans.setdefault(path[len(prefix) : length], NodeSpans(span, span))
            key, begin = "", match.end()
        elif token.strip() and not token.startswith("#"):
            begin = begin if key else match.end() - len(token.lstrip())
            key += token if key else token.lstrip()
    return spans


def _texts_in(text: str, begin: int, end: int) -> list[tuple[int, int]]:
    """Return where each text of a list of texts begins and ends; nothing for any other value."""
    texts: list[tuple[int, int]] = []
    depth = 0
    for match in _TOKEN.finditer(text, begin, end):
        token = match.group()
        if token[0] in "\"'":
            texts.append(match.span())
        depth += token == "["
        is_other = token[0] in "{=" or (token[0] not in "\"'#[]" and token.strip(" \t\r\n,"))
        if is_other or (depth != 1 and token.strip() and token[0] not in "]#"):
            return []
    return texts


def _key_path(key: str) -> DocumentPath:
    import tomllib

    path: list[str] = []
    value: Any = tomllib.loads(f"{key} = 0")
    while isinstance(value, dict):
        [(part, value)] = value.items()
        path.append(part)
    return tuple(path)


def plain_value(value: object, path: DocumentPath, document: Document, mistakes: Mistakes) -> PlainValue:
    """Return a TOML value without what the other formats cannot hold; text in it is safe to show."""
    wrong = ""
    plain: PlainValue = 1
    if len(path) > _MAX_DEPTH:
        wrong = f"nested deeper than {_MAX_DEPTH} levels; use fewer"
    elif isinstance(value, dict):
        return {
            escaped(key): plain_value(member, (*path, escaped(key)), document, mistakes)
            for key, member in value.items()
        }
    elif isinstance(value, list):
        return [plain_value(item, (*path, index), document, mistakes) for index, item in enumerate(value)]
    elif isinstance(value, date | time):
        return value.isoformat()
    elif isinstance(value, str):
        plain = escaped(value)
        wrong = "text with a control or invisible character; remove it" if plain != value else ""
    elif isinstance(value, bool):
        plain = value
    elif isinstance(value, int | float):
        plain = value if abs(value) < _LARGEST else 1  # neither NaN nor infinity is smaller
        wrong = "" if plain == value else "not a number that can be used; write a finite and smaller one"
    if wrong:
        mistakes.add(wrong, document, path)
    return plain
