"""Retired features: nothing is asked of them but by rules that name them."""

from __future__ import annotations

from typing import Any

import pytest
from any_manifest import PLANS, TOLD, declarations, feature_of, shipped
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import evaluator_over, feature, option_set_of_some, pack, rule

from aipolicy.answer.answer import Answering
from aipolicy.answer.model import Certainty
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.evaluation.findings import findings_of
from aipolicy.evaluation.ranking import Weighing
from aipolicy.evaluation.recommendation import recommend
from aipolicy.evaluation.reevaluation import Reevaluation
from aipolicy.facts.assume import with_changes
from aipolicy.report.answer_words import answer_words
from aipolicy.run.answer_result import result_of_answer
from aipolicy.run.answers_asked import Depth

WEIGHING = Weighing(20.0, 36.0)
UNKNOWN_PLAN = {"plan.provider": "nobody", "plan.model": "nothing"}


PARAMETERS = "parameters:\n" + "".join(
    f"  - {{name: {name}, type: texts, default: [{words}], description: Stages, source: own, checked_on: 2026-11-21}}\n"
    for name, words in (("stages", "production, retired"), ("others", "production"))
)


def of_retired(declared: dict[str, Any]) -> Evaluation:
    return shipped().evaluate(feature_of(declared, "retired"))


@settings(max_examples=60)
@given(declarations(TOLD, 12), st.sampled_from((*PLANS, UNKNOWN_PLAN)), st.booleans())
def test_no_shipped_rule_says_anything_of_a_retired_feature(
    declared: dict[str, Any], plan: dict[str, Any], strict: bool
) -> None:
    evaluation = of_retired({**declared, **plan})
    for each in (evaluation, evaluation.expected):
        for ruled in each.rules:
            assert ruled.candidates.not_applicable == each.candidates.full, ruled.active.rule.id
            assert ruled.planned.not_applicable == each.planned.full, ruled.active.rule.id
    about = {
        finding.rule_id.partition("-")[0]
        for finding in findings_of(evaluation, shipped().rule_evaluator, strict=strict)
    }
    assert about <= {"MAN"}


@pytest.mark.parametrize("plan", PLANS)
def test_nothing_is_recommended_asked_or_to_be_done_for_a_retired_feature(plan: dict[str, Any]) -> None:
    evaluation = of_retired({"data.classes": ["health"], "data.residency": ["DE"], "latency.p95_ms": 20, **plan})
    answering = Answering(shipped(), evaluation, WEIGHING)
    answer = answering.answer
    assert recommend(evaluation.expected, margin_percent=20.0) is None
    assert (answer.recommended, answer.runner_up) == (None, None)
    assert answer.plan is None or answer.plan.violates == ()
    assert (answer.needs, answer.to_do, answer.gaps, answer.clash, answer.rule_prices) == ((), (), (), (), ())
    assert (answer.certainty, answer.assumed) == (Certainty.CERTAIN, {})
    assert (answering.questions, answering.turns, answering.conflict) == ((), (), None)


def test_every_page_says_of_a_retired_feature_that_nothing_is_recommended() -> None:
    result = result_of_answer(Answering(shipped(), of_retired({"data.classes": ["health"]}), WEIGHING), Depth.FULL)
    assert (result.recommended, result.conflict, result.questions) == (None, None, ())
    assert answer_words(result) == "retired: nothing is recommended or asked"


def test_the_same_feature_in_production_is_recommended_something() -> None:
    evaluation = shipped().evaluate(feature_of({"data.classes": ["health"]}, "production"))
    assert Answering(shipped(), evaluation, WEIGHING).answer.recommended is not None


@pytest.mark.parametrize(
    ("when", "extra", "lifecycle", "is_found"),
    [
        ('metadata.lifecycle == "retired"', "", "retired", True),
        ("metadata.lifecycle in [''production'', ''retired'']", "", "retired", True),
        ('metadata.lifecycle == "retired" && data.personal', "", "retired", True),
        ("metadata.lifecycle in params.stages", "", "retired", True),
        ("metadata.lifecycle in params.others", "", "retired", False),
        ("", "applies_to: {lifecycle: [retired]}", "retired", True),
        ("", "applies_to: {lifecycle: [retired]}", "production", False),
        ('metadata.lifecycle != "retired"', "", "retired", False),
        ('metadata.lifecycle != "retired"', "", "production", True),
        ("!metadata.past_prototype", "", "retired", False),
        ('metadata.lifecycle != "prototype"', "", "retired", False),
        ('metadata.lifecycle != "prototype"', "", "production", True),
        ("", "", "retired", False),
        ("", "", "production", True),
    ],
)
def test_a_rule_holds_for_retired_features_where_it_names_them(
    when: str, extra: str, lifecycle: str, is_found: bool
) -> None:
    judging = evaluator_over(
        option_set_of_some(), pack(rule("OWN-001", "evidence.dpia", when=when, kind="duty", extra=extra), PARAMETERS)
    )
    body = f"metadata: {{name: f, lifecycle: {lifecycle}}}\ndata: {{classes: [health]}}\nevidence: {{dpia: false}}\n"
    evaluation = judging.evaluate(feature(body))
    found = {each.rule_id for each in findings_of(evaluation, judging.rule_evaluator, strict=False)}
    assert ("OWN-001" in found) is is_found


def test_a_feature_tried_as_retired_is_evaluated_as_one_that_is_declared_so() -> None:
    judging = shipped()
    running, declared = judging.evaluate(feature_of({}, "production")), of_retired({})
    for start, stage, wanted in ((running, "retired", declared), (declared, "production", running)):
        facts = with_changes(start.expected.facts, {"metadata.lifecycle": stage}, judging.catalog)
        tried = Reevaluation(judging, start.expected, facts).evaluation
        assert [each.candidates for each in tried.rules] == [each.candidates for each in wanted.expected.rules]
