"""What is expected of facts that are left out: every value could be declared, none contradicts what is declared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from math import inf
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import read_catalog
from aipolicy.errors import ConfigError, Problems
from aipolicy.facts.all_facts import REGISTRY
from aipolicy.facts.assume import assume, with_changes
from aipolicy.facts.declared import DECLARED_FACTS, PLAN_CHOICES
from aipolicy.facts.expected import NONE_WORD, NOT_LIMITED, WITHOUT_EXPECTATION
from aipolicy.facts.facts import Facts, Provenance, derive_facts
from aipolicy.facts.known_facts import OF_ORGANIZATION, STANDARD_FACTS, known_facts
from aipolicy.facts.migration_stages import STAGE_FACTS
from aipolicy.facts.own_expected import read_expected
from aipolicy.facts.spec import FactSpec, FactValue, Kind, Origin
from aipolicy.manifest.read import ManifestFile, read_manifests
from aipolicy.options.workload import WORKLOAD_FACTS
from aipolicy.policy.reading.load import find_pack, load_packs, shipped_packs

DAY = date(2026, 11, 21)
ABSENCE_IS_AN_ANSWER = {
    "metadata.lifecycle", "task.reasoning_effort", "task.required_behavior", "latency.chained_calls", "latency.network",
    "latency.realtime", "latency.offline", "latency.air_gapped", "latency.device", "latency.p99_ms",
    "latency.first_token_p95_ms", "volume.peak_to_mean", "task.quality.target",
    "volume.reasoning_tokens", "volume.cached_share", "volume.cached_counted", "volume.cache_written_tokens",
    "volume.cache_kept", "volume.batchable_share", "volume.hours_per_day", "volume.audio_seconds",
    *STAGE_FACTS.values(),
    # claims: who does not make them does not have them
    "decision.derogation_claimed", "disclosure.obvious", "outputs.standard_editing", "deployment.exclusion",
    "purpose.exclusions",
}  # fmt: skip
DESCRIBING = [spec for spec in DECLARED_FACTS if spec.kind is Kind.DESCRIBES]
EXPECTED = [spec for spec in DECLARED_FACTS if spec.expected is not None]


@cache
def catalog() -> Catalog:
    return read_catalog((), as_of=DAY)


def facts_of(**declared: Any) -> Facts:
    """Return the certain facts of a manifest; `task__type` stands for `task.type`."""
    root: dict[str, Any] = {"apiVersion": "aipolicy/v1", "kind": "AIFeature", "metadata": {"name": "a"}}
    for name, value in declared.items():
        *sections, last = name.split("__")
        node = root
        for section in sections:
            node = node.setdefault(section, {})
        node[last] = value
    read = read_manifests([ManifestFile("f.yaml", json.dumps(root).encode(), True)])
    assert not read.findings, read.findings
    return derive_facts(read.features[0], catalog(), DAY)


def values_of(spec: FactSpec) -> Iterator[FactValue]:
    expected = spec.expected
    assert expected is not None
    yield from (value for value in (expected.value, *expected.per_word.values(), *expected.tried) if value is not None)


def plain(value: FactValue) -> Any:
    return list(value) if isinstance(value, tuple) else NONE_WORD if value == NOT_LIMITED else value


def test_the_registry_names_the_facts_whose_absence_is_an_answer() -> None:
    assert {spec.name for spec in DECLARED_FACTS if spec.is_answered_by_absence} == ABSENCE_IS_AN_ANSWER
    without_value = {spec.name for spec in DECLARED_FACTS if spec.is_answered_by_absence and spec.default is None}
    assert without_value == {"volume.audio_seconds"}


def test_of_every_fact_that_describes_a_feature_something_is_expected_or_it_is_said_why_not() -> None:
    silent = {s.name for s in DESCRIBING if s.default is None and (s.expected is None or not s.expected.reason)}
    assert silent <= WITHOUT_EXPECTATION.keys()
    assert not [name for name in WITHOUT_EXPECTATION if REGISTRY[name].expected is not None]
    assert not [spec.name for spec in EXPECTED if not spec.expected or not spec.expected.reason]


def test_kinds_follow_from_whom_a_fact_is_asked_of() -> None:
    by_kind = {kind: {s.name for s in REGISTRY.values() if s.kind is kind} for kind in Kind}
    assert by_kind[Kind.PLAN] == set(PLAN_CHOICES)
    assert all(REGISTRY[name].origin is Origin.OPTION for name in by_kind[Kind.CATALOG])
    assert {"plan.terms.dpa", "evidence.dpia", "team.on_call", "plan.evaluation.set"} <= by_kind[Kind.DONE]
    assert {"team.ml_engineers", "data.must_stay_inside", "task.prompting"} <= by_kind[Kind.DESCRIBES]


@pytest.mark.parametrize("spec", EXPECTED, ids=lambda spec: spec.name)
def test_every_expected_and_every_tried_value_could_be_declared(spec: FactSpec) -> None:
    for value in values_of(spec):
        if spec.origin is Origin.EVIDENCE:
            assert value is False
            continue
        facts = facts_of(**{spec.name.replace(".", "__"): plain(value)})
        assert facts.values[spec.name] == value
        assert not facts.problems


@pytest.mark.parametrize("spec", [s for s in EXPECTED if s.expected and s.expected.by], ids=lambda spec: spec.name)
def test_the_words_that_an_expectation_hangs_on_exist(spec: FactSpec) -> None:
    expected = spec.expected
    assert expected is not None
    other = REGISTRY[expected.by]
    words = other.choices or catalog().vocabulary(other.vocabulary)
    assert set(expected.per_word) <= set(words)
    assert other.expected is not None
    assert not other.expected.by, "one step only"


def test_of_every_fact_that_a_shipped_rule_or_an_estimate_reads_something_is_expected() -> None:
    packs = [load_packs([find_pack(name, Path())], catalog(), {})[0] for name in shipped_packs()]
    reads = {name for pack in packs for rule in pack.rules for name in rule.feature_reads} | {*WORKLOAD_FACTS.values()}
    declared = {name if name in REGISTRY else "" for name in reads} | {
        read for name in reads if name in REGISTRY for read in REGISTRY[name].reads
    }
    asked = [REGISTRY[name] for name in sorted(declared) if name and REGISTRY[name].kind is Kind.DESCRIBES]
    lacking = [s.name for s in asked if s.origin is Origin.DECLARED and s.default is None and s.expected is None]
    assert lacking == [
        "data.retention_days", "deployment.on_market_since", "logs.raw_prompts", "logs.retention_days",
        "volume.requests_per_day_in_12_months",
    ]  # fmt: skip
    assert set(lacking) <= WITHOUT_EXPECTATION.keys()


def test_what_is_declared_stays_and_what_is_left_out_is_expected() -> None:
    facts = assume(facts_of(team__ml_engineers=4), catalog())
    assert facts.values["team.ml_engineers"] == 4.0
    assert facts.values["team.capacity_months"] == 6.0
    assert "team.capacity_months" in facts.assumed
    assert "team.ml_engineers" not in facts.assumed
    assert facts.fact("team.capacity_months").provenance is Provenance.ASSUMED
    assert facts.fact("task.family").provenance is Provenance.ASSUMED
    assert facts.values["plan.terms.dpa"] is False
    assert facts.values["evidence.dpia"] is False


IN_AGREEMENT: tuple[tuple[dict[str, Any], str, FactValue], ...] = (
    ({"task__type": "dialogue"}, "latency.p95_ms", 10000.0),
    ({"task__type": "extraction"}, "latency.p95_ms", inf),
    ({"task__type": "dialogue", "latency__p50_ms": 20000}, "latency.p95_ms", 20000.0),
    ({}, "volume.input_tokens", 1200.0),
    ({"task__type": "summarization"}, "volume.input_tokens", 4000.0),
    ({"decision__effect": "sole"}, "decision.area", "other"),
    ({"decision__effect": "none"}, "decision.area", "none"),
    ({"data__subjects": ["employee"]}, "data.classes", ("internal", "personal")),
    ({"data__subjects": ["business"]}, "data.classes", ("internal",)),
    ({}, "volume.requests_per_day", 1000.0),
    ({"volume__requests_per_day_in_12_months": 3000}, "volume.requests_per_day", 2000.0),
    ({"volume__requests_per_day_in_12_months": 3000, "volume__growth_12_months": 3}, "volume.requests_per_day", 1000.0),
    ({"volume__requests_per_day_in_12_months": 0}, "volume.requests_per_day", 1000.0),
    ({"volume__requests_per_day": 500}, "volume.growth_12_months", 1.5),
    ({"volume__requests_per_day": 500, "volume__requests_per_day_in_12_months": 1000}, "volume.growth_12_months", 2.0),
)  # fmt: skip


@pytest.mark.parametrize(("declared", "name", "value"), IN_AGREEMENT)
def test_an_expected_value_agrees_with_what_is_declared(declared: dict[str, Any], name: str, value: FactValue) -> None:
    assert assume(facts_of(**declared), catalog()).values[name] == value


def test_a_change_moves_what_is_expected_with_it() -> None:
    facts = facts_of()
    assert assume(facts, catalog()).values["volume.input_tokens"] == 1200.0
    changed = with_changes(facts, {"task.type": "summarization"}, catalog())
    assert changed.values["volume.input_tokens"] == 4000.0
    assert changed.values["task.family"] == "language"
    assert "task.type" in changed.declared
    assert facts.values.get("task.type") is None


DECLARATIONS = st.fixed_dictionaries(
    {},
    optional={
        "task__type": st.sampled_from(("dialogue", "fraud-detection", "other")),
        "latency__p95_ms": st.sampled_from((50, 2000, "none")),
        "latency__p50_ms": st.sampled_from((10, 40)),
        "volume__requests_per_day": st.sampled_from((10, 1000)),
        "volume__growth_12_months": st.sampled_from((1, 3)),
        "data__classes": st.sampled_from((["health"], ["synthetic"])),
        "data__residency": st.sampled_from((["EU"], ["any"])),
        "data__subjects": st.just(["patient"]),
        "decision__effect": st.sampled_from(("none", "sole")),
        "team__ml_engineers": st.sampled_from((0, 2)),
    },
)


@settings(max_examples=60)
@given(DECLARATIONS)
def test_a_manifest_with_its_assumptions_written_in_says_the_same_and_contradicts_nothing(
    declared: dict[str, Any],
) -> None:
    facts = facts_of(**declared)
    assumed = assume(facts, catalog())
    assert not assumed.assumed & facts.declared
    assert all(assumed.values[name] == facts.values[name] for name in facts.declared)
    written = {
        name.replace(".", "__"): plain(assumed.values[name]) for name in assumed.assumed if not name.startswith("plan.")
    }
    again = facts_of(**declared, **written)
    assert not again.problems
    kept = {name: value for name, value in assumed.values.items() if not name.startswith("plan.")}
    assert {name: again.values.get(name) for name in kept} == kept


MISTAKES: tuple[tuple[str, object, str], ...] = (
    ("team.ml_engineers", "two", "must be a number"),
    ("team.ml_engineers", -1.0, "must be at least 0"),
    ("team.ml_engineers", True, "must be a number"),
    ("latency.p95_ms", 0.0, "must be more than 0"),
    ("latency.p95_ms", "nothing", "must be a number or `none`"),
    ("task.hard_case_share", 2.0, "must be at most 1"),
    ("data.must_stay_inside", "no", "must be true or false"),
    ("data.classes", ("helth",), "did you mean `health`"),
    ("data.classes", "health", "must be a list of text"),
    ("data.residency", ("Narnia",), "is not a value of it"),
    ("task.prompting", "maybe", "is not a value of it"),
    ("task.type", 3.0, "must be text"),
    ("team.ml_enginers", 1.0, "did you mean `team.ml_engineers`"),
    ("latency.offline", True, "an answer already"),
    ("plan.terms.dpa", True, "does not describe a feature"),
    ("plan.model", "gpt-6-luna", "does not describe a feature"),
    ("evidence.dpia", True, "does not describe a feature"),
    ("option.hosting", "on-device", "does not describe a feature"),
    ("task.family", "language", "does not describe a feature"),
    ("metadata.lifecycle", "retired", "would turn the gate off"),
)


@pytest.mark.parametrize(("name", "value", "message"), MISTAKES)
def test_what_no_manifest_could_declare_is_refused_at_its_place(name: str, value: object, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as raised:
        read_expected({name: value}, {name: "aipolicy.toml:2:1"}, REGISTRY, catalog().vocabulary)
    assert str(raised.value).startswith(f"aipolicy.toml:2:1: `expected.{name}`")


def test_every_mistake_is_told_at_once() -> None:
    given_ = {"team.ml_engineers": "two", "data.must_stay_inside": 1.0}
    with pytest.raises(Problems) as raised:
        read_expected(given_, {}, REGISTRY, catalog().vocabulary)
    assert len(raised.value.errors) == 2


def test_an_organisation_replaces_what_is_expected_and_what_was_expected_is_tried() -> None:
    own: dict[str, object] = {
        "team.ml_engineers": 0, "latency.p95_ms": "none", "data.classes": ["health", "contact"],
        "metadata.lifecycle": "pilot",
    }  # fmt: skip
    known = known_facts((), read_expected(own, {}, REGISTRY, catalog().vocabulary))
    assert known.expected["team.ml_engineers"].value == 0.0
    assert known.expected["team.ml_engineers"].reason == OF_ORGANIZATION
    assert known.expected["team.ml_engineers"].tried == (5.0, 1.0)
    assert known.expected["latency.p95_ms"].value == inf
    assert not known.expected["latency.p95_ms"].by
    assert known.expected["data.classes"].value == ("contact", "health")
    assert known.defaults["metadata.lifecycle"] == "pilot"
    assert STANDARD_FACTS.defaults["metadata.lifecycle"] == "prototype"
