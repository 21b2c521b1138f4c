"""Paths as text, written as `pathlib` writes them; to import that takes longer than to read all files of a short run."""

from __future__ import annotations

import os
from typing import TypeAlias

StrPath: TypeAlias = "str | os.PathLike[str]"


def joined(folder: StrPath, name: str = "") -> str:
    """Return a path with forward slashes and without parts that are empty or `.`; `.` where nothing remains."""
    path = os.path.join(folder, name).replace(os.sep, "/")
    parts = "/".join(part for part in path.split("/") if part not in ("", "."))
    return f"/{parts}" if path.startswith("/") else parts or "."
