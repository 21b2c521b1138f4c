"""Rules with what they weigh on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from aipolicy.findings.finding import Severity, Stage
from aipolicy.policy.rule import Rule
from aipolicy.policy.stages import coming_words
from aipolicy.value import Frozen


class ActiveRule(Frozen):
    """A rule with what it weighs on the day of the run."""

    rule: Rule
    severity: Severity
    stage: Stage = Stage.IN_FORCE
    coming: str = ""
    """What becomes of a rule that is not yet in force, in words."""


def active_rules(rules: Iterable[Rule], day: date) -> tuple[ActiveRule, ...]:
    """Return the rules that are evaluated on a day, with what they weigh then."""
    active = []
    for rule in rules:
        severity = rule.severity_on(day)
        if severity is not None:
            coming = coming_words(rule.stages, rule.severity, day)
            active.append(ActiveRule(rule, severity, rule.stage_on(day), coming))
    return tuple(active)
