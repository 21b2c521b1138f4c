"""Keys of the manifest format that have another name now; `--fix` writes the new one."""

from __future__ import annotations

from collections.abc import Mapping

RENAMED: Mapping[str, str] = {}
"""Old dotted path to the new key in the same section. A name goes here when it is changed, and never leaves."""
