"""The registry of facts, and the step from a manifest and the catalog to typed facts with provenance."""
