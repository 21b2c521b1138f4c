"""Conditions: the CEL runtime and what is known of expressions without it."""
