"""A manifest file as found: its path, its bytes, and whether the user named it."""

from __future__ import annotations

from typing import NamedTuple


class ManifestFile(NamedTuple):
    """A file to check: `named` when the user wrote its path, else it was found by its name in a folder."""

    path: str
    data: bytes
    named: bool
