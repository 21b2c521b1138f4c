"""Mutants against examples: killed, surviving or known to be equivalent; every suggestion does what it is printed for."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import read_catalog
from aipolicy.evaluation.rule_evaluator import MUST_DECLARE, RuleEvaluator
from aipolicy.facts.all_facts import REGISTRY, is_option_fact
from aipolicy.facts.facts import facts_from_values
from aipolicy.facts.option_facts import ALWAYS_KNOWN
from aipolicy.facts.spec import FactValue
from aipolicy.options.attributes import Organization, option_attributes
from aipolicy.options.plan import plan_legs
from aipolicy.policy.cel.expressions import Truth
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.rule import Rule
from aipolicy.policy.sources.locate import PackFiles, find_pack, shipped_packs
from aipolicy.rule_tests.case_search import Bench, CaseSearch, Variation
from aipolicy.rule_tests.coverage import line_coverage, possible_truths
from aipolicy.rule_tests.examples import run_example
from aipolicy.rule_tests.mutation_run import Fate, MutantResult, mutation_score, rule_under_test, run_mutants
from aipolicy.rule_tests.pack_compiler import mutator_of
from aipolicy.rule_tests.suggestions import suggestions

HEAD = "apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {name: house, version: 1.0.0}\nrules:\n"
RULE = "  - {id: IN-001, name: n, title: t, kind: constraint, severity: error, message: m, "


@cache
def _catalog() -> Catalog:
    return read_catalog((), as_of=date(2026, 11, 21))


@cache
def _shipped() -> tuple[PolicyPack, ...]:
    return tuple(load_packs([find_pack(name, Path())], _catalog(), {})[0] for name in shipped_packs())


def _pack(conditions: str, tests: str) -> PolicyPack:
    text = f"{HEAD}{RULE}{conditions}, tests: [{tests}]}}\n"
    return load_packs([PackFiles("house.yaml", (("house.yaml", text.encode()),))], _catalog(), {})[0]


def _mutants(pack: PolicyPack) -> list[MutantResult]:
    rule, judge, bench = pack.rules[0], RuleEvaluator(), Bench()
    results = [run_example(rule, test, _catalog(), judge) for test in rule.tests]
    search = CaseSearch(rule, _catalog(), bench)
    tested = rule_under_test(rule, results, search, bench, _catalog())
    return list(run_mutants([tested], mutator_of(pack, _catalog(), REGISTRY)))


def _of(results: list[MutantResult], fate: Fate) -> list[str]:
    return [result.mutant.text for result in results if result.fate is fate]


def test_an_example_at_the_boundary_kills_what_one_far_away_does_not() -> None:
    far = "{name: far, option: {retention_days: 90}, expect: violated}, {name: none, expect: undetermined}"
    near = far + ", {name: at, option: {retention_days: 30}, expect: satisfied}"
    near += ", {name: above, option: {retention_days: 31}, expect: violated}"
    conditions = "require: [option.retention_days <= 30.0]"
    survived = _of(_mutants(_pack(conditions, far)), Fate.SURVIVED)
    assert survived == [
        "option.retention_days < 30.0",
        "option.retention_days <= 31.0",
        "option.retention_days <= (29.0)",
    ]
    assert _of(_mutants(_pack(conditions, near)), Fate.SURVIVED) == []


def test_an_example_that_fails_kills_nothing() -> None:
    tests = "{name: wrong, option: {retention_days: 90}, expect: satisfied}"
    results = _mutants(_pack("require: [option.retention_days <= 30.0]", tests))
    assert not _of(results, Fate.KILLED)


@pytest.mark.parametrize(
    ("condition", "mutant"),
    [
        ("option.retention_days > 3.0 || option.retention_days > 5.0",
         "option.retention_days > 3.0 || option.retention_days > 6.0"),
        ('option.hosting == "on-device" || option.hosting != "own-cloud"',
         'option.hosting == "provider-api" || option.hosting != "own-cloud"'),
    ],
)  # fmt: skip
def test_a_mutant_that_no_value_tells_from_the_rule_is_equivalent(condition: str, mutant: str) -> None:
    test = "{name: n, option: {retention_days: 1, hosting: own-cloud}, expect: violated}"
    results = _mutants(_pack(f"require: ['{condition}']", test))
    assert mutant in _of(results, Fate.EQUIVALENT)
    assert mutation_score(results).equivalent == len(_of(results, Fate.EQUIVALENT))


def test_what_cannot_be_proved_equivalent_survives() -> None:
    condition = "option.monthly_usd * 2.0 > 0.0 * option.upfront_usd"
    results = _mutants(_pack(f"require: ['{condition}']", "{name: n, option: {monthly_usd: 9}, expect: undetermined}"))
    assert not _of(results, Fate.EQUIVALENT)


def test_nothing_mutated_is_no_score() -> None:
    assert mutation_score([]).percent == 0.0


@pytest.mark.parametrize(
    ("condition", "truths"),
    [
        ("option.hosting == \"on-device\"", {Truth.TRUE, Truth.FALSE}),
        ("option.leaves_organization && metadata.past_prototype", {Truth.TRUE, Truth.FALSE}),
        ("option.leaves_organization && latency.offline", {Truth.TRUE, Truth.FALSE}),
        ("option.leaves_organization && task.needs_frontier_reasoning", {Truth.TRUE, Truth.FALSE, Truth.UNKNOWN}),
        ("option.leaves_organization && task.stable", {Truth.TRUE, Truth.FALSE, Truth.UNKNOWN}),
        ("option.offers_baa && task.specialization in [\"generic\", \"domain\", \"niche\"]",
         {Truth.TRUE, Truth.FALSE, Truth.UNKNOWN}),
        ("option.works_offline || !option.works_offline", {Truth.TRUE}),
    ],
)  # fmt: skip
def test_a_line_is_asked_for_the_truths_that_it_can_have(condition: str, truths: set[Truth]) -> None:
    rule = _pack(f"require: ['{condition}']", "{name: n, expect: undetermined}").rules[0]
    assert possible_truths(CaseSearch(rule, _catalog(), Bench()), 0) == truths


def test_what_is_always_known_of_an_option_is_known_where_the_catalog_knows_nothing() -> None:
    planned = plan_legs({"plan.provider": "nobody"}, frozenset({"plan.provider"}), _catalog(), Organization())
    assert planned.problems
    known = option_attributes(planned.mains[0], _catalog(), Organization())
    assert known.keys() >= ALWAYS_KNOWN
    assert not {"option.adaptation", "option.tier", "option.offers_dpa", "option.model_pinned"} & ALWAYS_KNOWN


def _shipped_rules() -> list[Rule]:
    return [rule for pack in _shipped() for rule in pack.rules]


def test_the_bench_and_the_judge_agree_on_every_line_of_every_example() -> None:
    bench, judge = Bench(), RuleEvaluator()
    for rule in _shipped_rules():
        for test in rule.tests:
            facts = facts_from_values(test.given, _catalog())
            option = {**test.option, **test.partner}
            trace = judge.trace(rule, facts, option)
            values = {**facts.values, **option, **rule.parameters}
            lines = [each for each in trace if each.section != MUST_DECLARE]
            assert [bench.truth(line, values) for line in (*rule.when, *rule.require)] == [t.truth for t in lines]


@pytest.mark.parametrize("rule_id", ["DATA-002", "QUAL-002", "LAT-004", "TASK-001", "SPEND-002", "TERM-004", "VOL-001"])
def test_suggestions_kill_every_mutant_and_show_every_truth(rule_id: str) -> None:
    """Begin with no example at all: what is printed must be enough, by the judge and not only by the search."""
    pack = next(pack for pack in _shipped() if any(rule.id == rule_id for rule in pack.rules))
    rule = next(rule for rule in pack.rules if rule.id == rule_id)
    bench, judge = Bench(), RuleEvaluator()
    search = CaseSearch(rule, _catalog(), bench)
    mutants = [
        result
        for result in run_mutants(
            [rule_under_test(rule, [], search, bench, _catalog())], mutator_of(pack, _catalog(), REGISTRY)
        )
        if result.fate is Fate.SURVIVED
    ]
    found = list(suggestions(search, mutants, line_coverage([search], [])))
    cases = [suggestion.case for suggestion in found]
    for result in mutants:
        assert any(search.outcome(c) is not search.outcome(c, result.variation) for c in cases), result.mutant
    seen: set[tuple[str, Truth]] = set()
    for suggestion in found:
        given = {name: value for name, value in suggestion.case.items() if not is_option_fact(name)}
        option = {name: value for name, value in suggestion.case.items() if is_option_fact(name)}
        trace = judge.trace(rule, facts_from_values(given, _catalog()), option)
        seen |= {(line.text, line.truth) for line in trace}
        assert search.outcome(suggestion.case) is suggestion.expect
    for line in line_coverage([search], []):
        assert all((line.line.text, truth) in seen for truth in line.possible), line.line.text
    assert found == list(suggestions(search, mutants, line_coverage([search], [])))
    assert search.outcome({}, Variation(0, None)) is not None


_CONDITIONS = st.recursive(
    st.sampled_from(
        ["option.retention_days <= 3.0", "option.retention_days > 5.0", "option.retention_days == 3.0", "task.stable",
         "option.works_offline", 'option.hosting == "on-device"', 'option.hosting in ["own-cloud", "on-premises"]',
         'task.specialization != "niche"', "metadata.past_prototype", '"hipaa" in data.regimes',
         "option.retention_days * 2.0 >= option.lead_time_weeks"]
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
        inner.map(lambda text: f"!({text})"),
    ),
    max_leaves=4,
)  # fmt: skip
_OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "option.retention_days": st.sampled_from([-1.0, 0.0, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 7.0, 1e9]),
        "option.lead_time_weeks": st.sampled_from([0.0, 6.0, 7.0]),
        "task.stable": st.booleans(),
        "task.specialization": st.sampled_from(["generic", "domain", "niche"]),
        "data.classes": st.sampled_from([("phi",), ("public",), ("health", "phi")]),
    },
)
_KNOWN = st.fixed_dictionaries(
    {
        "option.works_offline": st.booleans(),
        "option.hosting": st.sampled_from(["provider-api", "own-cloud", "on-premises", "on-device"]),
        "metadata.lifecycle": st.sampled_from(["idea", "prototype", "pilot", "production", "retired"]),
    }
)


@settings(max_examples=60, deadline=None)
@given(_CONDITIONS, st.lists(st.tuples(_OPTIONS, _KNOWN), min_size=20, max_size=20))
def test_no_case_tells_an_equivalent_mutant_and_no_truth_occurs_that_was_ruled_out(
    condition: str, drawn: list[tuple[dict[str, FactValue], dict[str, FactValue]]]
) -> None:
    """Whatever the enumeration concludes holds for values that it did not choose."""
    pack = _pack(f"require: ['option.works_offline || ({condition})']", "{name: n, expect: undetermined}")
    rule, bench = pack.rules[0], Bench()
    search = CaseSearch(rule, _catalog(), bench)
    mutants = list(
        run_mutants([rule_under_test(rule, [], search, bench, _catalog())], mutator_of(pack, _catalog(), REGISTRY))
    )
    possible = possible_truths(search, 0)
    for some, known in drawn:
        case = {**some, **known}
        assert search.truth(0, case) in possible, condition
        for result in (result for result in mutants if result.fate is Fate.EQUIVALENT):
            assert search.outcome(case) is search.outcome(case, result.variation), (condition, result.mutant.text)
    for result in (result for result in mutants if result.fate is Fate.SURVIVED):
        found = search.telling_case(result.variation)
        assert found is None or search.outcome(found) is not search.outcome(found, result.variation)
