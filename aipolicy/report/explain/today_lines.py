"""What runs today in words: what is billed, what that says of requests, and what changing would save."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from aipolicy.answer.answer import Answering
from aipolicy.answer.today import Saving, Today
from aipolicy.manifest.todays_bill import BILL, TodaysBill
from aipolicy.report.answer_words import two_digits
from aipolicy.report.terminal.drawing import said
from aipolicy.report.ways_table import short_usd
from aipolicy.source.text import escaped

_MUCH = 10.0
"""From how many times on a fraction of them says nothing."""


def today_lines(answering: Answering) -> list[Text]:
    """Return what is said of today, nothing where it is not declared what runs."""
    return [said(words) for words in today_words(answering)]


def today_words(answering: Answering) -> tuple[str, ...]:
    """Return the same as text alone."""
    today = answering.today
    return () if today is None else (_billed(today), _changing(today))


def _billed(today: Today) -> str:
    bill = today.bill
    name = f"{escaped(bill.provider)}, {escaped(bill.model)}"
    if bill.monthly_usd is None:
        return f"{name}: {_computed(today)}; `{BILL}` would say how far that is off"
    words = f"{name}: billed {two_digits(bill.monthly_usd)} USD a month"
    if bill.silent_because:
        return f"{words}, which says nothing of a request: {bill.silent_because}"
    if bill.implied:
        return f"{words}, {_times(bill)} {_computed(today)}; implied: {', '.join(_implied(bill))}"
    return f"{words}; what is declared comes to {_computed(today)}"


def _computed(today: Today) -> str:
    usd = today.bill.computed_usd
    if usd is None:
        return f"its cost is not known, {today.bill.silent_because}" if today.bill.silent_because else "no known cost"
    ends = "" if today.computed is None else f" ({short_usd(today.computed.p10)}-{short_usd(today.computed.p90)})"
    of = " that expected lengths come to" if today.bill.implied else ""
    return f"the {two_digits(usd)} USD{ends}{of}"


def _times(bill: TodaysBill) -> str:
    times = bill.times or 0.0
    return f"{times:.0f} times" if times >= _MUCH else f"{times:.2g} times"


def _implied(bill: TodaysBill) -> Iterator[str]:
    yield from (f"{fact} {two_digits(value)}" for fact, value in bill.implied)


def _changing(today: Today) -> str:
    if today.is_kept:
        return "its provider and model are what is recommended"
    if today.saving is None:
        return "what changing would save is not known: the volume or a part of a cost is not, or nothing is left"
    return f"changing to what is recommended {_saved(today.saving)}"


def _saved(saving: Saving) -> str:
    low, high = saving.low_usd, saving.high_usd
    if saving.likely_usd >= 0.0:
        words = f"saves {two_digits(saving.likely_usd)} USD a month ({_signed(low)} to {_signed(high)})"
        months = saving.payback_months
        if months is not None and saving.upfront_usd > 0.0:
            words += (
                f"; the {two_digits(saving.upfront_usd)} that building takes are back in {two_digits(months)} months"
            )
        return words
    return f"costs {two_digits(-saving.likely_usd)} USD a month more ({_signed(-high)} to {_signed(-low)})"


def _signed(usd: float) -> str:
    return f"-{short_usd(-usd)}" if usd < 0.0 else short_usd(usd)
