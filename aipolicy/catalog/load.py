"""Catalog files in, the catalog of a run out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from aipolicy.catalog.catalog import Catalog
from aipolicy.errors import CatalogError
from aipolicy.shipped import catalog_paths, read_bytes
from aipolicy.source.document import Document
from aipolicy.source.records import Mistakes
from aipolicy.source.yaml_reader import read_yaml


def read_catalog(own_files: Iterable[Path], *, as_of: date) -> Catalog:
    """Return the validated catalog: shipped files, then the organisation's own; raises `CatalogError`."""
    paths = (*catalog_paths(), *own_files)
    documents = catalog_documents([(path.as_posix(), read_bytes(path, CatalogError)) for path in paths])
    catalog = Catalog(documents, as_of)
    catalog.validate()
    return catalog


def catalog_documents(files: Iterable[tuple[str, bytes]]) -> tuple[Document, ...]:
    """Return the YAML documents of catalog files given as path and bytes; raises `CatalogError`."""
    mistakes = Mistakes(CatalogError)
    documents: list[Document] = []
    for path, data in files:
        result = read_yaml(path, data)
        for problem in result.problems:
            mistakes.add_error(CatalogError(problem.message, path=path, span=problem.span))
        if not result.documents and not result.problems:
            mistakes.add_error(CatalogError("the file is empty", path=path))
        documents.extend(result.documents)
    mistakes.raise_if_any()
    return tuple(documents)
