"""Candidates, plans and attributes over the shipped catalog."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from aipolicy.catalog.catalog import Catalog
from aipolicy.facts.spec import FactValue
from aipolicy.options.attributes import Organization, option_attributes
from aipolicy.options.candidates import SELF_HOSTED_ADAPTATIONS, candidate_legs
from aipolicy.options.option import Option, pair_of
from aipolicy.options.plan import PlannedLegs, plan_legs
from aipolicy.value import replace

OWN = Organization()


@pytest.fixture(scope="module")
def options(request: pytest.FixtureRequest) -> tuple[Option, ...]:
    return candidate_legs(request.getfixturevalue("catalog"), OWN)


def planned(catalog: Catalog, **declared: FactValue) -> PlannedLegs:
    values = {f"plan.{name.replace('__', '.')}": value for name, value in declared.items()}
    return plan_legs(values, frozenset(values), catalog, OWN)


def test_candidates_are_told_apart_and_come_in_a_stable_order(options: tuple[Option, ...], catalog: Catalog) -> None:
    ids = [option.id for option in options]
    assert len(set(ids)) == len(ids)
    assert ids == [option.id for option in candidate_legs(catalog, OWN)]


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


def test_a_fallback_that_leaves_the_organisation_is_said_of_the_partner(
    options: tuple[Option, ...], catalog: Catalog
) -> None:
    own, api = (next(o for o in options if o.hosting == hosting) for hosting in ("own-cloud", "provider-api"))
    facts = option_attributes(pair_of(own, api, "single"), catalog, OWN)
    assert (facts["option.leaves_organization"], facts["partner.leaves_organization"]) == (False, True)
    assert (facts["option.fallback"], facts["partner.hosting"]) == ("provider-api", "provider-api")


def test_the_whole_has_what_both_legs_make_together(options: tuple[Option, ...], catalog: Catalog) -> None:
    small = next(o for o in options if o.leg.model.tier == "small")
    large = next(o for o in options if o.leg.model.tier == "frontier" and o.leg.provider != small.leg.provider)
    facts = {r: option_attributes(pair_of(small, large, r), catalog, OWN) for r in ("single", "cascade")}
    assert [facts[r]["option.top_tier"] for r in ("single", "cascade")] == ["small", "frontier"]
    assert facts["single"]["option.second_provider"] is True
    assert facts["single"]["option.providers"] == tuple(sorted({small.leg.provider, large.leg.provider}))
    assert "partner.hosting" not in option_attributes(small, catalog, OWN)


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
    site = next(o for o in candidate_legs(catalog, said) if o.hosting == "on-premises" and o.fallback == "none")
    assert option_attributes(site, catalog, said)["option.regions"] == ("DE",)


@pytest.mark.parametrize("offer", [True, False, None])
def test_a_term_is_what_the_provider_of_the_leg_offers(
    offer: bool | None, options: tuple[Option, ...], catalog: Catalog
) -> None:
    option = next(o for o in options if o.hosting == "provider-api")
    terms = {name: value for name, value in option.leg.terms.items() if name != "dpa_offered"}
    changed = replace(
        option, leg=replace(option.leg, terms=terms if offer is None else {**terms, "dpa_offered": offer})
    )
    assert option_attributes(changed, catalog, OWN).get("option.offers_dpa") is offer


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
    assert len(found.mains) == 1
    assert not found.problems
    assert not found.partners.is_needed


def test_a_partial_plan_is_every_option_that_agrees(catalog: Catalog) -> None:
    found = planned(catalog, provider="openai", model="gpt-6-luna", adaptation="prompting", fallback="none")
    assert {option.leg.region for option in found.mains} == {"eu", "global", "us"}
    unsaid = planned(catalog, provider="openai", model="gpt-6-luna", adaptation="prompting", region="us")
    assert unsaid.partners.fallbacks == {"none", "provider-api", "self-hosted"}


@pytest.mark.parametrize(
    ("provider", "region"), [("open-ai", "us"), ("openai", "united-states"), ("open-ai", "us.api.openai.com")]
)
def test_aliases_of_providers_and_regions_are_understood(provider: str, region: str, catalog: Catalog) -> None:
    found = planned(catalog, provider=provider, region=region, model="gpt-6-luna")
    assert not found.problems
    assert {(o.leg.provider, o.leg.region) for o in found.mains} == {("openai", "us")}


def test_a_retired_model_can_be_planned_and_its_end_is_known(catalog: Catalog) -> None:
    found = planned(catalog, provider="openai", model="gpt-4-turbo-2024-04-09", fallback="none")
    assert not found.problems
    facts = option_attributes(found.mains[0], catalog, OWN)
    assert facts["option.retirement_announced"] is True
    assert facts["option.days_until_retirement"] == -29.0


def test_an_own_site_can_be_placed_in_a_country(catalog: Catalog) -> None:
    found = planned(catalog, hosting="on-premises", region="DE", fallback="none")
    assert {option.leg.countries for option in found.mains} == {("DE",)}


def test_a_named_fallback_is_the_only_fallback(catalog: Catalog) -> None:
    found = planned(
        catalog, provider="openai", model="gpt-6-luna", region="us", adaptation="prompting", routing="single",
        fallback="provider-api", fallback_provider="mistral", fallback_region="eu",
    )  # fmt: skip
    assert {(way.leg.provider, way.leg.region) for way in found.partners.named or ()} == {("mistral", "eu")}
    assert found.partners.is_needed


def test_what_a_plan_names_beyond_the_catalog_stands_in_with_unknown_facts(catalog: Catalog) -> None:
    found = planned(catalog, hosting="provider-api", provider="acme", model="acme-1")
    assert [problem.fact for problem in found.problems] == ["plan.provider", "plan.model"]
    facts = option_attributes(found.mains[0], catalog, OWN)
    assert facts["option.leaves_organization"] is True
    assert not {"option.regions", "option.offers_dpa", "option.tier", "option.retention_days"} & set(facts)


def test_candidates_cover_every_hosting_and_adaptation_that_the_catalog_allows(
    options: tuple[Option, ...], catalog: Catalog
) -> None:
    allowed = {
        ("provider-api", adaptation)
        for offering in catalog.offerings
        for adaptation in offering.adaptations
        if any(
            not r.restricted for r in catalog.regions if r.provider == offering.provider and r.id in offering.regions
        )
        and (offering.retires_on or catalog.models[offering.model].retires_on or date.max) > catalog.as_of
    }
    hosted = {hosted.model for hosted in catalog.self_hosted.values()}
    for tier in {model.tier for model in catalog.models.values() if model.id in hosted}:
        for hosting in ("own-cloud", "on-premises"):
            allowed |= {(hosting, adaptation) for adaptation in SELF_HOSTED_ADAPTATIONS[tier]}
    found = {(option.hosting, option.adaptation) for option in options}
    assert allowed <= found
    assert {hosting for hosting, _ in found} == {"provider-api", "own-cloud", "on-premises", "on-device"}
    assert found - allowed <= {
        (hosting, adaptation)
        for hosting in ("own-cloud", "on-premises", "on-device")
        for adaptation in ("training-from-scratch", *(a for h, a in allowed if h == "on-premises"))
    }


def test_countries_of_a_device_do_not_count(options: tuple[Option, ...], catalog: Catalog) -> None:
    device = [option for option in options if option.hosting == "on-device"]
    alone = next(option for option in device if option.fallback == "none")
    assert alone.leg.countries is None
    assert option_attributes(alone, catalog, OWN)["option.regions"] == ()


def test_own_premises_of_which_nobody_says_where_they_are_leave_regions_unknown(
    options: tuple[Option, ...], catalog: Catalog
) -> None:
    site = next(option for option in options if option.hosting == "on-premises" and option.fallback == "none")
    assert "option.regions" not in option_attributes(site, catalog, OWN)


def test_terms_of_a_plan_replace_those_of_the_catalog(catalog: Catalog) -> None:
    found = planned(catalog, provider="openai", model="gpt-6-luna", region="us", terms__retention_days=3.0,
                    terms__no_training=False)  # fmt: skip
    for option in found.mains:
        assert option.leg.terms["retention_days"] == 3.0
        assert option.leg.terms["no_training_by_default"] is False
    untouched = planned(catalog, provider="openai", model="gpt-6-luna", region="us")
    assert all(option.leg.terms.get("retention_days") != 3.0 for option in untouched.mains)


@pytest.mark.parametrize(
    ("plan", "fact", "message"),
    [
        ({"provider": "opnai"}, "plan.provider", "unknown provider: `opnai`; did you mean `openai`?"),
        ({"fallback_provider": "mistrl"}, "plan.fallback_provider", "did you mean `mistral`?"),
        ({"model": "gpt-6-lna"}, "plan.model", "did you mean `gpt-6-luna`?"),
        ({"provider": "openai", "region": "uss"}, "plan.region", "unknown region of `openai`: `uss`"),
        ({"hosting": "on-premises", "region": "DEE"}, "plan.region", "unknown region: `DEE`"),
        (
            {"hosting": "on-device", "adaptation": "rag", "provider": "openai"},
            "plan.provider",
            "offers no provider `openai`",
        ),
        ({"hosting": "provider-api", "adaptation": "classical-ml"}, "plan.adaptation", "with hosting `provider-api`"),
        ({"routing": "cascade", "fallback": "none"}, "plan.routing", "a cascade needs a far side"),
    ],
)
def test_what_the_catalog_does_not_offer_is_told_at_the_declaration(
    plan: dict[str, FactValue], fact: str, message: str, catalog: Catalog
) -> None:
    found = planned(catalog, **plan)
    assert fact in [problem.fact for problem in found.problems]
    assert message in " ".join(problem.message for problem in found.problems)
    assert len(found.mains) == 1


@pytest.mark.parametrize(
    "plan",
    [
        {"hosting": "own-cloud"},
        {"adaptation": "rag", "fallback": "provider-api"},
        {"provider": "mistral", "routing": "cascade"},
        {"hosting": "on-premises", "region": "EU", "adaptation": "fine-tuning"},
    ],
)
def test_every_option_of_a_plan_agrees_with_all_that_it_declares(plan: dict[str, FactValue], catalog: Catalog) -> None:
    found = planned(catalog, **plan)
    assert not found.problems
    partners = found.partners
    for option in found.mains:
        said = {
            "adaptation": {option.adaptation}, "hosting": {option.hosting}, "fallback": partners.fallbacks,
            "routing": set(partners.routings), "provider": {option.leg.provider}, "region": {option.leg.region},
        }  # fmt: skip
        assert {name: said[name] for name in plan} == {name: {word} for name, word in plan.items()}
    assert len({option.id for option in found.mains}) == len(found.mains)
