"""What packs ask of waivers: the strictest of several holds, and every mistake is at its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipolicy.catalog.catalog import Catalog
from aipolicy.errors import AipolicyError
from aipolicy.policy.governance import Governance, NeverWaived, WaiverLimits, strictest
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.sources.locate import PackFiles

PACK = """\
apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: house, version: 1.0.0}
waivers: %s
rules:
  - {id: IN-001, name: offence, title: t, kind: duty, severity: error, require: [team.on_call], message: m}
"""


def test_where_no_pack_says_anything_the_defaults_hold() -> None:
    assert strictest([None, None]) == WaiverLimits()
    assert WaiverLimits().longest_days == 365
    assert strictest([Governance(longest_days=700)]).longest_days == 700


def test_of_several_packs_the_strictest_holds() -> None:
    one = Governance(
        longest_days=90, notice_days=10, never=(NeverWaived("A-001", "a:1"),), approvers=("x", "y"), most_per_owner=3,
        separate_approver=False, inline=True, ticket_required=True,
    )  # fmt: skip
    other = Governance(
        longest_days=30, notice_days=20, never=(NeverWaived("B", "b:1"),), approvers=("y", "z"), separate_approver=True,
        inline=False, record_required=True,
    )  # fmt: skip
    assert strictest([one, None, other]) == WaiverLimits(
        longest_days=30, notice_days=20, never=(NeverWaived("A-001", "a:1"), NeverWaived("B", "b:1")), approvers=("y",),
        separate_approver=True, most_per_owner=3, inline=False, ticket_required=True, record_required=True,
    )  # fmt: skip
    assert strictest([Governance(approvers=("x",)), Governance(approvers=("y",))]).approvers == ()
    assert strictest([Governance(approvers=("x", "z")), Governance(approvers=("X\u200b",))]).approvers == ("x",)


FLAGS = st.sampled_from([None, False, True])
COUNTS = st.none() | st.integers(1, 500)
SAID = st.builds(
    Governance, longest_days=COUNTS, notice_days=COUNTS, separate_approver=FLAGS, most_per_owner=COUNTS, inline=FLAGS,
    ticket_required=FLAGS, record_required=FLAGS,
    approvers=st.none() | st.lists(st.sampled_from("abc"), min_size=1).map(tuple),
)  # fmt: skip


@given(st.lists(SAID, min_size=1, max_size=4), SAID)
def test_a_further_pack_only_tightens_what_others_say(packs: list[Governance], more: Governance) -> None:
    before, after = strictest(packs), strictest([*packs, more])
    assert any(each.longest_days is not None for each in packs) <= (after.longest_days <= before.longest_days)
    assert before.approvers is None or set(after.approvers or ()) <= set(before.approvers)
    assert any(each.inline is not None for each in packs) <= (after.inline <= before.inline)
    assert any(each.separate_approver is not None for each in packs) <= (
        after.separate_approver >= before.separate_approver
    )
    assert (after.ticket_required, after.record_required) >= (before.ticket_required, before.record_required) or (
        after.ticket_required >= before.ticket_required and after.record_required >= before.record_required
    )
    assert strictest([more, *packs]) == after


MISTAKES = {
    "a misspelt key": ("{longest_day: 3}", "did you mean `longest_days`?"),
    "no days": ("{longest_days: 0}", "at least 1"),
    "half a day": ("{longest_days: 1.5}", "whole number"),
    "no number": ("{most_per_owner: many}", "must be a number"),
    "no list": ("{never: IN-001}", "must be a list of text"),
    "a misspelt rule": ("{never: [IN-01]}", "names no rule of this run: `IN-01`; did you mean `IN-001`?"),
    "a wildcard": ("{never: ['IN-*']}", "names no rule of this run"),
    "nobody": ("{approvers: []}", "`approvers` is empty"),
    "no flag": ("{inline: maybe}", "must be true or false"),
    "nothing": ("", "`waivers` is empty"),
    "no mapping": ("[inline]", "expected a mapping"),
}


@pytest.mark.parametrize(("text", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_what_is_asked_of_waivers_stops_the_run(text: str, message: str, catalog: Catalog) -> None:
    data = (PACK % text).encode()
    with pytest.raises(AipolicyError, match=r"house\.yaml") as error:
        load_packs([PackFiles("house.yaml", (("house.yaml", data),))], catalog, {})
    assert message in str(error.value)
