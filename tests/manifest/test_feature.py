"""Declared values by dotted path."""

from __future__ import annotations

from aipolicy.manifest.feature import features_of, path_of
from aipolicy.source.yaml_reader import read_yaml

TEXT = b"""apiVersion: aipolicy/v1
kind: AIFeature
metadata: {name: claims-triage, labels: {unit: claims}}
data: {classes: [health], minimized: false}
evidence: {dpia: {owner: x, date: 2026-01-01}, tia: false}
plan: {terms: {dpa: true}, hosting: own-cloud}
"""


def test_declared_values_have_their_dotted_path() -> None:
    (feature,), _ = features_of(read_yaml("f.yaml", TEXT).documents[0])
    assert (feature.name, feature.file) == ("claims-triage", "f.yaml")
    assert feature.declared == {
        "metadata.name": "claims-triage",
        "metadata.labels": {"unit": "claims"},
        "data.classes": ["health"],
        "data.minimized": False,
        "evidence.dpia": {"owner": "x", "date": "2026-01-01"},
        "evidence.tia": False,
        "plan.terms.dpa": True,
        "plan.hosting": "own-cloud",
    }


def test_the_path_of_a_fact_is_where_it_stands_in_the_document() -> None:
    document = read_yaml("f.yaml", TEXT).documents[0]
    assert document.locate(path_of("plan.terms.dpa")).start.line == 6
    assert document.locate(path_of("evidence.dpia")).start.line == 5
