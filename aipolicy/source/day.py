"""Days as people write them."""

from __future__ import annotations

from datetime import date

from aipolicy.source.regex import regex

_OTHER_FORMS = (
    regex(r"([0-9]{4})([0-9]{2})([0-9]{2})"),
    regex(r"([0-9]{4})[/._]([0-9]{1,2})[/._]([0-9]{1,2})"),
    regex(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"),
    regex(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ].*"),
)
"""Days with the year first: in which order day and month stand otherwise is a guess."""


def read_day(text: str) -> date | None:
    """Return the day written as YYYY-MM-DD, or None when it is no such day."""
    # NOTE: Python reads more forms of ISO 8601, such as the week day `2026-W01-1`.
    if len(text) != 10 or not text.isascii() or text[4] != "-" or text[7] != "-":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def day_number(day: date) -> float:
    """Return a day as the number YYYYMMDD: conditions order numbers, and no words."""
    return float(day.year * 10_000 + day.month * 100 + day.day)


def day_of_number(number: float) -> date | None:
    """Return the day of a number YYYYMMDD; None where it is no day."""
    text = f"{number:.0f}"
    return read_day(f"{text[:4]}-{text[4:6]}-{text[6:]}") if number.is_integer() and len(text) == 8 else None


def day_hint(value: object) -> str:
    """Return `; write …` for a day that is written in another form, else nothing."""
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    match = next((match for form in _OTHER_FORMS if (match := form.fullmatch(text))), None)
    if match is None:
        return ""
    parts = match.groups()
    written = parts[0] if len(parts) == 1 else "-".join(part.zfill(2) for part in parts)
    return f"; write `{written}`" if read_day(written) is not None else ""
