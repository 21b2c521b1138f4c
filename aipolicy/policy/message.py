"""Messages of rules: `{FACT}` stands for a value, `{LIST without LIST}` for what is in one list and not in another."""

from __future__ import annotations

from collections.abc import Callable

from aipolicy.facts.spec import FactValue
from aipolicy.source.regex import regex

PLACEHOLDER = regex(r"\{([^{}]*)\}")
_WITHOUT = " without "


def names_in(message: str) -> tuple[str, ...]:
    """Return the facts and parameters that a message names."""
    return tuple(name for text in PLACEHOLDER.findall(message) for name in names_of(text))


def names_of(placeholder: str) -> tuple[str, ...]:
    """Return the facts that a placeholder names: one, or two lists."""
    return tuple(part.strip() for part in placeholder.split(_WITHOUT, 1))


def value_of(placeholder: str, lookup: Callable[[str], FactValue | None]) -> FactValue | None:
    """Return what stands for a placeholder, None where that is unknown; a list without nothing is the list."""
    first, *rest = names_of(placeholder)
    value = lookup(first)
    if not rest or not isinstance(value, tuple):
        return value
    others = lookup(rest[0])
    left = tuple(item for item in value if not isinstance(others, tuple) or item not in others)
    return left or value
