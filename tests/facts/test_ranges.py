"""Numbers that are declared as ranges: read at their likely value, refused when they fall, and never lost."""

from __future__ import annotations

from datetime import date

import pytest

from aipolicy.catalog.catalog import Catalog
from aipolicy.facts.declared import DECLARED_FACTS
from aipolicy.facts.facts import Facts, derive_facts
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.manifest.read import read_manifests

DAY = date(2026, 11, 21)
HEAD = "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: x}\n"
RANGED = [spec.name for spec in DECLARED_FACTS if spec.ranged]


def facts(text: str, catalog: Catalog) -> Facts:
    manifests = read_manifests([ManifestFile("x.aifeature.yaml", (HEAD + text).encode(), named=True)])
    assert not manifests.findings, manifests.findings
    return derive_facts(manifests.features[0], catalog, DAY)


@pytest.mark.parametrize("name", RANGED)
def test_every_estimate_may_be_a_range_and_conditions_read_its_likely_value(name: str, catalog: Catalog) -> None:
    section, _, key = name.partition(".")
    share = next(spec for spec in DECLARED_FACTS if spec.name == name).maximum == 1
    low, likely, high = (0.1, 0.2, 0.4) if share else (10, 20, 40)
    found = facts(f"{section}: {{{key}: {{low: {low}, likely: {likely}, high: {high}}}}}", catalog)
    assert found.values[name] == likely
    assert found.ranges == {name: (low, likely, high)}
    assert name in found.declared


def test_one_number_is_no_range(catalog: Catalog) -> None:
    assert facts("volume: {input_tokens: 5}", catalog).ranges == {}


@pytest.mark.parametrize(("low", "likely", "high"), [(3, 2, 4), (1, 5, 4), (9, 2, 1)])
def test_a_range_whose_values_fall_contradicts_itself(low: int, likely: int, high: int, catalog: Catalog) -> None:
    found = facts(f"volume: {{input_tokens: {{low: {low}, likely: {likely}, high: {high}}}}}", catalog)
    assert [(p.rule_id, p.path) for p in found.problems] == [("MAN-008", ("volume", "input_tokens"))]


def test_a_range_of_one_value_is_that_value(catalog: Catalog) -> None:
    assert not facts("volume: {input_tokens: {low: 7, likely: 7, high: 7}}", catalog).problems


def test_everything_cached_beside_the_counted_tokens_contradicts_itself(catalog: Catalog) -> None:
    found = facts("volume: {cached_share: 1, cached_counted: beside}", catalog)
    assert [p.rule_id for p in found.problems] == ["MAN-008"]
