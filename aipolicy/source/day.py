"""Days as people write them."""

from __future__ import annotations

from datetime import date


def read_day(text: str) -> date | None:
    """Return the day written as YYYY-MM-DD, or None when it is no such day."""
    # NOTE: Python reads more forms of ISO 8601, such as the week day `2026-W01-1`.
    if len(text) != 10 or not text.isascii() or text[4] != "-" or text[7] != "-":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
