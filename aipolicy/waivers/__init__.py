"""Waivers: reviewed, dated exceptions for a rule on a feature, evaluated with every run."""
