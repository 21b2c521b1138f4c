"""Where the files of a pack are: shipped by name, or at a path of the organisation's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from aipolicy.errors import PolicyError
from aipolicy.shipped import read_bytes, shipped_path
from aipolicy.source.suggest import did_you_mean

_PACK_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class PackFiles:
    """The files of one pack, as path and bytes, sorted by path."""

    path: str
    files: tuple[tuple[str, bytes], ...]


def find_pack(reference: str, base: Path) -> PackFiles:
    """Return the files of a pack named by shipped name or by path from `base`; raises `PolicyError`."""
    own = base / reference
    candidates = [own] if "/" in reference or reference.endswith((".yaml", ".yml")) else []
    if _PACK_NAME.fullmatch(reference):
        candidates += [shipped_path("policies", reference), shipped_path("policies", f"{reference}.yaml"), own]
    for path in candidates:
        if path.is_dir():
            found = sorted(p for p in path.iterdir() if p.suffix in (".yaml", ".yml") and p.is_file())
            if not found:
                raise PolicyError("the folder holds no pack files", path=str(path))
            return PackFiles(path.as_posix(), tuple((file.as_posix(), read_bytes(file, PolicyError)) for file in found))
        if path.is_file():
            return PackFiles(path.as_posix(), ((path.as_posix(), read_bytes(path, PolicyError)),))
    names = shipped_packs()
    shipped = ", ".join(f"`{name}`" for name in names)
    raise PolicyError(f"unknown pack `{reference}`{did_you_mean(reference, names)} (shipped: {shipped})")


def shipped_packs() -> tuple[str, ...]:
    """Return the names of the packs that ship with aipolicy."""
    return tuple(sorted(path.stem for path in shipped_path("policies").iterdir() if not path.name.startswith(".")))
