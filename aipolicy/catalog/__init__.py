"""Dated reference data: places, data classes, task types, providers, regions, terms, models, prices, machines."""
