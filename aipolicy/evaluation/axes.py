"""The axes along which ways of building differ as facts of options, and what the catalog offers along them."""

from __future__ import annotations

from aipolicy.catalog import axes as catalog_axes

SIMPLEST_FIRST: tuple[tuple[str, tuple[str, ...]], ...] = tuple(
    (f"option.{name}", tuple(axis.words)) for name, axis in catalog_axes.AXES.items()
)
"""The words of each axis, the simplest first; the first axis weighs most."""

AXES = tuple(name for name, _ in SIMPLEST_FIRST)
"""The axes for which a verdict names the values that remain."""

OFFERING = ("option.provider", "option.model", "option.region")
"""What the catalog offers along them."""

AXES_OF_LEGS = AXES[:2]
"""Those of a leg by itself."""

AXES_OF_WHOLE = AXES[2:]
"""Those of a leg and its partner."""
