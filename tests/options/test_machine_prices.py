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
from aipolicy.options.candidates import Legs
from aipolicy.options.cost_assumptions import cost_assumptions
from aipolicy.options.cost_inputs import HostedBasis, OneStepBasis, OwnBasis
from aipolicy.options.cost_inputs_reader import BasisReader

TODAY = date(2026, 11, 29)
DATES = "source: our contract, checked_on: 2026-11-01, effective_from: 2026-01-01, verified: true"
OWN_H100 = (
    "accelerators:\n  - {id: h100-80gb, memory_gb: 80, bandwidth_gb_per_s: 3350, bf16_tflops: 989, fp8_tflops: 1979,\n"
    f"     link_gb_per_s: 450, sold_in: 3, hourly_usd: 4.0, {DATES}}}\n"
)


def rents(catalog: Catalog, accelerator: str) -> dict[str, RentedMachines | None]:
    """Return what each cloud provider asks for an accelerator, None where that is not known."""
    reader = BasisReader(catalog, cost_assumptions(catalog))
    found: dict[str, RentedMachines | None] = {}
    for leg in Legs(catalog, Organization()).own(every_region=False):
        basis = reader._leg(leg)
        if leg.hosting == "own-cloud" and leg.accelerator == accelerator and isinstance(basis, OwnBasis | OneStepBasis):
            assert basis.cost is None or isinstance(basis.cost, RentedMachines)
            found[leg.provider] = basis.cost
    return found


def with_own(tmp_path: Path, text: str) -> Catalog:
    own = tmp_path / "own.yaml"
    own.write_text(text, encoding="utf-8")
    return read_catalog([own], as_of=TODAY)


def test_an_hour_is_charged_at_the_price_of_its_seller(catalog: Catalog) -> None:
    hourly = {seller: rent and rent.hourly_usd for seller, rent in rents(catalog, "h100-80gb").items()}
    assert hourly == {seller: catalog.machine_prices["h100-80gb", seller].hourly_usd for seller in hourly}
    assert len(set(hourly.values())) > 1


def test_what_a_seller_is_not_listed_with_has_no_price(catalog: Catalog) -> None:
    listed = {seller for accelerator, seller in catalog.machine_prices if accelerator == "l40s"}
    for seller, rent in rents(catalog, "l40s").items():
        assert (rent is not None) == (seller in listed), seller


def test_what_an_organisation_pays_holds_at_every_seller_and_has_no_spread(tmp_path: Path) -> None:
    for rent in rents(with_own(tmp_path, OWN_H100), "h100-80gb").values():
        assert rent is not None
        assert (rent.hourly_usd, rent.sold_in, rent.estimated) == (4.0, 3.0, False)


def test_an_own_price_at_one_seller_leaves_the_others_as_they_are(tmp_path: Path, catalog: Catalog) -> None:
    own = f"machine_prices:\n  - {{accelerator: h100-80gb, provider: aws, hourly_usd: 2.5, {DATES}}}\n"
    found, shipped = rents(with_own(tmp_path, own), "h100-80gb"), rents(catalog, "h100-80gb")
    assert found["aws"] is not None
    assert (found["aws"].hourly_usd, found["aws"].estimated) == (2.5, False)
    assert {seller: rent for seller, rent in found.items() if seller != "aws"} == {
        seller: rent for seller, rent in shipped.items() if seller != "aws"
    }


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("accelerator: h1000, provider: aws, hourly_usd: 2", "unknown accelerator `h1000`"),
        ("accelerator: h200, provider: awss, hourly_usd: 2", "unknown provider `awss`; did you mean `aws`?"),
        ("accelerator: h200, provider: aws", "missing key `hourly_usd`"),
    ],
)
def test_a_slip_is_told_at_its_line(tmp_path: Path, entry: str, message: str) -> None:
    with pytest.raises((CatalogError, Problems)) as raised:
        with_own(tmp_path, f"machine_prices:\n  - {{{entry}, {DATES}}}\n")
    assert message in str(raised.value)


def test_a_list_price_that_somebody_read_has_no_spread_whoever_made_the_model(catalog: Catalog) -> None:
    """Only the placeholder for hosts of open models is an estimate; a seller's own list is not."""
    reader = BasisReader(catalog, cost_assumptions(catalog))
    for leg, _ in Legs(catalog, Organization()).api(every_region=False):
        basis = reader._leg(leg)
        assert isinstance(basis, HostedBasis)
        assert basis.price_uncertain == (leg.provider == "hosted-open-weights")
