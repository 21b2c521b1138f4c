"""Findings beside those known before: which is compared with which, what each is called, and in which order they stand."""

from __future__ import annotations

from itertools import permutations

import pytest

from aipolicy.findings.comparison import Comparison, KnownFinding, compare, counted, identity_of, known_from
from aipolicy.findings.finding import Finding, FindingChange, Outcome, Place, Severity, WaiverNote

LETTERS = {
    "E": (Severity.ERROR, Outcome.VIOLATED), "e": (Severity.ERROR, Outcome.UNDETERMINED),
    "W": (Severity.WARNING, Outcome.VIOLATED), "w": (Severity.WARNING, Outcome.UNDETERMINED),
    "N": (Severity.NOTE, Outcome.VIOLATED), "n": (Severity.NOTE, Outcome.UNDETERMINED),
    "x": (Severity.ERROR, Outcome.WAIVED), "y": (Severity.WARNING, Outcome.WAIVED),
}  # fmt: skip
"""How bad a finding is: severity by letter, a capital for violated, a small one for undetermined, x and y waived."""


WAIVER = {
    "at": "w:1", "holds": True, "state": "waived", "detail": "", "reason": "r", "owner": "o", "approver": "p",
    "ticket": "", "days_left": 9,
}  # fmt: skip


def note(expires: str) -> WaiverNote:
    """Return the note of a waiver that holds."""
    return WaiverNote(expires=expires, **WAIVER)  # type: ignore[arg-type]


def finding(letter: str = "E", rule_id: str = "A-001", path: str = "plan.region", **changes: object) -> Finding:
    """Return a finding of one rule on one feature."""
    severity, outcome = LETTERS[letter]
    values: dict[str, object] = {
        "rule_id": rule_id, "rule_name": "n", "severity": severity, "outcome": outcome, "message": "m",
        "file": "a.yaml", "feature": "chat", "place": Place(path=tuple(path.split(".")) if path else ()),
    }  # fmt: skip
    if outcome is Outcome.WAIVED:
        values["waiver"] = note("2027-01-15")
    return Finding(**(values | changes))  # type: ignore[arg-type]


def known(letters: str) -> list[KnownFinding]:
    """Return what was known before, as a baseline has it: without findings."""
    return [KnownFinding(identity_of(finding()), *LETTERS[letter]) for letter in letters]


NEW, WORSE, SAME, WAIVED = FindingChange.NEW, FindingChange.WORSE, FindingChange.UNCHANGED, FindingChange.WAIVED
PAIRS: dict[str, tuple[str, str, list[FindingChange], str]] = {
    "nothing was known": ("E", "", [NEW], ""),
    "the same": ("E", "E", [SAME], ""),
    "heavier": ("W", "N", [WORSE], ""),
    "lighter": ("N", "E", [SAME], ""),
    "certain where it was not": ("E", "e", [WORSE], ""),
    "no longer certain": ("e", "E", [SAME], ""),
    "heavier, and no longer certain": ("e", "W", [WORSE], ""),
    "lighter, and certain now": ("W", "e", [WORSE], ""),
    "no longer waived": ("E", "x", [WORSE], ""),
    "open again where it was waived": ("e", "x", [WORSE], ""),
    "waived now": ("x", "E", [WAIVED], ""),
    "heavier, if waived": ("x", "N", [WORSE], ""),
    "still waived": ("x", "x", [SAME], ""),
    "the worst with the worst, whatever the order": ("WE", "EW", [SAME, SAME], ""),
    "weight before certainty": ("We", "Ew", [WORSE, SAME], ""),
    "certainty of equal weight": ("eE", "Ee", [SAME, SAME], ""),
    "one more is new, and it is the mildest": ("nEW", "EW", [NEW, SAME, SAME], ""),
    "one worse among equals": ("EE", "EW", [SAME, WORSE], ""),
    "a milder one has no share in what a worse one was allowed": ("W", "EW", [SAME], "W"),
    "what is left over is told, the mildest remain": ("E", "nEw", [SAME], "nw"),
    "nothing is found any more": ("", "EnW", [], "nWE"),
}


@pytest.mark.parametrize(("now", "before", "changes", "gone"), PAIRS.values(), ids=PAIRS)
def test_the_worst_is_compared_with_the_worst_and_one_more_is_new(
    now: str, before: str, changes: list[FindingChange], gone: str
) -> None:
    for order in permutations(before):
        compared, rest = compare([finding(letter) for letter in now], known("".join(order)))
        assert [each.change for each in compared] == changes
        assert [(each.severity, each.outcome) for each in rest] == [LETTERS[letter] for letter in gone]


LAST_DAYS: dict[str, tuple[str | None, str | None, FindingChange]] = {
    "until the same day": ("2027-01-15", "2027-01-15", SAME),
    "given more time": ("2027-01-15", "2027-01-16", WAIVED),
    "given less time": ("2027-01-15", "2027-01-14", SAME),
    "nobody knows until when it was": (None, "2027-01-15", SAME),
    "nobody says until when": ("2027-01-15", None, SAME),
}


@pytest.mark.parametrize(("before", "now", "change"), LAST_DAYS.values(), ids=LAST_DAYS)
def test_a_waiver_that_is_given_more_time_is_told(before: str | None, now: str | None, change: FindingChange) -> None:
    one, other = (finding("x", waiver=note(day) if day else None) for day in (before, now))
    ((compared,), _) = compare([other], [known_from(one)])
    assert compared.change is change


MILDER: list[tuple[str, str, str, FindingChange]] = [
    ("E", "E", "E", SAME), ("E", "E", "W", SAME), ("E", "E", "", SAME), ("E", "W", "E", SAME), ("E", "W", "W", WORSE),
    ("E", "W", "", WORSE), ("E", "", "E", SAME), ("E", "", "W", WORSE), ("E", "", "", NEW),
    ("x", "E", "x", SAME), ("x", "x", "E", SAME), ("x", "E", "", WAIVED), ("x", "", "E", WAIVED), ("x", "N", "E", WAIVED),
]  # fmt: skip


@pytest.mark.parametrize(("now", "base", "baseline", "change"), MILDER)
def test_of_what_base_and_baseline_say_the_milder_holds(
    now: str, base: str, baseline: str, change: FindingChange
) -> None:
    beside_base, _ = compare([finding(now)], known(base))
    ((compared,), _) = compare(beside_base, known(baseline))
    assert compared.change is change


IDENTITIES: dict[str, tuple[Finding, Finding, bool]] = {
    "another file": (finding(), finding(file="b.yaml"), True),
    "another message": (finding(), finding(message="other"), True),
    "another rule": (finding(), finding(rule_id="A-002"), False),
    "another feature": (finding(), finding(feature="b"), False),
    "another place": (finding(), finding(path="plan.model"), False),
    "a subject instead of a place": (finding(subject="s"), finding(subject="s", path="plan.model"), True),
    "another subject": (finding(subject="s"), finding(subject="t"), False),
    "a broken manifest with another message": (
        finding(rule_id="MAN-001"), finding(rule_id="MAN-001", message="other"), False),
    "a broken manifest in another file": (finding(rule_id="MAN-001"), finding(rule_id="MAN-001", file="b.yaml"), False),
    "no feature and another message": (finding(feature=""), finding(feature="", message="other"), False),
    "no feature, but a subject": (
        finding(feature="", subject="s"), finding(feature="", subject="s", message="other", file="b.yaml"), True),
}  # fmt: skip


@pytest.mark.parametrize(("one", "other", "same"), IDENTITIES.values(), ids=IDENTITIES)
def test_two_findings_are_the_same_by_rule_feature_and_declaration(one: Finding, other: Finding, same: bool) -> None:
    assert (identity_of(one) == identity_of(other)) is same
    ((compared,), gone) = compare([other], [known_from(one)])
    assert (compared.change, len(gone)) == ((SAME, 0) if same else (NEW, 1))


def test_paths_of_both_sides_are_made_equal_before_broken_manifests_are_compared() -> None:
    before, now = (finding(rule_id="MAN-001", file=f"{side}/a.yaml") for side in ("base", "now"))

    def file_of(path: str) -> str:
        return path.partition("/")[2]

    ((compared,), gone) = compare([now], [known_from(before, file_of)], file_of)
    assert (compared.change, gone) == (SAME, ())


def test_what_is_gone_stands_by_rule_feature_and_place_the_mildest_first() -> None:
    listed = [
        finding("E", "A-001", "plan.model"), finding("W", "A-001", "plan.region"), finding("E", "A-001", "plan.region"),
        finding("E", "A-001", "plan.model", feature="desk"), finding("n", "B-001", "data.classes"),
    ]  # fmt: skip
    for order in permutations(listed):
        _, gone = compare([], map(known_from, order))
        assert [each.finding for each in gone] == listed


def test_findings_keep_their_order_and_changes_are_counted_whoever_made_them() -> None:
    findings = [finding("n"), finding("E", "B-001"), finding("x", "C-001"), finding("E"), finding("W", "D-001")]
    before = [*known("n"), known_from(finding("E", "C-001")), known_from(finding("w", "D-001"))]
    compared, _ = compare(findings, before)
    assert [each.rule_id for each in compared] == [each.rule_id for each in findings]
    assert [each.change for each in compared] == [NEW, NEW, WAIVED, WORSE, WORSE]
    result = counted(Comparison(base="main"), compared)
    assert (result.base, result.new, result.worse, result.waived, result.unchanged) == ("main", 2, 2, 1, 0)
