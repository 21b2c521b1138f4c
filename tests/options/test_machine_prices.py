"""Machines are priced at the seller that an option names, at no other's price, and without a spread where a team says it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import read_catalog
from aipolicy.economics.fleet import RentedMachines
from aipolicy.errors import CatalogError, Problems
from aipolicy.options.attributes import Organization
from aipolicy.options.candidates import OfferedLegs
from aipolicy.options.cost_assumptions import cost_assumptions
from aipolicy.options.cost_inputs import HostedInputs, OneStepInputs, OwnInputs
from aipolicy.options.cost_inputs_reader import CostInputsReader

TODAY = date(2026, 11, 29)
DATES = "source: our contract, checked_on: 2026-11-01, effective_from: 2026-01-01, verified: true"
OWN_H100 = (
    "accelerators:\n  - {id: h100-80gb, memory_gb: 80, bandwidth_gb_per_s: 3350, bf16_tflops: 989, fp8_tflops: 1979,\n"
    f"     link_gb_per_s: 450, sold_in: 3, hourly_usd: 4.0, {DATES}}}\n"
)


def rents(catalog: Catalog, accelerator: str) -> dict[tuple[str, str], RentedMachines | None]:
    """Return what each cloud provider asks for an accelerator in each of its regions, None where that is not known."""
    reader = CostInputsReader(catalog, cost_assumptions(catalog))
    found: dict[tuple[str, str], RentedMachines | None] = {}
    for leg in OfferedLegs(catalog, Organization()).own(every_region=True):
        inputs = reader._leg(leg)
        if (
            leg.hosting == "own-cloud"
            and leg.accelerator == accelerator
            and isinstance(inputs, OwnInputs | OneStepInputs)
        ):
            assert inputs.cost is None or isinstance(inputs.cost, RentedMachines)
            found[leg.provider, leg.region] = inputs.cost
    return found


def with_own(tmp_path: Path, text: str) -> Catalog:
    own = tmp_path / "own.yaml"
    own.write_text(text, encoding="utf-8")
    return read_catalog([own], as_of=TODAY)


def hourly(catalog: Catalog, accelerator: str, seller: str) -> dict[str, float]:
    """Return what a seller asks for an accelerator by region, in USD, to four places."""
    found = {region: rent for (provider, region), rent in rents(catalog, accelerator).items() if provider == seller}
    return {region: round(rent.hourly_usd, 4) for region, rent in found.items() if rent is not None}


def test_an_hour_is_charged_at_the_price_of_its_seller(catalog: Catalog) -> None:
    charged = rents(catalog, "h100-80gb")
    for entry in catalog.machine_prices.entries:
        if entry.accelerator == "h100-80gb":
            rent = charged[entry.provider, entry.region]
            assert rent is not None
            assert rent.hourly_usd == entry.hourly_usd
    assert len({rent.hourly_usd for rent in charged.values() if rent is not None}) > 1


def test_what_a_seller_is_not_listed_with_has_no_price(catalog: Catalog) -> None:
    listed = {entry.provider for entry in catalog.machine_prices.entries if entry.accelerator == "l40s"}
    for (seller, region), rent in rents(catalog, "l40s").items():
        assert (rent is not None) == (seller in listed), (seller, region)


def test_a_machine_costs_what_is_asked_in_its_region(catalog: Catalog) -> None:
    l4, h200 = hourly(catalog, "l4", "aws"), hourly(catalog, "h200", "aws")
    assert (l4["us-east-1"], l4["eu-central-1"], l4["ap-northeast-1"]) == (0.805, 1.0064, 1.1672)
    assert (h200["us-east-1"], h200["eu-north-1"]) == (7.912, 8.4658)


def test_a_price_that_was_not_read_is_in_proportion_to_what_other_machines_of_the_seller_cost_there(
    catalog: Catalog,
) -> None:
    prices = catalog.machine_prices
    estimated, read = (prices.at(machine, "aws", "eu-central-1") for machine in ("a10g", "l40s"))
    assert estimated is not None
    assert read is not None
    assert (read.factor, round(estimated.factor or 0.0, 2)) == (None, 1.25)
    assert not estimated.dated.verified
    assert round(estimated.hourly_usd, 3) == 1.257


def test_where_no_price_of_a_seller_was_read_the_constant_for_it_holds(tmp_path: Path, catalog: Catalog) -> None:
    own = (
        "assumptions:\n  - {id: machine-price-elsewhere, meaning: elsewhere, value: 2, unit: factor, "
        f"low: 1, high: 3, {DATES}}}\n"
    )
    for held, factor in ((catalog, 1.2), (with_own(tmp_path, own), 2.0)):
        for seller, region in (("aws", "sa-east-1"), ("azure", "norwayeast")):
            price = held.machine_prices.at("h100-80gb", seller, region)
            assert price is not None
            assert price.factor == factor


def test_every_shipped_price_says_of_which_region_it_is(catalog: Catalog) -> None:
    assert [entry for entry in catalog.machine_prices.entries if entry.region == "any"] == []


def test_what_an_organisation_pays_holds_at_every_seller_and_has_no_spread(tmp_path: Path) -> None:
    for rent in rents(with_own(tmp_path, OWN_H100), "h100-80gb").values():
        assert rent is not None
        assert (rent.hourly_usd, rent.sold_in, rent.estimated) == (4.0, 3.0, False)


def test_an_own_price_at_one_seller_leaves_the_others_as_they_are(tmp_path: Path, catalog: Catalog) -> None:
    own = f"machine_prices:\n  - {{accelerator: h100-80gb, provider: aws, hourly_usd: 2.5, {DATES}}}\n"
    found, shipped = rents(with_own(tmp_path, own), "h100-80gb"), rents(catalog, "h100-80gb")
    for place, rent in found.items():
        if place[0] == "aws":
            assert rent is not None
            assert (rent.hourly_usd, rent.estimated) == (2.5, False)
        else:
            assert rent == shipped[place]


def test_an_own_price_of_one_region_leaves_the_others_as_they_are(tmp_path: Path, catalog: Catalog) -> None:
    own = (
        "machine_prices:\n  - {accelerator: l4, provider: aws, region: eu-central-1, hourly_usd: 0.5, "
        f"other_regions: {{eu-north-1: 0.4}}, {DATES}}}\n"
    )
    found, shipped = hourly(with_own(tmp_path, own), "l4", "aws"), hourly(catalog, "l4", "aws")
    assert {region: usd for region, usd in found.items() if usd != shipped[region]} == {
        "eu-central-1": 0.5,
        "eu-north-1": 0.4,
    }


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("accelerator: h1000, provider: aws, hourly_usd: 2", "unknown accelerator `h1000`"),
        ("accelerator: h200, provider: awss, hourly_usd: 2", "unknown provider `awss`; did you mean `aws`?"),
        ("accelerator: h200, provider: aws", "missing key `hourly_usd`"),
        (
            "accelerator: h200, provider: aws, region: eu-nort-1, hourly_usd: 2",
            "provider `aws` has no region `eu-nort-1`; did you mean `eu-north-1`?",
        ),
        (
            "accelerator: h200, provider: aws, region: eu-north-1, hourly_usd: 2, other_regions: {francecentral: 2}",
            "provider `aws` has no region `francecentral`",
        ),
        (
            "accelerator: h200, provider: aws, hourly_usd: 2, other_regions: {eu-north-1: 2}",
            "`other_regions` are others than `region`, which is not stated",
        ),
        (
            "accelerator: h200, provider: aws, region: eu-north-1, hourly_usd: 2, other_regions: {eu-north-1: 3}",
            "the price of `eu-north-1` is `hourly_usd`",
        ),
        (
            "accelerator: h200, provider: aws, region: us-east-1, hourly_usd: 2, other_regions: {eu-north-1: 0}",
            "`eu-north-1` must be more than 0",
        ),
        ("accelerator: h200, provider: aws, hourly_usd: 0.007", "1,130 times below the 7.912 of the entry"),
    ],
)
def test_a_slip_is_told_at_its_line(tmp_path: Path, entry: str, message: str) -> None:
    with pytest.raises((CatalogError, Problems)) as raised:
        with_own(tmp_path, f"machine_prices:\n  - {{{entry}, {DATES}}}\n")
    assert message in str(raised.value)


def test_a_list_price_that_somebody_read_has_no_spread_whoever_made_the_model(catalog: Catalog) -> None:
    """Only the placeholder for hosts of open models is an estimate; a seller's own list is not."""
    reader = CostInputsReader(catalog, cost_assumptions(catalog))
    for leg, _ in OfferedLegs(catalog, Organization()).api(every_region=False):
        inputs = reader._leg(leg)
        assert isinstance(inputs, HostedInputs)
        assert inputs.price_uncertain == (leg.provider == "hosted-open-weights")
