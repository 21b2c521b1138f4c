"""Which values decided a violation, and in which direction the rule itself says that they are worse."""

from __future__ import annotations

import pytest
from worlds import OWN, PACK_HEAD, catalog, evaluate, feature, rule

from aipolicy.evaluation.deciding import decided_by
from aipolicy.evaluation.evaluation import Evaluator
from aipolicy.evaluation.findings import findings_of
from aipolicy.findings.finding import Decided, DecidingValue, Outcome, Worse
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.sources.locate import PackFiles

HIGHER, LOWER, MORE, UNTOLD = Worse.HIGHER, Worse.LOWER, Worse.MORE, Worse.UNTOLD
PARAMETERS = """\
parameters:
  - {name: most, type: number, default: 10.0, description: d, source: s}
  - {name: places, type: texts, default: [DE], description: d, source: s}
rules:
"""
BODY = """\
metadata: {name: f, owner: claims, lifecycle: pilot}
data: {classes: [health], residency: [DE, FR, US]}
team: {on_call: false}
volume: {requests_per_day: 50}
"""
CASES: dict[str, tuple[str, str, dict[str, tuple[DecidingValue, Worse]]]] = {
    "more is worse against a bound from above": (
        "true", "volume.requests_per_day <= 10.0", {"volume.requests_per_day": (50.0, HIGHER)}
    ),
    "less is worse against a bound from below": (
        "true", "volume.requests_per_day >= 1000.0", {"volume.requests_per_day": (50.0, LOWER)}
    ),
    "whichever side it is written on": (
        "true", "!(10.0 < volume.requests_per_day)", {"volume.requests_per_day": (50.0, HIGHER)}
    ),
    "between two bounds nobody can tell": (
        "true", "volume.requests_per_day < 1.0 || volume.requests_per_day > 99.0",
        {"volume.requests_per_day": (50.0, UNTOLD)},
    ),
    "a bound of a pack has no direction of the feature's": (
        "true", "volume.requests_per_day <= params.most",
        {"params.most": (10.0, UNTOLD), "volume.requests_per_day": (50.0, HIGHER)},
    ),
    "what makes the rule apply is worse the more it does": (
        "data.sensitivity >= 3.0", "team.on_call", {"data.sensitivity": (3.0, HIGHER)}
    ),
    "of a list, the members that break the rule by themselves": (
        "true", "data.residency_countries.all(c, c in ['DE'])", {"data.residency_countries": (("FR", "US"), MORE)}
    ),
    "beside them the list that they are compared with says nothing more": (
        "true", "data.residency_countries.all(c, c in params.places)", {"data.residency_countries": (("FR", "US"), MORE)}
    ),
    "of a list that makes the rule apply, those that do": (
        "data.kinds.exists(c, c in ['health', 'itar'])", "team.on_call", {"data.kinds": (("health",), MORE)}
    ),
    "a list that lacks something is worse in no direction": (
        "true", "'AT' in data.residency_countries", {"data.residency_countries": (("DE", "FR", "US"), UNTOLD)}
    ),
    "a word has no order": ("true", "metadata.owner == 'web'", {"metadata.owner": ("claims", UNTOLD)}),
    "one answer cannot be another": ("true", "team.on_call", {}),
    "a number beside which something else decides has no direction": (
        "volume.requests_per_day > 1.0 || data.personal", "team.on_call || metadata.owner == 'web'",
        {"data.personal": (True, UNTOLD), "metadata.owner": ("claims", UNTOLD), "team.on_call": (False, UNTOLD),
         "volume.requests_per_day": (50.0, UNTOLD)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_violation_carries_what_decided_it(case: str) -> None:
    when, require, expected = CASES[case]
    text = PACK_HEAD.replace("rules:\n", PARAMETERS) + rule(
        "OWN-001", require.replace("'", '"'), when=when.replace("'", '"'), kind="duty"
    )
    packs = load_packs([PackFiles("p.yaml", (("p.yaml", text.encode()),))], catalog(), {})
    evaluator = Evaluator(packs, catalog(), OWN)
    found = findings_of(evaluator.evaluate(feature(BODY)), evaluator.rule_evaluator, strict=False)
    (violation,) = [
        finding for finding in found if finding.outcome is Outcome.VIOLATED and finding.rule_id == "OWN-001"
    ]
    assert violation.decided_by == tuple(Decided(name, *rest) for name, rest in expected.items())


def test_facts_of_the_option_decide_like_those_of_the_feature() -> None:
    residency = rule("DATA-002", "option.regions.all(c, c in data.residency_countries)")
    plan = "plan: {hosting: provider-api, provider: openai, region: us, fallback: none}\n"
    evaluation = evaluate("data: {classes: [health], residency: [DE]}\n" + plan, residency)
    option = evaluation.planned.facts_of(0, evaluation.workload)
    (ruled,) = evaluation.rules
    assert decided_by(ruled.active.rule, evaluation.facts, option) == (Decided("option.regions", ("US",), MORE),)


def test_the_data_that_a_message_names_decides_too_and_is_worse_the_more_sensitive_it_is() -> None:
    outside = rule("DATA-002", "team.on_call", kind="duty").replace(
        "message: message of DATA-002", 'message: "`{data.classes}` leaves"'
    )
    evaluation = evaluate(BODY, outside)
    (ruled,) = evaluation.rules
    assert decided_by(ruled.active.rule, evaluation.facts, {}) == (
        Decided("data.classes", ("health",)),
        Decided("data.sensitivity", 3.0, HIGHER),
    )


def test_what_decided_is_kept_without_secrets() -> None:
    body = BODY.replace("owner: claims", "owner: sk-live-0123456789abcdef")
    evaluation = evaluate(body, rule("OWN-001", 'metadata.owner == "web"', kind="duty"))
    (decided,) = decided_by(evaluation.rules[0].active.rule, evaluation.facts, {})
    assert decided.value == "sk-l…"


def test_a_number_says_what_it_is_weighed_against() -> None:
    body = BODY + "budget: {monthly_usd: 20}\n"
    evaluation = evaluate(body, rule("OWN-001", "volume.requests_per_day <= budget.monthly_usd", kind="duty"))
    assert decided_by(evaluation.rules[0].active.rule, evaluation.facts, {}) == (
        Decided("budget.monthly_usd", 20.0, LOWER, ("volume.requests_per_day",)),
        Decided("volume.requests_per_day", 50.0, HIGHER, ("budget.monthly_usd",)),
    )
