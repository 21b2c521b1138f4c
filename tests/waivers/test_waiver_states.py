"""A waived rule is still evaluated: it would fail, need not be waived any more, or fails in another way than approved."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from waiver_worlds import DAY, FILE, MANIFEST, entry, gating, judged, outcomes, told, waivers_text

from aipolicy.findings.finding import Outcome, Severity
from aipolicy.report.formats.json_report import finding_object
from aipolicy.waivers.waiver import Standing, standing

RECORD = "{severity: error, facts: {data.classes: [health], metadata.lifecycle: pilot, plan.hosting: provider-api, plan.provider: openai, plan.region: us, plan.fallback: none}}"  # noqa: E501


def test_a_waived_finding_is_listed_with_who_when_and_why_and_does_not_gate() -> None:
    text = waivers_text(entry(ticket="SEC-1"), entry(rule="IN-002"))
    report = judged(text)
    waived = next(finding for finding in report.findings if finding.rule_id == "IN-001")
    assert finding_object(waived)["waiver"] == {
        "at": f"{FILE}:4", "holds": True, "state": "waived", "detail": "", "reason": "moving house", "owner": "claims",
        "approver": "privacy", "ticket": "SEC-1", "expires": "2027-01-15", "days_left": 55, "inline": False,
    }  # fmt: skip
    assert report.exit_code(Severity.ERROR) == 0
    assert report.totals.waived[Severity.ERROR] == 2
    assert report.totals.waivers == {"waived": 2}


DAYS = {
    "2026-10-31": ("violated", ["WAIVER-005"]),
    "2026-11-01": ("waived", []),
    "2026-12-15": ("waived", []),
    "2026-12-16": ("waived", ["WAIVER-008"]),
    "2027-01-15": ("waived", ["WAIVER-008"]),
    "2027-01-16": ("violated", ["WAIVER-003"]),
}


@pytest.mark.parametrize("day", DAYS)
def test_a_waiver_stands_from_its_approval_through_its_last_day(day: str) -> None:
    report = judged(waivers_text(entry()), day=date.fromisoformat(day))
    assert (outcomes(report)["IN-001"], [rule for rule, _, _ in told(report)]) == DAYS[day]


@given(st.integers(-500, 500))
def test_one_function_decides_on_which_days_a_waiver_stands(offset: int) -> None:
    report = judged(waivers_text(entry()))
    assert report.policy.waivers is not None
    waiver = report.policy.waivers.entries[0]
    day = DAY + timedelta(days=offset)
    stands = date(2026, 11, 1) <= day <= date(2027, 1, 15)
    assert (standing(waiver, day) is Standing.STANDS) == stands


MOVED = MANIFEST.replace("region: us", "region: eu")
UNNEEDED = {
    "the rule holds": (
        MANIFEST.replace("on_call: false", "on_call: true"),
        entry(rule="IN-002"),
        "IN-002 does not fail",
    ),
    "it no longer applies": (MANIFEST.replace("[health]", "[public]"), entry(), "IN-001 does not fail"),
    "it expired besides": (MANIFEST.replace("[health]", "[public]"), entry(expires="2026-11-02"), "does not fail"),
    "it fails elsewhere": (MANIFEST, entry(fact="plan.region"), "fails at `plan.hosting`, not at `plan.region`"),
}


@pytest.mark.parametrize(("manifest", "text", "message"), UNNEEDED.values(), ids=UNNEEDED)
def test_a_waiver_that_has_nothing_to_waive_is_told(manifest: str, text: str, message: str) -> None:
    found = told(judged(waivers_text(text), manifest))
    assert [(rule, line) for rule, line, _ in found] == [("WAIVER-004", 4)]
    assert message in found[0][2]


CONDITIONS = {
    "true": ("volume.requests_per_day <= 50", "waived", ""),
    "false": ("volume.requests_per_day < 50", "violated", "is false"),
    "unknown": ("budget.monthly_usd < 50", "violated", "is unknown without `budget.monthly_usd`"),
    "derived": ("data.sensitivity <= 3.0", "waived", ""),
}


@pytest.mark.parametrize(("condition", "outcome", "reason"), CONDITIONS.values(), ids=CONDITIONS)
def test_a_waiver_lapses_unless_its_conditions_are_known_to_hold(condition: str, outcome: str, reason: str) -> None:
    report = judged(waivers_text(entry(while_=f"['{condition}']")))
    assert outcomes(report)["IN-001"] == outcome
    lapsed = [message for rule, _, message in told(report) if rule == "WAIVER-005"]
    assert bool(lapsed) == bool(reason)
    assert all(reason in message for message in lapsed)


APPROVED = {
    "as approved": (MANIFEST, RECORD, ""),
    "classes in another order": (
        MANIFEST.replace("[health]", "[health, internal]"), RECORD.replace("[health]", "[internal, health]"), ""),
    "a fact that decides nothing": (MANIFEST.replace("requests_per_day: 50", "requests_per_day: 60"), RECORD, ""),
    "a class more": (MANIFEST.replace("[health]", "[health, biometric]"), RECORD, "`data.classes` is `health, biometric`"),
    "another region": (MOVED, RECORD, "`plan.region` is `eu`; approved was `us`"),
    "another fallback": (MANIFEST.replace("fallback: none", "fallback: provider-api"), RECORD, "`plan.fallback`"),
    "one more leg": (
        MANIFEST.replace("fallback: none", "fallback: provider-api\n  fallback_provider: mistral"),
        RECORD.replace("fallback: none", "fallback: provider-api"), "was not among what was approved"),
    "no region any more": (MANIFEST.replace("  region: us\n", ""), RECORD, "`plan.region` is no longer declared"),
    "further than approved": (MANIFEST.replace("pilot", "production"), RECORD, "`metadata.lifecycle` is `production`"),
    "heavier": (MANIFEST, RECORD.replace("error", "warning"), "it weighs error now, and was approved as warning"),
}  # fmt: skip


@pytest.mark.parametrize(("manifest", "record", "reason"), APPROVED.values(), ids=APPROVED)
def test_what_is_not_as_approved_is_not_waived(manifest: str, record: str, reason: str) -> None:
    report = judged(waivers_text(entry(approved=record)), manifest)
    assert outcomes(report)["IN-001"] == ("violated" if reason else "waived")
    worse = [message for rule, _, message in told(report) if rule == "WAIVER-006"]
    assert bool(worse) == bool(reason)
    assert all(reason in message for message in worse), worse


def test_a_condition_bounds_how_far_an_approved_fact_may_change() -> None:
    text = waivers_text(entry(approved=RECORD, while_='[\'plan.region in ["us", "eu"]\']'))
    assert outcomes(judged(text, MOVED))["IN-001"] == "waived"
    assert outcomes(judged(text, MANIFEST.replace("region: us", "region: ch")))["IN-001"] != "waived"


OWNERS = {
    "the owner it names": (MANIFEST, "claims", ""),
    "the same in another spelling": (MANIFEST, '"\uff23laims\u200b "', ""),
    "another owner": (MANIFEST, "web", "it is of `web`, and the feature is of `claims` now"),
    "the feature went to somebody else": (
        MANIFEST.replace("owner: claims", "owner: web"),
        "claims",
        "it is of `claims`, and the feature is of `web` now",
    ),
    "a feature of nobody": (MANIFEST.replace("owner: claims, ", ""), "claims", ""),
}


@pytest.mark.parametrize(("manifest", "owner", "reason"), OWNERS.values(), ids=OWNERS)
def test_a_waiver_holds_while_the_feature_is_of_the_owner_that_it_names(manifest: str, owner: str, reason: str) -> None:
    report = judged(waivers_text(entry(owner=owner)), manifest)
    assert outcomes(report)["IN-001"] == ("violated" if reason else "waived")
    assert [reason in message for rule, _, message in told(report) if rule == "WAIVER-005"] == (
        [True] if reason else []
    )


UNKNOWN = MANIFEST.replace("team: {on_call: false}\n", "")


def test_what_cannot_be_decided_is_waived_only_where_the_waiver_says_so() -> None:
    violated, undetermined = entry(rule="IN-002"), entry(rule="IN-002", outcome="undetermined")
    assert outcomes(judged(waivers_text(violated), UNKNOWN))["IN-002"] == "undetermined"
    assert [rule for rule, _, _ in told(judged(waivers_text(violated), UNKNOWN))] == ["WAIVER-005"]
    assert outcomes(judged(waivers_text(undetermined), UNKNOWN))["IN-002"] == "waived"
    report = judged(waivers_text(undetermined))
    assert outcomes(report)["IN-002"] == "violated"
    assert "is violated now" in next(message for rule, _, message in told(report) if rule == "WAIVER-006")


@pytest.mark.parametrize("outcome", ["violated", "undetermined"])
def test_a_waiver_of_what_is_undetermined_and_no_finding_is_neither_needed_nor_useless(
    outcome: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from aipolicy.run import evaluated_file

    real = evaluated_file.findings_on
    monkeypatch.setattr(
        evaluated_file, "findings_on",
        lambda *given: tuple(each for each in real(*given) if each.outcome is not Outcome.UNDETERMINED),
    )  # fmt: skip
    report = judged(waivers_text(entry(rule="IN-002", outcome=outcome)), UNKNOWN)
    assert told(report) == []
    assert report.totals.waivers == {"undetermined": 1}


def test_a_finding_says_of_its_waiver_why_it_does_not_hold() -> None:
    report = judged(waivers_text(entry(expires="2026-11-20")))
    finding = next(finding for finding in report.findings if finding.rule_id == "IN-001")
    assert finding.message.endswith(f"(the waiver at {FILE}:4 does not hold: it expired on 2026-11-20)")


def test_of_several_waivers_one_that_holds_is_enough() -> None:
    text = waivers_text(entry(expires="2026-11-20"), entry(fact="plan.hosting"))
    report = judged(text)
    assert outcomes(report)["IN-001"] == "waived"
    assert [(rule, line) for rule, line, _ in told(report)] == [("WAIVER-003", 4)]


def test_a_finding_about_waivers_is_the_same_wherever_its_entry_stands() -> None:
    from aipolicy.findings.comparison import identity_of

    alone, second = (
        next(identity_of(f) for f in judged(text).findings if f.rule_id == "WAIVER-003")
        for text in (
            waivers_text(entry(expires="2026-11-20")),
            waivers_text(entry(rule="IN-002"), entry(expires="2026-11-20")),
        )
    )
    assert alone == second
    assert alone.path == "IN-001"


def test_a_waiver_changes_no_verdict() -> None:
    assert judged(waivers_text(entry())).evaluations[0].verdict == judged(None).evaluations[0].verdict
    assert gating(judged(waivers_text(entry()))) == {("IN-002", "chat")}


@pytest.mark.parametrize("output_format", ["text", "concise", "json", "markdown", "junit", "csv", "sarif"])
def test_a_reason_can_neither_command_a_terminal_nor_show_a_secret(output_format: str) -> None:
    from aipolicy.report.formats.registry import rendered
    from aipolicy.report.view import View

    secret = "ghp_" + "a1B2" * 9
    report = judged(waivers_text(entry(reason=f'"\\u202e \\u001b[31m | <b> {secret}"')))
    text = "".join(rendered(output_format, report.result, View("error")))
    assert not {"\u202e", "\u001b"} & set(text)
    assert secret not in text
    assert "waived" in text
