"""Cost, capacity and latency as formulas over plain numbers; nothing here knows the catalog, a manifest or a rule."""
