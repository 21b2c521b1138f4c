"""An evaluation in, the explanation as versioned JSON out."""

from __future__ import annotations

from typing import Any

from aipolicy import __version__
from aipolicy.answer.answer import Answering
from aipolicy.answer.what_if import WhatIf
from aipolicy.answer.why_not import WhyNot
from aipolicy.evaluation.deciding import planned_leg
from aipolicy.evaluation.evaluation import Evaluation, RuleEvaluation
from aipolicy.evaluation.finding_words import option_name
from aipolicy.evaluation.option_masks import first_in
from aipolicy.evaluation.recommendation import Choice, Recommendation, recommend
from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.evaluation.verdict import ways_of
from aipolicy.findings.finding import Stage
from aipolicy.report.answer_json import reasons_fields
from aipolicy.report.explain.what_if_json import what_if_object, why_not_object
from aipolicy.report.formats.json_report import feature_object, options_object
from aipolicy.report.formats.json_text import json_text
from aipolicy.report.formats.json_value import json_value
from aipolicy.run.answer_result import result_of_answer
from aipolicy.run.answers_asked import Depth
from aipolicy.run.feature_result import FeatureResult, feature_of, verdict_result
from aipolicy.run.policy import Policy

EXPLANATION_SCHEMA = "aipolicy/explanation/v2"


def render_explanation_json(answering: Answering, policy: Policy, beside: WhatIf | None = None,
                            not_so: tuple[Answering, WhyNot] | None = None) -> str:  # fmt: skip
    """Return one explanation as strict JSON, with what was asked what-if about."""
    evaluation, weighing = answering.certain, answering.weighing
    recommendation = recommend(
        evaluation, margin_percent=weighing.margin_percent, horizon_months=weighing.horizon_months
    )
    expected = evaluation.expected
    ways, legs = ways_of(expected.verdict, expected.candidates), expected.candidates.mains
    return json_text(
        {
            "schema": EXPLANATION_SCHEMA,
            "tool": {"name": "aipolicy", "version": __version__},
            "as_of": policy.catalog.as_of.isoformat(),
            "policy": {"digest": policy.digest},
            **feature_object(_feature(evaluation, answering), policy.evaluator.known.specs),
            "admissible_options": options_object(ways.admissible, legs),
            "open_options": options_object(ways.open, legs),
            "recommendation": None if recommendation is None else _recommendation(recommendation),
            "reasons": reasons_fields(answering),
            "what_if": what_if_object(beside),
            "why_not": why_not_object(None if not_so is None else not_so[1]),
            "rules": [_rule(evaluation, ruled, policy.evaluator.rule_evaluator) for ruled in evaluation.rules],
        }
    )


def _feature(evaluation: Evaluation, answering: Answering) -> FeatureResult:
    verdict, answer = verdict_result(evaluation.expected), result_of_answer(answering, Depth.DRAWN)
    return feature_of(evaluation)._replace(verdict=verdict, answer=answer)


def _recommendation(recommendation: Recommendation) -> dict[str, Any]:
    return {
        "chosen": _choice(recommendation.chosen),
        "runner_up": None if recommendation.runner_up is None else _choice(recommendation.runner_up),
        "because": recommendation.because,
        "flips": list(recommendation.flips),
    }


def _choice(choice: Choice) -> dict[str, Any]:
    return {
        "option": option_name(choice.option),
        "against": list(choice.against),
        "monthly_usd": None if choice.monthly_usd is None else round(choice.monthly_usd, 2),
        "fixed_monthly_usd": None if choice.fixed_monthly_usd is None else round(choice.fixed_monthly_usd, 2),
    }


def _rule(evaluation: Evaluation, ruled: RuleEvaluation, rule_evaluator: RuleEvaluator) -> dict[str, Any]:
    planned = ruled.planned
    telling = (planned.violated, planned.undeclared, planned.undetermined, planned.satisfied, planned.not_applicable)
    number = first_in(next(mask for mask in telling if mask))
    leg = planned_leg(evaluation, ruled.active.rule, number, rule_evaluator)
    option = leg.option_set.facts_of(leg.number, evaluation.workload)
    count = evaluation.planned.legs_of
    return {
        "rule": ruled.active.rule.id,
        "severity": ruled.active.severity.value,
        "in_force": ruled.active.stage is Stage.IN_FORCE,
        "stage": ruled.active.stage.value,
        "outcomes": {
            "violated": count(planned.violated).bit_count(),
            **({"undeclared": count(planned.undeclared).bit_count()} if planned.undeclared else {}),
            "undetermined": count(planned.undetermined).bit_count(),
            "satisfied": count(planned.satisfied).bit_count(),
            "not-applicable": count(planned.not_applicable).bit_count(),
        },
        "option": option_name(evaluation.planned.options[number]),
        "outcome": planned.outcome_of(number).value,
        "lines": [
            {
                "section": line.section,
                "text": line.text,
                "truth": line.truth.value,
                "values": {name: json_value(value) for name, value in line.values},
                "error": line.error,
            }
            for line in rule_evaluator.trace(ruled.active.rule, evaluation.facts, option)
        ],
    }
