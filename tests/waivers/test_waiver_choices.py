"""Where several things could be said of a waiver, or several waivers name a finding: what is said, and by which."""

from __future__ import annotations

from itertools import permutations

import pytest
from waiver_worlds import DAY, MANIFEST, entry, judged, told, waivers_text

from aipolicy.findings.finding import Outcome, Severity, WaiverNote
from aipolicy.value import replace
from aipolicy.waivers.waive import waive
from aipolicy.waivers.waiver import WaiverState

INLINE = "waivers: {inline: true, approvers: [privacy]}"
ELSEWHERE = "{severity: error, facts: {data.classes: [health], metadata.lifecycle: pilot, plan.hosting: provider-api, plan.provider: openai, plan.region: eu, plan.fallback: none}}"  # noqa: E501
STATES: dict[str, dict[str, str]] = {
    "waived": {},
    "fails worse than approved": {"approved": ELSEWHERE},
    "lapsed": {"while_": "[volume.requests_per_day < 1]"},
    "expired": {"expires": "2026-11-20"},
    "against policy": {"approver": "somebody"},
}
"""What makes an entry of the state, the one that says most first."""


def note(manifest: str, *entries: str) -> WaiverNote:
    """Return the note on the finding that the entries name."""
    report = judged(waivers_text(*entries), manifest, INLINE)
    found = next(finding.waiver for finding in report.findings if finding.rule_id == "IN-001")
    assert found is not None
    return found


@pytest.mark.parametrize(("one", "other"), tuple(permutations(STATES, 2)))
def test_of_two_waivers_the_one_that_says_most_is_shown_wherever_it_stands(one: str, other: str) -> None:
    best = min(one, other, key=list(STATES).index)
    found = note(
        MANIFEST, entry(ticket="one", **STATES[one]), entry(ticket="other", fact="plan.hosting", **STATES[other])
    )
    assert (found.state, found.ticket) == (best, "one" if best == one else "other")


END = "2027-01-15"
COMMENT = "# aipolicy: ignore[IN-001] said here until={} ticket=comment approver=privacy approved_on=2026-11-01"
BESIDE = "  hosting: provider-api"
ALIKE: dict[str, tuple[str, str, str, str]] = {
    "the entry lasts longest": ("2027-01-16", "2027-01-15", "2027-01-14", "entry"),
    "the entry at a place lasts longest": ("2027-01-15", "2027-01-16", "2027-01-14", "placed"),
    "the comment lasts longest": ("2027-01-15", "2027-01-14", "2027-01-16", "comment"),
    "all end alike, the first by path": ("2027-01-15", "2027-01-15", "2027-01-15", "comment"),
    "two entries end alike, the first by line": ("2027-01-15", "2027-01-15", "2027-01-14", "entry"),
}


@pytest.mark.parametrize(("entry_until", "placed_until", "comment_until", "ticket"), ALIKE.values(), ids=ALIKE)
def test_of_waivers_that_say_as_much_the_one_that_lasts_longest_is_shown(
    entry_until: str, placed_until: str, comment_until: str, ticket: str
) -> None:
    manifest = MANIFEST.replace(BESIDE, f"{BESIDE}  {COMMENT.format(comment_until)}")
    found = note(
        manifest, entry(ticket="entry", expires=entry_until),
        entry(ticket="placed", fact="plan.hosting", expires=placed_until),
    )  # fmt: skip
    assert (found.ticket, found.inline, found.holds) == (ticket, ticket == "comment", True)


def test_of_two_findings_that_a_waiver_names_the_one_that_it_fails_is_what_became_of_it() -> None:
    report = judged(waivers_text(entry(approved=ELSEWHERE.replace("eu", "us").replace("error", "warning"))))
    assert report.policy.waivers is not None
    finding = next(each for each in report.findings if each.rule_id == "IN-001")
    heavy = replace(finding, outcome=Outcome.VIOLATED, waiver=None)
    light = replace(heavy, severity=Severity.WARNING)
    entries = list(enumerate(report.policy.waivers.entries))
    for findings in ((heavy, light), (light, heavy)):
        waived = waive(findings, entries, report.evaluations[0], (), DAY)
        assert [use.state for use in waived.uses] == [WaiverState.WORSE]
        assert {each.severity: each.outcome for each in waived.findings} == {
            Severity.ERROR: Outcome.VIOLATED, Severity.WARNING: Outcome.WAIVED,
        }  # fmt: skip


FALSE, UNKNOWN, FAILING = "volume.requests_per_day < 1", "budget.monthly_usd < 1", "1 / 0 == volume.requests_per_day"
OPEN = {"rule": "IN-002"}
UNDECIDED = MANIFEST.replace("team: {on_call: false}\n", "")
REASONS: dict[str, tuple[str, dict[str, str], str]] = {
    "against policy before expired": (
        MANIFEST, {"approver": "somebody", "expires": "2026-11-20"}, "`somebody` may not approve waivers"),
    "expired before anything else": (
        MANIFEST, {"expires": "2026-11-20", "approved": ELSEWHERE, "while_": f"[{FALSE}]"}, "it expired on 2026-11-20"),
    "not begun before what was approved": (
        MANIFEST, {"approved_on": "2026-11-22", "approved": ELSEWHERE}, "it is approved from 2026-11-22 on"),
    "what was approved before conditions": (
        MANIFEST, {"approved": ELSEWHERE, "while_": f"[{FALSE}]"}, "`plan.region` is `us`"),
    "weight before values": (
        MANIFEST, {"approved": ELSEWHERE.replace("error", "warning")}, "it weighs error now, and was approved as warning"),
    "how it fails before weight": (
        MANIFEST, {**OPEN, "outcome": "undetermined", "approved": "{severity: warning, facts: {}}"},
        "it was undetermined when it was approved, and is violated now"),
    "values by name": (
        MANIFEST, {"approved": ELSEWHERE.replace("pilot", "idea").replace("openai", "mistral")},
        "`metadata.lifecycle` is `pilot`; approved was `idea`"),
    "a value that was not among them, by name too": (
        MANIFEST, {"approved": ELSEWHERE.replace("data.classes: [health], ", "").replace("pilot", "idea")},
        "`data.classes` is `health`, and was not among what was approved"),
    "what is no longer declared, by name too": (
        MANIFEST.replace("lifecycle: pilot", "x: 1").replace(", x: 1", ""), {"approved": ELSEWHERE},
        "`metadata.lifecycle` is no longer declared; approved was `pilot`"),
    "values before that it is undetermined": (
        UNDECIDED, {**OPEN, "approved": "{severity: error, facts: {team.on_call: false}}"},
        "`data.classes` is `health`, and was not among what was approved"),
    "that it is undetermined before conditions": (
        UNDECIDED, {**OPEN, "while_": f"[{FALSE}]"}, "the rule is undetermined, and the waiver covers a violation"),
    "the first condition that does not hold": (
        MANIFEST, {"while_": f"['volume.requests_per_day > 1', {UNKNOWN}, {FALSE}]"},
        f"its condition `{UNKNOWN}` is unknown without `budget.monthly_usd`"),
    "a condition that fails before its missing facts": (
        MANIFEST, {"while_": "['1 / 0 == 1 && budget.monthly_usd < 1.0']"}, "cannot be evaluated, divide by zero"),
}  # fmt: skip


@pytest.mark.parametrize(("manifest", "changes", "reason"), REASONS.values(), ids=REASONS)
def test_of_several_reasons_why_a_waiver_does_not_hold_the_first_is_told(
    manifest: str, changes: dict[str, str], reason: str
) -> None:
    report = judged(waivers_text(entry(**changes)), manifest, INLINE)
    found = next(f.waiver for f in report.findings if f.rule_id == changes.get("rule", "IN-001"))
    assert found is not None
    assert reason in found.detail


def test_a_rule_that_was_left_out_by_choice_says_nothing_of_its_waiver() -> None:
    report = judged(waivers_text(entry()))
    assert report.policy.waivers is not None
    (waiver,) = report.policy.waivers.entries
    for rule_id, ignored, state, words in (
        ("IN-001", ("IN-001",), WaiverState.NOT_EVALUATED, "IN-001 is not evaluated by choice"),
        ("NONE-001", ("NONE-001",), WaiverState.NOT_EVALUATED, "NONE-001 is not evaluated by choice"),
        ("NONE-001", (), WaiverState.UNNEEDED, "NONE-001 is not in force for this feature"),
        ("OUT-001", (), WaiverState.UNNEEDED, "OUT-001 does not fail"),
    ):
        (use,) = waive((), [(3, replace(waiver, rule=rule_id))], report.evaluations[0], ignored, DAY).uses
        assert (use.entry, use.state, use.detail) == (3, state, words)


BLOCK = """\
  - feature: {feature}
    rule: {rule}
    reason: moving house
    owner: claims
    approver: {approver}
    expires: {expires}
    while:
      - {condition}
"""
TRUE = "volume.requests_per_day < 100"
GOOD = {"rule": "IN-001", "feature": "chat", "approver": "privacy", "expires": "2027-01-15", "condition": TRUE}
TOLD: dict[str, tuple[dict[str, str], list[tuple[str, int, str]]]] = {
    "it holds": ({}, []),
    "the breach, and nothing of what became of it": (
        {"approver": "somebody", "expires": "2026-11-20"}, [("WAIVER-002", 8, "`somebody` may not approve waivers")]),
    "the breach of one that names no feature": (
        {"approver": "somebody", "feature": "nobody"}, [("WAIVER-002", 8, "`somebody` may not approve waivers")]),
    "a breach whose key is not written, at the rule": (
        {"rule": "IN-002"}, [("WAIVER-002", 5, "it names no ticket")]),
    "no such feature, at the feature": ({"feature": "nobody"}, [("WAIVER-007", 4, "no manifest declares the feature")]),
    "a condition, at its key": ({"condition": FALSE}, [("WAIVER-005", 10, "is false")]),
    "its last day, at the day": (
        {"expires": "2026-11-21"}, [("WAIVER-008", 9, "ends on 2026-11-21; today is its last day")]),
    "two days": ({"expires": "2026-11-23"}, [("WAIVER-008", 9, "ends on 2026-11-23; 2 days are left")]),
    "the last day of the notice": ({"expires": "2026-12-01"}, [("WAIVER-008", 9, "10 days are left")]),
    "before the notice": ({"expires": "2026-12-02"}, []),
    "one that ends soon and does not hold": (
        {"expires": "2026-11-23", "condition": FALSE}, [("WAIVER-005", 10, "is false")]),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), TOLD.values(), ids=TOLD)
def test_what_is_told_of_a_waiver_stands_at_the_key_that_it_is_about(
    changes: dict[str, str], expected: list[tuple[str, int, str]]
) -> None:
    asked = f"ticket_required: {str(changes.get('rule') == 'IN-002').lower()}, notice_days: 10"
    text = waivers_text(BLOCK.format(**{**GOOD, **changes}))
    found = told(judged(text, MANIFEST, f"waivers: {{approvers: [privacy], {asked}}}"))
    assert [(rule_id, line) for rule_id, line, _ in found] == [(rule_id, line) for rule_id, line, _ in expected]
    assert all(words in message for (_, _, message), (_, _, words) in zip(found, expected, strict=True))


BUDGET = "waivers: {inline: true, most_per_owner: 1}"
NIGHT = "team: {on_call: false}"
SECOND = "# aipolicy: ignore[IN-002] by night until={} owner=CLAIMS approver=privacy"
AMONG: dict[str, tuple[str | None, str, str, list[int]]] = {
    "the first by line has the room": (None, END, END, [8]),
    "an entry of a file comes first, however its owner is spelt": (
        entry(rule="OUT-001", owner="Claims"),
        END,
        END,
        [5, 8],
    ),
    "unless it expired": (entry(rule="OUT-001", expires="2026-11-20"), END, END, [8]),
    "or is another owner's": (entry(rule="OUT-001", owner="web"), END, END, [8]),
    "a comment that waives nothing takes no room": (None, END, "2026-11-20", []),
}


@pytest.mark.parametrize(("listed", "until", "night_until", "beyond"), AMONG.values(), ids=AMONG)
def test_waivers_in_comments_share_the_budget_of_their_owner_with_files(
    listed: str | None, until: str, night_until: str, beyond: list[int]
) -> None:
    comments = MANIFEST.replace(BESIDE, f"{BESIDE}  {COMMENT.format(until)}".replace("=comment", "=claims"))
    comments = comments.replace(NIGHT, f"{NIGHT}  {SECOND.format(night_until)}")
    report = judged(waivers_text(listed) if listed else None, comments, BUDGET)
    found = [(line, message) for rule_id, line, message in told(report) if rule_id == "WAIVER-002"]
    assert [line for line, _ in found] == beyond
    assert all(
        f"the packs allow no more; the one at chat.aifeature.yaml:{line} is beyond" in words for line, words in found
    )


def test_what_weighs_less_than_approved_is_still_waived() -> None:
    facts = "{data.classes: [health], metadata.lifecycle: pilot, volume.requests_per_day: 200}"
    text = waivers_text(entry(rule="OUT-001", approved=f"{{severity: error, facts: {facts}}}"))
    report = judged(text, MANIFEST.replace("requests_per_day: 50", "requests_per_day: 200"))
    assert {f.rule_id: f.outcome.value for f in report.findings}["OUT-001"] == "waived"
