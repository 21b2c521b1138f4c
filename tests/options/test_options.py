"""Candidates, plans and attributes over the shipped catalog."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from aipolicy.catalog.catalog import Catalog
from aipolicy.facts.spec import FactValue
from aipolicy.options.attributes import Organization, option_attributes
from aipolicy.options.candidates import candidate_options
from aipolicy.options.option import Option
from aipolicy.options.plan import PlannedOptions, plan_options

OWN = Organization()


@pytest.fixture(scope="module")
def options(request: pytest.FixtureRequest) -> tuple[Option, ...]:
    return candidate_options(request.getfixturevalue("catalog"), OWN)


def planned(catalog: Catalog, **declared: FactValue) -> PlannedOptions:
    values = {f"plan.{name.replace('__', '.')}": value for name, value in declared.items()}
    return plan_options(values, frozenset(values), catalog, OWN)


def test_candidates_are_told_apart_and_come_in_a_stable_order(options: tuple[Option, ...], catalog: Catalog) -> None:
    ids = [option.id for option in options]
    assert len(set(ids)) == len(ids)
    assert ids == [option.id for option in candidate_options(catalog, OWN)]


def test_every_hosting_and_adaptation_is_among_the_candidates(options: tuple[Option, ...]) -> None:
    counts = Counter((option.hosting, option.adaptation) for option in options)
    hostings = ("provider-api", "own-cloud", "on-premises", "on-device")
    assert all(counts[(hosting, "prompting")] for hosting in hostings)
    assert counts[("own-cloud", "classical-ml")]
    assert counts[("own-cloud", "training-from-scratch")]
    assert not counts[("provider-api", "classical-ml")]
    assert all(option.routing == "single" or option.other is not None for option in options)


def test_no_candidate_is_retired_or_reserved_for_eligible_customers(
    options: tuple[Option, ...], catalog: Catalog
) -> None:
    for leg in {leg.name: leg for option in options for leg in option.legs}.values():
        assert leg.retires_on is None or leg.retires_on > catalog.as_of
        region = catalog.region(leg.provider, leg.region)
        assert region is None or not region.restricted


def test_a_fallback_that_leaves_the_organisation_makes_the_option_leave_it(
    options: tuple[Option, ...], catalog: Catalog
) -> None:
    own = [option for option in options if option.hosting == "own-cloud"]
    leaving = {o.fallback: option_attributes(o, catalog, OWN)["option.leaves_organization"] for o in own}
    assert leaving == {"none": False, "provider-api": True, "self-hosted": False}


def test_what_counts_as_own_is_the_organisations_choice(options: tuple[Option, ...], catalog: Catalog) -> None:
    narrow = Organization(own_boundaries=("on-premises",))
    cloud = next(option for option in options if option.hosting == "own-cloud" and option.fallback == "none")
    assert option_attributes(cloud, catalog, narrow)["option.leaves_organization"] is True


def test_regions_are_those_of_every_leg_and_unknown_when_one_is(options: tuple[Option, ...], catalog: Catalog) -> None:
    for option in options:
        regions = option_attributes(option, catalog, OWN).get("option.regions")
        legs = [leg for leg in option.legs if leg.boundary != "device"]
        if any(leg.countries is None for leg in legs):
            assert regions is None
        else:
            assert regions == tuple(sorted({code for leg in legs for code in leg.countries or ()}))


def test_own_sites_are_where_the_organisation_says(catalog: Catalog) -> None:
    said = Organization(on_premises_countries=("DE",))
    site = next(o for o in candidate_options(catalog, said) if o.hosting == "on-premises" and o.fallback == "none")
    assert option_attributes(site, catalog, said)["option.regions"] == ("DE",)


@pytest.mark.parametrize(
    ("offers", "expected"),
    [((True, True), True), ((True, False), False), ((True, None), None), ((None, False), False)],
)
def test_a_term_holds_when_every_provider_on_the_way_offers_it(
    offers: tuple[bool | None, bool | None], expected: bool | None, options: tuple[Option, ...], catalog: Catalog
) -> None:
    option = next(o for o in options if o.hosting == "provider-api" and o.fallback == "provider-api")
    legs = []
    for leg, offer in zip((option.leg, option.other), offers, strict=True):
        assert leg is not None
        terms = {name: value for name, value in leg.terms.items() if name != "dpa_offered"}
        legs.append(replace(leg, terms=terms if offer is None else {**terms, "dpa_offered": offer}))
    changed = replace(option, leg=legs[0], other=legs[1])
    assert option_attributes(changed, catalog, OWN).get("option.offers_dpa") is expected


def test_own_sites_need_no_terms(options: tuple[Option, ...], catalog: Catalog) -> None:
    site = next(o for o in options if o.hosting == "on-premises" and o.fallback == "none")
    facts = option_attributes(site, catalog, OWN)
    assert facts["option.offers_baa"] is True
    assert facts["option.retention_days"] == 0.0


def test_a_complete_plan_is_one_option(catalog: Catalog) -> None:
    found = planned(
        catalog, adaptation="prompting", hosting="provider-api", provider="openai", model="gpt-6-luna", region="us",
        fallback="none", routing="single",
    )  # fmt: skip
    assert len(found.options) == 1
    assert not found.problems


def test_a_partial_plan_is_every_option_that_agrees(catalog: Catalog) -> None:
    found = planned(catalog, provider="openai", model="gpt-6-luna", adaptation="prompting", fallback="none")
    assert {option.leg.region for option in found.options} == {"eu", "global", "us"}
    unsaid = planned(catalog, provider="openai", model="gpt-6-luna", adaptation="prompting", region="us")
    assert {option.fallback for option in unsaid.options} == {"none", "provider-api", "self-hosted"}


@pytest.mark.parametrize(
    ("provider", "region"), [("open-ai", "us"), ("openai", "united-states"), ("open-ai", "us.api.openai.com")]
)
def test_aliases_of_providers_and_regions_are_understood(provider: str, region: str, catalog: Catalog) -> None:
    found = planned(catalog, provider=provider, region=region, model="gpt-6-luna")
    assert not found.problems
    assert {(o.leg.provider, o.leg.region) for o in found.options} == {("openai", "us")}


def test_a_retired_model_can_be_planned_and_its_end_is_known(catalog: Catalog) -> None:
    found = planned(catalog, provider="openai", model="gpt-4-turbo-2024-04-09", fallback="none")
    assert not found.problems
    facts = option_attributes(found.options[0], catalog, OWN)
    assert facts["option.retirement_announced"] is True
    assert facts["option.days_until_retirement"] == -29.0


def test_an_own_site_can_be_placed_in_a_country(catalog: Catalog) -> None:
    found = planned(catalog, hosting="on-premises", region="DE", fallback="none")
    assert {option.leg.countries for option in found.options} == {("DE",)}


def test_a_named_fallback_is_the_only_fallback(catalog: Catalog) -> None:
    found = planned(
        catalog, provider="openai", model="gpt-6-luna", region="us", adaptation="prompting", routing="single",
        fallback="provider-api", fallback_provider="mistral", fallback_region="eu",
    )  # fmt: skip
    assert {option.other and (option.other.provider, option.other.region) for option in found.options} == {
        ("mistral", "eu")
    }


def test_what_a_plan_names_beyond_the_catalog_stands_in_with_unknown_facts(catalog: Catalog) -> None:
    found = planned(catalog, hosting="provider-api", provider="acme", model="acme-1")
    assert [problem.fact for problem in found.problems] == ["plan.provider", "plan.model"]
    facts = option_attributes(found.options[0], catalog, OWN)
    assert facts["option.leaves_organization"] is True
    assert not {"option.regions", "option.offers_dpa", "option.tier", "option.retention_days"} & set(facts)
