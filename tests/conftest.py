"""What many tests share: the shipped catalog, and property tests that give the same answer on every run."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import settings

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import read_catalog

settings.register_profile("repeatable", deadline=None, derandomize=True, database=None)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """Return the shipped catalog as of 2026-11-21."""
    return read_catalog((), as_of=date(2026, 11, 21))
