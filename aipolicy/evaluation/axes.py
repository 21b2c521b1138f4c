"""The axes along which ways of building differ, and which word of each is the simplest."""

from __future__ import annotations

SIMPLEST_FIRST: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("option.hosting", ("provider-api", "own-cloud", "on-premises", "on-device")),
    ("option.adaptation", ("prompting", "rag", "classical-ml", "fine-tuning", "training-from-scratch")),
    ("option.routing", ("single", "cascade")),
    ("option.fallback", ("none", "provider-api", "self-hosted")),
)
"""The words of each axis, the simplest first; the first axis weighs most."""

AXES = tuple(name for name, _ in SIMPLEST_FIRST)
"""The axes for which a verdict names the values that remain."""

OFFERING = ("option.provider", "option.model", "option.region")
"""What the catalog offers along them."""
