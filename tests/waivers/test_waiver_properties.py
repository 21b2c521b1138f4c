"""Whatever waivers say, nothing stops gating but what a standing waiver names by rule and feature."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from waiver_worlds import DAY, MANIFEST, entry, gating, judged, waivers_text

from aipolicy.waivers.waiver import Standing, standing

RULES = st.sampled_from(["IN-001", "IN-002", "OUT-001", "IN-003", "MAN-003", "IN", "'*'"])
FEATURES = st.sampled_from(["chat", "other", "'*'", "cha"])
FACTS = st.sampled_from(["", "plan.hosting", "plan.region", "team.on_call", "plan"])
CONDITIONS = st.sampled_from(["", "volume.requests_per_day < 60", "budget.monthly_usd < 1", "true", "nonsense("])
DAYS = st.integers(-60, 400).map(lambda offset: (DAY + timedelta(days=offset)).isoformat())
GOVERNANCE = st.sampled_from(["", "waivers: {never: [IN-002]}", "waivers: {most_per_owner: 1, longest_days: 90}"])
MANIFESTS = st.sampled_from([MANIFEST, MANIFEST.replace("false", "true"), MANIFEST.replace("50", "500"),
                             MANIFEST.replace("[health]", "[public]")])  # fmt: skip


@st.composite
def entries(draw: st.DrawFn) -> str:
    changes = {"rule": draw(RULES), "feature": draw(FEATURES), "expires": draw(DAYS), "approved_on": draw(DAYS)}
    changes["approver"] = draw(st.sampled_from(["privacy", "claims"]))
    if fact := draw(FACTS):
        changes["fact"] = fact
    if condition := draw(CONDITIONS):
        changes["while_"] = f"['{condition}']"
    changes["outcome"] = draw(st.sampled_from(["violated", "undetermined"]))
    return entry(draw(st.sampled_from(["", "", "", "reason", "owner"])), **changes)


@settings(max_examples=150)
@given(st.lists(entries(), max_size=4), GOVERNANCE, MANIFESTS, st.booleans())
def test_only_what_a_standing_waiver_names_stops_gating(
    listed: list[str], governance: str, manifest: str, covers: bool
) -> None:
    without = gating(judged(None, manifest, governance))
    report = judged(waivers_text(*listed), manifest, governance, covers=covers)
    own = {each for each in gating(report) if not each[0].startswith("WAIVER-")}
    assert own <= without
    assert report.policy.waivers is not None
    standing_now = {
        (waiver.rule, waiver.feature) for waiver in report.policy.waivers.entries
        if not waiver.breach and standing(waiver, DAY) is Standing.STANDS
    }  # fmt: skip
    assert without - own <= standing_now
    held = {(f.rule_id, f.feature) for f in report.findings if f.outcome == "waived"}
    assert held == without - own


@settings(max_examples=50)
@given(st.permutations([entry(), entry(rule="IN-002"), entry(rule="OUT-001"), entry(rule="IN-9"), entry(feature="x")]))
def test_the_order_of_entries_changes_nothing(listed: list[str]) -> None:
    def found(entries: list[str]) -> list[tuple[str, str, str]]:
        report = judged(waivers_text(*entries))
        return sorted((f.rule_id, f.feature, f.outcome.value) for f in report.findings)

    assert found(listed) == found(sorted(listed))


@settings(max_examples=100)
@given(st.integers(0, 400))
def test_time_alone_never_brings_a_waiver_back(days: int) -> None:
    day = DAY + timedelta(days=days)
    held = ("IN-001", "chat") not in gating(judged(waivers_text(entry()), day=min(day, date(2027, 11, 1))))
    assert held == (min(day, date(2027, 11, 1)) <= date(2027, 1, 15))
