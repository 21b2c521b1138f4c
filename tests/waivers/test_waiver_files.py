"""Waivers files: every mistake of an entry is a finding at its line, and the entry waives nothing."""

from __future__ import annotations

import pytest
from waiver_worlds import DAY, FILE, HEAD, MANIFEST, entry, gating, judged, outcomes, policy, told, waivers_text

from aipolicy.errors import AipolicyError
from aipolicy.waivers.read import read_waivers

MALFORMED = {
    "a misspelt key": (entry(reasn="x"), "unknown key `reasn`; did you mean `reason`?"),
    "no reason": (entry("reason"), "missing key `reason`"),
    "an empty reason": (entry(reason='" "'), "`reason` is empty"),
    "no approver": (entry("approver"), "missing key `approver`"),
    "no owner": (entry("owner"), "missing key `owner`"),
    "never ends": (entry("expires"), "missing key `expires`"),
    "no day": (entry(expires="2027-02-30"), "`expires` must be a day as YYYY-MM-DD"),
    "ends first": (entry(expires="2026-10-31"), "it expires before it is approved"),
    "a misspelt rule": (entry(rule="IN-01"), "unknown rule `IN-01`; did you mean `IN-001`?"),
    "many rules": (entry(rule="IN"), "unknown rule `IN`"),
    "every rule": (entry(rule='"*"'), "unknown rule `*`"),
    "a rule about manifests": (entry(rule="MAN-003"), "is never waived"),
    "a rule about plans": (entry(rule="PLAN-003"), "is never waived"),
    "a rule about waivers": (entry(rule="WAIVER-003"), "is never waived"),
    "every feature": (entry(feature='"*"'), "there are no wildcards"),
    "a misspelt path": (entry(fact="plan.regon"), "did you mean `plan.region`?"),
    "a path of options": (entry(fact="option.region"), "is no path of a manifest"),
    "a misspelt fact": (entry(while_='["volume.request < 3"]'), "unknown fact `volume.request`"),
    "a fact of options": (entry(while_="['option.hosting == \"x\"']"), "unknown fact `option.hosting`"),
    "a word that is none": (entry(while_="['metadata.lifecycle == \"prod\"']"), "is never `prod`"),
    "no truth": (entry(while_="[volume.requests_per_day]"), "must be true or false"),
    "nothing while": (entry(while_=""), "`while` is empty"),
    "no list": (entry(while_="{a: b}"), "`while` must be a list"),
    "an outcome": (entry(outcome="satisfied"), "`satisfied` is not one of"),
    "no record": (entry(approved=""), "`approved` is empty"),
    "a record without facts": (entry(approved="{severity: error}"), "`facts` must be a mapping"),
    "a record of nothing": (entry(approved="{severity: error, facts: {plan.regon: us}}"), "`plan.regon`"),
    "only text": ("  - IN-001\n", "expected a mapping, found text"),
}


@pytest.mark.parametrize(("text", "message"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_entry_is_a_finding_at_its_line_and_waives_nothing(text: str, message: str) -> None:
    report = judged(waivers_text(entry(rule="IN-002"), text))
    found = [(line, said) for rule, line, said in told(report) if rule == "WAIVER-001"]
    assert found
    assert all(line == 5 for line, _ in found)
    assert any(message in said for _, said in found), found
    assert outcomes(report) == {"IN-001": "violated", "IN-002": "waived"}


def test_an_entry_that_is_written_twice_counts_once() -> None:
    report = judged(waivers_text(entry(), entry(expires="2027-02-01")))
    assert [(rule, line) for rule, line, _ in told(report)] == [("WAIVER-001", 5)]
    assert f"already waived at {FILE}:4" in told(report)[0][2]


UNUSABLE = {
    "broken YAML": (HEAD + "waivers: [", "invalid YAML"),
    "a key twice": (waivers_text(entry(rule="IN-001", reason="a, reason: b")), "written twice"),
    "nothing": ("", "the file is empty"),
    "another kind": (HEAD.replace("Waivers", "Waiver") + "waivers: []\n", "did you mean `Waivers`?"),
    "another version": (HEAD.replace("v1", "v2") + "waivers: []\n", "unknown version"),
    "a misspelt list": (HEAD + "waiver: []\n", "unknown key `waiver`"),
    "no list": (HEAD + "waivers: {rule: IN-001}\n", "must be a list"),
    "aliases": (HEAD + "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdef", "bcdefg", strict=True)) + "waivers: []\n",
        "aliases"),
    "a tag": (HEAD + "waivers: [!!python/object/apply:os.system [id]]\n", "tags are not supported"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), UNUSABLE.values(), ids=UNUSABLE)
def test_a_file_that_cannot_be_used_stops_the_run(text: str, message: str) -> None:
    with pytest.raises(AipolicyError, match=FILE) as error:
        judged(text)
    assert message in str(error.value)


GOVERNED = {
    "too long": ("longest_days: 74", entry(), "it lasts 75 days from its approval; the packs allow 74"),
    "as long as allowed": ("longest_days: 75", entry(), ""),
    "from today": ("longest_days: 54", entry("approved_on"), "it lasts 55 days from 2026-11-21"),
    "for ever": ("", entry(expires="9999-12-31"), "the packs allow 365"),
    "never": ("never: [IN-001]", entry(), "IN-001 cannot be waived"),
    "never any": ("never: [IN]", entry(), "IN-001 cannot be waived"),
    "another": ("never: [IN-002]", entry(), ""),
    "approver": ("approvers: [security]", entry(), "`privacy` may not approve waivers; the packs allow `security`"),
    "allowed approver": ("approvers: [security, privacy]", entry(), ""),
    "one person": ("", entry(approver="Claims"), "somebody else must approve"),
    "one person is enough": ("separate_approver: false", entry(approver="claims"), ""),
    "ticket": ("ticket_required: true", entry(), "it names no ticket"),
    "with a ticket": ("ticket_required: true", entry(ticket="S-1"), ""),
    "record": ("record_required: true", entry(), "does not record what was approved"),
    "budget of none": ("most_per_owner: 0", entry(), "the packs allow 0 an owner"),
}


@pytest.mark.parametrize(("governance", "text", "breach"), GOVERNED.values(), ids=GOVERNED)
def test_a_waiver_that_the_packs_do_not_allow_is_none(governance: str, text: str, breach: str) -> None:
    report = judged(waivers_text(text), governance=f"waivers: {{{governance}}}" if governance else "")
    assert outcomes(report)["IN-001"] == ("violated" if breach else "waived")
    against = [message for rule, line, message in told(report) if rule == "WAIVER-002" and line == 4]
    assert bool(against) == bool(breach)
    assert all(breach in message for message in against)


def test_beyond_the_budget_of_an_owner_the_latest_approved_waive_nothing() -> None:
    text = waivers_text(
        entry(approved_on="2026-11-20"), entry(rule="IN-002", approved_on="2026-11-02", owner="CLAIMS ")
    )
    report = judged(text, governance="waivers: {most_per_owner: 1}")
    assert outcomes(report) == {"IN-001": "violated", "IN-002": "waived"}
    expired = waivers_text(entry(), entry(rule="IN-002", approved_on="2026-10-01", expires="2026-11-20"))
    assert outcomes(judged(expired, governance="waivers: {most_per_owner: 1}"))["IN-001"] == "waived"


def test_a_waiver_of_a_feature_that_nobody_declares_is_told_where_the_run_covers_everything() -> None:
    text = waivers_text(entry(feature="chta"))
    assert [rule for rule, _, _ in told(judged(text))] == ["WAIVER-007"]
    assert told(judged(text, covers=False)) == []
    broken = MANIFEST + "---\napiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: chta}\nplam: {}\n"
    assert told(judged(text, broken)) == []


def test_thousands_of_entries_are_read_and_more_than_a_file_may_hold_are_refused() -> None:
    many = waivers_text(*(entry(feature=f"f{number}") for number in range(4_000)))
    read = read_waivers(((FILE, many.encode()),), policy().packs, policy().catalog, DAY)
    assert len(read.entries) == 4_000
    too_many = waivers_text(*(entry(feature=f"f{number}") for number in range(10_000)))
    with pytest.raises(AipolicyError, match="the limit is"):
        read_waivers(((FILE, too_many.encode()),), policy().packs, policy().catalog, DAY)


def test_without_waivers_every_finding_gates() -> None:
    assert gating(judged(waivers_text())) == {("IN-001", "chat"), ("IN-002", "chat")}
