"""All waivers of a run with what became of each, as text and JSON."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from aipolicy.findings.finding import Finding
from aipolicy.policy.governance import WaiverLimits, limits_in_words
from aipolicy.report.formats.concise import render_concise
from aipolicy.report.formats.json_report import finding_object
from aipolicy.report.formats.json_text import JsonObject, json_text
from aipolicy.report.terminal.style import Role, Styler, wrapped
from aipolicy.source.text import escaped, without_secrets
from aipolicy.value import NamedTuple
from aipolicy.waivers.waiver import State, Waiver, days_left

SCHEMA = "aipolicy/waivers/v1"
UNKNOWN_FEATURE, NOT_LOOKED_AT = "unknown feature", "feature not in this run"


class Listed(NamedTuple):
    """A waiver with its state in words, and why it does not hold; empty where it does."""

    waiver: Waiver
    state: str
    detail: str


def render_list(listed: Iterable[Listed], malformed: Iterable[Finding], limits: WaiverLimits, day: date, *,
                width: int, style: Styler) -> str:  # fmt: skip
    """Return a block of lines for each waiver, then the entries that cannot be read, and a count of states."""
    listed, malformed = tuple(listed), tuple(malformed)
    lines = []
    counts: dict[str, int] = {}
    for each in listed:
        waiver = each.waiver
        counts[each.state] = counts.get(each.state, 0) + 1
        role = Role.GOOD if each.state == State.WAIVED.value else Role.WARNING
        where = f" at {escaped(waiver.fact)}" if waiver.fact else ""
        title = f"{escaped(waiver.rule)} of {escaped(waiver.feature)}{where}"
        lines.append(f"{style.paint(title, Role.STRONG)}: {style.paint(each.state, role)}, {_days(waiver, day)}")
        ticket = f", {waiver.ticket}" if waiver.ticket else ""
        words = [f"{waiver.at}: by {waiver.approver} for {waiver.owner}{ticket}: {without_secrets(waiver.reason)}"]
        words += [each.detail] if each.detail else []
        words += [f"while {condition.text}" for condition in waiver.conditions]
        words += ["what was approved is not recorded"] if waiver.approved is None and not waiver.line else []
        lines += [f"    {line}" for text in words for line in wrapped(escaped(text), width - 4)]
    if malformed:
        lines += ["", *render_concise(malformed).rstrip("\n").split("\n"), ""]
        counts["malformed"] = len({finding.place.path[:2] or finding.place.span for finding in malformed})
    total = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    lines += wrapped(f"waivers as of {day.isoformat()}: {total or 'none'}", width)
    lines += wrapped(f"the packs ask for: {limits_in_words(limits)}", width)
    return "".join(f"{line}\n" for line in lines)


def _days(waiver: Waiver, day: date) -> str:
    left = days_left(waiver, day)
    if left < 0:
        return f"ended {waiver.expires.isoformat()}"
    return f"until {waiver.expires.isoformat()} ({'last day' if left == 0 else f'{left} days left'})"


def render_list_json(listed: Iterable[Listed], malformed: Iterable[Finding], limits: WaiverLimits, day: date) -> str:
    """Return the waivers as strict JSON, ending with a newline."""
    return json_text(
        {
            "schema": SCHEMA,
            "as_of": day.isoformat(),
            "limits": {
                "longest_days": limits.longest_days,
                "notice_days": limits.notice_days,
                "never": [{"rule": each.word, "at": escaped(each.at)} for each in limits.never],
                "approvers": None if limits.approvers is None else list(map(escaped, limits.approvers)),
                "separate_approver": limits.separate_approver,
                "most_per_owner": limits.most_per_owner,
                "inline": limits.inline,
                "ticket_required": limits.ticket_required,
                "record_required": limits.record_required,
            },
            "waivers": [_object(each, day) for each in listed],
            "malformed": [finding_object(finding) for finding in malformed],
        }
    )


def _object(listed: Listed, day: date) -> JsonObject:
    waiver = listed.waiver
    return {
        "rule": waiver.rule,
        "feature": escaped(waiver.feature),
        "fact": waiver.fact,
        "outcome": waiver.outcome.value,
        "state": listed.state,
        "detail": escaped(listed.detail),
        "at": escaped(waiver.at),
        "inline": bool(waiver.line),
        "reason": escaped(without_secrets(waiver.reason)),
        "owner": escaped(waiver.owner),
        "approver": escaped(waiver.approver),
        "ticket": escaped(waiver.ticket),
        "approved_on": None if waiver.approved_on is None else waiver.approved_on.isoformat(),
        "expires": waiver.expires.isoformat(),
        "days_left": days_left(waiver, day),
        "while": [escaped(condition.text) for condition in waiver.conditions],
        "recorded": waiver.approved is not None,
    }
