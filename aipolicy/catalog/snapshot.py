"""A validated catalog kept between runs, part by part, so that a run restores only what it uses."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any

from aipolicy.catalog.catalog import PARTS, Catalog


def snapshot_of(catalog: Catalog) -> dict[str, bytes]:
    """Return every part of a catalog in serialised form."""
    return {part: pickle.dumps(getattr(catalog, part), protocol=5) for part in PARTS}


class RestoredCatalog(Catalog):
    """A catalog whose parts were read and validated in an earlier run on the same content and day."""

    def __init__(self, as_of: date, parts: Mapping[str, bytes]) -> None:
        super().__init__((), as_of)
        self._parts = parts


def _restored_part(name: str) -> cached_property[Any]:
    def restore(catalog: RestoredCatalog) -> Any:
        return pickle.loads(catalog._parts[name])

    part = cached_property(restore)
    part.__set_name__(RestoredCatalog, name)
    return part


for _name in PARTS:
    setattr(RestoredCatalog, _name, _restored_part(_name))
