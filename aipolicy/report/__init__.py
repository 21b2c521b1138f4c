"""Findings and explanations in, text in one of the output formats out."""
