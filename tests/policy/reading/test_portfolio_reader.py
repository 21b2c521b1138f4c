"""Rules over all features as packs write them: every mistake is told at its line, and nothing is taken without a meaning."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import read_catalog
from aipolicy.errors import AipolicyError
from aipolicy.findings.finding import Severity
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.portfolio_rule import Aggregate, PortfolioRule
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.sources.locate import PackFiles

HEAD = """apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: own, version: 1.0.0}
parameters:
  - {name: limit, type: number, default: 5, description: d, source: s}
  - {name: names, type: texts, default: [openai], description: d, source: s}
portfolio_rules:
"""
RULE = """  - id: FOLIO-001
    name: too-much
    title: Not too much
    severity: warning
    over:
      - plan.hosting == 'provider-api'
    group_by: plan.provider
    measures:
      requests: sum(volume.requests_per_day)
    require:
      - group.requests <= params.limit
    message: "`{group.key}` has `{group.requests}` of `{total.requests}`"
    tests:
      - {name: t, features: [{name: a, given: {volume.requests_per_day: 1}}], group: openai, expect: not-applicable}
"""


@cache
def _catalog() -> Catalog:
    return read_catalog((), as_of=date(2026, 11, 21))


def loaded(rules: str = RULE) -> PolicyPack:
    files = PackFiles("own", (("own.yaml", (HEAD + rules).encode()),))
    return load_packs([files], _catalog(), {})[0]


def rule_of(rules: str = RULE) -> PortfolioRule:
    (found,) = loaded(rules).portfolio_rules
    return found


def test_a_pack_may_hold_nothing_but_rules_over_all_features() -> None:
    pack, rule = loaded(), rule_of()
    assert not pack.rules
    assert rule.rule.id == "FOLIO-001"
    assert [line.text for line in rule.over] == ["plan.hosting == 'provider-api'"]
    assert rule.measures[0].aggregate is Aggregate.SUM
    assert rule.rule.parameters == {"params.limit": 5.0}


@pytest.mark.parametrize("measure", ["count()", "count(availability.critical)", "max(volume.input_tokens)",
                                     "min(volume.input_tokens)", "distinct(plan.model)", "distinct(option.regions)",
                                     "sum(volume.requests_per_day * (volume.input_tokens + 1.0))",
                                     "sum(params.limit * volume.requests_per_day)"])  # fmt: skip
def test_a_measure_is_an_aggregate_of_a_typed_expression(measure: str) -> None:
    assert rule_of(RULE.replace("sum(volume.requests_per_day)", measure)).measures[0].text == measure


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("plan.hosting ==", "plan.hostig ==", 13, "unknown fact `plan.hostig`; did you mean `plan.hosting`?"),
        ("'provider-api'", "'provider-apy'", 13, "`plan.hosting` is never `provider-apy`"),
        ("- plan.hosting == 'provider-api'", "- plan.provider", 13, "`over` takes a condition, this is text"),
        ("over:\n      - plan.hosting == 'provider-api'", "over: [1]", 12, "`over` must be a list of conditions"),
        ("group_by: plan.provider", "group_by: plan.providr", 14, "unknown fact `plan.providr`"),
        ("group_by: plan.provider", "group_by: volume.input_tokens", 14, "`group_by` takes text or a list of text"),
        ("sum(volume", "sum(volum", 16, "unknown fact `volum.requests_per_day`"),
        ("sum(volume.requests_per_day)", "sum(plan.provider)", 16, "`sum` takes a number, this is text"),
        ("sum(volume.requests_per_day)", "sum(volume.requests_per_day * 2)", 16, "no matching overload"),
        ("sum(volume.requests_per_day)", "distinct(volume.input_tokens)", 16, "`distinct` takes text or a list"),
        ("sum(volume.requests_per_day)", "sum()", 16, "syntax error"),
        ("sum(volume.requests_per_day)", "mean(volume.input_tokens)", 16, "is no measure; write one of `sum(…)`"),
        ("sum(volume.requests_per_day)", "volume.requests_per_day", 16, "is no measure"),
        ("sum(volume.requests_per_day)", "sum(1.0 / volume.requests_per_day)", 16, "division by"),
        ("sum(volume.requests_per_day)", "sum(option.times_cheapest_at_least)", 16, "likely values"),
        ("requests: sum", "Requests: sum", 16, "is no name of a measure"),
        ("group.requests <=", "group.requets <=", 18, "did you mean `group.requests`?"),
        ("<= params.limit", "<= params.limt", 18, "did you mean `params.limit`?"),
        ("group.requests <= params.limit", "volume.requests_per_day <= 1", 18, "unknown fact `volume.requests_per_day`"),
        ("group.requests <= params.limit", "group.key == 'opnai'", 18, "`group.key` is never `opnai`"),
        ("group.requests <= params.limit", "group.key == 'openai'", 18, "requires something of its measures"),
        ("group.requests <= params.limit", "group.requests", 18, "must be true or false"),
        ("`{total.requests}`", "`{total.requets}`", 19, "unknown fact `total.requets` in the message"),
        ("`{total.requests}`", "`{volume.input_tokens}`", 19, "unknown fact `volume.input_tokens` in the message"),
        ("severity: warning", "severity: warning\n    kind: duty", 12, "unknown key `kind` of a portfolio rule"),
        ("severity: warning", "severity: warning\n    waivable: {}", 12, "unknown key `waivable` of a portfolio rule"),
        ("severity: warning", "severity: warning\n    applies_to: {}", 12, "`applies_to` is empty"),
        ("severity: warning", "severity: warning\n    applies_to: {lifecycle: pilt}", 12, "`pilt` is no lifecycle"),
        ("given: {volume.", "given: {volum.", 21, "unknown fact `volum.requests_per_day`"),
        ("group: openai, expect", "params: {limt: 2}, group: openai, expect", 21, "unknown parameter `limt`"),
        ("expect: not-applicable", "expect: perhaps", 21, "`perhaps` is not one of"),
        ("expect: not-applicable", "unreadable: 1.5, expect: violated", 21, "a number of manifests"),
        ("requests: sum(volume.requests_per_day)", "requests: sum(volume.requests_per_day)\n      n: count()", 17,
         "no condition reads the measure `n`"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_at_its_line(old: str, new: str, line: int, message: str) -> None:
    assert old in RULE
    with pytest.raises(AipolicyError) as caught:
        loaded(RULE.replace(old, new, 1))
    assert message in str(caught.value)
    assert f"own.yaml:{line}:" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    measures:\n      requests: sum(volume.requests_per_day)\n", "", "missing key `measures`"),
        ("    require:\n      - group.requests <= params.limit\n", "", "missing key `require`"),
        ("    group_by: plan.provider\n", "", "unknown fact `group.requests`"),
        ("FOLIO-001", "MAN-001", "reserved"),
    ],
)
def test_what_is_missing_is_told(old: str, new: str, message: str) -> None:
    with pytest.raises(AipolicyError, match=message):
        loaded(RULE.replace(old, new))


def test_a_group_of_all_has_no_name() -> None:
    rules = RULE.replace("    group_by: plan.provider\n", "").replace("group.requests", "total.requests")
    with pytest.raises(AipolicyError, match=r"unknown fact `group\.key` in the message") as caught:
        loaded(rules)
    assert "there is no group to name" in str(caught.value)


def test_applies_to_limits_which_features_take_part_and_facts_of_packs_are_bounded_as_they_are_declared() -> None:
    rule = rule_of(
        RULE.replace("    over:", "    applies_to: {lifecycle: [pilot], labels: {tier: critical}}\n    over:").replace(
            "sum(volume.requests_per_day)", "sum(extensions.seats * volume.cached_share)"
        )
        + "facts:\n  - {name: seats, type: number, unit: seats, minimum: 1, meaning: People}\n"
    )
    assert [line.text for line in rule.over] == [
        "applies_to.lifecycle: pilot", "applies_to.labels.tier: critical", "plan.hosting == 'provider-api'"
    ]  # fmt: skip
    assert rule.over[1].label_keys == ("tier",)
    assert rule.measures[0].formula is not None
    assert rule.measures[0].formula.numbers == {"extensions.seats": (1.0, None), "volume.cached_share": (0, 1)}


def test_ids_and_names_are_shared_with_other_rules() -> None:
    with pytest.raises(AipolicyError, match=r"rule `FOLIO-001` at line 22 is already defined at own\.yaml:8"):
        loaded(RULE + RULE)


def test_a_layer_above_sets_parameters_and_weighs_rules_over_all_features_as_it_does_others() -> None:
    base = PackFiles("own", (("own.yaml", (HEAD + RULE).encode()),))
    overlay = (
        "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: acme, version: 1.0.0}\nextends: [{pack: own}]\n"
        "overrides: [{rule: FOLIO-001, severity: error, reason: board}]\n"
    )
    above = PackFiles("acme", (("acme.yaml", overlay.encode()),), ("own",))
    own, _ = load_packs([base, above], _catalog(), {"own.limit": 2.0})
    (rule,) = own.portfolio_rules
    assert rule.rule.severity is Severity.ERROR
    assert rule.rule.parameters == {"params.limit": 2.0}
