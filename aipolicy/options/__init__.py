"""The ways in which a feature can be built, from the catalog, with estimates of latency and cost."""
