"""Which legs of an option a rule is about: the key `legs`, and facts of a leg and of the whole option kept apart."""

from __future__ import annotations

from collections.abc import Iterable

from aipolicy.facts.all_facts import REGISTRY, is_partner_fact, of_leg
from aipolicy.policy.message import names_in
from aipolicy.policy.rule import Rule, RuleLegs
from aipolicy.source.records import Record

LEGS = "legs"
_OF_ONE_LEG = {"option.providers": "option.provider"}
"""What says of one leg what a fact of the whole option says of both."""


def read_legs(record: Record, otherwise: RuleLegs = RuleLegs.EVERY) -> RuleLegs:
    """Return what a rule or a file of rules says; a file of rules says what its rules leave out."""
    word = record.text(LEGS, otherwise.value, tuple(legs.value for legs in RuleLegs))
    return RuleLegs(word) if word in list(RuleLegs) else otherwise


def check_legs(rule: Rule, record: Record) -> None:
    """Note where a rule on every leg reads the whole option beside a leg, and where `legs` says nothing."""
    reads = (*rule.option_reads, *(name for name in names_in(rule.message) if name in REGISTRY))
    of_whole = [name for name in reads if _of_option(name) and REGISTRY[name].of_whole]
    of_leg_ = [name for name in reads if _of_option(name) and not REGISTRY[name].of_whole]
    if rule.legs is RuleLegs.EVERY and of_whole and of_leg_:
        record.mistake(_mixed(of_whole[0], of_leg_[0]), _place(record, rule, of_whole[0]))
    elif record.has(LEGS) and not of_leg_:
        why = "facts of the whole option alone" if of_whole else "no fact of a leg"
        record.mistake(f"the rule reads {why}; remove `{LEGS}`", LEGS)


def _mixed(whole: str, leg: str) -> str:
    begin = f"`{whole}` is a fact of the whole option and `{leg}` one of each leg"
    if whole in _OF_ONE_LEG:
        return f"{begin}; write `{_OF_ONE_LEG[whole]}`, or add `legs: main` to read `{leg}` of the main leg"
    if is_partner_fact(whole):
        return f"{begin}; write `{of_leg(whole)}` to ask every leg, or add `legs: main` to read `{leg}` of the main leg"
    return f"{begin}; add `legs: main` to read `{leg}` of the main leg"


def _place(record: Record, rule: Rule, name: str) -> str:
    """Return the key of a rule under which a fact is read."""
    sections: Iterable[tuple[str, bool]] = (
        ("when", any(name in line.option_reads for line in rule.when)),
        ("require", any(name in line.option_reads for line in rule.require)),
    )
    return next((key for key, holds in sections if holds and record.has(key)), "message")


def _of_option(name: str) -> bool:
    return name.startswith(("option.", "partner."))
