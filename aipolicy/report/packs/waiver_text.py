"""All waivers of a run in, text for people out: by what became of each, and those that hold last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby

from rich.text import Text

from aipolicy.findings.finding import Finding
from aipolicy.policy.governance import WaiverLimits, limits_in_words
from aipolicy.report.formats.concise import render_concise
from aipolicy.report.packs.waiver_list import Listed
from aipolicy.report.terminal.drawing import Screen, aligned, joined, listed, said
from aipolicy.report.terminal.style import Role, Styler
from aipolicy.source.text import quantity, without_secrets
from aipolicy.waivers.waiver import days_left

_MALFORMED = "malformed"


def render_waivers(waivers: Iterable[Listed], malformed: Sequence[Finding], limits: WaiverLimits, day: date, *,
                   width: int, style: Styler) -> str:  # fmt: skip
    """Return how many waivers are in which state, and each with its last day, what it rests on and where it stands."""
    screen = Screen(width, style)
    ordered = sorted(waivers, key=lambda waiver: (waiver.holds, waiver.state, waiver.waiver.expires))
    counts = Counter(waiver.state for waiver in ordered)
    counts[_MALFORMED] = len({finding.place.path[:2] or finding.place.span for finding in malformed})
    states = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()) if count)
    screen.add(said(f"waivers as of {day.isoformat()}: {states or 'none'}", Role.STRONG))
    screen.add(said(f"the packs ask for: {limits_in_words(limits)}"))
    screen.section(_MALFORMED, listed(render_concise(malformed).splitlines()))
    for state, of_state in groupby(ordered, key=lambda waiver: waiver.state):
        screen.heading(state)
        for waiver in of_state:
            screen.add(_title(waiver, day), indent=2)
            screen.add(aligned(_details(waiver)), indent=4)
    return screen.result()


def _title(listed_waiver: Listed, day: date) -> Text:
    waiver, left = listed_waiver.waiver, days_left(listed_waiver.waiver, day)
    where = f" at {waiver.fact}" if waiver.fact else ""
    days = "last day" if left == 0 else f"{quantity(left, 'day')} left"
    until = f"ended {waiver.expires.isoformat()}" if left < 0 else f"until {waiver.expires.isoformat()}, {days}"
    role = Role.GOOD if listed_waiver.holds else Role.WARNING
    return joined(said(f"{waiver.rule} of {waiver.feature}{where}", Role.STRONG), ", ", said(until, role))


def _details(listed_waiver: Listed) -> Iterator[tuple[str, str]]:
    waiver = listed_waiver.waiver
    if listed_waiver.detail:
        yield "but", listed_waiver.detail
    yield "reason", without_secrets(waiver.reason)
    yield from (("while", condition.text) for condition in waiver.conditions)
    yield "by", f"{waiver.approver} for {waiver.owner}{f', {waiver.ticket}' if waiver.ticket else ''}"
    yield "at", waiver.at
    if waiver.approved is None and not waiver.line:
        yield "note", "what was approved is not recorded"
