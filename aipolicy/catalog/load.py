"""Catalog files in, the catalog of a run out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from aipolicy.catalog.catalog import Catalog
from aipolicy.errors import CatalogError
from aipolicy.files.paths import StrPath, joined
from aipolicy.files.shipped import catalog_paths, read_bytes
from aipolicy.source.document import Document
from aipolicy.source.mistakes import Mistakes
from aipolicy.source.yaml_records import read_records

if TYPE_CHECKING:
    from aipolicy.catalog.fresher_prices import PricePackage


def read_catalog(own_files: Iterable[StrPath], *, as_of: date) -> Catalog:
    """Return the validated catalog: shipped files, then the organisation's own; raises `CatalogError`."""
    shipped, own = (
        [(joined(path), read_bytes(path, CatalogError)) for path in paths] for paths in (catalog_paths(), own_files)
    )
    return layered_catalog(shipped, own, None, as_of)


def layered_catalog(shipped: Iterable[tuple[str, bytes]], own: Iterable[tuple[str, bytes]],
                    package: PricePackage | None, as_of: date) -> Catalog:  # fmt: skip
    """Return the validated catalog of files given as path and bytes: shipped, then a price package, then own.

    Later ones win. Raises `CatalogError`.
    """
    documents = catalog_documents(shipped)
    if package is not None:
        from aipolicy.catalog.fresher_prices import fresher_file

        documents += catalog_documents([fresher_file(package, Catalog(documents, as_of))])
    catalog = Catalog(documents + catalog_documents(own), as_of)
    catalog.validate()
    return catalog


def catalog_documents(files: Iterable[tuple[str, bytes]]) -> tuple[Document, ...]:
    """Return the YAML documents of catalog files given as path and bytes; raises `CatalogError`."""
    mistakes = Mistakes(CatalogError)
    documents = tuple(record.document for path, data in files for record in read_records(path, data, mistakes))
    mistakes.raise_if_any()
    return documents
