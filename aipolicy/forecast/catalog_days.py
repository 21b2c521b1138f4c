"""The catalog of each day of a forecast: files are read once, and parts again only where an entry has begun since."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date
from functools import cached_property

from aipolicy.catalog.catalog import PARTS, Catalog
from aipolicy.catalog.load import catalog_documents
from aipolicy.catalog.references import SECTIONS
from aipolicy.forecast.events import Horizon
from aipolicy.policy.sources.locate import PolicyFiles
from aipolicy.source.day import read_day
from aipolicy.source.document import Document, PlainValue
from aipolicy.source.text import shown
from aipolicy.value import NamedTuple

_NAMING = ("provider", "model", "region", "id", "term", "currency", "boundary", "tier", "accelerator", "hosting")


class DatedEntry(NamedTuple):
    """A catalog entry that takes effect on a day."""

    day: date
    section: str
    name: str
    leg: tuple[str, str] | None


class CatalogDays:
    """The catalog as of any day of a horizon; raises `CatalogError` where it cannot be used on a day."""

    def __init__(self, files: PolicyFiles, base: Catalog, horizon: Horizon) -> None:
        self._files = files
        self._horizon = horizon
        self._kept: dict[int, Catalog] = {0: base}

    def on(self, day: date) -> Catalog:
        """Return the catalog as of a day."""
        span = self.span(day)
        if span not in self._kept:
            catalog = Catalog(self._documents_on(day), day)
            catalog.validate()
            self._kept[span] = catalog
        known = self._kept[span]
        return known if known.as_of == day else of_another_day(known, day)

    def span(self, day: date) -> int:
        """Return the number of the span of days in which the same entries hold."""
        return bisect_right(self.turning_days, day)

    @property
    def catalogs(self) -> Iterator[Catalog]:
        """Yield a catalog of every span."""
        for day in (self._horizon.start, *self.turning_days):
            yield self.on(day)

    @cached_property
    def turning_days(self) -> tuple[date, ...]:
        """Return the days of the horizon on which an entry takes effect."""
        days = {entry.day for entry in self.entries}
        days.update(day for day in self._package_days if day in self._horizon)
        return tuple(sorted(days))

    @cached_property
    def entries(self) -> tuple[DatedEntry, ...]:
        """Return the entries that take effect within the horizon, in the order of files."""
        documents = (*self._shipped, *catalog_documents(self._files.own_catalog))
        return tuple(entry for document in documents for entry in _entries(document) if entry.day in self._horizon)

    @cached_property
    def _shipped(self) -> tuple[Document, ...]:
        return catalog_documents(self._files.shipped_catalog)

    @cached_property
    def _package_days(self) -> tuple[date, ...]:
        package = self._files.price_package
        if package is None:
            return ()
        from aipolicy.catalog.fresher_prices import days_of

        return days_of(package)

    def _documents_on(self, day: date) -> tuple[Document, ...]:
        documents = self._shipped
        if self._files.price_package is not None:
            from aipolicy.catalog.fresher_prices import fresher_file

            shipped = Catalog(documents, day)
            documents += catalog_documents([fresher_file(self._files.price_package, shipped)])
        return documents + catalog_documents(self._files.own_catalog)


def of_another_day(catalog: Catalog, day: date) -> Catalog:
    """Return a catalog with the same entries as of another day of the same span."""
    other = Catalog(catalog.documents, day)
    for part in (*PARTS, "price_index"):
        other.__dict__[part] = getattr(catalog, part)
    return other


def _entries(document: Document) -> Iterator[DatedEntry]:
    value = document.value
    for section in SECTIONS:
        entries = value.get(section) if isinstance(value, dict) else None
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict) and isinstance(begins := entry.get("effective_from"), str):
                day = read_day(begins)
                if day is not None:
                    yield DatedEntry(day, section, _name(entry), _leg(entry))


def _name(entry: dict[str, PlainValue]) -> str:
    words = [shown(word) for key in _NAMING if isinstance(word := entry.get(key), str)]
    return " / ".join(words) or "without a name"


def _leg(entry: dict[str, PlainValue]) -> tuple[str, str] | None:
    provider, model = entry.get("provider"), entry.get("model")
    return (provider, model) if isinstance(provider, str) and isinstance(model, str) else None
