"""What an organisation states of sellers and providers holds from its day on, where it says, and in its unit."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import read_catalog
from aipolicy.errors import CatalogError

DATED = "source: contract, checked_on: 2026-11-01, effective_from"
H100 = "accelerator: h100-80gb, provider: aws"


def catalog_of(folder: Path, text: str, day: str = "2026-12-01") -> Catalog:
    """Return the shipped catalog beside one own file, checked as a run checks it."""
    path = folder / "own.yaml"
    path.write_text(text, encoding="utf-8")
    catalog = read_catalog((str(path),), as_of=date.fromisoformat(day))
    catalog.validate()
    return catalog


def usd_of(catalog: Catalog, region: str) -> float:
    price = catalog.machine_prices.at("h100-80gb", "aws", region)
    assert price is not None
    return price.hourly_usd


def test_a_price_of_a_machine_holds_once_its_day_has_come(tmp_path: Path) -> None:
    own = f"machine_prices:\n- {{{H100}, region: eu-central-1, hourly_usd: 50, {DATED}: 2027-10-01}}\n"
    shipped = usd_of(read_catalog((), as_of=date(2026, 12, 1)), "eu-central-1")
    assert usd_of(catalog_of(tmp_path, own), "eu-central-1") == shipped != 50
    assert usd_of(catalog_of(tmp_path, own, "2027-10-01"), "eu-central-1") == 50


def test_a_term_of_a_provider_holds_once_its_day_has_come(tmp_path: Path) -> None:
    own = f"terms:\n- {{provider: mistral, term: sla_percent, value: 99, {DATED}: 2099-01-01}}\n"

    def stated(day: str) -> list[object]:
        terms = catalog_of(tmp_path, own, day).terms
        return [term.value for term in terms if (term.provider, term.term) == ("mistral", "sla_percent")]

    assert 99.0 not in stated("2026-12-01")
    assert stated("2099-01-01") == [99.0]


def test_the_price_of_a_region_is_that_of_the_entry_of_the_region(tmp_path: Path) -> None:
    own = (
        "machine_prices:\n"
        f"- {{{H100}, region: us-east-1, hourly_usd: 5, other_regions: {{eu-central-1: 6}}, {DATED}: 2026-11-01}}\n"
        f"- {{{H100}, region: eu-central-1, hourly_usd: 7, {DATED}: 2026-11-01}}\n"
    )
    assert [usd_of(catalog_of(tmp_path, own), region) for region in ("us-east-1", "eu-central-1")] == [5, 7]


@pytest.mark.parametrize("usd", [0.0001, 50000])
def test_a_price_of_another_region_in_another_unit_is_a_mistake(tmp_path: Path, usd: float) -> None:
    own = (
        f"machine_prices:\n- {{{H100}, region: us-east-1, hourly_usd: 5, other_regions: {{eu-central-1: {usd}}}, "
        f"{DATED}: 2026-11-01}}\n"
    )
    with pytest.raises(CatalogError, match="far from the 5 of `us-east-1`; check its unit"):
        catalog_of(tmp_path, own)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("terms:\n- {provider: mistral, term: sla_percent, value: %s, ", "`mistral`, `sla_percent`"),
        ("machine_prices:\n- {accelerator: h100-80gb, provider: aws, hourly_usd: %s, ", "`h100-80gb`, `aws`"),
    ],
)
def test_what_is_said_twice_from_one_day_is_a_mistake(tmp_path: Path, entry: str, said: str) -> None:
    section, _, rest = entry.partition("\n")
    lines = [f"{rest % value}{DATED}: {day}}}\n" for value, day in ((5, "2026-11-01"), (7, "2026-11-01"))]
    with pytest.raises(CatalogError, match=f"own.yaml:3:3: a second entry of {said}.* from 2026-11-01; append one"):
        catalog_of(tmp_path, f"{section}\n{''.join(lines)}")
    later = lines[1].replace("2026-11-01}", "2026-11-15}")
    catalog_of(tmp_path, f"{section}\n{lines[0]}{later}")
