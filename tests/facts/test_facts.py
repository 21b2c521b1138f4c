"""From a manifest to facts: declared, assumed, derived or unknown, and never guessed."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import catalog_documents, read_catalog
from aipolicy.facts.all_facts import REGISTRY
from aipolicy.facts.declared import DECLARED_FACTS
from aipolicy.facts.derived import DERIVED_FACTS
from aipolicy.facts.expected import RESULTS
from aipolicy.facts.facts import Facts, Provenance, derive_facts, facts_from_values
from aipolicy.facts.spec import FactSpec, FactType, Origin
from aipolicy.files.shipped import catalog_paths
from aipolicy.manifest.read import ManifestFile, read_manifests

TODAY = date(2026, 11, 21)
CATALOG = read_catalog((), as_of=TODAY)


def facts_of(declared: dict[str, Any], catalog: Catalog = CATALOG, as_of: date = TODAY) -> Facts:
    """Return the facts of a manifest that declares these values by dotted path."""
    root: dict[str, Any] = {"apiVersion": "aipolicy/v1", "kind": "AIFeature", "metadata": {"name": "a"}}
    for name, value in declared.items():
        *sections, last = name.split(".")
        node = root
        for section in sections:
            node = node.setdefault(section, {})
        node[last] = value
    manifests = read_manifests([ManifestFile("f.yaml", json.dumps(root).encode(), True)])
    assert manifests.findings == ()
    return derive_facts(manifests.features[0], catalog, as_of)


def problems(declared: dict[str, Any], as_of: date = TODAY) -> list[tuple[str, str]]:
    """Return rule and path of every problem."""
    return [(p.rule_id, ".".join(map(str, p.path))) for p in facts_of(declared, as_of=as_of).problems]


def test_a_fact_tells_how_it_came_to_be_known() -> None:
    facts = facts_of({"data.classes": ["health"], "volume.requests_per_day": 1000})
    known = {
        "data.classes": (Provenance.DECLARED, ("health",)),
        "volume.requests_per_day": (Provenance.DECLARED, 1000.0),
        "volume.peak_to_mean": (Provenance.ASSUMED, 2.0),
        "metadata.lifecycle": (Provenance.ASSUMED, "prototype"),
        "data.kinds": (Provenance.DERIVED, ("health", "personal", "special-category")),
        "volume.requests_per_month": (Provenance.DERIVED, 30_400.0),
        "latency.p95_ms": (Provenance.UNKNOWN, None),
        "volume.tokens_per_day": (Provenance.UNKNOWN, None),
    }
    assert {name: (facts.fact(name).provenance, facts.fact(name).value) for name in known} == known
    assert facts.fact("latency.p95_ms").missing == ("latency.p95_ms",)
    assert facts.fact("volume.tokens_per_day").missing == ("volume.input_tokens", "volume.output_tokens")
    assert facts.places_of("data.kinds") == ("data.classes",)
    assert facts.places_of("volume.requests_per_second_peak") == ("volume.requests_per_day",)


def test_nothing_but_defaults_is_assumed() -> None:
    facts = facts_of({})
    assumed = {name for name in REGISTRY if facts.fact(name).provenance is Provenance.ASSUMED}
    assert assumed == {
        *(spec.name for spec in DECLARED_FACTS if spec.default is not None), "metadata.past_prototype",
        "plan.migration.due", "plan.migration.out_of_order",
    }  # fmt: skip
    unknown = {spec.name for spec in DECLARED_FACTS if spec.default is None and spec.name != "metadata.name"}
    assert all(facts.get(name) is None for name in unknown)


def test_a_declared_value_replaces_the_default() -> None:
    fact = facts_of({"volume.peak_to_mean": 9}).fact("volume.peak_to_mean")
    assert (fact.provenance, fact.value) == (Provenance.DECLARED, 9.0)


DERIVED = (
    ({"data.classes": ["health", "public"]}, {"data.sensitivity": 3.0, "data.personal": True}),
    ({"data.classes": ["public"]}, {"data.sensitivity": 0.0, "data.personal": False, "data.kinds": ("public",)}),
    ({}, {"data.sensitivity": None, "data.personal": None, "data.kinds": None, "data.regimes": None}),
    ({"data.subject_regions": ["US-CA", "DE"]}, {"data.subject_countries": ("DE", "US"),
     "data.subject_places": ("DE", "US", "US-CA"), "data.subject_places_in_full": None}),
    ({"data.subject_regions": ["US-CA", "VA"]}, {"data.subject_places_in_full": True}),
    ({"data.subject_regions": ["US-NYC"]}, {"data.subject_countries": ("US",),
     "data.subject_places": ("US", "US-NY", "US-NYC"), "data.subject_places_in_full": True}),
    ({"data.subject_regions": ["US-NY"]}, {"data.subject_places_in_full": None}),
    ({"data.subject_regions": ["US", "US-CA"]}, {"data.subject_countries": ("US",), "data.subject_places": None}),
    ({"data.residency": ["UK", "DACH"]}, {"data.residency_countries": ("AT", "CH", "DE", "GB")}),
    ({"data.subject_regions": ["EL"]}, {"data.subject_countries": ("GR",)}),
    ({}, {"data.residency_countries": None, "data.subject_countries": None}),
    ({"metadata.lifecycle": "pilot"}, {"metadata.past_prototype": True}),
    ({"metadata.lifecycle": "production"}, {"metadata.past_prototype": True}),
    ({"metadata.lifecycle": "retired"}, {"metadata.past_prototype": False}),
    ({}, {"metadata.past_prototype": False, "data.residency_restricted": None, "task.family": None}),
    ({"data.residency": ["any"]}, {"data.residency_restricted": False}),
    ({"task.prompting_model": "medium"}, {"task.prompting_shown_on": ("medium", "frontier")}),
    ({"task.prompting_model": "gpt-6-astra"}, {"task.prompting_shown_on": ("frontier",)}),
    ({"task.prompting_model": "azure/gpt-6-luna"}, {"task.prompting_shown_on": ("small", "medium", "frontier")}),
    ({}, {"task.prompting_shown_on": None}),
    ({"data.residency": ["EU"]}, {"data.residency_restricted": True}),
    ({"volume.requests_per_day": 86_400, "volume.peak_to_mean": 3}, {"volume.requests_per_second_peak": 3.0}),
    ({"volume.requests_per_day": 10, "volume.growth_12_months": 2.5}, {"volume.requests_per_day_later": 25.0}),
    ({"volume.requests_per_day_in_12_months": 7}, {"volume.requests_per_day_later": 7.0}),
    ({"volume.requests_per_day": 10}, {"volume.requests_per_day_later": None}),
    ({"volume.requests_per_day": 10, "volume.input_tokens": 100, "volume.output_tokens": 20},
     {"volume.tokens_per_day": 1200.0}),
    ({"volume.requests_per_day": 10, "volume.input_tokens": 100, "volume.output_tokens": 0},
     {"volume.tokens_per_day": 1000.0}),
)  # fmt: skip


@pytest.mark.parametrize(("declared", "derived"), DERIVED, ids=[str(list(d)) for _, d in DERIVED])
def test_derived_facts_follow_from_what_is_declared(declared: dict[str, Any], derived: dict[str, Any]) -> None:
    facts = facts_of(declared)
    assert {name: facts.get(name) for name in derived} == derived


def test_what_follows_from_an_assumed_fact_is_assumed_as_well() -> None:
    facts = facts_of({"data.classes": ["health"], "volume.requests_per_day": 1000})
    assert facts.fact("data.kinds").provenance is Provenance.DERIVED
    assert facts.fact("volume.requests_per_second_peak").provenance is Provenance.ASSUMED  # the peak is not declared
    assert facts.fact("metadata.past_prototype").provenance is Provenance.ASSUMED


@pytest.mark.parametrize(
    "name",
    ["latency.p95_ms", "latency.p99_ms", "latency.first_token_p95_ms", "team.deadline_weeks", "budget.monthly_usd"],
)
def test_what_is_declared_as_none_is_not_limited(name: str) -> None:
    assert facts_of({name: "none"}).get(name) == math.inf


def test_a_residency_that_allows_every_place_allows_each_country_of_the_catalog() -> None:
    countries = facts_of({"data.residency": ["any"]}).get("data.residency_countries")
    assert isinstance(countries, tuple)
    assert {"DE", "US", "JP"} <= set(countries)


def test_every_place_beside_another_one_is_a_contradiction() -> None:
    problems = facts_of({"data.residency": ["EU", "any"]}).problems
    assert [(p.rule_id, p.path) for p in problems] == [("MAN-008", ("data", "residency", 1))]


EVIDENCE = (
    ({"owner": "x", "date": "2026-05-01"}, True),
    ({"owner": "x", "date": "2026-11-21"}, True),
    ({"owner": "x", "date": "2026-11-22"}, False),
    ({"owner": "x", "date": "2026-05-01", "expires": "2026-11-21"}, True),
    ({"owner": "x", "date": "2026-05-01", "expires": "2026-11-20"}, False),
    ({"owner": "x", "date": "2026-05-01", "expires": "2027-05-01"}, True),
    (False, False),
)


@pytest.mark.parametrize(("document", "stands"), EVIDENCE)
def test_evidence_stands_from_its_date_to_its_last_day(document: Any, stands: bool) -> None:
    fact = facts_of({"evidence.dpia": document}).fact("evidence.dpia")
    assert (fact.value, fact.provenance) == (stands, Provenance.DECLARED)


def test_evidence_that_is_not_declared_is_unknown_and_not_absent() -> None:
    assert facts_of({}).fact("evidence.dpia").provenance is Provenance.UNKNOWN


def test_a_document_that_expired_before_its_date_contradicts_itself() -> None:
    document = {"owner": "x", "date": "2026-05-01", "expires": "2025-05-01"}
    assert problems({"evidence.dpia": document}) == [("MAN-008", "evidence.dpia.expires")]
    assert problems({"evidence.dpia": {**document, "expires": "2026-05-01"}}) == []


@pytest.mark.parametrize("field", ["date", "expires"])
def test_a_day_that_does_not_exist_is_a_problem_where_it_stands_and_no_evidence(field: str) -> None:
    document = {"owner": "x", "date": "2026-05-01", "expires": "2027-05-01"} | {field: "2026-02-30"}
    assert problems({"evidence.dpia": document}) == [("MAN-005", f"evidence.dpia.{field}")]
    if field == "date":
        assert facts_of({"evidence.dpia": document}).get("evidence.dpia") is False


UNKNOWN_WORDS = (
    ({"data.classes": ["public", "helth"]}, "data.classes.1", "unknown data class `helth`; did you mean `health`?"),
    ({"data.residency": ["EUU"]}, "data.residency.0", "unknown place `EUU`; did you mean `EU`?"),
    ({"data.residency": ["Germany-ish"]}, "data.residency.0", "unknown place `Germany-ish`"),
    ({"data.subject_regions": ["DE", "de"]}, "data.subject_regions.1", "did you mean `DE`?"),
    ({"task.prompting_model": "gpt-6-asta"}, "task.prompting_model", "unknown model `gpt-6-asta`"),
    ({"task.type": "sumarization"}, "task.type", "unknown task type `sumarization`; did you mean `summarization`?"),
)  # fmt: skip


@pytest.mark.parametrize(("declared", "path", "message"), UNKNOWN_WORDS)
def test_a_word_that_the_catalog_does_not_know_is_a_problem_at_its_item(
    declared: dict[str, Any], path: str, message: str
) -> None:
    (problem,) = facts_of(declared).problems
    assert (problem.rule_id, ".".join(map(str, problem.path))) == ("MAN-005", path)
    assert message in problem.message


def test_a_word_of_an_own_catalog_is_known() -> None:
    dated = "source: s, checked_on: 2026-11-01, effective_from: 2026-11-01, verified: true"
    own = f"classes:\n- {{id: genome, level: 4, parents: [health], {dated}}}"
    files = [(path.name, path.read_bytes()) for path in map(Path, catalog_paths())]
    catalog = Catalog(catalog_documents([*files, ("own.yaml", own.encode())]), TODAY)
    facts = facts_of({"data.classes": ["genome"]}, catalog)
    assert facts.problems == ()
    assert facts.get("data.sensitivity") == 4.0


CONTRADICTIONS = (
    ({"latency.p50_ms": 900, "latency.p95_ms": 800}, "latency.p50_ms", "latency.p95_ms"),
    ({"latency.p95_ms": 900, "latency.p99_ms": 800}, "latency.p95_ms", "latency.p99_ms"),
    ({"latency.first_token_p95_ms": 900, "latency.p95_ms": 800}, "latency.first_token_p95_ms", "latency.p95_ms"),
    ({"volume.requests_per_day": 10, "volume.growth_12_months": 2, "volume.requests_per_day_in_12_months": 30},
     "volume.growth_12_months", "volume.requests_per_day_in_12_months"),
    ({"volume.cached_share": 1, "volume.cached_counted": "beside"}, "volume.cached_share", "volume.cached_counted"),
    ({"volume.cached_share": {"low": 0.5, "likely": 0.9, "high": 1}, "volume.cached_counted": "beside"},
     "volume.cached_share", "volume.cached_counted"),
    ({"task.prompting": "not-tried", "task.prompting_model": "small"}, "task.prompting_model", "task.prompting"),
    ({"decision.area": "none", "decision.effect": "sole"}, "decision.effect", "decision.area"),
    ({"plan.terms.zero_retention": True, "plan.terms.retention_days": 30},
     "plan.terms.zero_retention", "plan.terms.retention_days"),
    ({"plan.fallback": "none", "plan.fallback_provider": "mistral"}, "plan.fallback_provider", "plan.fallback"),
    ({"plan.fallback": "none", "plan.fallback_tested": False}, "plan.fallback_tested", "plan.fallback"),
    ({"data.subjects": ["customer"], "data.classes": ["financial"]}, "data.subjects", "data.classes"),
    ({"data.subjects": ["business", "child"], "data.classes": ["internal", "synthetic"]}, "data.subjects", "data.classes"),
)  # fmt: skip


@pytest.mark.parametrize(("declared", "path", "other"), CONTRADICTIONS)
def test_facts_that_cannot_both_hold_are_told_with_both_places(declared: dict[str, Any], path: str, other: str) -> None:
    (problem,) = facts_of(declared).problems
    assert (problem.rule_id, problem.path) == ("MAN-008", tuple(path.split(".")))
    assert [related for related, _ in problem.related] == [tuple(other.split("."))]


CONSISTENT: tuple[dict[str, Any], ...] = (
    {"latency.p50_ms": 800, "latency.p95_ms": 800},
    {"volume.requests_per_day": 3, "volume.growth_12_months": 1.5, "volume.requests_per_day_in_12_months": 4.5},
    {"volume.requests_per_day": 10, "volume.growth_12_months": 2},
    {"volume.cached_share": 1, "volume.cached_counted": "inside"},
    {"volume.cached_share": {"low": 0.5, "likely": 0.8, "high": 0.9}, "volume.cached_counted": "beside"},
    {"decision.area": "none", "decision.effect": "none"},
    {"plan.terms.zero_retention": True, "plan.terms.retention_days": 0},
    {"plan.terms.zero_retention": False, "plan.terms.retention_days": 30},
    {"plan.fallback": "provider-api", "plan.fallback_provider": "mistral"},
    {"data.subjects": ["customer"], "data.classes": ["financial", "personal"]},
    {"data.subjects": ["patient"], "data.classes": ["health"]},
    {"data.subjects": ["customer"], "data.classes": ["synthetic"]},
    {"data.subjects": ["business"], "data.classes": ["financial"]},
    {"data.subjects": ["none"], "data.classes": ["internal"]},
    {"data.subject_regions": ["DE"], "data.subjects": ["business"], "data.classes": ["internal"]},
    {"data.subjects": ["customer"]},
    {"data.classes": ["internal"]},
)


@pytest.mark.parametrize(("classes", "told"), [("[health, internal]", 0), ("[financial, internal]", 1)])
def test_requests_of_a_route_without_personal_data_contradict_nothing_where_others_carry_some(
    classes: str, told: int
) -> None:
    routed = classes[1:].partition(",")[0]
    text = (
        "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: claims}\n"
        f"data: {{classes: {classes}, subjects: [patient]}}\nplan:\n  legs:\n  - {{role: main, provider: openai}}\n"
        f"  - {{role: main, hosting: own-cloud, when: {{data.classes: [{routed}]}}}}\n"
    )
    features = read_manifests([ManifestFile("f.yaml", text.encode(), named=True)]).features
    assert len(features) == 2
    for feature in features:
        assert len(derive_facts(feature, CATALOG, TODAY).problems) == told


def test_nobody_beside_people_is_a_contradiction() -> None:
    (problem,) = facts_of({"data.subjects": ["customer", "none"], "data.classes": ["personal"]}).problems
    assert (problem.rule_id, problem.path) == ("MAN-008", ("data", "subjects"))
    assert problem.message.startswith("`none` says that the data is about nobody")


@pytest.mark.parametrize("declared", CONSISTENT, ids=str)
def test_facts_that_agree_are_no_contradiction(declared: dict[str, Any]) -> None:
    assert problems(declared) == []


@pytest.mark.parametrize(
    ("declared", "ranges"),
    [
        ({"volume.input_tokens": {"low": 5, "likely": 7, "high": 10}}, {"volume.input_tokens": (5.0, 7.0, 10.0)}),
        # a likely value below the low one has no distribution: 0 would be drawn by its logarithm
        ({"volume.input_tokens": {"low": 5, "likely": 0, "high": 10}}, {}),
        ({"volume.cached_share": {"low": 0.5, "likely": 0.9, "high": 1}, "volume.cached_counted": "beside"}, {}),
    ],
)
def test_a_range_that_is_wrong_is_told_and_not_drawn(
    declared: dict[str, Any], ranges: dict[str, tuple[float, float, float]]
) -> None:
    facts = facts_of(declared)
    assert facts.ranges == ranges
    assert bool(facts.problems) is not bool(ranges)
    assert all(facts.get(name) is not None for name in declared)


def examples_of(spec: FactSpec) -> st.SearchStrategy[Any]:
    """Return values that a manifest may declare for a fact."""
    match spec.type:
        case FactType.BOOL if spec.origin is Origin.EVIDENCE:
            return st.sampled_from([False, {"owner": "x", "date": "2026-05-01"}])
        case FactType.BOOL:
            return st.booleans()
        case FactType.NUMBER:
            return st.integers(1, int(spec.maximum or 1000))
        case FactType.TEXT:
            return st.sampled_from(spec.choices or (str(spec.examples[0]),))
        case FactType.TEXTS if spec.name == RESULTS:
            results = [
                {"model": "gpt-4o-mini", "passed": passed, "of": 180, "on": "2026-05-01"} for passed in (20, 175)
            ]
            return st.sampled_from([[], results[:1], results[1:]])
        case FactType.TEXTS:
            words = (
                spec.choices
                or {
                    "data-class": ("health", "public", "payment-card"),
                    "place": ("EU", "US", "NO"),
                    "residency": ("EU", "US", "NO"),
                }[spec.vocabulary]
            )
            return st.lists(st.sampled_from(words), min_size=1, unique=True)
        case FactType.LABELS:
            return st.just({"a": "b"})


DECLARABLE = [spec for spec in DECLARED_FACTS if spec.name != "metadata.name"]
MANIFESTS = st.lists(st.sampled_from(DECLARABLE), max_size=12, unique_by=lambda s: s.name).flatmap(
    lambda specs: st.fixed_dictionaries({spec.name: examples_of(spec) for spec in specs})
)


@settings(max_examples=150)
@given(MANIFESTS, MANIFESTS)
def test_declaring_more_never_makes_a_known_fact_unknown(declared: dict[str, Any], more: dict[str, Any]) -> None:
    before, after = facts_of(declared), facts_of(more | declared)
    assert [name for name in REGISTRY if before.get(name) is not None and after.get(name) is None] == []


@settings(max_examples=150)
@given(MANIFESTS)
def test_an_unknown_derived_fact_names_what_to_declare(declared: dict[str, Any]) -> None:
    facts = facts_of(declared)
    for derived in DERIVED_FACTS:
        fact = facts.fact(derived.spec.name)
        if fact.value is None:
            assert fact.missing
            # Where a manifest lies cannot be declared.
            assert set(fact.missing) <= set(derived.spec.reads or (derived.spec.name,))
            # What is declared already has to be said in full: a country is, and not which of its parts.
            assert not set(fact.missing) & set(declared) or derived.spec.name.startswith("data.subject_places")


@settings(max_examples=100)
@given(MANIFESTS)
def test_values_have_the_type_of_their_fact(declared: dict[str, Any]) -> None:
    types = {
        FactType.BOOL: bool,
        FactType.NUMBER: float,
        FactType.TEXT: str,
        FactType.TEXTS: tuple,
        FactType.LABELS: dict,
    }
    for name, value in facts_of(declared).values.items():
        assert type(value) is types[REGISTRY[name].type], name


def test_given_facts_of_a_rule_test_stand_as_they_are() -> None:
    facts = facts_from_values({"data.sensitivity": 4.0, "data.classes": ("public",)}, CATALOG)
    assert facts.get("data.sensitivity") == 4.0
    assert facts.get("data.personal") is False
    assert facts.get("volume.peak_to_mean") is None


@pytest.mark.parametrize("owner", [" web ", "web\u200b", "\uff57\uff45\uff42", "web\ufe0f", "w\u00adeb"])
def test_text_counts_as_it_is_read(owner: str) -> None:
    assert facts_of({"metadata.owner": owner}).values["metadata.owner"] == "web"


def problems_of(text: str) -> list[tuple[str, str, str]]:
    """Return rule, path and message of what is wrong with the facts of a manifest."""
    head = "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: a}\n"
    manifests = read_manifests([ManifestFile("f.yaml", (head + text).encode(), True)])
    assert manifests.findings == ()
    found = derive_facts(manifests.features[0], CATALOG, TODAY).problems
    return [(each.rule_id, ".".join(map(str, each.path)), each.message) for each in found]


UNCLEAR = {
    "volume: {requests_per_day: 120.000}": ("volume.requests_per_day", "120 or 120 000? write `120` or `120000`"),
    "latency: {p95_ms: 3.000}": ("latency.p95_ms", "3 or 3 000? write `3`"),
    "budget: {monthly_usd: 5.000}": ("budget.monthly_usd", "5 or 5 000? write `5`"),
    "volume: {input_tokens: 1.200}": ("volume.input_tokens", "1.2 or 1 200? write `1.2` or `1200`"),
    "volume:\n  output_tokens: 2.125  # measured": ("volume.output_tokens", "2.125 or 2 125?"),
    "volume: {input_tokens: {low: 500, likely: 1.500, high: 2000}}": ("volume.input_tokens.likely", "1.5 or 1 500?"),
    "data: {labelled_examples: 12.000}": ("data.labelled_examples", "12 or 12 000?"),
    "team: {ml_engineers: 1.500}": ("team.ml_engineers", "1.5 or 1 500?"),
}
CLEAR = (
    "volume: {requests_per_day: 120000}", "volume: {requests_per_day: 120.0}", "volume: {requests_per_day: 120.00}",
    "volume: {requests_per_day: 120.0000}", "volume: {requests_per_day: 0.125}", "volume: {requests_per_day: 1.2e3}",
    "volume: {requests_per_day: 1234.567}", "budget: {usd_per_request: 0.125}",
    "volume: {growth_12_months: 1.250}", "volume: {cached_share: 0.125}",
)  # fmt: skip


@pytest.mark.parametrize("text", UNCLEAR)
def test_a_count_that_may_be_thousands_is_asked_about(text: str) -> None:
    path, question = UNCLEAR[text]
    problems = [each for each in problems_of(text) if each[0] == "MAN-005"]
    assert [(rule, where) for rule, where, _ in problems] == [("MAN-005", path)]
    assert question in problems[0][2]


@pytest.mark.parametrize("text", CLEAR)
def test_a_number_that_says_what_it_is_is_not_asked_about(text: str) -> None:
    assert [each for each in problems_of(text) if each[0] == "MAN-005"] == []


CACHES = {
    "input_tokens: 1000, cached_share: 0.9, cache_written_tokens: 500":
        "500 tokens are written to the cache beside 900 that are read from it, more than the 1000 of `volume.input_tokens`",
    "input_tokens: 1000, cached_share: 0.9, cache_written_tokens: 100": "",
    "input_tokens: 1000, cached_share: 0.9, cache_written_tokens: 101": "101 tokens are written",
    "input_tokens: 1000, cache_written_tokens: 1001": "1001 tokens are written to the cache, more than the 1000",
    "input_tokens: 1000, cache_written_tokens: 1000": "",
    "input_tokens: 1000, cached_share: 0.9, cache_written_tokens: 500, cached_counted: beside": "",
    "input_tokens: 1000, cached_share: 0.9, cache_written_tokens: 1500, cached_counted: beside": "1500 tokens",
    "input_tokens: {low: 500, likely: 1000, high: 9000}, cached_share: 0.9, cache_written_tokens: 500": "",
    "input_tokens: 1000, cached_share: {low: 0.1, likely: 0.9, high: 0.95}, cache_written_tokens: 500": "",
    "cached_share: 0.9, cache_written_tokens: 500": "",
}  # fmt: skip


@pytest.mark.parametrize("volume", CACHES)
def test_no_more_is_read_from_a_cache_and_written_to_it_than_is_sent(volume: str) -> None:
    message = CACHES[volume]
    found = [each for each in problems_of(f"volume: {{{volume}}}") if each[0] == "MAN-008"]
    assert [path for _, path, _ in found] == (["volume.cache_written_tokens"] if message else [])
    assert all(message in told for _, _, told in found)
