"""Which facts a finding says would settle it: those whose absence decides, and no others."""

from __future__ import annotations

import pytest
from worlds import SHUT, catalog, findings, pack, rule

from aipolicy.evaluation.missing_facts import missing_facts
from aipolicy.evaluation.rule_evaluator import LineTrace
from aipolicy.facts.facts import facts_from_values
from aipolicy.facts.spec import FactValue
from aipolicy.policy.cel.expressions import Truth

ANY_RULE = pack(rule("ANY-001", "team.on_call", kind="duty"))[0].rules[0]
TOKENS = ("volume.input_tokens", "volume.output_tokens")
LOAD = ("latency.p95_ms", *TOKENS, "volume.requests_per_day")
WORKLOAD = {
    "latency.chained_calls": 1.0, "volume.cached_share": 0.0, "volume.peak_to_mean": 1.0, **dict.fromkeys(LOAD, 9.0),
}  # fmt: skip

Line = tuple[str, Truth, str]
"""Section, truth, and the names that the line reads: the unknown ones, then after `|` the known ones."""
TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


def trace(line: Line) -> LineTrace:
    """Return the trace of a line."""
    section, truth, reads = line
    unknown, _, known = reads.partition("|")
    values: list[tuple[str, FactValue | None]] = [(name, None) for name in unknown.split()]
    return LineTrace(section, "", truth, (*values, *((name, 1.0) for name in known.split())))


LINES: dict[str, tuple[list[Line], tuple[str, ...]]] = {
    "nothing is unknown": ([("when", TRUE, ""), ("require", TRUE, "")], ()),
    "what a known line reads does not matter": (
        [("when", TRUE, "team.on_call"), ("require", UNKNOWN, "budget.monthly_usd")], ("budget.monthly_usd",)),
    "nor what is known of an unknown line": (
        [("require", UNKNOWN, "budget.monthly_usd | team.on_call")], ("budget.monthly_usd",)),
    "all unknown lines, each fact once, by name": (
        [("when", UNKNOWN, "team.on_call"), ("when", UNKNOWN, "budget.monthly_usd"),
         ("require", UNKNOWN, "latency.device team.on_call")],
        ("budget.monthly_usd", "latency.device", "team.on_call")),
    "a requirement fails, only whether it applies is open": (
        [("when", UNKNOWN, "team.on_call"), ("require", FALSE, "latency.device"), ("require", UNKNOWN, "latency.p95_ms")],
        ("team.on_call",)),
    "a condition that is false is no requirement that fails": (
        [("when", FALSE, ""), ("require", UNKNOWN, "latency.p95_ms")], ("latency.p95_ms",)),
    "a derived fact is settled by what it is derived from": (
        [("when", UNKNOWN, "data.sensitivity data.personal data.residency_countries")],
        ("data.classes", "data.residency")),
    "an option fact that a plan decides, by its closest path": (
        [("require", UNKNOWN, "option.regions option.retention_days")],
        ("plan.region", "plan.terms.retention_days")),
    "an option fact that nothing decides, by its own name": (
        [("require", UNKNOWN, "option.top_tier")], ("option.top_tier",)),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "missing"), LINES.values(), ids=LINES)
def test_what_is_missing_is_what_unknown_lines_wait_for(lines: list[Line], missing: tuple[str, ...]) -> None:
    assert missing_facts(ANY_RULE, tuple(map(trace, lines)), facts_from_values({}, catalog())) == missing


OWN, HOSTED, CASCADE, BOTH = (False, False), (False, True), (True, False), (True, True)
"""Whether an option is a cascade, and whether a provider hosts its model."""
SHARE = "task.hard_case_share"
ESTIMATES: dict[str, tuple[str, tuple[bool, bool], tuple[str, ...], tuple[str, ...]]] = {
    "latency on own machines": ("option.latency_p50_ms", OWN, LOAD, LOAD),
    "latency at a provider": ("option.latency_p50_ms", HOSTED, LOAD, ("volume.output_tokens",)),
    "latency of a cascade that begins at a provider": ("option.latency_p50_ms", BOTH, LOAD, LOAD),
    "least latency at a provider": (
        "option.latency_floor_ms", HOSTED, (*LOAD, "latency.chained_calls"), ("latency.chained_calls",)),
    "whether a load fits at a provider": ("option.fits_load", HOSTED, LOAD, TOKENS),
    "cost at a provider": ("option.monthly_usd", HOSTED, LOAD, LOAD),
    "cost of a cascade": ("option.monthly_usd", CASCADE, LOAD, ("latency.p95_ms", SHARE, *LOAD[1:])),
    "cost of a cascade at a provider": ("option.usd_per_request", BOTH, ("volume.input_tokens",), (SHARE, TOKENS[0])),
    "latency of a cascade": ("option.latency_p95_ms", CASCADE, TOKENS, TOKENS),
    "cost of a cascade, all else declared": ("option.monthly_usd", CASCADE, (), (SHARE,)),
    "an estimate whose workload is known": ("option.monthly_usd", OWN, (), ("option.monthly_usd",)),
}  # fmt: skip


@pytest.mark.parametrize(("name", "option", "undeclared", "missing"), ESTIMATES.values(), ids=ESTIMATES)
def test_an_estimate_misses_what_it_hangs_on_for_the_option(
    name: str, option: tuple[bool, bool], undeclared: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    facts = facts_from_values({fact: v for fact, v in WORKLOAD.items() if fact not in undeclared}, catalog())
    lines = (trace(("require", UNKNOWN, name)),)
    cascade, hosted = option
    assert missing_facts(ANY_RULE, lines, facts, cascade=cascade, hosted=hosted) == missing


BODY = "data: {classes: [internal]}\n"
PLAN = "plan: {provider: openai, adaptation: prompting, fallback: none, model: gpt-6-luna}\n"
DECIDED = "volume: {requests_per_day: 9, input_tokens: 9, output_tokens: 9}\nlatency: {p95_ms: 9}\n"
FINDINGS: dict[str, tuple[str, tuple[str, ...], str, tuple[str, ...]]] = {
    "of every hosting the provider's comes first": (BODY, (), "option.latency_p50_ms <= 9.0", ("volume.output_tokens",)),
    "a hosting that the rule leaves alone is passed over": (
        BODY, ('option.hosting == "on-premises"',), "option.latency_p50_ms <= 9.0", LOAD),
    "with a plan it is": (
        BODY + DECIDED + PLAN.replace("openai", "acme").replace("gpt-6-luna", "acme-1"), (), "option.retention_days <= 9.0",
        ("plan.terms.retention_days",)),
    "an axis that tells what breaks from what does not is named alone": (
        BODY + PLAN, (), 'option.region != "us"', ("plan.region",)),
    "of two axes that tell it, the hosting before the provider": (
        BODY + "plan: {adaptation: prompting, fallback: none}\n", (), 'option.hosting != "provider-api"',
        ("plan.hosting",)),
    "where none tells it alone, all that are open, the most useful first": (
        BODY + "plan: {provider: openai, adaptation: prompting, fallback: none, routing: single}\n", (),
        '!(option.region == "us" && option.model == "gpt-6-luna")', ("plan.region", "plan.model")),
}  # fmt: skip


@pytest.mark.parametrize(("body", "applies", "condition", "missing"), FINDINGS.values(), ids=FINDINGS)
def test_a_finding_names_what_settles_the_first_option_that_declarations_settle(
    body: str, applies: tuple[str, ...], condition: str, missing: tuple[str, ...]
) -> None:
    planned = body if "plan:" in body else f"{body}plan: {{fallback: none}}\n"
    found = findings(planned, rule("ANY-001", condition, when="', '".join(applies)), SHUT, strict=True)
    assert [f.missing_facts for f in found if f.rule_id == "ANY-001"] == ([missing] if missing else [])
