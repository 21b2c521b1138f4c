"""Which legs of an option a rule is about, in words."""

from __future__ import annotations

from collections.abc import Mapping

from aipolicy.policy.rule import Rule

_WORDS: Mapping[str, str] = {
    "every": "the main leg and its partner each satisfy it",
    "main": "the partner need not satisfy it",
    "whole": "main leg and partner satisfy it together",
}


def asked_legs(rule: Rule) -> str:
    """Return the word for what of an option a rule asks."""
    if not rule.option_reads:
        return "none"
    if rule.is_of_partner:
        return "every"
    return "whole" if rule.is_of_whole else "main"


def legs_words(rule: Rule) -> str:
    """Return what of an option satisfies a rule or does not; empty of one that reads the feature alone."""
    word = asked_legs(rule)
    return f"{word}: {_WORDS[word]}" if word in _WORDS else ""
