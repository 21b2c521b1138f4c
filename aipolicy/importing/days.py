"""The form in which a table writes days in, days as YYYY-MM-DD out."""

from __future__ import annotations

import re
from datetime import date

from aipolicy.source.regex import regex
from aipolicy.value import Frozen

_TOKENS = {
    "YYYY": "(?P<year>[0-9]{4})", "MMMM": "(?P<name>[a-z]+)", "MMM": "(?P<name>[a-z]{3})\\.?",
    "MM": "(?P<month>[0-9]{2})", "M": "(?P<month>[0-9]{1,2})", "DD": "(?P<day>[0-9]{2})", "D": "(?P<day>[0-9]{1,2})",
}  # fmt: skip
_TOKEN = regex("YYYY|MMMM|MMM|MM|M|DD|D")
_LETTERS = regex("[A-Za-z]")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
ISO = "YYYY-MM-DD"


class DayFormat(Frozen):
    """A form such as `DD.MM.YYYY`: as written, and as a regular expression."""

    form: str
    pattern: str


def day_format(form: str) -> DayFormat | None:
    """Return a form of days: YYYY, one of MM, M, MMM, MMMM, and one of DD, D, with signs between them; else None.

    A form that ends in `*` lets anything follow, such as a time. A year of two digits is no form: its century is a guess.
    """
    body = form.removesuffix("*")
    tokens = _TOKEN.findall(body)
    if sorted(token[0] for token in tokens) != ["D", "M", "Y"] or _LETTERS.search(_TOKEN.sub("", body)):
        return None
    pattern = "".join(
        _TOKENS[part] if part in _TOKENS else re.escape(part) for part in re.split(f"({_TOKEN.pattern})", body)
    )
    return DayFormat(form, pattern + ("(?:[^0-9].*)?" if form.endswith("*") else ""))


def read_day_as(text: str, formats: tuple[DayFormat, ...]) -> str | None:
    """Return the day that a text states in one of the forms, as YYYY-MM-DD; None when it states none, or several."""
    days = {day for form in formats if (day := _day(text, form)) is not None}
    return days.pop().isoformat() if len(days) == 1 else None


def _day(text: str, form: DayFormat) -> date | None:
    match = re.fullmatch(form.pattern, " ".join(text.split()).casefold(), re.DOTALL)
    if match is None:
        return None
    parts = match.groupdict()
    month = _month(parts["name"], form) if "name" in parts else int(parts["month"])
    try:
        return date(int(parts["year"]), month, int(parts["day"]))
    except ValueError:
        return None


def _month(name: str, form: DayFormat) -> int:
    """Return the number of an English month by its whole name or its first three letters; 0 for no month."""
    names = _MONTHS if "MMMM" in form.form else tuple(month[:3] for month in _MONTHS)
    return names.index(name) + 1 if name in names else 0
