"""Where the files that ship with aipolicy are: in the wheel, or in the checkout of an editable install."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from aipolicy.errors import AipolicyError

PACKAGE = Path(__file__).parents[1]
"""The folder of the package itself."""


def shipped_path(*parts: str) -> Path:
    """Return the path of a shipped file or folder, such as `shipped_path("schemas", "aifeature.v1.json")`."""
    packed = PACKAGE / "_shipped"
    root = packed if packed.is_dir() else PACKAGE.parent
    return root.joinpath(*parts)


def catalog_paths() -> tuple[Path, ...]:
    """Return the shipped catalog files, sorted by name."""
    return tuple(sorted((PACKAGE / "catalog" / "data").glob("*.yaml")))


def read_bytes(path: Path, make_error: Callable[..., AipolicyError]) -> bytes:
    """Return the bytes of a pack or catalog file; raises what `make_error` makes."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise make_error(f"cannot read: {(error.strerror or 'error').lower()}", path=path.as_posix()) from error
