"""Where a finding points: the declaration that decides, then at most three others that made the rule apply."""

from __future__ import annotations

import pytest
from worlds import SHUT, findings, rule

LIFE = "metadata: {name: f, lifecycle: pilot, owner: web}\n"
BODY = LIFE + (
    "data: {classes: [health], residency: [EU], proprietary: false}\n"
    "latency: {p95_ms: 9, chained_calls: 1}\n"
    "team: {ml_engineers: 0, on_call: false}\n"
    "volume: {requests_per_day: 9, input_tokens: 9, output_tokens: 9}\n"
)
PLAN = (
    "plan: {adaptation: prompting, hosting: provider-api, provider: openai, model: gpt-6-luna, region: us, "
    "fallback: provider-api, fallback_provider: mistral, fallback_region: eu, routing: single}\n"
)
SHORT = "plan: {adaptation: prompting, hosting: provider-api, provider: openai}\n"
CASES: dict[str, tuple[str, str, str, str, str, tuple[str, ...]]] = {
    "the plan that decides an option fact": (
        BODY + PLAN, "constraint", "", 'option.region != "us"', "plan.region", ()),
    "the closest of several plan declarations, though another name comes first": (
        BODY + PLAN, "constraint", "", "!option.leaves_organization", "plan.hosting", ()),
    "the next closest where the closest is not declared": (
        BODY + SHORT.replace("hosting: provider-api, ", ""), "constraint", "", "!option.leaves_organization && false",
        "plan.provider", ()),
    "of equally close declarations the more specific": (
        BODY + PLAN, "constraint", "", 'option.model == "mistral-small-2603" || option.hosting == "on-device"',
        "plan.model", ()),
    "the specific is not reached before the close": (
        BODY + PLAN, "constraint", "", 'option.regions.all(c, c in ["FR"])', "plan.region", ()),
    "an axis that the plan leaves open, at what it says of the provider": (
        BODY + SHORT, "constraint", "", 'option.region != "us"', "plan.provider", ()),
    "an estimate points at the model": (
        BODY + PLAN, "constraint", "", "option.latency_p50_ms <= 0.5", "plan.model", ()),
    "what the plan decides before what the feature declares": (
        BODY + PLAN, "constraint", "", 'option.region == "eu" || team.on_call', "plan.region", ("team.on_call",)),
    "a duty at the declaration that breaks it": (
        BODY + PLAN, "duty", "", "team.on_call", "team.on_call", ()),
    "a duty at the declaration behind a derived fact": (
        BODY + PLAN, "duty", "", "data.sensitivity <= 0.0", "data.classes", ()),
    "a requirement that holds decides nothing": (
        BODY + PLAN, "duty", "", "latency.p95_ms > 1.0', 'team.on_call", "team.on_call", ("latency.p95_ms",)),
    "what leaves open whether it applies decides nothing where it fails": (
        BODY + PLAN, "duty", "latency.p95_ms > 10.0 || budget.monthly_usd > 1.0", "team.on_call",
        "team.on_call", ("latency.p95_ms",)),
    "three others, by name, and no fourth": (
        BODY + PLAN, "duty", '"health" in data.kinds && latency.p95_ms > 1.0 && latency.chained_calls > 0.0 '
        "&& team.ml_engineers < 1.0 && volume.requests_per_day > 1.0", "team.on_call",
        "team.on_call", ("data.classes", "latency.chained_calls", "latency.p95_ms")),
    "a declaration that decides is not named again": (
        BODY + PLAN, "duty", "latency.p95_ms > 1.0 && team.ml_engineers < 1.0", "latency.p95_ms > 10.0",
        "latency.p95_ms", ("team.ml_engineers",)),
    "one declaration behind two facts is named once": (
        BODY + PLAN, "duty", "data.sensitivity > 0.0 && data.personal", "team.on_call", "team.on_call", ("data.classes",)),
    "a fact that is not declared is no place": (
        BODY + PLAN, "duty", "team.ml_engineers < 1.0 && (team.ml_engineers < 1.0 || budget.monthly_usd > 1.0)",
        "team.on_call", "team.on_call", ("team.ml_engineers",)),
    "a duty that nobody declared, at the key that is missing": (
        LIFE + PLAN, "duty", "", "team.on_call && false", "team.on_call key", ()),
}  # fmt: skip


@pytest.mark.parametrize(("body", "kind", "when", "require", "place", "related"), CASES.values(), ids=CASES)
def test_a_finding_points_at_what_decides_and_names_what_made_the_rule_apply(
    body: str, kind: str, when: str, require: str, place: str, related: tuple[str, ...]
) -> None:
    found = next(
        f for f in findings(body, rule("ANY-001", require, when=when, kind=kind), SHUT) if f.rule_id == "ANY-001"
    )
    part = " key" if found.place.part == "key" else ""
    assert ".".join(map(str, found.place.path)) + part == place
    assert tuple(".".join(map(str, each.path)) for each in found.related) == related
    assert tuple(each.label for each in found.related) == related


FEW = 'team.ml_engineers < 1.0 && "health" in data.kinds'
MANY = (
    "team.ml_engineers < 1.0 && latency.chained_calls > 0.0 && !team.on_call && volume.input_tokens > 1.0 "
    "&& volume.output_tokens > 1.0 && !data.proprietary"
)
CLASHES: dict[str, tuple[str, str, list[tuple[str, str]]]] = {
    "each declaration once, with the rules that read it": (FEW, "team.ml_engineers < 1.0", [
        ("data.classes", "read by IN-001"), ("team.ml_engineers", "read by IN-001, OUT-001"),
    ]),
    "six at most, those of the first rule first": (FEW, MANY, [
        ("data.classes", "read by IN-001"), ("team.ml_engineers", "read by IN-001, OUT-001"),
        ("data.proprietary", "read by OUT-001"), ("latency.chained_calls", "read by OUT-001"),
        ("team.on_call", "read by OUT-001"), ("volume.input_tokens", "read by OUT-001"),
    ]),
}  # fmt: skip


@pytest.mark.parametrize(("inside", "outside", "related"), CLASHES.values(), ids=CLASHES)
def test_rules_that_leave_nothing_point_at_what_they_read(
    inside: str, outside: str, related: list[tuple[str, str]]
) -> None:
    clashing = (
        rule("IN-001", "!option.leaves_organization", when=inside),
        rule("OUT-001", "option.leaves_organization", when=outside),
        rule("REST-001", 'option.routing == "single"', when="latency.p95_ms > 1.0"),
    )
    found = next(f for f in findings(BODY, *clashing) if f.rule_id == "VERDICT-001")
    assert found.place.path == ("metadata", "name")
    assert [(".".join(map(str, each.path)), each.label) for each in found.related] == related
