"""The waivers of a run with what became of each, the one that ends first first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aipolicy.report.portfolio.feature_row import FeatureRow
from aipolicy.run.policy import Policy
from aipolicy.source.text import escaped, without_secrets
from aipolicy.value import NamedTuple
from aipolicy.waivers.waiver import Waivers, WaiverUse, days_left

_NOT_LOOKED_AT = "feature not in this run"


class WaiverEnd(NamedTuple):
    """A waiver and its last day; text of input is escaped."""

    rule: str
    feature: str
    state: str
    detail: str
    expires: str
    days_left: int
    owner: str
    approver: str
    ticket: str
    reason: str
    at: str


def waiver_ends(rows: Iterable[FeatureRow], uses: Iterable[WaiverUse], policy: Policy) -> tuple[WaiverEnd, ...]:
    """Return the waivers of files, and those in comments that name a finding."""
    ends = [*_of_files(uses, policy), *_in_comments(rows)]
    return tuple(sorted(ends, key=lambda end: (end.expires, end.rule, end.feature, end.at)))


def _of_files(uses: Iterable[WaiverUse], policy: Policy) -> Iterator[WaiverEnd]:
    used = {use.entry: use for use in uses if use.entry is not None}
    day = policy.waived_on or policy.catalog.as_of
    for number, waiver in enumerate((policy.waivers or Waivers()).entries):
        use = used.get(number)
        state = "against policy" if waiver.breach else _NOT_LOOKED_AT if use is None else use.state.value
        yield WaiverEnd(
            waiver.rule, escaped(waiver.feature), state, escaped(waiver.breach or ("" if use is None else use.detail)),
            waiver.expires.isoformat(), days_left(waiver, day), escaped(waiver.owner), escaped(waiver.approver),
            escaped(waiver.ticket), escaped(without_secrets(waiver.reason)), escaped(waiver.at),
        )  # fmt: skip


def _in_comments(rows: Iterable[FeatureRow]) -> Iterator[WaiverEnd]:
    seen: set[tuple[str, str, str]] = set()
    for row in rows:
        for finding in row.findings:
            note = finding.waiver
            if note is not None and note.inline and (note.at, finding.rule_id, row.name) not in seen:
                seen.add((note.at, finding.rule_id, row.name))
                yield WaiverEnd(
                    finding.rule_id, row.name, note.state, escaped(note.detail), note.expires, note.days_left,
                    escaped(note.owner), escaped(note.approver), escaped(note.ticket),
                    escaped(without_secrets(note.reason)), escaped(note.at),
                )  # fmt: skip
