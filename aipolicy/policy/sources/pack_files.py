"""What the files of a pack are, and where they can come from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from aipolicy.errors import PolicyError
from aipolicy.files.shipped import shipped_path
from aipolicy.source.text import shown
from aipolicy.value import NamedTuple

GIT_PREFIX, PACKAGE_PREFIX = "git+", "package:"
YAML_SUFFIXES = (".yaml", ".yml")
_ELSEWHERE = re.compile(r"git\+|[A-Za-z][A-Za-z0-9+.-]+://|[^/]+@[^/]+:")
"""How a reference begins that is no path: a git revision, or an address, which is never fetched."""


class InstalledPackage(NamedTuple):
    """A distribution of Python's packaging that is installed."""

    name: str
    version: str

    def __str__(self) -> str:
        """Return name and version, as people write them."""
        return f"{self.name} {self.version}"


class PackOrigin(NamedTuple):
    """Where the files of a pack come from."""

    kind: Literal["shipped", "path", "git", "package"] = "path"
    path: str = ""
    """The name of a pack that ships or that a package offers, else the path of folder, file or repository, as from the
    working folder."""
    revision: str = ""
    folder: str = ""
    """For git: the folder in the repository, empty for its top."""
    commit: str = ""
    """For git: the commit that the revision names."""
    package: InstalledPackage | None = None
    """For a pack that an installed package offers."""


class PackFiles(NamedTuple):
    """The files of one pack, as path and bytes, sorted by path."""

    path: str
    files: tuple[tuple[str, bytes], ...]
    extends: tuple[str, ...] = ()
    """The paths of the packs that it extends, one for each entry of `extends`."""
    origin: PackOrigin = PackOrigin()


def is_address(reference: str) -> bool:
    """Return whether a reference is no name or path: a git revision, or what would have to be fetched."""
    return _ELSEWHERE.match(reference) is not None


def yaml_names(names: Iterable[str], folder: str) -> tuple[str, ...]:
    """Return those of the names in a folder that are files of its pack, sorted; raises `PolicyError`.

    The folder is refused, under the path that is shown for it, where it holds none, and for a name that would be missed.
    """
    found = tuple(sorted(name for name in names if name.lower().endswith(YAML_SUFFIXES)))
    if not found:
        raise PolicyError("the folder holds no pack files", path=folder)
    for name in found:
        if not name.endswith(YAML_SUFFIXES):
            message = f"`{shown(name)}` would not be read; write its ending in lower case, as `.yaml`"
            raise PolicyError(message, path=folder)
    return found


def shipped_packs() -> tuple[str, ...]:
    """Return the names of the packs that ship with aipolicy."""
    return tuple(sorted(path.stem for path in shipped_path("policies").iterdir() if not path.name.startswith(".")))
