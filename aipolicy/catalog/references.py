"""A catalog in, mistakes out where an entry names a provider, model, machine, region or country that is in no entry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from aipolicy.errors import CatalogError
from aipolicy.source.records import Mistakes, Record
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown

if TYPE_CHECKING:
    from aipolicy.catalog.catalog import Catalog


def check_references(catalog: Catalog) -> None:
    """Raise with every name that no entry of the catalog has."""
    from aipolicy.catalog.offerings import OPEN_WEIGHTS
    from aipolicy.catalog.prices import ANY_REGION

    references: tuple[tuple[str, Iterable[str], tuple[str, ...]], ...] = (
        ("provider", catalog.providers, ("regions", "terms", "offerings", "prices", "deployments")),
        ("provider", (*catalog.providers, OPEN_WEIGHTS), ("models",)),
        ("model", catalog.models, ("offerings", "prices", "self_hosted", "deployments")),
        ("accelerator", catalog.accelerators, ("self_hosted",)),
    )
    mistakes = Mistakes(CatalogError)
    region_ids = {(region.provider, region.id) for region in catalog.regions}
    for document in catalog.documents:
        top = Record(document, (), document.value, mistakes)
        for key, known, sections in references:
            for record in (record for section in sections for record in top.records(section)):
                _check_reference(record, key, record.text(key), known)
        for record in (record for section in ("terms", "prices") for record in top.records(section)):
            named = record.text("region", ANY_REGION)
            _check_regions(record, "region", () if named == ANY_REGION else (named,), region_ids)
        for record in top.records("offerings"):
            _check_regions(record, "regions", record.texts("regions"), region_ids)
        for record in top.records("regions"):
            for code in record.texts("countries", ()):
                _check_reference(record, "countries", code, catalog.places.codes)
    mistakes.raise_if_any()


def _check_regions(record: Record, key: str, regions: Iterable[str], region_ids: set[tuple[str, str]]) -> None:
    provider = record.text("provider")
    for region in regions:
        if (provider, region) not in region_ids:
            known = [name for owner, name in region_ids if owner == provider]
            hint = did_you_mean(region, known)
            record.mistake(f"provider `{shown(provider)}` has no region `{shown(region)}`{hint}", key)


def _check_reference(record: Record, key: str, name: str, known: Iterable[str]) -> None:
    if name not in known:
        what = "country code" if key == "countries" else key
        record.mistake(f"unknown {what} `{shown(name)}`{did_you_mean(name, known)}", key)
