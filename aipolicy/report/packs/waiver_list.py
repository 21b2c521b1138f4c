"""All waivers of a run with what became of each, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from aipolicy.findings.finding import Finding
from aipolicy.policy.governance import WaiverLimits
from aipolicy.report.formats.json_report import finding_object
from aipolicy.report.formats.json_text import JsonObject, json_text
from aipolicy.run.evaluated_run import Report
from aipolicy.source.text import escaped, without_secrets
from aipolicy.value import NamedTuple
from aipolicy.waivers.apply import waivers_in_comments
from aipolicy.waivers.waiver import Waiver, Waivers, WaiverState, days_left

SCHEMA = "aipolicy/waivers/v1"
UNKNOWN_FEATURE, NOT_LOOKED_AT = "unknown feature", "feature not in this run"


class Listed(NamedTuple):
    """A waiver with its state in words, and why it does not hold; empty where it does."""

    waiver: Waiver
    state: str
    detail: str

    @property
    def holds(self) -> bool:
        """Return whether it holds a finding back."""
        return self.state == WaiverState.WAIVED.value


def listed_waivers(report: Report, *, covers: bool) -> list[Listed]:
    """Return the waivers of files in their order, then those in comments by file and line, with what became of each.

    `covers` says whether every feature was looked at that the waivers files are about.
    """
    policy, waivers = report.policy, report.policy.waivers or Waivers()
    uses = {use.entry: use for use in report.waiver_uses if use.entry is not None}
    absent = UNKNOWN_FEATURE if covers else NOT_LOOKED_AT
    listed = []
    for number, waiver in enumerate(waivers.entries):
        use = uses.get(number)
        state = "against policy" if waiver.breach else absent if use is None else use.state.value
        listed.append(Listed(waiver, state, waiver.breach or ("" if use is None else use.detail)))
    in_comments = {(use.at, use.feature, use.rule): use for use in report.waiver_uses if use.entry is None}
    for waiver in waivers_in_comments(report.evaluations, waivers.limits, policy.all_rules, policy.catalog.as_of):
        use = in_comments[waiver.at, waiver.feature, waiver.rule]
        listed.append(
            Listed(waiver, "against policy" if waiver.breach else use.state.value, waiver.breach or use.detail)
        )
    return listed


def render_waivers_json(
    waivers: Iterable[Listed], malformed: Iterable[Finding], limits: WaiverLimits, day: date
) -> str:
    """Return the waivers as strict JSON, ending with a newline."""
    return json_text(
        {
            "schema": SCHEMA,
            "as_of": day.isoformat(),
            "limits": {
                "longest_days": limits.longest_days,
                "notice_days": limits.notice_days,
                "never": [{"rule": never.word, "at": escaped(never.at)} for never in limits.never],
                "approvers": None if limits.approvers is None else list(map(escaped, limits.approvers)),
                "separate_approver": limits.separate_approver,
                "most_per_owner": limits.most_per_owner,
                "inline": limits.inline,
                "ticket_required": limits.ticket_required,
                "record_required": limits.record_required,
            },
            "waivers": [_object(waiver, day) for waiver in waivers],
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
