"""Estimates are intervals: nothing is removed, needed or chosen over less than their error, and both ends are told."""

from __future__ import annotations

import pytest
from answers import answering, evaluator, feature_of
from test_cases import case

from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.needs import NEEDS
from aipolicy.evaluation.outcome_masks import OutcomeMasks, between
from aipolicy.report.answer_json import answer_fields
from aipolicy.run.answer_result import result_of_answer
from aipolicy.run.answers_asked import Depth
from aipolicy.run.evaluated_file import findings_by
from aipolicy.value import replace

BODY = (
    "task: {type: dialogue, specialization: generic, stable: true, hard_case_share: 0.2, prompting: sufficient, "
    "knowledge_changes: never}\ndata: {classes: [public], residency: [US], labelled_examples: 0}\n"
    "latency: {p95_ms: %d}\nvolume: {requests_per_day: 2000, input_tokens: 1000, output_tokens: 200, predictable: true}\n"
    "team: {ml_engineers: 2, deadline_weeks: 40, capacity_months: 30}\nbudget: {monthly_usd: 30000}\n"
)
BUDGETS = tuple(round(300.0 * 1.13**step) for step in range(30))

SATISFIED, VIOLATED, UNDETERMINED, NOT_APPLICABLE = (
    OutcomeMasks(0, 1, 0, 0), OutcomeMasks(0, 0, 1, 0), OutcomeMasks(0, 0, 0, 1), OutcomeMasks(1, 0, 0, 0),
)  # fmt: skip
CLOSE = OutcomeMasks(0, 0, 0, 1, close=1)
ENDS = (
    (SATISFIED, SATISFIED, SATISFIED, SATISFIED),
    (VIOLATED, VIOLATED, VIOLATED, VIOLATED),
    (VIOLATED, VIOLATED, NOT_APPLICABLE, VIOLATED),
    (SATISFIED, SATISFIED, NOT_APPLICABLE, SATISFIED),
    (NOT_APPLICABLE, NOT_APPLICABLE, NOT_APPLICABLE, NOT_APPLICABLE),
    (SATISFIED, SATISFIED, VIOLATED, replace(CLOSE, kept=1)),
    (SATISFIED, VIOLATED, VIOLATED, CLOSE),
    (NOT_APPLICABLE, NOT_APPLICABLE, VIOLATED, replace(CLOSE, kept=1)),
    (VIOLATED, VIOLATED, SATISFIED, CLOSE),
    (UNDETERMINED, UNDETERMINED, VIOLATED, UNDETERMINED),
    (SATISFIED, UNDETERMINED, UNDETERMINED, UNDETERMINED),
)


@pytest.mark.parametrize(("fast", "usual", "slow", "expected"), ENDS)
def test_what_holds_at_both_ends_is_known_and_what_does_not_is_close(
    fast: OutcomeMasks, usual: OutcomeMasks, slow: OutcomeMasks, expected: OutcomeMasks
) -> None:
    assert between(fast, usual, slow) == expected


def test_no_need_goes_over_a_difference_that_is_smaller_than_the_error_of_estimates() -> None:
    """A need at one budget, certain or not, that is none at another takes an estimate with an end between the two."""
    judging = evaluator()
    verdicts = {}
    for budget in BUDGETS:
        evaluation = judging.evaluate(feature_of(BODY % budget)).expected
        verdicts[budget] = (evaluation, {need.id: need.certain for need in evaluation.verdict.needs})
    turned = 0
    for low in BUDGETS:
        for high in (budget for budget in BUDGETS if budget > low):
            evaluation, needs = verdicts[high]
            for need in (n for n in NEEDS if n.id in verdicts[low][1] and n.id not in needs):
                turned += 1
                lacking = evaluation.verdict.admissible & ~evaluation.candidates.mask_of(need.attribute, need.values)
                assert lacking
                assert low <= max(_ends(evaluation, lacking)) <= high
    assert turned


def _ends(evaluation: Evaluation, mask: int) -> tuple[float, float]:
    """Return the ends of the median latency of the fastest of some options."""
    option_set, workload = evaluation.candidates, evaluation.workload
    found = []
    for end in ("fast", "slow"):
        groups = option_set.groups(("option.latency_p50_ms",), replace(workload, end=end))
        known = [value for (value,), group in groups if group & mask and isinstance(value, float)]
        found.append(min(known))
    return found[0], found[1]


def test_thirteen_milliseconds_of_an_estimate_decide_nothing_and_both_ends_are_told() -> None:
    answers = [case("knife-edge-latency"), answering(BODY % 1520)]
    told = []
    for asked in answers:
        way = asked.answer.recommended
        assert way is not None
        [measure] = [m for m in asked.answer.measures if m.close.fact == "option.latency_floor_ms"]
        assert measure.close.low < 1500.0 < 1520.0 < measure.close.high
        assert measure.close.limit_fact == "latency.p95_ms"
        assert not [need for need in asked.answer.needs if need.id == "self-hosting"]
        told.append((way.hosting, way.model, measure.close.low, measure.close.high))
    assert told[0] == told[1]


def test_programs_read_both_ends_and_the_limit() -> None:
    [measure] = answer_fields(result_of_answer(case("knife-edge-latency"), Depth.BRIEF))["measures"]
    assert measure["rule"] == "LAT-001"
    assert measure["low"] < measure["limit"] < measure["high"]
    assert (measure["limit"], measure["limit_fact"]) == (1500.0, "latency.p95_ms")


PLAN = (
    "metadata: {name: f, owner: o, lifecycle: pilot}\n"
    + BODY
    + "plan: {adaptation: prompting, hosting: provider-api, provider: amazon-bedrock, model: amazon-nova-micro-v1, "
    "region: us, fallback: none}\n"
)


def test_a_plan_that_is_too_close_gates_with_what_to_measure() -> None:
    asked = answering(PLAN % 1500)
    found = findings_by(asked.certain, evaluator().rule_evaluator)
    [line] = [finding.message for finding in found if finding.rule_id == "LAT-002"]
    assert line.startswith("too close to tell: `latency_p50_ms` is estimated at `")
    assert "`latency.p95_ms` is `1 500`; measure it" in line


def test_a_plan_beyond_the_favourable_end_is_broken_and_one_within_the_other_is_not() -> None:
    broken, kept = (
        {f.rule_id: f.outcome.value for f in findings_by(answering(PLAN % budget).certain, evaluator().rule_evaluator)}
        for budget in (500, 20000)
    )
    assert broken["LAT-002"] == "violated"
    assert "LAT-002" not in kept
