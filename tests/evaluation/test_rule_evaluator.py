"""Masks agree with judging every option alone; learning never turns a definite answer around."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged_alone import numbers_of, outcome_alone, outcome_in_masks
from obvious_pairs import WEIGHTS
from worlds import COST, DPA, FLOOR, LATENCY, LEAVES, MANY, RESIDENCY, evaluate, evaluator, feature, rule

from aipolicy.evaluation.option_masks import union
from aipolicy.facts.spec import FactValue
from aipolicy.findings.finding import Outcome

FACTS: dict[str, list[str]] = {
    "data.classes": ["[internal]", "[health]", "[itar]"],
    "data.residency": ["[EU]", "[US]", "[DE]"],
    "latency.p95_ms": ["20", "800", "8000"],
    "volume.requests_per_day": ["100", "200000"],
    "volume.input_tokens": ["100", "3000"],
    "volume.output_tokens": ["1", "300"],
    "task.hard_case_share": ["0", "0.4"],
    "budget.monthly_usd": ["10", "20000"],
}
PLANS = [
    "",
    "plan: {hosting: provider-api}\n",
    "plan: {provider: openai, region: eu}\n",
    "plan: {hosting: own-cloud}\n",
]


def manifest(declared: dict[str, str], plan: str = "") -> str:
    sections: dict[str, list[str]] = {}
    for name, value in declared.items():
        section, _, key = name.partition(".")
        sections.setdefault(section, []).append(f"{key}: {value}")
    return "".join(f"{section}: {{{', '.join(keys)}}}\n" for section, keys in sections.items()) + plan


DECLARATIONS = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in FACTS.items()})


@settings(max_examples=15)
@given(declared=DECLARATIONS, plan=st.sampled_from(PLANS), seed=st.integers(0, 10_000))
def test_masks_agree_with_judging_an_option_alone(declared: dict[str, str], plan: str, seed: int) -> None:
    judging = evaluator(*MANY)
    evaluation = judging.evaluate(feature(manifest(declared, plan)))
    every = numbers_of(evaluation.planned)
    numbers = random.Random(seed).sample(every, min(40, len(every)))
    for ruled in evaluation.rules:
        for number in numbers:
            alone = outcome_alone(judging, ruled.active.rule, evaluation, evaluation.planned, number)
            assert outcome_in_masks(ruled.planned, number) is alone, (ruled.active.rule.id, number)


@settings(max_examples=40)
@given(declared=DECLARATIONS, extra=st.sampled_from(sorted(FACTS)), choice=st.integers(0, 2))
def test_learning_an_unknown_fact_never_turns_a_definite_answer_around(
    declared: dict[str, str], extra: str, choice: int
) -> None:
    """Other partners may be the best ones once more is known: the options of before and those of after are compared, both
    under what is known before and after.
    """
    if extra in declared:
        declared = {name: value for name, value in declared.items() if name != extra}
    judging = evaluator(*MANY)
    before = judging.evaluate(feature(manifest(declared)))
    after = judging.evaluate(feature(manifest({**declared, extra: FACTS[extra][choice % len(FACTS[extra])]})))
    for ruled in before.rules:
        for option_set in (before.candidates, after.candidates):
            old, new = (
                judging.rule_evaluator.evaluate(ruled.active.rule, each.facts, each.workload, option_set)
                for each in (before, after)
            )
            assert old.violated & ~new.violated == 0
            cleared = old.satisfied | old.not_applicable
            assert cleared & (new.violated | new.undetermined) == 0


def test_what_building_a_cascade_takes_hangs_on_no_share_of_hard_cases() -> None:
    judging = evaluator(rule("SPEND-001", "option.upfront_usd <= 200000.0", severity="warning"))
    known = {"data.labelled_examples": "0", "volume.corpus_tokens": "1000000"}
    before, after = (
        judging.evaluate(feature(manifest(each, "plan: {hosting: own-cloud}\n")))
        for each in (known, {**known, "task.hard_case_share": "0.2"})
    )
    (ruled,) = before.rules
    options = before.planned
    assert any("+fine-tuning@" in option.id and option.routing == "cascade" for option in options.options)
    now = judging.rule_evaluator.evaluate(ruled.active.rule, after.facts, after.workload, options)
    # NOTE: the masks are too long to be printed.
    assert ruled.planned.violated ^ now.violated == 0
    assert ruled.planned.satisfied ^ now.satisfied == 0
    assert ruled.planned.violated
    assert ruled.planned.satisfied


@pytest.mark.parametrize("rules", [MANY, (COST, FLOOR), (RESIDENCY, LEAVES, DPA), (LATENCY,)])
def test_the_masks_of_a_judgement_part_the_options(rules: tuple[str, ...]) -> None:
    evaluation = evaluate("data: {classes: [health]}\nlatency: {p95_ms: 900}\n", *rules)
    for ruled in evaluation.rules:
        found = ruled.candidates
        masks = [getattr(found, outcome.name.lower()) for outcome in WEIGHTS]
        assert union(masks) == evaluation.candidates.full
        assert sum(mask.bit_count() for mask in masks) == evaluation.candidates.full.bit_count()
        assert (found.kept & ~found.close, found.close & ~found.undetermined) == (0, 0)


@pytest.mark.parametrize(
    ("when", "require", "outcome"),
    [
        ("data.sensitivity >= 4", "latency.realtime", Outcome.NOT_APPLICABLE),
        ("data.sensitivity >= 0", "data.minimized", Outcome.UNDETERMINED),
        ("data.sensitivity >= 0", "latency.realtime", Outcome.VIOLATED),
        ("data.sensitivity >= 0", "!latency.realtime", Outcome.SATISFIED),
        ("data.minimized", "!latency.realtime", Outcome.SATISFIED),
        ("data.minimized", "latency.realtime", Outcome.UNDETERMINED),
        ("data.minimized && data.sensitivity >= 4", "latency.realtime", Outcome.NOT_APPLICABLE),
        ("data.sensitivity >= 0", "data.minimized || !latency.realtime", Outcome.SATISFIED),
    ],
)
def test_when_and_require_add_up_to_an_outcome(when: str, require: str, outcome: Outcome) -> None:
    evaluation = evaluate("data: {classes: [public]}\n", rule("DUTY-001", require, when=when, kind="duty"))
    assert evaluation.rules[0].candidates.outcome_of(0) is outcome


def test_an_evaluation_error_is_unknown_with_its_reason() -> None:
    judging = evaluator(rule("DUTY-001", "1.0 / 0.0 > 0.0 && 1 / 0 == 1", kind="duty"))
    evaluation = judging.evaluate(feature("data: {classes: [public]}\n"))
    facts: dict[str, FactValue] = {}
    trace = judging.rule_evaluator.trace(evaluation.rules[0].active.rule, evaluation.facts, facts)
    assert evaluation.rules[0].candidates.outcome_of(0) is Outcome.UNDETERMINED
    assert trace[0].error == "divide by zero"
