"""A rule in, what it says of the law behind it on a day out."""

from __future__ import annotations

from datetime import date

from aipolicy.policy.law import ADOPTED, IN_FORCE, NO_LAW, PROPOSED, SUPERSEDED, Law
from aipolicy.policy.rule import Rule


def law_of(rule: Rule) -> Law:
    """Return what a rule says of the law behind it, which may be nothing."""
    return rule.law or NO_LAW


def status_on(rule: Rule, day: date) -> str:
    """Return how far the law behind a rule has come on a day; empty where the rule names none."""
    law, ends = law_of(rule), rule.effective_until
    is_over = law.status == SUPERSEDED and (ends is None or day > ends)
    if law.status == PROPOSED or is_over or not law.provision:
        return law.status
    begun = rule.effective_from is None or day >= rule.effective_from
    return IN_FORCE if begun else ADOPTED


def law_facts(rule: Rule, day: date) -> tuple[tuple[str, str], ...]:
    """Return what a rule says of its law, each as key and words; nothing for what it does not say."""
    law = law_of(rule)
    checked = "" if law.basis is None or law.basis.checked_on is None else f", {law.basis.checked_on.isoformat()}"
    facts = (
        ("law", law.provision),
        ("status", _status(rule, day)),
        ("verified", f"by {law.verified}{checked}" if law.verified else ""),
        ("review", "" if law.review is None else str(law.review)),
        ("controls", "; ".join(map(str, law.controls))),
    )
    return tuple((key, words) for key, words in facts if words)


def _status(rule: Rule, day: date) -> str:
    status, begins = status_on(rule, day), rule.effective_from
    if status == ADOPTED and begins is not None:
        return f"{status}, in force from {begins.isoformat()}"
    if not law_of(rule).superseded_by:
        return status
    last = "" if status == SUPERSEDED else f", superseded after {rule.effective_until}"
    return f"{status}{last} by {law_of(rule).superseded_by}"
