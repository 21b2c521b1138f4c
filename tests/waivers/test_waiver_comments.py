"""Waivers in comments: under the same rules, where a pack allows them, and never silently ignored."""

from __future__ import annotations

import pytest
from waiver_worlds import MANIFEST, entry, judged, outcomes, told, waivers_text

ALLOWED = "waivers: {inline: true}"
GOOD = "# aipolicy: ignore[IN-001] moving house until=2027-01-15 approver=privacy ticket=S-1"


def beside(comment: str, line: str = "  hosting: provider-api") -> str:
    """Return the manifest with a comment beside a line."""
    return MANIFEST.replace(f"{line}\n", f"{line}  {comment}\n")


def above(*comments: str, line: str = "  hosting: provider-api") -> str:
    """Return the manifest with comments above a line."""
    return MANIFEST.replace(f"{line}\n", "".join(f"  {comment}\n" for comment in comments) + f"{line}\n")


@pytest.mark.parametrize(
    "manifest",
    [beside(GOOD), above(GOOD), above(GOOD, "# more about it", ""), beside(GOOD).replace("\n", "\r\n"),
     above(GOOD) + "---\n" + MANIFEST.replace("name: chat", "name: other").replace("[health]", "[public]")],
    ids=["beside", "above", "above, with more", "CRLF", "first of two"],
)  # fmt: skip
def test_a_comment_waives_what_is_found_at_its_line(manifest: str) -> None:
    report = judged(None, manifest, ALLOWED)
    waived = next(finding for finding in report.findings if finding.rule_id == "IN-001")
    assert waived.outcome == "waived"
    assert waived.waiver is not None
    assert (waived.waiver.owner, waived.waiver.approver, waived.waiver.ticket) == ("claims", "privacy", "S-1")
    assert (waived.waiver.reason, waived.waiver.inline) == ("moving house", True)
    assert not told(report)


NOT_WAIVING = {
    "no pack allows it": (beside(GOOD), "", "WAIVER-002"),
    "another line": (beside(GOOD, "  region: us"), ALLOWED, "WAIVER-004"),
    "two lines above": (MANIFEST.replace("plan:\n", f"{GOOD}\nplan:\n"), ALLOWED, "WAIVER-004"),
    "expired": (beside(GOOD.replace("2027-01-15", "2026-11-20")), ALLOWED, "WAIVER-003"),
    "too long": (beside(GOOD.replace("2027", "2028")), ALLOWED, "WAIVER-002"),
    "one person": (beside(GOOD.replace("privacy", "claims")), ALLOWED, "WAIVER-002"),
    "never": (beside(GOOD), "waivers: {inline: true, never: [IN]}", "WAIVER-002"),
    "a misspelt word": (beside(GOOD.replace("ignore", "ingore")), ALLOWED, "WAIVER-001"),
    "a misspelt name": (beside(GOOD.replace("aipolicy", "aipolcy")), ALLOWED, "WAIVER-001"),
    "no colon": (beside(GOOD.replace("aipolicy:", "aipolicy")), ALLOWED, "WAIVER-001"),
    "a space before the colon": (beside(GOOD.replace("aipolicy:", "aipolicy :")), ALLOWED, "WAIVER-001"),
    "in the middle": (beside(GOOD.replace("# ", "# TODO: ")), ALLOWED, "WAIVER-001"),
    "a misspelt rule": (beside(GOOD.replace("IN-001", "IN-01")), ALLOWED, "WAIVER-001"),
    "every rule": (beside(GOOD.replace("[IN-001]", "")), ALLOWED, "WAIVER-001"),
    "a rule about manifests": (beside(GOOD.replace("IN-001", "MAN-003")), ALLOWED, "WAIVER-001"),
    "no end": (beside(GOOD.replace("until=2027-01-15", "")), ALLOWED, "WAIVER-001"),
    "no day": (beside(GOOD.replace("2027-01-15", "soon")), ALLOWED, "WAIVER-001"),
    "no approver": (beside(GOOD.replace("approver=privacy", "")), ALLOWED, "WAIVER-001"),
    "a misspelt key": (beside(GOOD.replace("approver", "aprover")), ALLOWED, "WAIVER-001"),
    "no reason": (beside(GOOD.replace("moving house ", "")), ALLOWED, "WAIVER-001"),
    "beside another document": (
        MANIFEST + "---\n" + above(GOOD).replace("name: chat", "name: other").replace("[health]", "[public]"),
        ALLOWED, "WAIVER-004"),
}  # fmt: skip


@pytest.mark.parametrize(("manifest", "governance", "rule"), NOT_WAIVING.values(), ids=NOT_WAIVING)
def test_a_comment_that_does_not_waive_is_told_at_the_comment(manifest: str, governance: str, rule: str) -> None:
    report = judged(None, manifest, governance)
    assert outcomes(report)["IN-001"] == "violated"
    lines = manifest.splitlines()
    found = told(report)
    assert [each for each, _, _ in found] == [rule]
    assert "#" in lines[found[0][1] - 1]


def test_text_that_looks_like_a_comment_is_none() -> None:
    quoted = MANIFEST.replace("lifecycle: pilot", f'description: "x {GOOD}", lifecycle: pilot')
    block = MANIFEST.replace(
        "metadata: {name: chat, owner: claims, lifecycle: pilot}",
        f"metadata:\n  name: chat\n  owner: claims\n  lifecycle: pilot\n  description: |\n    {GOOD}\n",
    )
    for manifest in (quoted, block):
        report = judged(None, manifest, ALLOWED)
        assert not told(report)
        assert outcomes(report)["IN-001"] == "violated"


def test_a_comment_about_something_else_is_left_alone() -> None:
    assert not told(judged(None, beside("# see [IN-001] and aipolicy.toml"), ALLOWED))


def test_several_rules_are_waived_by_one_comment() -> None:
    manifest = MANIFEST.replace("team: {on_call: false}\n", "").replace(
        "  hosting: provider-api\n", f"  {GOOD.replace('[IN-001]', '[IN-001, OUT-001]')}\n  hosting: provider-api\n"
    )
    report = judged(None, manifest, ALLOWED)
    assert outcomes(report)["IN-001"] == "waived"
    assert [rule for rule, _, _ in told(report)] == ["WAIVER-004"]


def test_comments_count_towards_the_budget_of_an_owner() -> None:
    report = judged(waivers_text(entry(rule="IN-002")), beside(GOOD), "waivers: {inline: true, most_per_owner: 1}")
    assert [rule for rule, _, _ in told(report)] == ["WAIVER-002"]
