"""Whatever an overlay says: when it loads, nothing that a pack below it finds goes away or weighs less."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from test_properties import LIFECYCLES, PLANS, manifest
from test_properties import VALUES as FACTS
from worlds import DAY, catalog, evaluator_over, option_set_of_some

from aipolicy.errors import AipolicyError
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.findings import findings_of
from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.facts.all_facts import REGISTRY
from aipolicy.facts.facts import facts_from_values
from aipolicy.facts.spec import FactType, FactValue
from aipolicy.findings.finding import Finding, Outcome
from aipolicy.policy.layers.tightening import Direction, is_as_tight, tightest
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.rule import Parameter, Rule
from aipolicy.policy.sources.extended_packs import with_extended
from aipolicy.policy.sources.locate import PackFiles, find_pack, shipped_packs
from aipolicy.rule_tests.examples import outcome_of
from aipolicy.rule_tests.portfolio_examples import run_portfolio_example
from aipolicy.value import replace

BASE = """\
apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: base, version: 1.0.0}
parameters:
- {name: longest_ms, type: number, default: 2000, tightens: lower, description: d, source: s}
- {name: open_until, type: number, default: 3, tightens: lower, description: d, source: s}
- {name: served_days, type: number, default: 100, tightens: higher, description: d, source: s}
- {name: allowed, type: texts, default: [prompting, rag, fine-tuning], tightens: fewer, description: d, source: s}
- {name: refused, type: texts, default: [on-device], tightens: more, description: d, source: s}
- {name: rehearsed, type: bool, default: false, tightens: true, description: d, source: s}
- {name: trusted, type: bool, default: true, tightens: false, description: d, source: s}
- {name: level, type: number, default: 3, description: d, source: s}
rules:
- {id: B-001, name: a, title: t, kind: constraint, severity: error, message: m,
   require: [option.latency_p50_ms <= params.longest_ms]}
- {id: B-002, name: b, title: t, kind: constraint, severity: warning, message: m,
   when: [data.sensitivity >= params.open_until], require: ['!option.leaves_organization']}
- {id: B-003, name: c, title: t, kind: constraint, severity: note, message: m, effective: {from: 2026-12-01},
   require: [option.days_until_retirement >= params.served_days]}
- {id: B-004, name: d, title: t, kind: constraint, severity: error, message: m, effective: {until: 2026-11-25},
   require: [option.adaptation in params.allowed]}
- {id: B-005, name: e, title: t, kind: constraint, severity: error, message: m, effective: {from: 2026-11-25},
   require: ['!(option.hosting in params.refused)']}
- {id: B-006, name: f, title: t, kind: duty, severity: warning, message: m, when: [params.rehearsed],
   require: [evidence.dpia]}
- {id: B-007, name: g, title: t, kind: duty, severity: error, message: m, require: [params.trusted || team.on_call]}
- {id: B-008, name: h, title: t, kind: duty, severity: error, message: m, when: [data.sensitivity >= params.level],
   require: [team.on_call]}
"""
VALUES: Mapping[str, tuple[str, ...]] = {
    "longest_ms": ("100", "800", "2000", "9000"), "open_until": ("1", "2", "3", "4"),
    "served_days": ("400", "200", "100", "10"), "allowed": ("[]", "[rag]", "[prompting, rag]", "[classical-ml, rag]"),
    "refused": ("[on-device, own-cloud, provider-api]", "[on-device, own-cloud]", "[on-device]", "[]"),
    "rehearsed": ("true", "true", "true", "false"), "trusted": ("false", "false", "false", "true"),
    "level": ("3", "3", "2", "4"),
}  # fmt: skip
"""The stricter values first: most overlays that are made up should load."""
DAYS = tuple((DAY + timedelta(days=days)).isoformat() for days in (-30, -1, 0, 1, 4, 10, 60))

SETTINGS = st.dictionaries(st.sampled_from(sorted(VALUES)), st.sampled_from((0, 1, 2, 3)), max_size=2).map(
    lambda found: {name: VALUES[name][number] for name, number in found.items()}
)
EFFECTIVE = st.fixed_dictionaries({}, optional={"from": st.sampled_from(DAYS[:4]), "until": st.sampled_from(DAYS[3:])})
OVERRIDES = st.dictionaries(
    st.sampled_from([f"B-00{number}" for number in range(1, 9)]),
    st.tuples(st.sampled_from(("", "error", "error", "warning", "note")), EFFECTIVE).filter(any),
    max_size=1,
)
SHAPES: tuple[Mapping[str, tuple[str, ...]], ...] = (
    {"a": ("base",)},
    {"a": ("base",), "b": ("a",)},
    {"a": ("base",), "b": ("base",), "c": ("a", "b")},
    {"a": ("base",), "b": ("a",), "c": ("base", "b")},
)
LAYER = st.tuples(SETTINGS, OVERRIDES)
_ALWAYS = ("data.classes", "volume.requests_per_day", "volume.input_tokens", "volume.output_tokens")
DECLARED = st.fixed_dictionaries(
    {name: st.sampled_from(FACTS[name]) for name in _ALWAYS},
    optional={name: st.sampled_from(values) for name, values in FACTS.items() if name not in _ALWAYS},
)


def text_of(
    name: str, extends: Sequence[str], layer: tuple[Mapping[str, str], Mapping[str, tuple[str, object]]]
) -> str:
    """Return an overlay as it stands in a file."""
    lines = [f"apiVersion: aipolicy/v1\nkind: PolicyPack\nmetadata: {{name: {name}, version: 1.0.0}}\nextends:"]
    lines += [f"- {{pack: {each}}}" for each in extends]
    lines += ["set:"] * bool(layer[0])
    lines += [f"- {{parameter: base.{key}, value: {value}, reason: r}}" for key, value in layer[0].items()]
    lines += ["overrides:"] * bool(layer[1])
    for rule_id, (severity, effective) in layer[1].items():
        weight = f"severity: {severity}, " if severity else ""
        dates = ", ".join(f"{key}: {day}" for key, day in dict(effective).items())  # type: ignore[call-overload]
        lines.append(f"- {{rule: {rule_id}, {weight}{f'effective: {{{dates}}}, ' if dates else ''}reason: r}}")
    return "\n".join(lines) + "\n"


@cache
def loaded(texts: tuple[tuple[str, str], ...], top: str) -> tuple[PolicyPack, ...] | None:
    """Return the packs that a run on one pack has; None where they are refused."""
    held = {name: PackFiles(f"/{name}.yaml", ((f"/{name}.yaml", text.encode()),)) for name, text in texts}
    try:
        return load_packs(with_extended([held[top]], lambda name, _: held[name]), catalog(), {})
    except AipolicyError:
        return None


def judged(packs: tuple[PolicyPack, ...], subject: object) -> tuple[Evaluation, tuple[Finding, ...]]:
    """Return the evaluation of a manifest and its findings."""
    evaluator = evaluator_over(option_set_of_some(), packs)
    evaluation = evaluator.evaluate(subject)  # type: ignore[arg-type]
    return evaluation, findings_of(evaluation, evaluator.rule_evaluator, strict=False)


@settings(max_examples=60, suppress_health_check=[HealthCheck.filter_too_much])
@given(st.sampled_from(SHAPES), st.lists(LAYER, min_size=3, max_size=3), DECLARED, st.sampled_from(PLANS), LIFECYCLES)
def test_an_overlay_that_loads_turns_no_finding_away(
    shape: Mapping[str, tuple[str, ...]], layers: list[tuple[dict[str, str], dict[str, tuple[str, object]]]],
    declared: dict[str, str], plan: str, lifecycle: str,
) -> None:  # fmt: skip
    texts = (("base", BASE), *((name, text_of(name, shape[name], layers[n])) for n, name in enumerate(shape)))
    *below, top = (name for name, _ in texts)
    packs = loaded(texts, top)
    assume(packs is not None)
    assert packs is not None
    """Rules choose among partners: whatever was an option below the overlay is asked of the rules above it, too."""
    evaluate = RuleEvaluator().evaluate
    subject = manifest(declared, plan, lifecycle)
    above, told = judged(packs, subject)
    violated = {ruled.active.rule.id: ruled for ruled in above.rules}
    worst = {f.rule_id: f.severity.rank for f in told if f.outcome is Outcome.VIOLATED}
    for name in below:
        base = loaded(texts, name)
        assert base is not None
        before, findings = judged(base, subject)
        for ruled in before.rules:
            now = violated[ruled.active.rule.id]
            for option_set, was in ((before.planned, ruled.planned), (before.candidates, ruled.candidates)):
                still = evaluate(now.active.rule, above.facts, above.workload, option_set)
                assert not was.violated & ~still.violated
            assert now.active.severity.rank <= ruled.active.severity.rank
        for finding in findings:
            if finding.outcome is Outcome.VIOLATED and finding.rule_id in violated:
                assert worst[finding.rule_id] <= finding.severity.rank


@cache
def shipped(name: str) -> PolicyPack:
    """Return a shipped pack."""
    (pack,) = load_packs([find_pack(name, Path())], catalog(), {})
    return pack


DIRECTED = tuple(
    (name, parameter.name)
    for name in shipped_packs()
    for parameter in shipped(name).parameters
    if parameter.tightens and any(f"params.{parameter.name}" in rule.parameters for rule in shipped(name).rules)
)


@cache
def values_near(
    type_: FactType, choices: tuple[str, ...], others: tuple[Any, ...]
) -> st.SearchStrategy[FactValue | None]:
    """Return values of a fact around those that it may be compared with; None is unknown."""
    words = sorted({w for each in others for w in (each if isinstance(each, tuple) else ()) if isinstance(w, str)})
    words += [*choices, "other"]
    numbers = [each for each in others if isinstance(each, float)]
    near: st.SearchStrategy[FactValue]
    match type_:
        case FactType.BOOL:
            near = st.booleans()
        case FactType.NUMBER:
            near = st.sampled_from(
                [max(0.0, n + step) for n in (*numbers, 0.0, 1000.0) for step in (-1.0, -0.01, 0.0, 0.01, 1.0)]
            )
        case FactType.TEXT:
            near = st.sampled_from(words)
        case _:
            near = st.lists(st.sampled_from(words), max_size=2, unique=True).map(lambda found: tuple(sorted(found)))
    return st.one_of(near, near, near, st.none())


def other_value(parameter: Parameter) -> st.SearchStrategy[FactValue]:
    """Return values that a parameter may also have."""
    if isinstance(parameter.default, float):
        return st.sampled_from(
            [parameter.default * factor + step for factor in (0.5, 1.0, 2.0) for step in (-1.0, 0.0, 1.0)]
        )
    assert isinstance(parameter.default, tuple)
    words = sorted({*parameter.default, "other", "coding", "classification"})
    return st.lists(st.sampled_from(words), unique=True).map(lambda found: tuple(sorted(found)))


@pytest.mark.parametrize(("pack", "name"), DIRECTED)
@settings(max_examples=60)
@given(data=st.data())
def test_a_direction_of_a_shipped_parameter_is_stricter_for_every_rule(
    pack: str, name: str, data: st.DataObject
) -> None:
    parameter = next(each for each in shipped(pack).parameters if each.name == name)
    key = f"params.{name}"
    value = data.draw(other_value(parameter))
    looser, tighter = (parameter.default, value)
    if not is_as_tight(tighter, looser, parameter.tightens):
        looser, tighter = tighter, tightest([looser, tighter], parameter.tightens)
    assert tighter is not None
    readers = [
        rule for rule in shipped(pack).rules if any(key in line.parameter_reads for line in (*rule.when, *rule.require))
    ]
    assert readers
    specs = REGISTRY | {fact.name: fact for fact in shipped(pack).facts}
    for rule in readers:
        others = (*rule.parameters.values(), looser, tighter)
        reads = sorted({n for line in (*rule.when, *rule.require) for n in (*line.feature_reads, *line.option_reads)})
        drawn = {
            fact: data.draw(values_near(specs[fact].type, specs[fact].choices, others), label=fact) for fact in reads
        }
        before, after = (outcome(rule, key, each, drawn) for each in (looser, tighter))
        if before is Outcome.VIOLATED:
            assert after is Outcome.VIOLATED
        if before is Outcome.UNDETERMINED:
            assert after in (Outcome.UNDETERMINED, Outcome.VIOLATED)


def outcome(rule: Rule, key: str, value: FactValue, facts: Mapping[str, FactValue | None]) -> Outcome:
    """Return what becomes of a rule with another value of a parameter."""
    changed = replace(rule, parameters={**rule.parameters, key: value})
    known = {name: each for name, each in facts.items() if each is not None}
    given_ = {name: each for name, each in known.items() if not name.startswith("option.")}
    option = {name: each for name, each in known.items() if name.startswith("option.")}
    return outcome_of(RuleEvaluator().trace(changed, facts_from_values(given_, catalog()), option))


def test_every_shipped_parameter_has_a_direction_but_the_one_that_says_why_not() -> None:
    without = [p.name for name in shipped_packs() for p in shipped(name).parameters if p.tightens is Direction.NONE]
    # NOTE: in the pack `portfolio`, 0 stands for no limit at all, so that neither direction is the stricter one; the days
    # from which duties are ones are those of the law.
    of_law = ["marking_for_new_since", "high_risk_since"]
    assert without == ["restricted_from", *of_law, "contract_tokens_per_day", "monthly_budget_usd"]


PORTFOLIO_STEPS = (
    ("least_features", -1.0),
    ("largest_provider_share", -0.1),
    ("most_critical_at_one_place", -1.0),
)


@pytest.mark.parametrize(("name", "step"), PORTFOLIO_STEPS)
def test_a_tighter_parameter_over_all_features_keeps_every_violation(name: str, step: float) -> None:
    key, tested = f"params.{name}", 0
    for rule in shipped("portfolio").portfolio_rules:
        for test in rule.tests:
            value = test.parameters.get(key, rule.rule.parameters.get(key))
            if test.expect is not Outcome.VIOLATED or not isinstance(value, float):
                continue
            tighter = replace(test, parameters={**test.parameters, key: value + step})
            tested += 1
            assert run_portfolio_example(rule, tighter, catalog()).outcome is Outcome.VIOLATED
    assert tested
