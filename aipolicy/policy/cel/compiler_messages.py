"""What the compiler of conditions complains about, in words for the authors of rules."""

from __future__ import annotations

import re
from collections.abc import Collection

from aipolicy.errors import ExpressionError
from aipolicy.facts.facts import LABELS
from aipolicy.source.regex import regex
from aipolicy.source.suggest import did_you_mean

_COMPILER_ERROR = regex(r"ERROR: <input>:(\d+):(\d+): ([^\n]*)")
_UNDECLARED = regex(r"undeclared reference to '([^']*)'")
_EXPECTING = regex(r" expecting \{.*")
_MIXED_NUMBERS = regex(r"double, (?:int|list\(int\))|int, (?:double|list\(double\))")
_STATUS = regex(r"^(?:[A-Z_]+: )|(?: \[[A-Z_]+\])+$")


_ON_A_RECORD = "expression of type 'record' cannot be the operand of a select operation"
_ON_A_CONDITION = "expression of type 'bool' cannot be the operand of a select operation"
_HINTS = {
    "'_[_]' applied to '(string": '; `[…]` is for labels, such as `metadata.labels["unit"]`',
    "'_==_' applied to '(list(string), string)'": '; ask a list by `in`, such as `"health" in data.kinds`',
    "'_!=_' applied to '(list(string), string)'": '; ask a list by `in`, such as `!("health" in data.kinds)`',
    "(record": "; ask what it says, by its fields, such as `extensions.vendor.country`",
    "(string, string)": "; words have no order, compare them by `==` or `in`",
    "mismatched input '<EOF>'": "; the condition ends too early",
}
"""What to do, by a part of the complaint."""
_UNDECLARED_IS = "one that is not declared is unknown, and the rule undetermined; `must_declare` asks for it"
_SLIPS = {
    "and": "`and` is no operator here; write `&&`",
    "or": "`or` is no operator here; write `||`",
    "not": "`not` is no operator here; write `!`",
    "=": "`=` compares nothing; write `==`",
    "has": f"`has` asks nothing of a fact: {_UNDECLARED_IS}",
    "null": f"no fact is ever `null`: {_UNDECLARED_IS}",
}  # fmt: skip
"""What people of other languages write."""


def refuse_has(text: str) -> None:
    """Raise `ExpressionError` for `has` of a fact: of one that is true or false the runtime takes it for the fact itself."""
    from aipolicy.policy.cel.tokens import tokens

    found = tuple(tokens(text))
    for token, opening, argument in zip(found, found[1:], found[2:], strict=False):
        if (token.text, opening.text) == ("has", "(") and not argument.text.startswith(f"{LABELS}."):
            raise ExpressionError(_SLIPS["has"], token.start + 1)


def slip(text: str) -> str:
    """Return what to write in place of a word or a sign of another language; nothing where there is none."""
    from aipolicy.policy.cel.tokens import TokenKind, tokens

    words = (token.text for token in tokens(text) if token.kind in (TokenKind.NAME, TokenKind.OPERATOR))
    return next((_SLIPS[word] for word in words if word in _SLIPS), "")


def explained(error: str, text: str, names: Collection[str]) -> tuple[str, int | None]:
    """Return a complaint about the text of a condition, and the column that it is about; `names` are the facts."""
    match = _COMPILER_ERROR.search(error)
    if match is None:
        return f"invalid condition: {plain_reason(error.splitlines()[0])[:200]}", None
    column = int(match.group(2))
    if said := slip(text):
        return said, column
    message = _EXPECTING.sub("", plain_reason(match.group(3))).replace(" (in container '')", "")
    undeclared = _UNDECLARED.search(message)
    if undeclared is not None:
        name, column = _dotted_name(text, undeclared.group(1), column)
        if name.rpartition(".")[2] == "within":
            return 'write `within(PLACES, PLACE)`, such as `within(data.subject_countries, "EU")`', column
        return f"unknown fact `{name}`{did_you_mean(name, names)}", column
    if _ON_A_RECORD in message:
        name, _, field = _dotted_name(text, text[: column - 1].split()[-1].lstrip("(!"), column)[0].rpartition(".")
        fields = [fact.removeprefix(f"{name}.") for fact in names if fact.startswith(f"{name}.")]
        return f"`{name}` has no `{field}`{did_you_mean(field, fields)}", column + 1
    if _ON_A_CONDITION in message:
        name, attribute = text[: column - 1].rpartition(" ")[2].lstrip("(!"), text[column:].split(" ")[0].strip(")")
        parts = sorted(f"`{fact.removeprefix(f'{name}.')}`" for fact in names if fact.startswith(f"{name}."))
        advice = f"; ask its {', '.join(parts[:-1])} or {parts[-1]}" if len(parts) > 1 else ""
        return f"`{name}` is true or false, and has no `{attribute}`{advice}", column
    message += next((hint for fragment, hint in _HINTS.items() if fragment in message), "")
    if _MIXED_NUMBERS.search(message) is not None:
        message += "; write whole numbers with a point, such as `5.0`"
    return f"{message[:1].lower()}{message[1:]}", column


def plain_reason(message: str) -> str:
    """Return a message of the runtime without its status codes."""
    return _STATUS.sub("", message) or message


def _dotted_name(text: str, reported: str, column: int) -> tuple[str, int]:
    """Return the whole dotted name that begins with what the compiler reports, and the column at which it begins."""
    pattern = rf"(?<![\w.]){re.escape(reported)}(?!\w)(?:\.\w+(?![\w(]))*"
    matches = list(re.finditer(pattern, text))
    match = next((hit for hit in matches if hit.start() < column <= hit.end()), matches[0] if matches else None)
    return (match.group(), match.start() + 1) if match is not None else (reported, column)
