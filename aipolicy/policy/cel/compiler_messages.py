"""What the compiler of conditions complains about, in words for the authors of rules."""

from __future__ import annotations

import re
from collections.abc import Collection

from aipolicy.source.regex import regex
from aipolicy.source.suggest import did_you_mean


class ExpressionError(ValueError):
    """A condition that does not parse, does not type, or compares a fact with a word that it never takes."""

    def __init__(self, message: str, column: int | None = None) -> None:
        super().__init__(message)
        self.column = column


_COMPILER_ERROR = regex(r"ERROR: <input>:(\d+):(\d+): ([^\n]*)")
_UNDECLARED = regex(r"undeclared reference to '([^']*)'")
_EXPECTING = regex(r" expecting \{.*")
_MIXED_NUMBERS = regex(r"double, (?:int|list\(int\))|int, (?:double|list\(double\))")
_STATUS = regex(r"^(?:[A-Z_]+: )|(?: \[[A-Z_]+\])+$")


def explained(error: str, text: str, names: Collection[str]) -> tuple[str, int | None]:
    """Return a complaint about the text of a condition, and the column that it is about; `names` are the facts."""
    match = _COMPILER_ERROR.search(error)
    if match is None:
        return f"invalid condition: {plain_reason(error.splitlines()[0])[:200]}", None
    column = int(match.group(2))
    message = _EXPECTING.sub("", plain_reason(match.group(3))).replace(" (in container '')", "")
    undeclared = _UNDECLARED.search(message)
    if undeclared is not None:
        name = _dotted_name(text, undeclared.group(1))
        if name.rpartition(".")[2] == "within":
            return 'write `within(PLACES, PLACE)`, such as `within(data.subject_countries, "EU")`', column
        return f"unknown fact `{name}`{did_you_mean(name, names)}", column
    if "(string, string)" in message:
        message += "; words have no order, compare them by `==` or `in`"
    if _MIXED_NUMBERS.search(message) is not None:
        message += "; write whole numbers with a point, such as `5.0`"
    return f"{message[:1].lower()}{message[1:]}", column


def plain_reason(message: str) -> str:
    """Return a message of the runtime without its status codes."""
    return _STATUS.sub("", message) or message


def _dotted_name(text: str, reported: str) -> str:
    """Return the whole dotted name that begins with what the compiler reports."""
    match = re.search(rf"(?<![\w.]){re.escape(reported)}(?!\w)(?:\.\w+(?![\w(]))*", text)
    return match.group() if match is not None else reported
