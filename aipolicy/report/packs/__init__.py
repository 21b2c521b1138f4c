"""Packs, rules, tests of rules and waivers, as text and pages."""
