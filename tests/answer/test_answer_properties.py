"""What holds for every answer: it follows from what is assumed, it is never nothing, and it asks only what can be said."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from answers import WEIGHING, catalog, evaluator, feature_of
from hypothesis import given, settings
from hypothesis import strategies as st

from aipolicy.answer.answer import Answering
from aipolicy.answer.model import Certainty
from aipolicy.answer.trials import plan_violates
from aipolicy.evaluation.evaluation import Evaluator
from aipolicy.evaluation.findings import findings_of
from aipolicy.evaluation.needs import NEEDS
from aipolicy.facts.all_facts import REGISTRY, is_option_fact
from aipolicy.facts.expected import NONE_WORD, NOT_LIMITED
from aipolicy.facts.spec import FactValue, Kind
from aipolicy.options.attributes import Organization
from aipolicy.policy.rule import RuleKind

VALUES: dict[str, tuple[Any, ...]] = {
    "metadata.lifecycle": ("prototype", "pilot", "production"),
    "task.type": ("classification", "dialogue", "fraud-detection", "extraction", "vision"),
    "task.specialization": ("generic", "domain", "niche"),
    "task.prompting": ("sufficient", "insufficient"),
    "task.required_behavior": (["fixed-output-format"], ["full-control"]),
    "task.knowledge_changes": ("never", "weekly"),
    "data.classes": (["internal"], ["health"], ["itar"], ["public"]),
    "data.residency": (["EU"], ["DE"], ["any"]),
    "data.must_stay_inside": (True, False),
    "data.labelled_examples": (0, 700, 20000),
    "latency.p95_ms": (50, 900, 8000, "none"),
    "volume.requests_per_day": (100, 400000),
    "volume.input_tokens": (200, 4000),
    "volume.output_tokens": (5, 300),
    "team.ml_engineers": (0, 2, 6),
    "budget.monthly_usd": (500, 20000, "none"),
    "availability.critical": (True, False),
}
PLANS: tuple[dict[str, str], ...] = (
    {},
    {"hosting": "own-cloud", "adaptation": "rag"},
    {"provider": "openai", "region": "us", "model": "gpt-6-luna", "adaptation": "prompting", "fallback": "none"},
)
DECLARED = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in VALUES.items()})


def body_of(declared: dict[str, Any], plan: dict[str, Any]) -> str:
    """Return the manifest that declares some facts by dotted name, and a plan."""
    root: dict[str, Any] = {"metadata": {"name": "f"}, **({"plan": dict(plan)} if plan else {})}
    for name, value in declared.items():
        *sections, last = name.split(".")
        node = root
        for section in sections:
            node = node.setdefault(section, {})
        node[last] = value
    return "".join(f"{section}: {json.dumps(fields)}\n" for section, fields in root.items())


def plain(value: FactValue) -> Any:
    return list(value) if isinstance(value, tuple) else NONE_WORD if value == NOT_LIMITED else value


@cache
def expecting(engineers: float, inside: bool) -> Evaluator:
    """Return an evaluator of the default pack for an organisation that expects other values than the registry."""
    own: dict[str, FactValue] = {"team.ml_engineers": engineers, "data.must_stay_inside": inside}
    return Evaluator(evaluator().packs, catalog(), Organization(), expected=own)


def answering_of(declared: dict[str, Any], plan: dict[str, Any], judging: Evaluator | None = None) -> Answering:
    by = judging or evaluator()
    return Answering(by, by.evaluate(feature_of(body_of(declared, plan))), WEIGHING)


@settings(max_examples=60)
@given(DECLARED, st.sampled_from(PLANS))
def test_the_answer_is_the_certain_one_of_the_manifest_with_its_assumptions_written_in(
    declared: dict[str, Any], plan: dict[str, Any]
) -> None:
    answering = answering_of(declared, plan)
    assumed = answering.expected.facts
    written = {n: plain(assumed.values[n]) for n in assumed.assumed if not REGISTRY[n].replaces}
    again = answering_of({**declared, **written}, plan)
    assert again.certain.verdict == answering.expected.verdict
    for one_rule, other_rule in zip(again.certain.rules, answering.expected.rules, strict=True):
        if one_rule.active.rule.kind is RuleKind.CONSTRAINT:
            assert one_rule.candidates == other_rule.candidates
            assert one_rule.planned == other_rule.planned
    one, other = answering.answer.recommended, again.answer.recommended
    assert (one is None) is (other is None)
    if one is not None and other is not None:
        assert (one.number, one.cost) == (other.number, other.cost)


@settings(max_examples=60)
@given(DECLARED, st.sampled_from(PLANS))
def test_there_is_always_a_way_or_a_conflict_with_changes_that_end_it(
    declared: dict[str, Any], plan: dict[str, Any]
) -> None:
    answering = answering_of(declared, plan)
    if answering.answer.recommended is not None:
        assert answering.conflict is None
        return
    conflict = answering.conflict
    assert conflict is not None
    assert conflict.rules
    assert conflict.changes
    for change in conflict.changes:
        assert not [name for name in change.facts if REGISTRY[name].is_subject and name in declared]
        again = answering_of({**declared, **{n: plain(v) for n, v in change.facts.items() if "plan." not in n}}, plan)
        if not any(name.startswith("plan.") for name in change.facts):
            assert again.answer.recommended is not None


@settings(max_examples=60)
@given(DECLARED, st.sampled_from(PLANS))
def test_needs_and_recommendation_never_contradict_each_other(declared: dict[str, Any], plan: dict[str, Any]) -> None:
    answering = answering_of(declared, plan)
    recommended = answering.answer.recommended
    if recommended is None:
        return
    needs = {need.id: need for need in NEEDS}
    for stated in answering.answer.needs:
        if stated.id in needs:
            need = needs[stated.id]
            assert recommended.option_set.mask_of(need.attribute, need.values) >> recommended.number & 1
    certain = {need.id for need in answering.answer.needs if need.certainty is Certainty.CERTAIN}
    assert certain <= {need.id for need in answering.certain.verdict.needs if need.certain}


@settings(max_examples=25)
@given(DECLARED, st.sampled_from(PLANS), st.data())
def test_what_a_question_says_is_what_declaring_it_leads_to(
    declared: dict[str, Any], plan: dict[str, Any], data: st.DataObject
) -> None:
    answering = answering_of(declared, plan)
    for change in answering.questions:
        assert not [n for n in change.facts if is_option_fact(n) or n in declared]
        assert all(REGISTRY[name].kind is Kind.DESCRIBES for name in change.facts)
    if not answering.questions:
        return
    change = data.draw(st.sampled_from(answering.questions))
    again = answering_of({**declared, **{name: plain(value) for name, value in change.facts.items()}}, plan)
    then = again.answer.recommended
    assert (None if then is None else then.hosting) == change.then.hosting
    assert (None if then is None else then.adaptation) == change.then.adaptation
    assert then is None or plan_violates(again.expected) == change.then.violates
    assert then is None or set(plan_violates(again.certain)) <= set(change.then.violates)


@settings(max_examples=40)
@given(DECLARED, st.sampled_from(PLANS))
def test_what_is_looked_up_is_never_something_to_declare(declared: dict[str, Any], plan: dict[str, Any]) -> None:
    for gap in answering_of(declared, plan).answer.gaps:
        assert gap.about
        assert gap.file
        assert not is_option_fact(gap.fact)
        assert gap.fact not in REGISTRY or gap.file == "a measurement of your own"


@settings(max_examples=40)
@given(DECLARED, st.sampled_from(PLANS))
def test_what_is_to_be_done_is_something_that_can_be_done(declared: dict[str, Any], plan: dict[str, Any]) -> None:
    answering = answering_of(declared, plan)
    for each in answering.answer.to_do:
        assert REGISTRY[each.fact].kind is Kind.DONE
        assert each.before in ("now", "pilot", "production")
        assert each.of_plan is (answering.answer.plan is not None)


@settings(max_examples=40)
@given(DECLARED, st.sampled_from(PLANS), st.sampled_from((0.0, 5.0)), st.booleans())
def test_no_expected_value_makes_a_rule_pass(
    declared: dict[str, Any], plan: dict[str, Any], engineers: float, inside: bool
) -> None:
    feature = feature_of(body_of(declared, plan))
    found = [
        [
            (f.rule_id, f.severity, f.outcome, f.message)
            for f in findings_of(by.evaluate(feature), by.rule_evaluator, strict=False)
        ]
        for by in (evaluator(), expecting(engineers, inside))
    ]
    assert found[0] == found[1]
