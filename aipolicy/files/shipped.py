"""Where the files that ship with aipolicy are: in the wheel, or in the checkout of an editable install."""

from __future__ import annotations

import os
from collections.abc import Callable

from aipolicy.errors import AipolicyError
from aipolicy.files.paths import StrPath, joined

PACKAGE = os.path.dirname(os.path.dirname(__file__))
"""The folder of the package itself."""
_CATALOG = os.path.join(PACKAGE, "catalog", "data")


def shipped_path(*parts: str) -> str:
    """Return the path of a shipped file or folder, such as `shipped_path("schemas", "aifeature.v1.json")`."""
    packed = os.path.join(PACKAGE, "_shipped")
    return os.path.join(packed if os.path.isdir(packed) else os.path.dirname(PACKAGE), *parts)


def catalog_paths() -> tuple[str, ...]:
    """Return the shipped catalog files, sorted by name."""
    return tuple(os.path.join(_CATALOG, name) for name in sorted(os.listdir(_CATALOG)) if name.endswith(".yaml"))


def is_shipped_catalog(path: str) -> bool:
    """Return whether a catalog file is one of those that ship with aipolicy."""
    return path.startswith(_CATALOG)


def read_bytes(path: StrPath, make_error: Callable[..., AipolicyError]) -> bytes:
    """Return the bytes of a pack or catalog file; raises what `make_error` makes."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise make_error(f"cannot read: {(error.strerror or 'error').lower()}", path=joined(path)) from error
