"""Of ways that are equal in all that is counted places, prices that were read and the default name a region, no alphabet."""

from __future__ import annotations

from datetime import date

import pytest

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import read_catalog
from aipolicy.evaluation.axes import first_of_equals, places_of
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.options.attributes import Organization
from aipolicy.options.candidates import OfferedLegs, ways_to_answer
from aipolicy.options.option import Option

TODAY = date(2026, 12, 1)


@pytest.fixture(scope="module")
def every_way() -> tuple[OptionSet, tuple[Option, ...]]:
    catalog: Catalog = read_catalog([], as_of=TODAY)
    ways = ways_to_answer(OfferedLegs(catalog, Organization()), every_region=True)
    return OptionSet(lambda: ways, catalog, Organization()), ways


def named(
    every_way: tuple[OptionSet, tuple[Option, ...]], provider: str, model: str, *countries: frozenset[str]
) -> str:
    """Return the region that is named of all in which a provider has a model, as if they were equal."""
    options, ways = every_way
    mask = sum(
        1 << number for number, way in enumerate(ways) if (way.leg.provider, way.leg.model.id) == (provider, model)
    )
    return ways[first_of_equals(options, mask, countries)].leg.region


@pytest.mark.parametrize(
    ("provider", "model", "countries", "region"),
    [
        ("aws", "llama-3.1-8b", (), "us-east-1"),
        ("gcp", "llama-3.1-8b", (), "us-central1"),
        ("azure", "llama-3.1-8b", (), "eastus"),
        ("aws", "llama-3.1-8b", (frozenset({"DE"}),), "eu-central-1"),
        ("aws", "llama-3.1-8b", (frozenset({"NO"}), frozenset({"SE", "NO"})), "eu-north-1"),
        ("aws", "llama-3.1-8b", (frozenset({"BR", "CH"}),), "eu-central-2"),
        ("openai", "gpt-6-luna", (), "global"),
        ("azure-openai", "gpt-4.1-mini-2025-04-14", (), "global"),
        ("azure-openai", "gpt-4.1-mini-2025-04-14", (frozenset({"SE"}),), "swedencentral"),
    ],
)
def test_of_equal_regions_the_place_of_the_data_comes_first_then_the_price_that_was_read(
    every_way: tuple[OptionSet, tuple[Option, ...]], provider: str, model: str,
    countries: tuple[frozenset[str], ...], region: str,
) -> None:  # fmt: skip
    assert named(every_way, provider, model, *countries) == region


def test_the_places_are_those_of_the_people_the_organisation_and_its_own_sites_as_far_as_they_are_known() -> None:
    facts = {"data.subject_countries": ("DE",), "organization.countries": ()}
    assert places_of(facts, ("FR",)) == (frozenset({"DE"}), frozenset({"FR"}))
    assert places_of({}, None) == ()
