"""Prices of an installed package stand in for the shipped ones, and nothing hides that they do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from price_wheels import genai_folder

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.fresher_prices import PricePackage, fresher_file, installed_package
from aipolicy.catalog.genai_prices import DATA_FILE
from aipolicy.catalog.load import catalog_documents, layered_catalog
from aipolicy.catalog.prices import price_of
from aipolicy.cli.main import cli
from aipolicy.errors import CatalogError
from aipolicy.policy.locate import read_policy_files
from aipolicy.run.policy import PolicySettings
from aipolicy.shipped import catalog_paths

TODAY = date(2026, 11, 21)
SHIPPED = [(path.name, path.read_bytes()) for path in catalog_paths()]
OWN = (
    "prices:\n- {provider: openai, model: gpt-4o, region: global, currency: USD, input_per_mtok: 9, source: contract, "
    "checked_on: 2026-01-01, effective_from: 2026-01-01, verified: true}\n"
)


def package(folder: Path, usd: str = "2.5") -> PricePackage:
    """Return a package in which gpt-4o costs `usd` per million input tokens."""
    return PricePackage("genai-prices", "0.9.0", (genai_folder(folder, usd) / DATA_FILE).read_bytes())


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the path in which the package is installed, instead of any other."""
    folder = genai_folder(tmp_path / "site")
    monkeypatch.setattr("sys.path", [str(folder)])
    return folder


def test_a_price_of_the_package_replaces_the_shipped_one_and_says_where_it_is_from(tmp_path: Path) -> None:
    catalog = layered_catalog(SHIPPED, [], package(tmp_path, "2"), TODAY)
    found = price_of(catalog, "openai", "gpt-4o", "global")
    assert found is not None
    assert (found.input_usd_per_mtok, found.output_usd_per_mtok) == (2, 10)
    assert found.dated.source == "package genai-prices 0.9.0"
    assert (found.dated.effective_from, found.checked_on) == (date(2026, 8, 1), date(2026, 10, 14))
    assert found.cached_input_usd_per_mtok is None  # unknown once the input price changed


def test_what_the_package_leaves_out_is_the_shipped_price_while_input_and_output_are_the_same(tmp_path: Path) -> None:
    found = price_of(layered_catalog(SHIPPED, [], package(tmp_path), TODAY), "openai", "gpt-4o", "global")
    assert found is not None
    assert found.source_package is not None
    assert (found.source_package.name, found.cached_input_usd_per_mtok) == ("genai-prices", 1.25)


def test_models_and_regions_that_the_package_does_not_have_keep_the_shipped_price(tmp_path: Path) -> None:
    before = layered_catalog(SHIPPED, [], None, TODAY)
    after = layered_catalog(SHIPPED, [], package(tmp_path, "2"), TODAY)
    changed = {(new.provider, new.model, new.region) for new in after.prices if new not in before.prices}
    assert changed == {("openai", "gpt-4o", "global"), ("openai", "gpt-4o-2024-11-20", "global")}
    assert len(after.prices) == len(before.prices)


def test_the_organisations_own_price_still_wins(tmp_path: Path) -> None:
    catalog = layered_catalog(SHIPPED, [("own.yaml", OWN.encode())], package(tmp_path), TODAY)
    found = price_of(catalog, "openai", "gpt-4o", "global")
    assert found is not None
    assert found.input_usd_per_mtok == 9


def test_before_its_first_dated_price_the_package_says_nothing(tmp_path: Path) -> None:
    shipped = Catalog(catalog_documents(SHIPPED), date(2020, 1, 1))
    assert fresher_file(package(tmp_path), shipped) == ("package genai-prices 0.9.0", b'{"prices": []}')


def test_a_package_of_another_layout_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(CatalogError, match="package genai-prices 9: cannot read its prices"):
        layered_catalog(SHIPPED, [], PricePackage("genai-prices", "9", b"providers = []"), TODAY)


def test_the_installed_package_is_read_as_a_file(installed: Path) -> None:
    found = installed_package()
    assert (found.version, found.data) == ("0.9.0", (installed / DATA_FILE).read_bytes())


def test_the_key_of_what_is_remembered_changes_with_setting_and_package(installed: Path) -> None:
    def key(setting: str) -> str:
        return read_policy_files(PolicySettings(as_of=TODAY, fresher_prices=setting)).key

    without, with_it = key(""), key("genai-prices")
    genai_folder(installed, "2")
    assert len({without, with_it, key("genai-prices")}) == 3
    assert key("") == without


def test_a_configured_package_that_is_absent_ends_with_2_and_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "aipolicy.toml").write_text('fresher_prices = "genai-prices"\n')
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("aipolicy.catalog.fresher_prices.PACKAGE", "genai-prices-that-nobody-has")
    result = CliRunner().invoke(cli, ["check", "."], standalone_mode=False)
    assert isinstance(result.exception, CatalogError)
    assert "pip install 'aipolicy[prices]'" in str(result.exception)
