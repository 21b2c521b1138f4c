"""Events of waivers, those in comments included: they begin, are about to end, and end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from aipolicy.forecast.events import DAY, Cause, Event
from aipolicy.run.evaluated_run import Report
from aipolicy.run.policy import Policy
from aipolicy.source.text import shown
from aipolicy.waivers.apply import waivers_in_comments
from aipolicy.waivers.waiver import Waiver, Waivers


def waiver_events(policy: Policy, today: Report) -> Iterator[Event]:
    """Yield an event for the day on which a waiver begins, is told to end soon, and no longer holds."""
    waivers = policy.waivers or Waivers()
    comments = waivers_in_comments(today.evaluations, waivers.limits, policy.all_rules, policy.catalog.as_of)
    for waiver in (*waivers.entries, *comments):
        yield from _turns(waiver, waivers.limits.notice_days)


def _turns(waiver: Waiver, notice_days: int) -> Iterator[Event]:
    named = f"the waiver of {waiver.rule} by {shown(waiver.approver)}"
    if waiver.ticket:
        named += f", {shown(waiver.ticket)},"
    turns = [(waiver.approved_on, f"{named} begins")]
    notice = timedelta(days=notice_days)
    if waiver.expires - date.min > notice:
        turns.append((waiver.expires - notice, f"{named} ends in {notice_days} days, on {waiver.expires}"))
    if waiver.expires < date.max:
        turns.append((waiver.expires + DAY, f"{named} expired on {waiver.expires}"))
    for day, text in turns:
        if day is not None:
            yield Event(day=day, cause=Cause.WAIVER, text=text, feature=waiver.feature)
