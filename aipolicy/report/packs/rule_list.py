"""The rules that would be evaluated in, a line for each out, pack by pack."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rich.text import Text

from aipolicy.findings.finding import Stage
from aipolicy.findings.reserved_rules import RESERVED_RULES, ReservedRule
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.rule import Rule
from aipolicy.report.packs.rule_text import standing
from aipolicy.report.terminal.drawing import Screen, aligned, said, stacked
from aipolicy.report.terminal.style import Role, Styler
from aipolicy.source.text import quantity

_WIDTH_FOR_KINDS = 60
"""In narrower terminals the kind of a rule stands behind its title."""


def render_rules(packs: Sequence[PolicyPack], rules: Sequence[Rule], portfolio_rules: Sequence[Rule], day: date, *,
                 width: int, style: Styler) -> str:  # fmt: skip
    """Return every rule with its severity, kind and title, with its stage where it is not in force."""
    screen = Screen(width, style)
    for pack in packs:
        kinds = [(rule, rule.kind.value) for rule in rules if rule.pack == pack.name]
        kinds += [(rule, "portfolio") for rule in portfolio_rules if rule.pack == pack.name]
        rows = [_row(rule, kind, day, wide=width >= _WIDTH_FOR_KINDS) for rule, kind in kinds]
        screen.section(f"{pack.name} {pack.version}: {quantity(len(rows), 'rule')}", aligned(rows))
    reserved = ((*_head(rule), rule.title) for rule in RESERVED_RULES)
    screen.section("about manifests, plans and waivers themselves; always checked", aligned(reserved))
    return screen.result()


def _row(rule: Rule, kind: str, day: date, *, wide: bool) -> tuple[str | Text, ...]:
    title = rule.title if wide else f"{rule.title} ({kind})"
    stage = [] if rule.stage_on(day) is Stage.IN_FORCE else [standing(rule, day)]
    return (*_head(rule), *([kind] if wide else []), stacked(title, *stage))


def _head(rule: Rule | ReservedRule) -> tuple[Text, Text]:
    return said(rule.id, Role.STRONG), said(rule.severity.value, Role[rule.severity.name])
