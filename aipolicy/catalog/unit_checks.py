"""Figures that nobody can have meant: far from the one that they replace, so of another unit or of another thing."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from aipolicy.source.records import Record
from aipolicy.source.text import shown

FAR_OFF = 100
"""A figure that many times above or below the one that it replaces is of another unit, or of another thing."""
BECAUSE = "far_off_because"


def is_far_off(before: float, now: float) -> bool:
    """Return whether one figure cannot stand for another; nothing is far from 0, which says that there is none."""
    return before > 0 and now > 0 and not 1 / FAR_OFF < now / before < FAR_OFF


def says_why(record: Record) -> bool:
    """Return whether an entry says why a figure is so far from the one that it replaces."""
    return record.has(BECAUSE) and bool(record.said(BECAUSE, "say why the figure is so far from the list"))


def far_off_words(before: float, now: float, of: str, source: str) -> str:
    """Return how far a figure is from the one that it replaces; `of` says what that one belongs to."""
    times, where = (now / before, "above") if now > before else (before / now, "below")
    return f"{times:,.0f} times {where} the {before:g}{of} that it replaces ({shown(source)})"


def refuse_far_off(record: Record, entry: object, replaced: object | None) -> None:
    """Note every figure of an entry that is far from that of the entry it replaces, unless the entry says why.

    So is a 0 in place of a figure, but for what an entry names under `may_be_none`.
    """
    if says_why(record) or replaced is None:
        return
    before = dict(_figures(replaced))
    nothing: Collection[str] = getattr(entry, "may_be_none", ())
    source = getattr(getattr(replaced, "dated", None), "source", "")
    for name, now in _figures(entry):
        if now == 0 < before.get(name, 0.0) and name not in nothing and record.raw(name) == 0:
            of_before = f"the {before[name]:g} of the entry that it replaces ({shown(source)})"
            record.mistake(
                f"`{name}` is 0 in place of {of_before}; leave out what is unknown, or say in `{BECAUSE}` why",
                name,
            )
        elif is_far_off(before.get(name, 0.0), now):
            key = name if record.has(name) else None
            words = far_off_words(before[name], now, " of the entry", source)
            record.mistake(f"`{name}` is {now:g}, {words}; check its unit, or say in `{BECAUSE}` why", key)


def _figures(entry: object) -> Iterator[tuple[str, float]]:
    for name in getattr(entry, "_fields", ()):
        value = getattr(entry, name)
        value = getattr(value, "usual", value)
        if isinstance(value, float):
            yield name, value
