"""A plan that names its legs: what is refused, and which features come of it."""

from __future__ import annotations

import pytest

from aipolicy.catalog.axes import HOSTINGS
from aipolicy.facts.declared import LEG_AXES, LEG_FIELDS, PLAN_AXES, ROUTE_FIELDS
from aipolicy.manifest.feature import Feature, path_of
from aipolicy.manifest.plan_legs import LEG_KEYS, ROUTED_BY, SAID_OF_LEGS, SHARE, SHORT_FORM
from aipolicy.manifest.read import ManifestFile, Manifests, read_manifests
from aipolicy.manifest.routes import fallback_of
from aipolicy.options.option import fallback_word

HEAD = """apiVersion: aipolicy/v1
kind: AIFeature
metadata: {name: claims}
data: {classes: [health, internal], subject_regions: [DE, US]}
volume: {requests_per_day: 10000, requests_per_day_in_12_months: {low: 10000, likely: 20000, high: 40000}}
"""
BUDGET = "budget: {monthly_usd: 4000, upfront_usd: none, usd_per_request: 0.1}\n"
API = "{role: main, provider: openai, model: gpt-6-luna}"
OWN = "{role: main, hosting: own-cloud, when: {%s}}"


def read(*legs: str, head: str = HEAD, plan: str = "") -> Manifests:
    listed = "".join(f"    - {leg}\n" for leg in legs)
    text = f"{head}plan:\n{plan}  legs:\n{listed}"
    return read_manifests([ManifestFile("f.yaml", text.encode(), True)])


def features(*legs: str, head: str = HEAD) -> dict[str, Feature]:
    found = read(*legs, head=head)
    assert not found.findings, [finding.message for finding in found.findings]
    return {feature.name: feature for feature in found.features}


@pytest.mark.parametrize(
    ("legs", "line", "message"),
    [
        ((API, API), 9, "a second `main` leg for the same requests"),
        ((API, "{role: fallback, provider: openai, model: gpt-6-luna}"), 9, "is the `main` leg itself"),
        ((API, "{role: escalation, provider: openai, model: gpt-6-luna}"), 9, "in a loop"),
        ((API, "{role: escalation, provider: mistral}", "{role: fallback, provider: groq}"), 10, "leave one of both out"),
        ((API, "{role: main, hosting: own-cloud, when: {}}"), 9, "a route without a class"),
        ((API, OWN % "data.classes: []"), 9, "a route without a class"),
        ((API, OWN % "share: 0.2"), 9, "a route without a class"),
        ((API, OWN % "data.classes: [health], data.subject_regions: [DE]"), 9, "at once; route by one of them"),
        ((API, OWN % "data.classes: [heath]"), 9, "routed by `heath`, which `data.classes` does not hold"),
        ((API, OWN % "data.classes: [health, internal]"), 8, "nothing is left for the legs without `when`"),
        ((API, OWN % "data.classes: [health], share: 1"), 9, "`share` must leave some"),
        ((OWN % "data.classes: [health]",), 7, "no leg answers requests with `internal`"),
        ((API, OWN % "data.classes: [health]", OWN % "data.subject_regions: [DE]"), 10, "route by one of them"),
        ((API, OWN % "data.classes: [health]", OWN % "data.classes: [health, internal]"), 10, "takes two routes"),
        ((API, "{role: fallback, hosting: own-cloud, when: {data.classes: [health]}}"), 9, "no `main` leg takes these"),
        (("{role: fallback, provider: openai}",), 7, "no leg of the role `main`"),
        (("{role: main}",), 8, "says nothing of itself"),
        ((API, OWN % "data.classes: [health], share: 0.1",
          "{role: fallback, provider: groq, when: {data.classes: [health], share: 0.2}}"), 10, "have one `share`"),
    ],
)  # fmt: skip
def test_legs_that_contradict_each_other_are_refused_at_their_line(
    legs: tuple[str, ...], line: int, message: str
) -> None:
    found = read(*legs)
    assert not found.features
    places = [(finding.rule_id, finding.span_of(finding.place), finding.message) for finding in found.findings]
    assert [(rule, span.start.line if span else 0, message in text) for rule, span, text in places] == [
        ("MAN-008", line, True)
    ]


@pytest.mark.parametrize("key", SHORT_FORM)
def test_what_a_plan_says_of_its_legs_is_said_in_one_form(key: str) -> None:
    word = {"adaptation": "rag", "hosting": "own-cloud", "fallback": "none", "routing": "single"}.get(key, "openai")
    found = read(API, plan=f"  {key}: {word}\n")
    assert [(f.rule_id, f.place.path) for f in found.findings] == [("MAN-008", ("plan", key))]


def test_a_route_needs_what_it_routes_by() -> None:
    found = read(API, OWN % "data.classes: [health]", head=HEAD.replace("classes: [health, internal], ", ""))
    assert [finding.message for finding in found.findings] == [
        "routed by `data.classes`, which is not declared; declare `data.classes`"
    ]


def test_a_budget_of_all_routes_needs_the_share_of_each() -> None:
    found = read(API, OWN % "data.classes: [health]", head=HEAD + BUDGET)
    assert ["which `share`" in finding.message for finding in found.findings] == [True]
    assert features(API, OWN % "data.classes: [health]", head=HEAD + BUDGET.replace("4000", "none"))


def test_one_leg_is_a_plan_with_nothing_beside_it() -> None:
    assert {name: value for name, value in features(API)["claims"].declared.items() if name.startswith("plan")} == {
        "plan.provider": "openai", "plan.model": "gpt-6-luna", "plan.fallback": "none", "plan.routing": "single",
    }  # fmt: skip


@pytest.mark.parametrize(("role", "routing"), [("fallback", "single"), ("escalation", "cascade")])
def test_a_partner_is_what_its_leg_says(role: str, routing: str) -> None:
    partner = f"{{role: {role}, hosting: own-cloud, provider: aws, model: llama-3.1-8b, machine: h100-80gb}}"
    declared = features(API, partner)["claims"].declared
    assert {name: value for name, value in declared.items() if name.startswith(("plan.fallback", "plan.routing"))} == {
        "plan.fallback": "self-hosted", "plan.routing": routing, "plan.fallback_hosting": "own-cloud",
        "plan.fallback_provider": "aws", "plan.fallback_model": "llama-3.1-8b", "plan.fallback_machine": "h100-80gb",
    }  # fmt: skip


def test_what_a_leg_says_stands_where_the_leg_is() -> None:
    document = features(API, "{role: fallback, provider: mistral}")["claims"].document
    lines = {fact: document.locate(path_of(fact)).start.line for fact in
             ("plan.model", "plan.region", "plan.fallback_provider", "plan.fallback", "data.classes")}  # fmt: skip
    assert lines == {
        "plan.model": 8, "plan.region": 8, "plan.fallback_provider": 9, "plan.fallback": 9, "data.classes": 4,
    }  # fmt: skip


def test_requests_that_take_no_route_carry_none_of_the_routed_data_and_the_routed_ones_may_carry_all() -> None:
    found = features(API, OWN % "data.classes: [health]")
    assert {name: feature.declared["data.classes"] for name, feature in found.items()} == {
        "claims": ["internal"], "claims:health": ["health", "internal"],
    }  # fmt: skip


def test_people_in_a_place_take_one_route() -> None:
    found = features(API, OWN % "data.subject_regions: [DE]")
    assert {name: feature.declared["data.subject_regions"] for name, feature in found.items()} == {
        "claims": ["US"], "claims:DE": ["DE"],
    }  # fmt: skip


def test_each_route_has_its_share_of_requests_and_budgets_and_no_other_number_changes() -> None:
    found = features(API, OWN % "data.classes: [health], share: 0.25", head=HEAD + BUDGET)
    facts = ("volume.requests_per_day", "budget.monthly_usd", "budget.upfront_usd", "budget.usd_per_request")
    assert {name: [feature.declared[fact] for fact in facts] for name, feature in found.items()} == {
        "claims": [7500.0, 3000.0, "none", 0.1], "claims:health": [2500.0, 1000.0, "none", 0.1],
    }  # fmt: skip
    assert found["claims:health"].declared["volume.requests_per_day_in_12_months"] == {
        "low": 2500.0, "likely": 5000.0, "high": 10000.0,
    }  # fmt: skip


def test_without_shares_every_route_is_evaluated_as_if_all_requests_took_it() -> None:
    found = features(API, OWN % "data.classes: [health]")
    assert {feature.declared["volume.requests_per_day"] for feature in found.values()} == {10000}


def test_two_manifests_of_one_name_are_told_once_however_many_routes_they_have() -> None:
    text = f"{HEAD}plan:\n  legs:\n    - {API}\n    - {OWN % 'data.classes: [health]'}\n"
    both = [ManifestFile(name, text.encode(), True) for name in ("a.yaml", "b.yaml")]
    assert [finding.rule_id for finding in read_manifests(both).findings] == ["MAN-007"]


def test_legs_say_what_the_short_form_says_and_more() -> None:
    assert {f"plan.{key}" for key in SHORT_FORM} == set(PLAN_AXES)
    of_legs = {f"plan.{key}" for key in LEG_KEYS} | {f"plan.fallback_{key}" for key in LEG_KEYS}
    assert of_legs | {"plan.fallback", "plan.routing"} == {*PLAN_AXES, *LEG_AXES}
    assert set(LEG_FIELDS) == {*LEG_KEYS, *SAID_OF_LEGS, "role", "when"}
    assert set(ROUTE_FIELDS) == {*ROUTED_BY, SHARE}


@pytest.mark.parametrize("hosting", HOSTINGS)
def test_a_fallback_is_called_as_options_call_it(hosting: str) -> None:
    assert fallback_of(hosting) == fallback_word(hosting)


TERMS = "{role: main, provider: openai, model: gpt-6-luna, terms: {%s}}"
BEHIND = "{role: fallback, provider: mistral%s}"


@pytest.mark.parametrize(
    ("main", "fallback", "of_plan", "agreed"),
    [
        ("dpa: true", ", terms: {dpa: true}", "", {"dpa": True}),
        ("dpa: true", ", terms: {dpa: false}", "", {"dpa": False}),
        ("dpa: false", "", "", {"dpa": False}),
        ("dpa: true", "", "", {}),
        ("dpa: true", "", "dpa: true", {"dpa": True}),
        ("dpa: true", "", "dpa: false", {"dpa": False}),
        ("dpa: true", ", terms: {dpa: true}", "dpa: false", {"dpa": True}),
        ("retention_days: 0", ", terms: {retention_days: 30}", "", {"retention_days": 30}),
        ("retention_days: 0", "", "retention_days: 7", {"retention_days": 7}),
        ("baa: true", ", terms: {dpa: true}", "baa: true", {"baa": True}),
    ],
)  # fmt: skip
def test_a_term_is_agreed_where_it_is_agreed_for_every_leg(
    main: str, fallback: str, of_plan: str, agreed: dict[str, object]
) -> None:
    found = read(TERMS % main, BEHIND % fallback, plan=f"  terms: {{{of_plan}}}\n" if of_plan else "")
    assert not found.findings, [finding.message for finding in found.findings]
    (feature,) = found.features
    prefix = "plan.terms."
    said = {name.removeprefix(prefix): value for name, value in feature.declared.items() if name.startswith(prefix)}
    assert said == agreed


def test_terms_and_measurements_of_a_leg_are_told_at_the_leg() -> None:
    measured = "measured: {p50_ms: 900, on: 2026-10-01, link: bench}"
    plan = "  measured: {p50_ms: 3, machine: h100-80gb}\n"
    found = read(f"{{role: main, provider: openai, model: gpt-6-luna, terms: {{dpa: false}}, {measured}}}", plan=plan)
    (feature,) = found.features
    assert feature.declared["plan.measured.p50_ms"] == 900
    assert "plan.measured.machine" not in feature.declared
    for path in (("plan", "terms", "dpa"), ("plan", "measured", "p50_ms"), ("plan", "measured")):
        assert feature.document.locate(path).start.line == 9


def test_a_route_without_terms_of_its_own_has_those_of_the_plan() -> None:
    found = read(TERMS % "dpa: false", OWN % "data.classes: [health]", plan="  terms: {dpa: true}\n")
    of = {feature.name: feature.declared["plan.terms.dpa"] for feature in found.features}
    assert of == {"claims": False, "claims:health": True}


@pytest.mark.parametrize(
    ("leg", "message"),
    [
        ("{role: fallback, provider: mistral, measured: {p50_ms: 900}}", "replaces no estimate; measure the `main` leg"),
        ("{role: fallback, provider: mistral, terms: {subprocesors: true}}", "did you mean `subprocessors`?"),
        ("{role: fallback, provider: mistral, measured: {p50_ms: 0}}", "`p50_ms` must be more than 0, found 0"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_what_is_said_of_a_leg_is_told_at_its_line(leg: str, message: str) -> None:
    (finding,) = read(API, leg).findings
    assert message in finding.message
    span = finding.span_of(finding.place)
    assert span is not None
    assert span.start.line == 9
