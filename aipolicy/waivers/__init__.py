"""Waivers: reviewed, dated exceptions for a rule on a feature, judged with every run."""
