"""The names that manifests have, and names that look as if they were meant to be one."""

from __future__ import annotations

import re

from aipolicy.source.regex import regex

MANIFEST_PATTERNS = ("aifeature.yaml", "*.aifeature.yaml", "aifeature.yml", "*.aifeature.yml")
"""Globs of the names that are looked for, in whatever case they are written."""

_NAME = regex(r"(?:.*\.)?aifeature\.ya?ml", re.IGNORECASE | re.DOTALL)
_NEAR_NAME = regex(
    r"(?!.*[~#]$)(?:.*[^a-z])?(?:my)?ai[-_. ]?features?(?:[-_. ].*)?\.(?:ya?ml|json|jsonc|json5|toml)(?:\.txt)?",
    re.IGNORECASE | re.DOTALL,
)


def is_manifest_name(name: str) -> bool:
    """Return whether a file of this name is a manifest."""
    return _NAME.fullmatch(name) is not None


def is_near_name(name: str) -> bool:
    """Return whether a name looks like one of a manifest without being one, such as `ai-feature.yaml`."""
    return _NEAR_NAME.fullmatch(name) is not None and not is_manifest_name(name)
