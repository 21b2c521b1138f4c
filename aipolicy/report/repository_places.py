"""Paths as shown in, paths from the root of the repository out: what services put beside the lines of a change."""

from __future__ import annotations

import os

from aipolicy.discovery.find import STDIN_SHOWN
from aipolicy.discovery.git_folder import repository_root


class RepositoryPlaces:
    """Paths from the root of the repository that the working folder lies in, or else each file; folders are asked once."""

    def __init__(self) -> None:
        self._here = os.getcwd()
        self._home = repository_root(self._here)
        self._roots: dict[str, str | None] = {}

    def of(self, path: str) -> str | None:
        """Return a path from the root with forward slashes, `.` for the root itself; None outside of any repository."""
        if path == STDIN_SHOWN:
            return None
        absolute = os.path.normpath(os.path.join(self._here, path))
        for root in (self._home, self._root_of(os.path.dirname(absolute))):
            if root is not None and os.path.join(absolute, "").startswith(os.path.join(root, "")):
                return os.path.relpath(absolute, root).replace(os.sep, "/")
        return None

    def from_here(self, path: str) -> str:
        """Return a path from the root, or outside of any repository from the working folder."""
        place = self.of(path)
        if place is not None or path == STDIN_SHOWN:
            return place or path
        try:
            return os.path.relpath(os.path.join(self._here, path)).replace(os.sep, "/")
        except ValueError:  # another drive
            return path

    def _root_of(self, folder: str) -> str | None:
        if folder not in self._roots:
            self._roots[folder] = repository_root(folder)
        return self._roots[folder]
