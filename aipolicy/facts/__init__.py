"""The registry of facts, and the step from a manifest and the catalog to typed facts with provenance.

A new fact is an entry in the list of its kind: `declared.py` when a manifest says it (and `expected.py`, what it is taken
for when no manifest does), `derived.py` when a formula makes it, `option_facts.py` when it is one of a way of building.
`all_facts.py` is these lists together; `facts.py` makes the facts of one feature.
"""
