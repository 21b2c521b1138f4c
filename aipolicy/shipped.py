"""Where the files that ship with aipolicy are: in the wheel, or in the checkout of an editable install."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def shipped_path(*parts: str) -> Path:
    """Return the path of a shipped file or folder, such as `shipped_path("schemas", "aifeature.v1.json")`."""
    packed = _PACKAGE / "_shipped"
    root = packed if packed.is_dir() else _PACKAGE.parent
    return root.joinpath(*parts)


def catalog_paths() -> tuple[Path, ...]:
    """Return the shipped catalog files, sorted by name."""
    return tuple(sorted((_PACKAGE / "catalog" / "data").glob("*.yaml")))
