"""Answers to manifests as text, under the shipped default pack over the shipped catalog of one day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

from aipolicy.answer.answer import Answering
from aipolicy.answer.model import Change
from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import read_catalog
from aipolicy.evaluation.evaluation import Evaluator
from aipolicy.evaluation.ranking import Weighing
from aipolicy.facts.spec import FactValue
from aipolicy.manifest.feature import Feature
from aipolicy.manifest.read import ManifestFile, read_manifests
from aipolicy.options.attributes import Organization
from aipolicy.policy.reading.load import find_pack, load_packs

DAY = date(2026, 11, 29)
WEIGHING = Weighing(margin_percent=20.0, horizon_months=36.0)
HEAD = "apiVersion: aipolicy/v1\nkind: AIFeature\n"


@cache
def catalog() -> Catalog:
    return read_catalog((), as_of=DAY)


@cache
def evaluator(countries: tuple[str, ...] | None = None) -> Evaluator:
    """Return an evaluator of the default pack; `countries` are those of the organisation's own sites."""
    packs = load_packs([find_pack("build-or-buy", Path())], catalog(), {})
    return Evaluator(tuple(packs), catalog(), Organization(on_premises_countries=countries))


def feature_of(body: str) -> Feature:
    """Return the feature of a manifest body."""
    head = HEAD if "metadata:" in body else HEAD + "metadata: {name: f}\n"
    read = read_manifests([ManifestFile("f.aifeature.yaml", (head + body).encode(), True)])
    assert not read.findings, read.findings
    return read.features[0]


def answering(body: str, countries: tuple[str, ...] | None = None) -> Answering:
    """Return what answers a manifest body."""
    judging = evaluator(countries)
    return Answering(judging, judging.evaluate(feature_of(body)), WEIGHING)


def way_of(body: str) -> tuple[str, str | None] | None:
    """Return hosting and adaptation of what is recommended for a manifest body, None where nothing remains."""
    recommended = answering(body).answer.recommended
    return None if recommended is None else (recommended.hosting, recommended.adaptation)


def leading_to(changes: Iterable[Change], *words: str) -> list[dict[str, FactValue]]:
    """Return the facts of the changes that lead to a hosting or an adaptation."""
    return [dict(c.facts) for c in changes if set(words) <= {c.then.hosting, c.then.adaptation}]
