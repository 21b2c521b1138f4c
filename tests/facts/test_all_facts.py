"""The one list of facts."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from aipolicy.facts.all_facts import REGISTRY, is_option_fact
from aipolicy.facts.declared import DECLARED_FACTS, EVIDENCE_PARTS, LEG_FACTS, SECTIONS
from aipolicy.facts.derived import DERIVED_FACTS
from aipolicy.facts.option_facts import DEFAULT_PLAN_PATHS, OPTION_FACTS, PARTNER_FACTS, PLAN_PATHS
from aipolicy.facts.spec import FactSpec, FactType, Origin

ALL = (
    *DECLARED_FACTS,
    *LEG_FACTS,
    *EVIDENCE_PARTS,
    *(fact.spec for fact in DERIVED_FACTS),
    *OPTION_FACTS,
    *PARTNER_FACTS,
)
VOCABULARIES = {
    "",
    "country",
    "data-class",
    "machine",
    "place",
    "prompting-model",
    "residency",
    "task-type",
    "provider",
    "model",
    "region",
    "regime",
}


def test_names_are_unique() -> None:
    assert [name for name, count in Counter(spec.name for spec in ALL).items() if count > 1] == []
    assert len(REGISTRY) == len(ALL)


@pytest.mark.parametrize("spec", ALL, ids=lambda spec: spec.name)
def test_every_fact_is_described_and_typed_consistently(spec: FactSpec) -> None:
    assert spec.meaning
    assert not spec.meaning.endswith(".")
    assert bool(spec.unit) == (spec.type is FactType.NUMBER)
    assert spec.vocabulary in VOCABULARIES
    assert not (spec.choices and spec.vocabulary)
    assert len(spec.choices) == len(set(spec.choices))
    assert all(read in REGISTRY for read in spec.reads)
    assert is_option_fact(spec.name) == (spec.origin is Origin.OPTION)


@pytest.mark.parametrize("spec", [s for s in ALL if s.default is not None], ids=lambda spec: spec.name)
def test_defaults_are_allowed_values(spec: FactSpec) -> None:
    words = spec.default if isinstance(spec.default, tuple) else (spec.default,)
    assert not spec.choices or set(words) <= set(spec.choices)
    if spec.type is FactType.NUMBER:
        assert isinstance(spec.default, int | float)
        assert spec.minimum is None or spec.default >= spec.minimum
        assert spec.above is None or spec.default > spec.above
        assert spec.maximum is None or spec.default <= spec.maximum or (spec.says_none and spec.default == math.inf)


def test_units_that_a_name_tells_agree_with_the_unit() -> None:
    endings = {"_ms": "ms", "_days": "days", "_weeks": "weeks", "_percent": "percent", "_share": "share", "_usd": "USD"}
    for spec in ALL:
        for ending, unit in endings.items():
            if spec.name.endswith(ending):
                assert spec.unit.startswith(unit), spec.name


def test_every_declared_fact_stands_in_a_section() -> None:
    assert {spec.name.rpartition(".")[0] for spec in DECLARED_FACTS} | {"plan"} == set(SECTIONS)


def test_derived_facts_read_declared_facts_and_never_one_another() -> None:
    declared = {spec.name for spec in DECLARED_FACTS}
    assert [f.spec.name for f in DERIVED_FACTS if not set(f.spec.reads) <= declared] == []


def test_findings_point_at_declarations_that_exist() -> None:
    paths = {path for paths in PLAN_PATHS.values() for path in paths} | set(DEFAULT_PLAN_PATHS)
    assert paths <= set(REGISTRY)
    assert set(PLAN_PATHS) <= {spec.name for spec in OPTION_FACTS}
