"""Tests of rules: examples, condition coverage, mutants, suggestions."""
