"""What became of a rule is told as somebody asks who answers for a framework, with the facts that it rests on."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import pytest

from aipolicy.catalog.load import read_catalog
from aipolicy.evaluation.evaluation import Evaluation, Evaluator
from aipolicy.frameworks.rule_state import RuleState, rule_states
from aipolicy.frameworks.states import State
from aipolicy.manifest.read import ManifestFile, read_manifests
from aipolicy.options.attributes import Organization
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.sources.locate import PackFiles

PACK = """apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: office, version: 1.0.0}
basis: {instrument: Office Act, checked_on: 2026-01-01}
rules:
- {id: O-1, name: owner, title: T, kind: duty, severity: error, clause: "1", message: m, when: ['"personal" in data.kinds'],
   unless: ['deployment.exclusion != "none"'], require: ['data.retention_days <= 30.0']}
- {id: O-2, name: paper, title: T, kind: duty, severity: error, clause: "2", message: m, require: [evidence.dpia]}
- {id: O-3, name: look, title: T, kind: duty, severity: error, clause: "3", message: m,
   when: ['decision.area == "employment"'], review: {by: counsel, evidence: [practice_review]}}
- {id: O-4, name: later, title: T, kind: duty, severity: error, clause: "4", message: m, require: [data.minimized],
   effective: {announced: 2026-01-01, from: 2027-01-01}}
- {id: O-5, name: way, title: T, kind: constraint, severity: error, clause: "5", message: m,
   require: ['option.hosting != "provider-api"']}
- {id: O-8, name: told, title: T, kind: constraint, severity: error, clause: "8", message: "`{option.provider}` answers",
   require: ['option.hosting != "provider-api"']}
- {id: O-9, name: planned, title: T, kind: duty, severity: error, clause: "9", message: m, scope: plan,
   when: ['option.hosting == "provider-api"'], require: ['option.price_age_days <= 90.0']}
- {id: O-6, name: said, title: T, kind: duty, severity: error, clause: "6", message: m, require: ['true'],
   must_declare: [data.retention_days]}
- {id: O-7, name: parts, title: T, kind: duty, severity: error, clause: "7", message: m,
   require: [{that: data.minimized, name: least, message: x}, {that: data.tokenized, name: tokens, message: x}]}
"""


@cache
def evaluator() -> Evaluator:
    catalog = read_catalog((), as_of=date(2026, 11, 21))
    packs = load_packs([PackFiles("office.yaml", (("office.yaml", PACK.encode()),))], catalog, {})
    return Evaluator(packs, catalog, Organization())


def evaluated(text: str, lifecycle: str = "prototype") -> Evaluation:
    head = f"apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {{name: desk, owner: team, lifecycle: {lifecycle}}}\n"
    read = read_manifests([ManifestFile("desk.aifeature.yaml", f"{head}{text}".encode(), True)])
    assert not read.findings, read.findings
    return evaluator().evaluate(read.features[0])


def state_of(rule: str, text: str, lifecycle: str = "prototype") -> RuleState:
    states = rule_states(evaluated(text, lifecycle), (), evaluator().rule_evaluator)
    return next(state for state in states if state.rule.id == rule)


LOOKED, NOT_LOOKED = (f"evidence: {{practice_review: {word}}}\n" for word in ("{owner: o, date: 2026-01-01}", "false"))
HIRING = "decision: {area: employment}\n"
PERSONAL = "data: {classes: [personal]}\ndeployment: {exclusion: none}\n"
KEPT = "data: {classes: [personal], retention_days: %d}\ndeployment: {exclusion: none}\n"


@pytest.mark.parametrize(
    ("rule", "text", "state", "facts"),
    [
        ("O-1", KEPT % 90, State.VIOLATED, ()),
        ("O-1", KEPT % 30, State.SATISFIED, ()),
        ("O-1", PERSONAL, State.MISSING, ("data.retention_days",)),
        ("O-1", "data: {classes: [public]}\n", State.NOT_APPLICABLE, ()),
        ("O-1", "data: {retention_days: 30}\n", State.UNDECIDED, ("data.classes",)),
        ("O-1", "data: {retention_days: 90}\n", State.UNDECIDED, ("data.classes",)),
        ("O-2", "evidence: {dpia: false}\n", State.MISSING, ("evidence.dpia",)),
        ("O-2", "evidence: {dpia: {owner: o, date: 2025-01-01, expires: 2026-01-01}}\n", State.MISSING, ("evidence.dpia",)),
        ("O-2", "", State.MISSING, ("evidence.dpia",)),
        ("O-2", "evidence: {dpia: {owner: o, date: 2026-01-01}}\n", State.SATISFIED, ()),
        ("O-3", HIRING, State.PERSON, ("evidence.practice_review",)),
        ("O-3", HIRING + NOT_LOOKED, State.PERSON, ("evidence.practice_review",)),
        ("O-3", "decision: {area: none}\n", State.NOT_APPLICABLE, ()),
        ("O-3", "", State.UNDECIDED, ("decision.area",)),
        ("O-3", NOT_LOOKED, State.UNDECIDED, ("decision.area",)),
        ("O-3", HIRING + LOOKED, State.SATISFIED, ()),
        ("O-4", "", State.NOT_BEGUN, ("data.minimized",)),
        ("O-5", "", State.MISSING, ("plan",)),
        ("O-5", "plan: {hosting: provider-api}\n", State.VIOLATED, ()),
        ("O-5", "plan: {hosting: own-cloud, fallback: none}\n", State.SATISFIED, ()),
        ("O-5", "plan: {hosting: own-cloud, fallback: provider-api}\n", State.VIOLATED, ()),
        ("O-5", "plan: {hosting: own-cloud}\n", State.MISSING, ("plan",)),
        ("O-6", "", State.MISSING, ("data.retention_days",)),
        ("O-7/least", "data: {minimized: true}\n", State.SATISFIED, ()),
        ("O-7/tokens", "data: {minimized: true}\n", State.MISSING, ("data.tokenized",)),
    ],
)  # fmt: skip
def test_a_rule_comes_to_a_state(rule: str, text: str, state: State, facts: tuple[str, ...]) -> None:
    found = state_of(rule, text)
    assert (found.state, found.facts) == (state, facts)


def test_nothing_is_asked_of_what_runs_no_more() -> None:
    found = state_of("O-1", KEPT % 90, "retired")
    assert found.state is State.NOT_APPLICABLE
    assert tuple(map(str, found.rests_on)) == ("`metadata.lifecycle` is retired, line 3",)


@pytest.mark.parametrize(
    ("rule", "text", "rests_on"),
    [
        ("O-1", KEPT % 90, ("`data.retention_days` is 90, line 4",)),
        ("O-1", KEPT % 30, ("`data.retention_days` is 30, line 4",)),
        ("O-1", "data: {classes: [public]}\n", ("`data.kinds` is public, line 4",)),
        ("O-1", "data: {classes: [personal]}\ndeployment: {exclusion: research}\n",
         ("`deployment.exclusion` is research, line 5",)),
        ("O-3", HIRING, ("`decision.area` is employment, line 4",)),
        ("O-5", "plan: {hosting: provider-api}\n", ("`option.hosting` is provider-api, line 4",)),
    ],
)  # fmt: skip
def test_a_state_says_what_it_rests_on(rule: str, text: str, rests_on: tuple[str, ...]) -> None:
    assert tuple(map(str, state_of(rule, text).rests_on)) == rests_on


def test_a_message_tells_of_the_option_what_no_condition_reads() -> None:
    found = state_of("O-8", "plan: {hosting: provider-api, provider: openai}\n")
    assert found.message == "`openai` answers"


def test_what_is_not_in_force_says_what_it_would_come_to() -> None:
    states = [state_of("O-4", f"data: {{minimized: {word}}}\n") for word in ("true", "false")]
    assert [(each.state, each.then) for each in states] == [
        (State.NOT_BEGUN, State.SATISFIED),
        (State.NOT_BEGUN, State.MISSING),
    ]


def test_a_rule_that_hangs_on_the_way_says_how_many_keep_it() -> None:
    kept, of, ways, *_ = state_of("O-5", "").message.replace(" of ", " ").split()
    assert 0 < int(kept) < int(of)
    assert ways == "ways"


def test_a_rule_that_hangs_on_the_fallback_says_so() -> None:
    message = state_of("O-5", "plan: {hosting: own-cloud}\n").message
    assert message.startswith("each of ")
    assert message.endswith(" ways keeps it, and not with every fallback")


def test_states_agree_with_the_outcomes_of_the_evaluation() -> None:
    evaluation = evaluated(KEPT % 90)
    states: dict[str, Any] = {each.rule.id: each for each in rule_states(evaluation, (), evaluator().rule_evaluator)}
    for ruled in evaluation.rules:
        state, full = states[ruled.active.rule.id].state, evaluation.planned.full
        assert (ruled.planned.not_applicable == full) == (state is State.NOT_APPLICABLE)
        if state is State.SATISFIED:
            assert not ruled.planned.violated | ruled.planned.undetermined | ruled.planned.undeclared


def test_a_rule_on_the_plan_is_not_applicable_where_none_is_declared_and_says_so() -> None:
    state = state_of("O-9", "")
    assert state.state is State.NOT_APPLICABLE
    assert [str(fact) for fact in state.rests_on] == ["`plan` is not declared"]
    assert state_of("O-9", "plan: {hosting: provider-api}\n").state is not State.NOT_APPLICABLE
