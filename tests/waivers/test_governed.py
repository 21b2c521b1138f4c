"""What packs ask of a waiver: of all that it breaks the gravest is told, and beyond a budget are those approved last."""

from __future__ import annotations

from datetime import date

import pytest
from waiver_worlds import DAY, MANIFEST, entry, judged, waivers_text

from aipolicy.policy.governance import NeverWaived, WaiverLimits
from aipolicy.value import replace
from aipolicy.waivers.governed import governed, within_budget
from aipolicy.waivers.waiver import Waiver

END = "2027-01-15"
BROKEN: tuple[tuple[str, dict[str, object], dict[str, object], str], ...] = (
    ("rule", {"never": (NeverWaived("IN", "own.yaml:9"),)}, {}, "IN-001 cannot be waived (own.yaml:9)"),
    ("rule", {}, {"line": 7}, "no pack allows waivers in comments"),
    ("approver", {"approvers": ("security",)}, {}, "`claims` may not approve waivers; the packs allow `security`"),
    ("approver", {"separate_approver": True}, {}, "`claims` asks and approves"),
    ("expires", {"longest_days": 74}, {}, "it lasts 75 days from its approval; the packs allow 74"),
    ("ticket", {"ticket_required": True}, {}, "it names no ticket"),
    ("approved", {"record_required": True}, {}, "it does not record what was approved"),
    ("", {"longest_days": 75}, {}, ""),
)
"""What packs ask or a waiver says that breaks them, in the order in which it is told: its key and its words."""


@pytest.fixture(scope="module")
def waiver() -> Waiver:
    """Return a waiver whose owner approved it; otherwise all that can be asked of it is left to the limits."""
    read = judged(
        waivers_text(entry(approver="claims")), MANIFEST, "waivers: {separate_approver: false}"
    ).policy.waivers
    assert read is not None
    return read.entries[0]


@pytest.mark.parametrize("first", range(len(BROKEN)))
def test_of_all_that_a_waiver_breaks_the_gravest_is_told(waiver: Waiver, first: int) -> None:
    limits, said = WaiverLimits(separate_approver=False), waiver
    for _, asked, changes, _ in BROKEN[first:]:
        limits = limits._replace(**{**asked, "longest_days": min(limits.longest_days, asked.get("longest_days", 365))})
        said = replace(said, **changes)
    key, _, _, words = BROKEN[first]
    governed_waiver = governed(said, limits, DAY)
    assert (governed_waiver.breach_at, words in governed_waiver.breach) == (key, True)
    assert bool(governed_waiver.breach) == bool(words)


ALIKE = ("claims", "Claims ", "claims\u200b", "\uff43laims", "cla\u00adims", "claims\ufe0f")


@pytest.mark.parametrize("approver", ALIKE)
def test_nobody_approves_for_themselves_in_another_spelling(waiver: Waiver, approver: str) -> None:
    said = replace(waiver, approver=approver)
    assert "asks and approves" in governed(said, WaiverLimits(separate_approver=True), DAY).breach
    assert governed(said, WaiverLimits(separate_approver=False, approvers=("CLAIMS",)), DAY).breach == ""


LENGTHS: dict[str, tuple[date | None, date, int, str]] = {
    "as long as allowed": (date(2026, 11, 1), date(2026, 12, 1), 30, ""),
    "a day longer": (date(2026, 11, 1), date(2026, 12, 2), 30, "it lasts 31 days from its approval; the packs allow 30"),
    "from the day of the run where no approval is written": (
        None, date(2026, 12, 22), 30, "it lasts 31 days from 2026-11-21, as `approved_on` is not given"),
}  # fmt: skip


@pytest.mark.parametrize(("approved_on", "expires", "longest", "words"), LENGTHS.values(), ids=LENGTHS)
def test_a_waiver_lasts_from_its_approval(
    waiver: Waiver, approved_on: date | None, expires: date, longest: int, words: str
) -> None:
    limits = WaiverLimits(separate_approver=False, longest_days=longest)
    breach = governed(replace(waiver, approved_on=approved_on, expires=expires), limits, DAY).breach
    assert breach.startswith(words)
    assert bool(breach) == bool(words)


Asked = tuple[str, str | None, str]
"""Owner, day of approval, last day of a waiver."""
BUDGETS: dict[str, tuple[int | None, list[Asked], list[int]]] = {
    "no budget": (None, [("a", None, END)] * 3, []),
    "within it": (2, [("a", None, END)] * 2, []),
    "beyond it, the last of equals": (2, [("a", None, END)] * 3, [2]),
    "the latest approved, wherever it stands": (1, [("a", "2026-11-02", END), ("a", "2026-11-01", END)], [0]),
    "one without a day counts as approved today": (1, [("a", None, END), ("a", "2026-11-20", END)], [0]),
    "each owner alone": (1, [("a", None, END), ("b", None, END), ("a", None, END)], [2]),
    "two spellings of one owner": (1, [("Team  A", "2026-11-01", END), ("team a", "2026-11-02", END)], [1]),
    "an expired one takes no room": (1, [("a", "2026-11-01", "2026-11-20"), ("a", "2026-11-02", END)], []),
    "nor does one that is ahead": (1, [("a", "2026-11-22", END), ("a", "2026-11-02", END)], []),
    "no room at all": (0, [("a", None, END)], [0]),
}


@pytest.mark.parametrize(("most", "asked", "beyond"), BUDGETS.values(), ids=BUDGETS)
def test_beyond_the_budget_of_an_owner_are_those_approved_last(
    waiver: Waiver, most: int | None, asked: list[Asked], beyond: list[int]
) -> None:
    waivers = [
        replace(
            waiver, owner=owner, approved_on=date.fromisoformat(day) if day else None, expires=date.fromisoformat(end)
        )
        for owner, day, end in asked
    ]
    kept = within_budget(waivers, WaiverLimits(most_per_owner=most), DAY)
    assert [number for number, each in enumerate(kept) if each.breach] == beyond
    assert [each.owner for each in kept] == [owner for owner, _, _ in asked]
    assert all(each.breach_at == "owner" for each in kept if each.breach)


def test_a_waiver_that_breaks_something_else_takes_no_room_in_the_budget(waiver: Waiver) -> None:
    broken = replace(waiver, breach="it names no ticket")
    kept = within_budget([broken, waiver], WaiverLimits(most_per_owner=1), DAY)
    assert [each.breach for each in kept] == ["it names no ticket", ""]
    (told_of, _) = within_budget([waiver, replace(waiver, approved_on=None)], WaiverLimits(most_per_owner=0), DAY)
    assert told_of.breach == "`claims` has 2 waivers that stand; the packs allow 0 an owner"
