"""What the files of a pack are, and where they can come from."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from typing import Literal

from aipolicy.errors import PolicyError
from aipolicy.files.shipped import shipped_path
from aipolicy.source.document import PACK_KIND, Document
from aipolicy.source.regex import regex
from aipolicy.source.regular_file import reason_of
from aipolicy.source.text import shown
from aipolicy.value import NamedTuple

GIT_PREFIX, PACKAGE_PREFIX = "git+", "package:"
YAML_SUFFIXES = (".yaml", ".yml")
_NEARLY_YAML = regex(r"[^.].*\.(?:y[aml]{1,3}|jsonc?|ya?ml[ ._-].*)\Z", re.IGNORECASE | re.DOTALL)
"""A name whose ending is a slip of YAML's, or hides it: its rules would hold nowhere, and nobody would know."""
TESTS_FOLDER = "tests"
"""The folder within a pack that holds files of tests."""
_ELSEWHERE = regex(r"git\+|[A-Za-z][A-Za-z0-9+.-]+://|[^/]+@[^/]+:")
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


def yaml_names(names: Iterable[str], folder: str, below: Iterable[str] = ()) -> tuple[str, ...]:
    """Return those of the names in a folder that are files of its pack, sorted; raises `PolicyError`.

    The folder is refused, under the path that is shown for it, where it holds none, and for a file that would be missed:
    one whose name is misspelt, or one of those `below`, in folders within.
    """
    names = tuple(names)
    yaml_files = tuple(sorted(filter(is_yaml, names)))
    if not yaml_files:
        raise PolicyError("the folder holds no pack files", path=folder)
    for name in sorted(filter(_is_part, below)):
        message = (
            f"`{shown(name)}` would not be read: a pack is what stands in its folder itself, and tests in `{TESTS_FOLDER}`; "
            "move the file up, or out of the folder"
        )
        raise PolicyError(message, path=folder)
    for name in yaml_files:
        if not name.endswith(YAML_SUFFIXES):
            message = f"`{shown(name)}` would not be read; write its ending in lower case, as `.yaml`"
            raise PolicyError(message, path=folder)
    for name in sorted(names):
        if _is_nearly_yaml(name):
            message = f"`{shown(name)}` would not be read; name it `.yaml`, or move it out of the folder"
            raise PolicyError(message, path=folder)
    return yaml_files


def is_yaml(name: str) -> bool:
    """Return whether a file is YAML by its name."""
    return name.lower().endswith(YAML_SUFFIXES)


def may_be_part(name: str) -> bool:
    """Return whether a file in the folder of a pack is YAML, or would be but for a slip in its name."""
    return is_yaml(name) or _is_nearly_yaml(name)


def _is_nearly_yaml(name: str) -> bool:
    return not is_yaml(name) and _NEARLY_YAML.match(name) is not None


def _is_part(path: str) -> bool:
    """Return whether a file in a folder within a pack looks like a part of it: no test, and nothing of other programs."""
    folders = path.split("/")[:-1]
    return is_yaml(path) and folders[:1] != [TESTS_FOLDER] and not any(name.startswith(".") for name in folders)


def names_in(folder: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the files in a folder, and the first YAML file below it that looks like a part; raises `PolicyError`.

    What is YAML by its name and no file is refused: a link that leads nowhere would be missed.
    """
    try:
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise PolicyError(f"cannot read the folder of the pack: {reason_of(error)}", path=folder) from error
    for entry in listed:
        if is_yaml(entry.name) and not entry.is_file() and not entry.is_dir():
            raise PolicyError(f"`{shown(entry.name)}` is no file, or a link that leads nowhere; remove it", path=folder)
    files = tuple(entry.name for entry in listed if entry.is_file())
    return files, tuple(_below(folder, [entry.name for entry in listed if entry.is_dir()]))


def _below(folder: str, inner: Iterable[str]) -> Iterator[str]:
    """Yield the first file in folders within a pack that looks like a part of it, as a path from the pack's folder."""

    def refuse(error: OSError) -> None:
        raise PolicyError(f"cannot read what is below the folder of the pack: {reason_of(error)}", path=folder)

    for name in inner:
        if name.startswith(".") or name == TESTS_FOLDER:
            continue
        for place, folders, files in os.walk(os.path.join(folder, name), onerror=refuse):
            folders[:] = sorted(child for child in folders if not child.startswith("."))
            within = os.path.relpath(place, folder).replace(os.sep, "/")
            for file in sorted(filter(is_yaml, files)):
                yield f"{within}/{file}"
                return


def is_head(document: Document) -> bool:
    """Return whether a document is the one of a pack that names it."""
    return isinstance(document.value, dict) and document.value.get("kind") == PACK_KIND


def shipped_packs() -> tuple[str, ...]:
    """Return the names of the packs that ship with aipolicy."""
    return tuple(
        sorted(os.path.splitext(name)[0] for name in os.listdir(shipped_path("policies")) if not name.startswith("."))
    )
