"""What is evaluated before a feature changes nothing: what an evaluator remembers is what it would find anew."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from any_manifest import LEARNABLE, PLANS, Declared, declarations, feature_of
from hypothesis import given, settings
from hypothesis import strategies as st
from own_legs import own_legs
from worlds import OWN, catalog

from aipolicy.evaluation.evaluation import Evaluation, Evaluator
from aipolicy.evaluation.ranking import Weighing
from aipolicy.evaluation.recommendation import Recommender
from aipolicy.manifest.feature import Feature
from aipolicy.manifest.read import ManifestFile, read_manifests
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.reading.load import find_pack, load_packs

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"
WEIGHING = Weighing(margin_percent=10.0, horizon_months=36.0)
CRITICAL: Declared = {
    "task.type": "fraud-detection", "data.classes": ["internal"], "availability.critical": True,
    "latency.p95_ms": 900, "volume.requests_per_day": 400000,
}  # fmt: skip
"""Ways of one's own stand first, and few of them are left."""


@cache
def packs() -> tuple[PolicyPack, ...]:
    return tuple(load_packs([find_pack("build-or-buy", Path())], catalog(), {}))


def evaluator() -> Evaluator:
    """Return an evaluator that has evaluated nothing yet."""
    return own_legs(packs(), catalog(), OWN)


def found(evaluation: Evaluation) -> object:
    """Return what became of every rule, certain and expected, and what is recommended; every memory is asked."""
    certain = [
        (ruled.active.rule.id, outcomes.violated, outcomes.undetermined, outcomes.not_applicable)
        for each in (evaluation, evaluation.expected)
        for ruled in each.rules
        for outcomes in (ruled.candidates, ruled.planned)
    ]
    recommender = Recommender(evaluation.expected, WEIGHING)
    chosen = recommender.chosen()
    way = None if chosen is None else (evaluation.candidates.options[chosen.number].id, chosen.cost, chosen.against)
    return way, evaluation.expected.verdict.remaining, certain


def answered_after(features: list[Feature]) -> object:
    judging = evaluator()
    for each in features[:-1]:
        recommender = Recommender(judging.evaluate(each).expected, WEIGHING)
        recommender.chosen()
    return found(judging.evaluate(features[-1]))


@pytest.mark.parametrize("last", ["office-questions", "letter-translation", "claim-triage"])
def test_an_example_is_answered_alike_whatever_stands_before_it(last: str) -> None:
    paths = sorted((EXAMPLES / "public-agency").glob("*.aifeature.yaml"))
    features = [read_manifests([ManifestFile(str(path), path.read_bytes(), True)]).features[0] for path in paths]
    features.sort(key=lambda feature: feature.name == last)
    assert answered_after(features) == answered_after(features[-1:])


declared = st.builds(
    lambda facts, plan: {**facts, **plan}, declarations(LEARNABLE, 14), st.sampled_from(PLANS)
)  # fmt: skip


@given(before=st.lists(declared, min_size=1, max_size=3), last=declared)
@settings(max_examples=10)
def test_a_feature_is_evaluated_alike_whatever_was_evaluated_before(before: list[Declared], last: Declared) -> None:
    features = [feature_of(each, "pilot") for each in (CRITICAL, *before, last)]
    assert answered_after(features) == answered_after(features[-1:])
