"""Which legs of an option a rule is about, in words."""

from __future__ import annotations

from aipolicy.policy.rule import Rule


def legs_words(rule: Rule) -> str:
    """Return what of an option satisfies a rule or does not."""
    if not rule.option_reads:
        return "none: it reads the feature alone"
    if rule.is_of_partner:
        return "every: the main leg and its partner each satisfy it"
    if not rule.is_of_whole:
        return "main: the partner need not satisfy it"
    return "whole: main leg and partner satisfy it together"
