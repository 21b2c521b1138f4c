"""The documented Python API."""

from __future__ import annotations

from datetime import date

import pytest

import aipolicy
from aipolicy.answer.answer import Answering
from aipolicy.evaluation.ranking import Weighing

MANIFEST = b"""\
apiVersion: aipolicy/v1
kind: AIFeature
metadata: {name: faq}
data: {classes: [internal], residency: [US]}
latency: {p95_ms: 8000}
volume: {requests_per_day: 2000}
task: {type: dialogue, specialization: generic, prompting: sufficient, stable: true, knowledge_changes: never,
  needs_frontier_reasoning: false}
team: {ml_engineers: 0}
"""


def test_every_documented_name_can_be_imported() -> None:
    assert all(getattr(aipolicy, name) is not None for name in aipolicy.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        aipolicy.chekc  # noqa: B018


def test_check_judges_a_manifest_given_as_bytes() -> None:
    policy = aipolicy.load_policy(aipolicy.PolicySettings(as_of=date(2026, 11, 21)))
    report = aipolicy.check([aipolicy.ManifestFile("faq.yaml", MANIFEST, True)], policy)
    assert [evaluation.feature.name for evaluation in report.evaluations] == ["faq"]
    assert report.exit_code(aipolicy.Severity.ERROR) == 0
    recommendation = aipolicy.recommend(report.evaluations[0], margin_percent=20)
    assert recommendation is not None
    assert recommendation.chosen.option.hosting == "provider-api"


def test_the_api_recommends_what_explain_recommends_of_a_bare_manifest() -> None:
    policy = aipolicy.load_policy(aipolicy.PolicySettings(as_of=date(2026, 11, 21)))
    bare = b"apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: faq}\n"
    (evaluation,) = aipolicy.check([aipolicy.ManifestFile("faq.yaml", bare, True)], policy).evaluations
    recommendation = aipolicy.recommend(evaluation, margin_percent=20)
    explained = Answering(policy.evaluator, evaluation, Weighing(20.0, 36.0)).recommended
    assert recommendation is not None
    assert explained is not None
    assert recommendation.chosen.option.id == explained.option.id
    assert recommendation.chosen.option.hosting == "provider-api"
