"""A distribution and a folder of it in, where that folder is on disk out; nothing of the distribution is imported."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution
from pathlib import Path
from urllib.parse import unquote, urlsplit

from aipolicy.errors import PolicyError
from aipolicy.source.text import shown
from aipolicy.value import NamedTuple

_RECORD, _DIRECT_URL = "RECORD", "direct_url.json"


class PackageFolder(NamedTuple):
    """A folder of an installed package."""

    path: str
    recorded: frozenset[str] | None
    """Names of the files that were installed there; None where no installation recorded them, as for an editable one."""


def package_folder(distribution: Distribution, folder: str) -> PackageFolder:
    """Return where a folder is, written with slashes; raises `PolicyError`.

    It is where the files are that the installation recorded. An editable installation records none of them: then it is below
    a path of its `.pth` file, else in its project's folder or in `src` there. A package that the system installed without a
    record has its files beside its metadata.
    """
    recorded = _recorded(distribution)
    names = frozenset(os.path.basename(path) for path in recorded or () if os.path.dirname(path) == folder)
    if names:
        return PackageFolder(str(_located(distribution, folder)), names)
    project = _editable_project(distribution)
    roots = [str(_located(distribution, ""))] if recorded is None else [*_path_lines(distribution, recorded)]
    folders = _existing(roots, folder)
    if not folders and project:
        folders = _existing((project, os.path.join(project, "src")), folder)
    if len(folders) > 1:
        both = " and ".join(f"`{shown(path)}`" for path in folders)
        raise PolicyError(f"its folder could be {both}; {_TODO_EDITABLE}")
    if folders:
        return PackageFolder(folders[0], None)
    if project:
        raise PolicyError(
            f"it is installed editable from `{shown(project)}`, and its folder `{shown(folder)}` is neither below a path "
            f"of its `.pth` file nor there, nor in `src` there; {_TODO_EDITABLE}"
        )
    raise PolicyError(
        f"it installed no file in `{shown(folder)}`; install a release whose build includes the YAML of that folder"
    )


_TODO_EDITABLE = "install it without `--editable`, or name the pack's folder by its path"


def _recorded(distribution: Distribution) -> tuple[str, ...] | None:
    """Return the paths that an installation recorded, from the folder of the installation; None without a record."""
    # NOTE: not `Distribution.files`, which leaves out what is not there any more: rules would be lost without a word.
    try:
        text = distribution.read_text(_RECORD)
        return None if text is None else tuple(row[0] for row in csv.reader(text.splitlines()) if row)
    except (OSError, ValueError, csv.Error) as error:
        raise PolicyError("the record of its files cannot be read; install it again") from error


def _located(distribution: Distribution, path: str) -> Path:
    located = distribution.locate_file(path)
    if not isinstance(located, Path):
        raise PolicyError("it is used from within an archive, and no pack is read from one; install it with pip")
    return located


def _existing(roots: Iterable[str], folder: str) -> list[str]:
    """Return the places below the roots that are folders, each once."""
    places = {os.path.realpath(place): place for root in roots if os.path.isdir(place := os.path.join(root, folder))}
    return list(places.values())


def _path_lines(distribution: Distribution, recorded: Iterable[str]) -> Iterator[str]:
    """Yield the folders that the recorded `.pth` files of a distribution add to the path; lines of code are left out."""
    for name in recorded:
        if not name.endswith(".pth") or "/" in name:
            continue
        file = _located(distribution, name)
        try:
            lines = file.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, ValueError):  # as the interpreter does, which could not use it either
            continue
        for line in lines:
            if line.strip() and not line.startswith(("#", "import ", "import\t")):
                yield os.path.join(file.parent, line.rstrip())


def _editable_project(distribution: Distribution) -> str:
    """Return the folder that a distribution is installed from in editable mode; empty for any other."""
    try:
        direct_url = json.loads(distribution.read_text(_DIRECT_URL) or "{}")
    except (OSError, ValueError):
        return ""
    directory = direct_url.get("dir_info") if isinstance(direct_url, dict) else None
    if not isinstance(directory, dict) or directory.get("editable") is not True:
        return ""
    url = urlsplit(str(direct_url.get("url", "")))
    path = unquote(url.path)
    if url.scheme != "file" or url.netloc not in ("", "localhost"):
        return ""
    return path.lstrip("/") if os.name == "nt" else path
