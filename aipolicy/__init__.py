"""Policy-as-code linter for AI features: manifests and policy packs in, findings and a verdict with reasons out."""

from __future__ import annotations

__version__ = "0.1.0"
