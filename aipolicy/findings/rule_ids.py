"""How ids of rules are written: parts such as those of an article, `GDPR-28-3`, and the name of a requirement behind `/`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aipolicy.source.regex import regex

RULE_ID = r"[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*-[0-9][A-Z0-9]*"
"""Capitals and digits in parts; the last part begins with a digit."""
PART = "/"
"""Between the id of a rule and the name of one of its requirements."""
_WHOLE = regex(rf"{RULE_ID}(?:{PART}[a-z0-9._-]+)?")


def is_rule_id(text: str) -> bool:
    """Return whether a text is written like the id of a rule or of a requirement."""
    return _WHOLE.fullmatch(text) is not None


def whole_id(rule_id: str) -> str:
    """Return the id of the rule that a requirement with an id of its own belongs to; of any other rule its own."""
    return rule_id.partition(PART)[0]


def current(rule_id: str, aliases: Mapping[str, str]) -> str:
    """Return the id that a rule has today, where one names it by an older one; a requirement keeps its name."""
    whole, slash, name = rule_id.partition(PART)
    return f"{aliases.get(whole, whole)}{slash}{name}"


def is_below(rule_id: str, word: str) -> bool:
    """Return whether an id is a word, or begins with it: `GDPR` and `GDPR-28` both mean `GDPR-28-3`."""
    return rule_id == word or rule_id.startswith((f"{word}-", f"{word}{PART}"))


def beginnings(rule_ids: Iterable[str]) -> set[str]:
    """Return what ids begin with: `GDPR` and `GDPR-28` of `GDPR-28-3`."""
    prefixes: set[str] = set()
    for rule_id in map(whole_id, rule_ids):
        parts = rule_id.split("-")
        prefixes.update("-".join(parts[:count]) for count in range(1, len(parts)))
    return prefixes
