"""What gates: learning never turns a definite outcome around, and leaving a fact out never passes what failed."""

from __future__ import annotations

from typing import Any

import pytest
from any_manifest import (
    ABSENT,
    DESCRIBED,
    DONE,
    EVERYTHING,
    LEARNABLE,
    PLANS,
    REPLACING,
    TOLD,
    WHOLE_PLANS,
    declarations,
    feature_of,
    shipped,
    values_of,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from aipolicy.evaluation.findings import findings_of
from aipolicy.evaluation.paired_outcomes import Outcomes
from aipolicy.evaluation.verdict import ways_of
from aipolicy.facts.declared import DECLARED_FACTS, PLAN_AXES
from aipolicy.facts.facts import derive_facts
from aipolicy.findings.finding import Severity
from aipolicy.policy.rule import RuleScope

EXCEPTIONS = {
    *PLAN_AXES, *(spec.name for spec in DECLARED_FACTS if spec.is_answered_by_absence or spec.replaces),
}  # fmt: skip
"""The facts that may turn an outcome around, as the registry says: what a plan names, of which the best way is taken when
it is left out; facts whose absence is an answer; and what is said in place of the catalog."""


def definite(outcomes: Outcomes) -> tuple[int, int]:
    """Return where a rule is certainly violated, and where it certainly has nothing against an option."""
    return outcomes.violated, outcomes.satisfied | outcomes.not_applicable


@settings(max_examples=200)
@given(
    declarations((*DESCRIBED, *ABSENT, *REPLACING), 12), declarations(LEARNABLE, 30),
    st.sampled_from((*PLANS, *WHOLE_PLANS)),
    st.lists(st.sampled_from(sorted(EVERYTHING.keys() - EXCEPTIONS)), unique=True, max_size=12),
    st.sampled_from((None, "prototype", "pilot", "production")),
)  # fmt: skip
def test_learning_a_fact_never_turns_a_definite_outcome_of_a_shipped_rule_around(
    other: dict[str, Any], many: dict[str, Any], plan: dict[str, Any], learnt: list[str], lifecycle: str | None
) -> None:
    more = {**EVERYTHING, **many, **other, **plan}
    known = {name: value for name, value in more.items() if name not in {*learnt, *many}}
    before, after = (shipped().evaluate(feature_of(each, lifecycle)) for each in (known, more))
    evaluate = shipped().rule_evaluator.evaluate
    for old in before.rules:
        for option_set, was in ((before.candidates, old.candidates), (before.planned, old.planned)):
            if option_set is before.candidates and old.active.rule.scope is RuleScope.PLAN:
                continue
            # NOTE: other partners may be the best ones when more is known; the same options are compared.
            now = evaluate(old.active.rule, after.facts, after.workload, option_set)
            for old_mask, new_mask in zip(definite(was), definite(now), strict=True):
                assert not old_mask & ~new_mask, old.active.rule.id
    ways, then = (ways_of(each.verdict, each.candidates) for each in (before, after))
    assert not ways.removed & ~then.removed
    assert not ways.admissible & ~then.admissible


def fails(declared: dict[str, Any], lifecycle: str) -> bool:
    """Return whether a check of a manifest with these declarations ends with exit code 1."""
    evaluation = shipped().evaluate(feature_of(declared, lifecycle))
    found = findings_of(evaluation, shipped().rule_evaluator, strict=False)
    return any(finding.severity is Severity.ERROR for finding in found)


def contradicts_itself(declared: dict[str, Any]) -> bool:
    """Return whether two declarations cannot both be so, which is told whatever the rules are."""
    by = shipped()
    feature = by.with_bill(feature_of(declared, "production"))
    # NOTE: as it is evaluated, without the rules.
    return bool(derive_facts(feature, by.catalog, by.catalog.as_of, by.known).problems)


@pytest.mark.parametrize("plan", WHOLE_PLANS)
def test_a_whole_plan_with_everything_declared_passes(plan: dict[str, Any]) -> None:
    assert not fails({**EVERYTHING, **plan}, "production")


@pytest.mark.parametrize("plan", WHOLE_PLANS)
@pytest.mark.parametrize("name", sorted(EVERYTHING.keys() - EXCEPTIONS))
def test_from_pilot_on_a_fact_that_is_left_out_gates_or_no_value_of_it_fails(name: str, plan: dict[str, Any]) -> None:
    spec = next(spec for spec in TOLD if spec.name == name)
    whole = {**EVERYTHING, **plan}
    fails_without = fails({other: value for other, value in whole.items() if other != name}, "production")
    with_it = [{**whole, name: value} for value in values_of(spec)]
    assert fails_without or not any(fails(each, "production") for each in with_it if not contradicts_itself(each))


@settings(max_examples=200)
@given(
    declarations(DESCRIBED, 3), declarations(DONE, 2), declarations(ABSENT, 1), st.sampled_from((*PLANS, *WHOLE_PLANS)),
    st.sampled_from(("pilot", "production")), st.data(),
)  # fmt: skip
def test_from_pilot_on_leaving_a_fact_out_never_passes_what_failed(
    described: dict[str, Any], done: dict[str, Any], absent: dict[str, Any], plan: dict[str, Any], lifecycle: str,
    data: st.DataObject,
) -> None:  # fmt: skip
    declared = {**EVERYTHING, **described, **done, **absent, **plan}
    changed = sorted((described.keys() | done.keys()) - EXCEPTIONS)
    if not changed or contradicts_itself(declared) or not fails(declared, lifecycle):
        return
    gone = set(data.draw(st.lists(st.sampled_from(changed), min_size=1, unique=True)))
    assert fails({name: value for name, value in declared.items() if name not in gone}, lifecycle)
