"""Values of facts as people read them: rounded where they are measured or estimated, exact where somebody set them."""

from __future__ import annotations

from collections.abc import Callable

from aipolicy.facts.expected import NONE_WORD, NOT_LIMITED
from aipolicy.facts.spec import FactValue, RecordList, RecordValue, SimpleValue
from aipolicy.source.text import grouped, shown, shown_entry


def shown_value(value: FactValue | None) -> str:
    """Return a fact value for people; numbers without needless digits, lists with commas."""
    match value:
        case None:
            return "unknown"
        case bool():
            return "true" if value else "false"
        case float() if value == NOT_LIMITED:
            return NONE_WORD
        case float():
            return grouped(value) if abs(value) >= 100 else f"{value:.4g}"
        case tuple():
            return ", ".join(shown(item) for item in value) or "none"
        case str():
            return shown(value)
        case RecordList():
            return "; ".join(shown_value(element) for element in value.elements) or "none"
        case RecordValue():
            return ", ".join(f"{name}={_shown_field(name, field)}" for name, field in value.fields) or "none"
        case _:
            return ", ".join(f"{shown(key)}={shown_value(item)}" for key, item in sorted(value.items()))


def _shown_field(name: str, value: SimpleValue) -> str:
    return shown_entry(name, value) if isinstance(value, str) else shown_value(value)


def exact_value(value: FactValue, word: Callable[[str], str] = shown) -> str:
    """Return a value as it was set; `word` makes text in it safe for where it is shown."""
    match value:
        case bool():
            return "true" if value else "false"
        case float() | int():
            return f"{value:.12g}"
        case tuple():
            return f"[{', '.join(map(word, value))}]"
        case str():
            return word(value)
        case RecordList():
            return f"[{', '.join(exact_value(element, word) for element in value.elements)}]"
        case RecordValue():
            return "{" + ", ".join(f"{word(name)}: {exact_value(field, word)}" for name, field in value.fields) + "}"
        case _:
            return "{" + ", ".join(f"{word(key)}: {exact_value(item, word)}" for key, item in value.items()) + "}"
