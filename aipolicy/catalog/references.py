"""A catalog in, mistakes out: sections that no catalog has, and names of providers, models and places that no entry has."""

from __future__ import annotations

from collections.abc import Iterable

from aipolicy.errors import CatalogError
from aipolicy.source.document import Document
from aipolicy.source.records import Mistakes, Record
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.value import Frozen


class Named(Frozen, kw_only=True):
    """What the entries of a catalog can name."""

    providers: tuple[str, ...]
    models: tuple[str, ...]
    accelerators: tuple[str, ...]
    regions: frozenset[tuple[str, str]]
    """By provider."""
    countries: frozenset[str]


SECTIONS = (
    "groups", "countries", "aliases", "country_names", "subdivisions", "local_places", "subdivision_names",
    "levels", "classes", "task_types", "providers", "regions", "terms",
    "models", "scores", "deployments", "offerings", "exchange_rates", "prices", "accelerators", "machine_prices", "network",
    "speeds", "tier_speeds", "self_hosted", "effort", "people", "assumptions", "frameworks",
)  # fmt: skip
"""Every top-level key that a catalog file may have; one file may hold several."""


def check_sections(documents: Iterable[Document]) -> None:
    """Raise with every top-level key that is no section of a catalog."""
    mistakes = Mistakes(CatalogError)
    for document in documents:
        record = Record(document, (), document.value, mistakes)
        for key in record.field_names():
            if key not in SECTIONS:
                record.mistake(f"unknown catalog section `{key}`{did_you_mean(key, SECTIONS)}", key, "key")
    mistakes.raise_if_any()


def check_references(documents: Iterable[Document], named: Named) -> None:
    """Raise with every name in the files of a catalog that no entry has."""
    from aipolicy.catalog.offerings import OPEN_WEIGHTS
    from aipolicy.catalog.prices import ANY_REGION

    references: tuple[tuple[str, Iterable[str], tuple[str, ...]], ...] = (
        ("provider", named.providers, ("regions", "terms", "offerings", "prices", "machine_prices", "deployments")),
        ("provider", (*named.providers, OPEN_WEIGHTS), ("models", "speeds")),
        ("model", named.models, ("offerings", "prices", "speeds", "scores", "self_hosted", "deployments")),
        ("accelerator", named.accelerators, ("self_hosted", "machine_prices")),
    )
    mistakes = Mistakes(CatalogError)
    for document in documents:
        top = Record(document, (), document.value, mistakes)
        for key, names, sections in references:
            for record in (record for section in sections for record in top.records(section)):
                _check_reference(record, key, record.text(key), names)
        for record in (record for section in ("terms", "prices", "machine_prices") for record in top.records(section)):
            region = record.text("region", ANY_REGION)
            _check_regions(record, "region", () if region == ANY_REGION else (region,), named.regions)
        for record in top.records("machine_prices"):
            if record.has("other_regions"):
                _check_regions(record, "other_regions", record.record("other_regions").field_names(), named.regions)
        for record in top.records("offerings"):
            _check_regions(record, "regions", record.texts("regions"), named.regions)
        for record in top.records("regions"):
            for code in record.texts("countries", ()):
                _check_reference(record, "countries", code, named.countries)
    mistakes.raise_if_any()


def _check_regions(record: Record, key: str, regions: Iterable[str], region_ids: frozenset[tuple[str, str]]) -> None:
    provider = record.text("provider")
    for region in regions:
        if (provider, region) not in region_ids:
            names = [name for owner, name in region_ids if owner == provider]
            hint = did_you_mean(region, names)
            record.mistake(f"provider `{shown(provider)}` has no region `{shown(region)}`{hint}", key)


def _check_reference(record: Record, key: str, name: str, names: Iterable[str]) -> None:
    if name not in names:
        what = "country code" if key == "countries" else key
        record.mistake(f"unknown {what} `{shown(name)}`{did_you_mean(name, names)}", key)
