"""A waiver beside what packs ask of waivers: what it breaks, if anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from aipolicy.policy.governance import WaiverLimits
from aipolicy.source.names import folded
from aipolicy.source.text import shown
from aipolicy.value import replace
from aipolicy.waivers.waiver import Standing, Waiver, standing


def governed(waiver: Waiver, limits: WaiverLimits, day: date) -> Waiver:
    """Return the waiver with the first thing that it breaks, and the key that says so."""
    breach, key = _breach(waiver, limits, day)
    return replace(waiver, breach=breach, breach_at=key)


def within_budget(waivers: Iterable[Waiver], limits: WaiverLimits, day: date) -> tuple[Waiver, ...]:
    """Return the waivers in their order, those of an owner beyond the budget marked: the latest approved go first."""
    listed = tuple(waivers)
    if limits.most_per_owner is None:
        return listed
    standing_now = [
        number for number, waiver in enumerate(listed) if not waiver.breach and standing(waiver, day) is Standing.STANDS
    ]
    used: Counter[str] = Counter()
    beyond: set[int] = set()
    for number in sorted(standing_now, key=lambda number: (listed[number].approved_on or day, number)):
        owner = folded(listed[number].owner)
        used[owner] += 1
        if used[owner] > limits.most_per_owner:
            beyond.add(number)
    return tuple(
        replace(waiver, breach=_over_budget(waiver.owner, used[folded(waiver.owner)], limits), breach_at="owner")
        if number in beyond else waiver
        for number, waiver in enumerate(listed)
    )  # fmt: skip


def _over_budget(owner: str, count: int, limits: WaiverLimits) -> str:
    return f"`{shown(owner)}` has {count} waivers that stand; the packs allow {limits.most_per_owner} an owner"


def _breach(waiver: Waiver, limits: WaiverLimits, day: date) -> tuple[str, str]:
    never = limits.never_waived(waiver.rule)
    if never is not None:
        return f"{waiver.rule} cannot be waived ({never.at})", "rule"
    if waiver.line and not limits.inline:
        return "no pack allows waivers in comments (`waivers: {inline: true}`); write it to a waivers file", "rule"
    if limits.approvers is not None and folded(waiver.approver) not in set(map(folded, limits.approvers)):
        allowed = ", ".join(f"`{shown(name)}`" for name in limits.approvers) or "nobody"
        return f"`{shown(waiver.approver)}` may not approve waivers; the packs allow {allowed}", "approver"
    if limits.separate_approver and folded(waiver.owner) == folded(waiver.approver):
        return f"`{shown(waiver.owner)}` asks and approves; somebody else must approve", "approver"
    length = (waiver.expires - (waiver.approved_on or day)).days
    if length > limits.longest_days:
        start = (
            "its approval" if waiver.approved_on is not None else f"{day.isoformat()}, as `approved_on` is not given"
        )
        return f"it lasts {length} days from {start}; the packs allow {limits.longest_days}", "expires"
    if limits.ticket_required and not waiver.ticket:
        return "it names no ticket, which the packs ask for", "ticket"
    if limits.record_required and waiver.approved is None:
        return "it does not record what was approved, which the packs ask for; `aipolicy waive` writes it", "approved"
    return "", ""
