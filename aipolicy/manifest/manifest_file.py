"""A manifest file as found: its path, its bytes, whether the user named it, and where in its repository it lies."""

from __future__ import annotations

import os

from aipolicy.source.text import escaped
from aipolicy.value import NamedTuple


class ManifestFile(NamedTuple):
    """A file to check: `named` when the user wrote its path, else it was found by its name in a folder."""

    path: str
    data: bytes
    named: bool
    path_in_repository: str | None = None
    """From the root of its repository, with forward slashes; None where there is no repository, or no file."""
    near_miss: bool = False
    """Whether its name only looks like one of a manifest, so that others would not find it."""


class RepositoryPaths:
    """Paths of files from the root of the repository that each lies in; every folder is looked at once."""

    def __init__(self) -> None:
        self._roots: dict[str, str | None] = {}

    def of(self, real: str) -> str | None:
        """Return the path of a file, given by its real path with forward slashes; None outside of any repository."""
        root = self._root_of(real.rpartition("/")[0])
        return None if root is None else escaped(real[len(root) + 1 :])

    def _root_of(self, folder: str) -> str | None:
        """Return the nearest of a folder and its parents that holds `.git`."""
        passed: list[str] = []
        while folder not in self._roots:
            passed.append(folder)
            if os.path.lexists(f"{folder}/.git"):
                self._roots[folder] = folder
            elif "/" not in folder:
                self._roots[folder] = None
            else:
                folder = folder.rpartition("/")[0]
        root = self._roots[folder]
        self._roots.update((below, root) for below in passed)
        return root
