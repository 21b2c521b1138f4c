"""What is to be said about the waivers of a run, once every feature is evaluated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from aipolicy.findings.finding import Finding, Place
from aipolicy.findings.reserved_rules import reserved_finding
from aipolicy.source.names import folded
from aipolicy.source.span import Position, Span
from aipolicy.source.text import shown
from aipolicy.value import replace
from aipolicy.waivers.waiver import Standing, Waiver, Waivers, WaiverState, WaiverUse, days_left, standing

_RULES = {
    WaiverState.AGAINST_POLICY: ("WAIVER-002", ""),
    WaiverState.EXPIRED: ("WAIVER-003", "expires"),
    WaiverState.UNNEEDED: ("WAIVER-004", "rule"),
    WaiverState.LAPSED: ("WAIVER-005", "while"),
    WaiverState.WORSE: ("WAIVER-006", "approved"),
}
"""The reserved rule of each state that is told, and the key of an entry at which it is shown."""
_OF_SEVERAL_LINES = ("while", "approved")


def findings_on_waivers(waivers: Waivers, uses: Iterable[WaiverUse], day: date, *, covers: bool) -> tuple[Finding, ...]:
    """Return the findings on the waivers of files, and on budgets; `covers` says that every feature there is was evaluated.

    A waiver of a feature that the run did not evaluate is left alone, unless it can be no other run's business.
    """
    by_entry: dict[int, list[WaiverUse]] = {}
    in_comments: list[WaiverUse] = []
    for use in uses:
        if use.entry is None:
            in_comments.append(use)
        else:
            by_entry.setdefault(use.entry, []).append(use)
    findings = list(waivers.malformed)
    for number, waiver in enumerate(waivers.entries):
        used = by_entry.get(number, ())
        if used or covers:
            findings.extend(_on_entry(waiver, used, waivers, day))
    findings.extend(_over_budget(waivers, in_comments, day))
    return tuple(findings)


def _on_entry(waiver: Waiver, uses: Iterable[WaiverUse], waivers: Waivers, day: date) -> Iterator[Finding]:
    uses = tuple(uses)
    if waiver.breach:
        yield finding_on(waiver, WaiverState.AGAINST_POLICY, waiver.breach)
    elif not uses:
        message = f"no manifest declares the feature `{shown(waiver.feature)}`, for which {waiver.rule} is waived"
        yield _finding("WAIVER-007", waiver, message, "feature")
    else:
        for state, detail in dict.fromkeys((use.state, use.detail) for use in uses):
            if state in _RULES:
                yield finding_on(waiver, state, detail)
        left = days_left(waiver, day)
        if any(use.state is WaiverState.WAIVED for use in uses) and left <= waivers.limits.notice_days:
            yield ends_soon(waiver, left)


def finding_on(waiver: Waiver, state: WaiverState, detail: str, place: Place | None = None) -> Finding:
    """Return the finding on a waiver in a state that is told; `place` is that of a comment."""
    rule_id, key = _RULES[state]
    named = f"the waiver of {waiver.rule} for `{shown(waiver.feature)}`"
    message = {
        WaiverState.AGAINST_POLICY: f"{named} is not allowed: {detail}",
        WaiverState.EXPIRED: f"{named} expired on {waiver.expires.isoformat()}, and the rule still fails",
        WaiverState.UNNEEDED: f"{named} is no longer needed: {detail}",
    }.get(state, f"{named} does not hold: {detail}")
    return _finding(rule_id, waiver, message, waiver.breach_at or key, place)


def ends_soon(waiver: Waiver, left: int, place: Place | None = None) -> Finding:
    """Return the note on a waiver that ends within the notice of the packs."""
    when = "today is its last day" if left == 0 else f"{left} days are left"
    message = f"the waiver of {waiver.rule} for `{shown(waiver.feature)}` ends on {waiver.expires.isoformat()}; {when}"
    return _finding("WAIVER-008", waiver, message, "expires", place)


def inline_findings(found: Iterable[tuple[Waiver, Place, WaiverUse]], waivers: Waivers, day: date) -> Iterator[Finding]:
    """Yield the findings on waivers in comments, at the comments."""
    for waiver, place, use in found:
        left = days_left(waiver, day)
        if waiver.breach:
            yield finding_on(waiver, WaiverState.AGAINST_POLICY, waiver.breach, place)
        elif use.state in _RULES:
            yield finding_on(waiver, use.state, use.detail, place)
        elif use.state is WaiverState.WAIVED and left <= waivers.limits.notice_days:
            yield ends_soon(waiver, left, place)


def _finding(rule_id: str, waiver: Waiver, message: str, key: str, place: Place | None = None) -> Finding:
    document = waiver.document
    shown_at = (*waiver.path, key if document.has((*waiver.path, key)) else "rule")
    at = place or Place(path=shown_at, part="key" if key in _OF_SEVERAL_LINES else "value")
    finding = reserved_finding(
        rule_id, message, file=document.source.path, document=document, feature=waiver.feature, place=at
    )
    return replace(finding, subject=waiver.subject)


def _over_budget(waivers: Waivers, in_comments: Iterable[WaiverUse], day: date) -> Iterator[Finding]:
    """Yield a finding for each owner whose waivers in comments exceed what those in files leave of the budget."""
    most = waivers.limits.most_per_owner
    if most is None:
        return
    used = Counter(
        folded(waiver.owner) for waiver in waivers.entries
        if not waiver.breach and standing(waiver, day) is Standing.STANDS
    )  # fmt: skip
    for use in sorted(
        (use for use in in_comments if use.state is WaiverState.WAIVED), key=lambda use: (use.file, use.at)
    ):
        used[folded(use.owner)] += 1
        if used[folded(use.owner)] > most:
            message = (
                f"`{shown(use.owner)}` has more than {most} waivers that stand, the packs allow no more; "
                f"the one at {use.at} is beyond"
            )
            line = int(use.at.rpartition(":")[2])
            place = Place(span=Span(Position(line, 1), Position(line, 2)))
            yield reserved_finding("WAIVER-002", message, file=use.file, feature=use.feature, place=place)
