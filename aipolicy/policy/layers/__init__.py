"""Packs on packs: each may only tighten."""
