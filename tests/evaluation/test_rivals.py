"""What plans are compared with is the cheapest of all that remain, found without looking at each."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from aipolicy.catalog.load import read_catalog
from aipolicy.evaluation.evaluation import Evaluation, Evaluator
from aipolicy.evaluation.option_masks import first_in
from aipolicy.evaluation.rivals import rivals_of
from aipolicy.manifest.read import ManifestFile, read_manifests
from aipolicy.options.attributes import Organization
from aipolicy.options.cost_inputs import CostInputs
from aipolicy.policy.reading.load import find_pack, load_packs

HEAD = "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: f, lifecycle: pilot}\n"
WORK = "volume: {{requests_per_day: {requests}, input_tokens: 900, output_tokens: 120}}\nlatency: {{p95_ms: 4000}}\n"
FEATURES = {
    "a chat of few": "task: {type: question-answering}\n" + WORK.format(requests=900),
    "a classifier of many": "task: {type: classification}\n" + WORK.format(requests=4_000_000),
    "hard cases": "task: {type: generation, hard_case_share: 0.2}\n" + WORK.format(requests=60_000),
    "data that stays": "data: {classes: [personal], must_stay_inside: true}\n" + WORK.format(requests=60_000),
    "nothing but data": "data: {classes: [public]}\n",
}


@cache
def evaluator() -> Evaluator:
    catalog = read_catalog((), as_of=date(2026, 11, 29))
    packs = load_packs([find_pack("build-or-buy", Path())], catalog, {})
    return Evaluator(tuple(packs), catalog, Organization())


def obvious(evaluation: Evaluation, mask: int, staying: int) -> CostInputs | None:
    """Return the cost inputs of the cheapest option of a mask, each of them looked at."""
    groups = evaluation.candidates.groups(("option.monthly_usd",), evaluation.workload)
    known = [(usd, group & mask) for (usd,), group in groups if isinstance(usd, float) and group & mask]
    least = min((usd for usd, _ in known), default=None)
    cheapest = sum(group for usd, group in known if usd == least) & staying
    return evaluation.candidates.cost_inputs(first_in(cheapest)) if cheapest else None


@pytest.mark.parametrize("feature", FEATURES)
def test_rivals_are_the_cheapest_that_remain(feature: str) -> None:
    read = read_manifests([ManifestFile("f.aifeature.yaml", (HEAD + FEATURES[feature]).encode(), True)])
    evaluation = evaluator().evaluate(read.features[0]).expected
    candidates, verdict = evaluation.candidates, evaluation.verdict
    found = rivals_of(candidates, verdict, evaluation.workload, is_certain=False)
    mask = verdict.admissible or verdict.remaining
    own = mask & ~candidates.mask_of("option.hosting", frozenset({"provider-api"}))
    assert found.cheapest == obvious(evaluation, mask, mask)
    assert found.own == obvious(evaluation, own, own)
    assert found.own_remains is bool(own)
    assert found.cheapest is not None


def test_where_only_what_is_certain_counts_nothing_that_may_be_removed_is_the_cheapest() -> None:
    read = read_manifests([ManifestFile("f.aifeature.yaml", (HEAD + FEATURES["a chat of few"]).encode(), True)])
    evaluation = evaluator().evaluate(read.features[0])
    found = rivals_of(evaluation.candidates, evaluation.verdict, evaluation.workload, is_certain=True)
    assert not evaluation.workload.is_complete
    assert found.cheapest is None
    assert found.own is None
    assert found.own_remains
